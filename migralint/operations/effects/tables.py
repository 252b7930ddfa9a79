"""Effects of operations on tables and rows."""

from __future__ import annotations

from migralint.operations.data import RowOperation, Truncate
from migralint.operations.dependents import readers
from migralint.operations.effects.columns import index_names
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ROW_EXCLUSIVE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
)
from migralint.operations.parts import referencing
from migralint.operations.tables import CreateTable, CreateTableComment, DropTable, DropTableComment, RenameTable
from migralint.schema import ForeignKey, Schema


def create_table(operation: CreateTable, before: Schema) -> Effects:
    """CREATE TABLE stops writes to the tables it references."""
    keys = [c for c in operation.definition.constraints if isinstance(c, ForeignKey)]
    return Effects(locked(SHARE_ROW_EXCLUSIVE, [k.references for k in keys if k.references != operation.table_name]))


def drop_table(operation: DropTable, before: Schema) -> Effects:
    """DROP TABLE locks what its foreign keys reference, and with CASCADE who references or reads it."""
    table = before.tables.get(operation.table)
    if table is None:
        return Effects()
    relations = [operation.table, *(k.references for k in table.of_kind(ForeignKey))]
    if operation.cascade:
        relations += [owner for owner, _ in referencing(before, operation.table)]
        relations += readers(before, operation.table)
    return Effects(locked(ACCESS_EXCLUSIVE, relations), breaks_old_code=(str(operation.table),))


def rename_table(operation: RenameTable, before: Schema) -> Effects:
    """ALTER TABLE ... RENAME TO."""
    if operation.table not in before.tables:
        return Effects()
    return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]), breaks_old_code=(str(operation.table),))


def comment_table(operation: CreateTableComment | DropTableComment, before: Schema) -> Effects:
    """COMMENT ON TABLE."""
    return Effects(locked(SHARE_UPDATE_EXCLUSIVE, [operation.table]))


def change_rows(operation: RowOperation, before: Schema) -> Effects:
    """INSERT, UPDATE, DELETE, ... block no other session's reads or writes as a whole; TRUNCATE blocks both."""
    if not isinstance(operation, Truncate):
        return Effects(locked(ROW_EXCLUSIVE, [operation.table]))
    emptied = [operation.table]
    for name in emptied if operation.cascade else ():
        emptied += [owner for owner, _ in referencing(before, name) if owner not in emptied]
    return Effects(
        locked(ACCESS_EXCLUSIVE, emptied),
        rewrites=tuple(emptied),
        rebuilds_indexes=tuple(i for name in emptied if (t := before.tables.get(name)) for i in index_names(t)),
    )
