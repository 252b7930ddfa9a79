"""What an operation does to a server that is in use: locks, rewrites, scans, index builds.

Measured on real servers; see `tests/postgres/test_effects.py`.
"""

from __future__ import annotations

from migralint.operations.attached import AlterPolicy, CreatePolicy, CreateTrigger, DropPolicy, DropTrigger
from migralint.operations.base import Operation
from migralint.operations.columns import AddColumn, AlterColumn, DropColumn
from migralint.operations.constraints import (
    AlterConstraint,
    CreateConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from migralint.operations.data import RowOperation
from migralint.operations.effects import columns, keys, tables
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    BRIEF,
    MODES,
    SHARE_ROW_EXCLUSIVE,
    SIZE,
    Blocked,
    Effects,
    Lock,
    locked,
)
from migralint.operations.indexes import CreateIndex, DropIndex, RenameIndex
from migralint.operations.properties import SetRowSecurity
from migralint.operations.tables import (
    CreateTable,
    CreateTableComment,
    DropTable,
    DropTableComment,
    RenameTable,
)
from migralint.schema import Name, Schema

__all__ = ["BRIEF", "MODES", "SIZE", "Blocked", "Effects", "Lock", "effects"]


def effects(operation: Operation, before: Schema, server: int, made: frozenset[Name] = frozenset()) -> Effects | None:
    """What it does to relations that other sessions can see; None where that was not measured.

    `server` is the major version of PostgreSQL, `made` the relations that the same transaction created.
    """
    found = _effects(operation, before)
    return found.without(made, operation.table_name) if found else None


def _effects(operation: Operation, before: Schema) -> Effects | None:
    match operation:
        case AddColumn():
            return columns.add_column(operation, before)
        case AlterColumn():
            return columns.alter_column(operation, before)
        case DropColumn():
            return columns.drop_column(operation, before)
        case CreateConstraint():
            return keys.create_constraint(operation, before)
        case DropConstraint():
            return keys.drop_constraint(operation, before)
        case ValidateConstraint():
            return keys.validate_constraint(operation, before)
        case RenameConstraint() | AlterConstraint():
            return keys.change_constraint(operation, before)
        case CreateIndex():
            return keys.create_index(operation, before)
        case DropIndex():
            return keys.drop_index(operation, before)
        case RenameIndex():
            return Effects()
        case CreateTable():
            return tables.create_table(operation, before)
        case DropTable():
            return tables.drop_table(operation, before)
        case RenameTable():
            return tables.rename_table(operation, before)
        case CreateTableComment() | DropTableComment():
            return tables.comment_table(operation, before)
        case RowOperation():
            return tables.change_rows(operation, before)
        case CreateTrigger():
            return Effects(locked(SHARE_ROW_EXCLUSIVE, [operation.table]))
        case CreatePolicy() | AlterPolicy() | DropPolicy() | DropTrigger() | SetRowSecurity():
            return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))
    return None
