"""Effects of operations on columns. Tables below follow, partitions and children by INHERITS."""

from __future__ import annotations

from dataclasses import replace

from migralint.operations.alter_column import AlterColumn
from migralint.operations.base import Unset
from migralint.operations.columns import AddColumn, DropColumn
from migralint.operations.dependents import owned_sequences, readers
from migralint.operations.effects.defaults import volatile
from migralint.operations.effects.nulls import proven_not_null
from migralint.operations.effects.reach import (
    index_names,
    indexes_of,
    key_partners,
    new_indexes,
    referenced,
    stored,
    tree,
)
from migralint.operations.effects.retyping import retyped
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
    strongest,
)
from migralint.operations.inheritance import children
from migralint.operations.type_names import shown
from migralint.schema import Check, Column, ForeignKey, Keyed, Name, Schema, Table
from migralint.schema.automatic import named
from migralint.schema.conversion import constrained
from migralint.schema.types import SERIALS, canonical


def add_column(operation: AddColumn, before: Schema, server: int) -> Effects:
    """ADD COLUMN rewrites for what differs from row to row, scans for a check, builds for a key."""
    table = before.tables.get(operation.table)
    tables = tree(before, operation.table, operation.only)
    if table is None or table.column(operation.column.name) is not None:
        return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))
    column = operation.column
    keys = [c for c in operation.constraints if isinstance(c, ForeignKey)]
    rewrites = _computed(before, column)
    scans = not rewrites and (
        any(isinstance(c, Check) for c in operation.constraints)
        or (column.not_null and column.default is None and not _default_of_domain(before, column))
        or (bool(keys) and column.default is not None)
    )
    partners = [name for name in referenced(before, keys) if name not in tables]
    return Effects(
        locked(ACCESS_EXCLUSIVE, tables) + locked(SHARE_ROW_EXCLUSIVE, partners),
        rewrites=stored(before, tables) if rewrites else (),
        scans=stored(before, tables) if scans else (),
        builds=_builds(operation, before, table),
        rebuilds_indexes=indexes_of(before, tables) if rewrites else (),
        breaks_old_code=(f"prepared SELECT * of {operation.table}",),
    )


def _builds(operation: AddColumn, before: Schema, table: Table) -> tuple[Name, ...]:
    keys = [c for c in operation.constraints if isinstance(c, Keyed)]
    if table.partition_by is not None:
        return new_indexes(before, operation.apply(before)) if keys else ()
    return tuple(Name(operation.table.schema, named(before, table, c).name) for c in keys)


def _default_of_domain(before: Schema, column: Column) -> bool:
    """Whether the column takes its values from the default of its type."""
    kind = canonical(column.type)
    return any(domain.default and shown(before, domain.name) == kind for domain in before.domains())


def _computed(before: Schema, column: Column) -> bool:
    if column.type in SERIALS or column.identity:
        return True
    if column.generated:
        return column.generated.stored
    return volatile(before, column.default) or constrained(before, canonical(column.type))


def alter_column(operation: AlterColumn, before: Schema, server: int) -> Effects:
    """ALTER COLUMN: what each changed property does, together."""
    if operation.table in before.views or operation.table not in before.tables:
        return _of_view(operation)
    table = before.tables[operation.table]
    if _keeps(operation):
        mode = None if isinstance(operation.comment, Unset) else SHARE_UPDATE_EXCLUSIVE
        return Effects(locked(mode, [operation.table]) if mode else ())
    tables = tree(before, operation.table, operation.only)
    column = table.column(operation.name)
    if column is None or _stays_above(operation, table, column, server):
        tables = tables[:1]
    found = Effects(locked(ACCESS_EXCLUSIVE, tables), breaks_old_code=_broken(operation))
    if column is None:
        return found
    if not (isinstance(operation.type, Unset) and isinstance(operation.collation, Unset)):
        for name in tables:
            found = _joined(found, retyped(operation, before, before.tables[name]))
    if operation.not_null is True and operation.not_null_valid:
        scanned = [name for name in tables if _looks_for_null(before.tables[name], operation.name)]
        found = replace(found, scans=(*found.scans, *stored(before, scanned)))
    found = _generated(found, operation, before, tables, column)
    return _with_sequence(found, operation, before, column)


