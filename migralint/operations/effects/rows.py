"""Effects of statements that change rows."""

from __future__ import annotations

from migralint.operations.data import BulkInsert, Delete, Insert, RowOperation, Truncate, Update
from migralint.operations.dependents import owned_sequences
from migralint.operations.effects.reach import read, tree
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ACCESS_SHARE,
    ROW_EXCLUSIVE,
    ROW_SHARE,
    Effects,
    locked,
    strongest,
)
from migralint.operations.parts import referencing
from migralint.schema import ForeignKey, Name, Schema


def change_rows(operation: RowOperation, before: Schema, server: int) -> Effects:
    """INSERT, UPDATE, DELETE, ... block no other session's reads or writes as a whole; TRUNCATE blocks both."""
    if isinstance(operation, Truncate):
        return _truncate(operation, before, server)
    written = _under_view(before, operation.table)
    tables = [name for w in written for name in (tree(before, w) if _goes_below(operation, before, w) else [w])]
    locks = locked(ROW_EXCLUSIVE, tables) + read(before, operation.reads)
    for name in tables:
        locks += locked(ROW_SHARE, _looked_up(operation, before, name))
        if isinstance(operation, Delete):
            for owner, key in referencing(before, name):
                locks += locked(ROW_SHARE if key.on_delete in (None, "RESTRICT") else ROW_EXCLUSIVE, [owner])
    few = isinstance(operation, BulkInsert) or (isinstance(operation, Insert) and not operation.reads)
    return Effects(strongest(locks), rows=not few)


def _under_view(before: Schema, name: Name) -> list[Name]:
    """The relation, and the one under a view that passes changes on."""
    found = [name]
    while (view := before.views.get(found[-1])) is not None and len(view.uses) == 1 and view.uses[0] not in found:
        found.append(view.uses[0])
    return found


def _goes_below(operation: RowOperation, before: Schema, name: Name) -> bool:
    """Whether rows of tables below are concerned: INSERT goes to partitions only."""
    table = before.tables.get(name)
    return not isinstance(operation, Insert) or (table is not None and table.partition_by is not None)


def _looked_up(operation: RowOperation, before: Schema, name: Name) -> list[Name]:
    """The tables in which new values of foreign keys are looked up."""
    table = before.tables.get(name)
    if table is None or not isinstance(operation, Insert | Update):
        return []
    columns = operation.columns
    keys = [k for k in table.of_kind(ForeignKey) if not columns or any(c in columns for c in k.columns)]
    return [k.references for k in keys if k.enforced]


def _truncate(operation: Truncate, before: Schema, server: int) -> Effects:
    """TRUNCATE gives its tables new, empty files: that is brief, however large they were."""
    table = before.tables.get(operation.table)
    above = table.parents if table is not None and table.is_partition and server < 14 else ()
    emptied = tree(before, operation.table, operation.only)
    for name in emptied if operation.cascade else ():
        emptied += [owner for owner, _ in referencing(before, name) if owner not in emptied]
    sequences = [s for name in emptied if operation.restart for s in owned_sequences(before, name)]
    return Effects(locked(ACCESS_EXCLUSIVE, [*emptied, *sequences]) + locked(ACCESS_SHARE, above))