def _stays_above(operation: AlterColumn, table: Table, column: Column, server: int) -> bool:
    """Whether nothing is left to change, which PostgreSQL notices before it goes to tables below."""
    if not isinstance(operation.identity, Unset):
        return operation.identity is None and column.identity is None
    if operation.not_null is True and column.not_null:
        return server >= 18 or table.partition_by is not None
    return server >= 18 and operation.not_null is False and not column.not_null


def _keeps(operation: AlterColumn) -> bool:
    """Whether at most the comment changes."""
    actions = (operation.type, operation.collation, operation.not_null, operation.default, operation.identity)
    return all(isinstance(a, Unset) for a in (*actions, operation.generated, operation.new_name))


def _of_view(operation: AlterColumn) -> Effects:
    mode = SHARE_UPDATE_EXCLUSIVE if _keeps(operation) else ACCESS_EXCLUSIVE
    return Effects(locked(mode, [operation.table]), breaks_old_code=_broken(operation))


def _broken(operation: AlterColumn) -> tuple[str, ...]:
    """A renamed column has another name; a prepared statement that reads one of another type fails once."""
    if not isinstance(operation.new_name, Unset):
        return (f"{operation.table}.{operation.name}",)
    retypes = not isinstance(operation.type, Unset)
    return (f"prepared SELECT of {operation.table}.{operation.name}",) if retypes else ()


def _looks_for_null(table: Table, name: str) -> bool:
    column = table.column(name)
    if column is None or (column.not_null and column.not_null_valid):
        return False
    return not proven_not_null(table, name)


def _generated(found: Effects, operation: AlterColumn, before: Schema, tables: list[Name], column: Column) -> Effects:
    """SET EXPRESSION computes a stored column anew; DROP EXPRESSION keeps its values."""
    if isinstance(operation.generated, Unset) or operation.generated is None or not operation.generated.stored:
        return found
    return replace(
        found,
        rewrites=stored(before, tables),
        rebuilds_indexes=tuple(i for n in tables if n in before.tables for i in index_names(before.tables[n])),
    )


def _with_sequence(found: Effects, operation: AlterColumn, before: Schema, column: Column) -> Effects:
    """The sequence of an identity column goes along."""
    if column.identity is None:
        return found
    sequences = owned_sequences(before, operation.table, operation.name)
    if operation.identity is None:
        return replace(found, locks=found.locks + locked(ACCESS_EXCLUSIVE, sequences))
    if not isinstance(operation.identity, Unset) or not isinstance(operation.type, Unset):
        return replace(found, locks=found.locks + locked(SHARE_ROW_EXCLUSIVE, sequences))
    return found


def _joined(one: Effects, other: Effects) -> Effects:
    return replace(
        one,
        locks=strongest((*one.locks, *other.locks)),
        rewrites=one.rewrites + other.rewrites,
        scans=one.scans + other.scans,
        rebuilds_indexes=one.rebuilds_indexes + other.rebuilds_indexes,
    )


def drop_column(operation: DropColumn, before: Schema, server: int) -> Effects:
    """DROP COLUMN changes the catalog only; what goes with the column is locked too."""
    table = before.tables.get(operation.table)
    if table is None or table.column(operation.name) is None:
        return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))
    if operation.only:  # the tables right below keep the column as their own
        tables = [operation.table, *(child.name for child in children(before, operation.table))]
    else:
        tables = tree(before, operation.table)
    relations = [*tables, *owned_sequences(before, operation.table, operation.name)]
    for name in tables:
        relations += key_partners(before, name, operation.name)
    if operation.cascade:
        for view in before.views.values():
            if any(source in tables and column == operation.name for source, column in view.reads):
                relations += [view.name, *readers(before, view.name)]
    return Effects(locked(ACCESS_EXCLUSIVE, relations), breaks_old_code=(f"{operation.table}.{operation.name}",))
