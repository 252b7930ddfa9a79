"""What an operation does to a server that is in use: locks, rewrites, scans, index builds.

Measured on PostgreSQL 12 to 18, statement by statement: `tests/postgres/locks/`, and its table in
`docs/postgresql-locks.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterConstraint,
    AlterDomain,
    AlterFunction,
    AlterIndex,
    AlterPolicy,
    AlterSequence,
    AlterStatistics,
    AlterTable,
    AlterTrigger,
    AlterType,
    AlterTypeAddValue,
    AlterTypeRenameValue,
    AlterView,
    AttachIndex,
    AttachPartition,
    BulkInsert,
    Copy,
    CreateConstraint,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateStatistics,
    CreateTable,
    CreateTableComment,
    CreateTrigger,
    CreateType,
    CreateView,
    Delete,
    DetachPartition,
    DropColumn,
    DropConstraint,
    DropExtension,
    DropFunction,
    DropIndex,
    DropPolicy,
    DropSchema,
    DropSequence,
    DropStatistics,
    DropTable,
    DropTableComment,
    DropTrigger,
    DropType,
    DropView,
    Insert,
    Merge,
    RenameConstraint,
    RenameFunction,
    RenameIndex,
    RenameSchema,
    RenameTable,
    RenameType,
    RenameView,
    SetRowSecurity,
    Statement,
    Truncate,
    Update,
    ValidateConstraint,
)
from migralint.operations.base import Operation
from migralint.operations.effects import (
    attached,
    columns,
    constraints,
    indexes,
    objects,
    partitions,
    rows,
    statements,
    tables,
    types,
)
from migralint.operations.effects.transaction import Transaction, within
from migralint.operations.effects.values import BRIEF, MODES, SIZE, Blocked, Effects, Lock
from migralint.operations.steps import Step
from migralint.schema import Schema

__all__ = ["BRIEF", "MODES", "SIZE", "Blocked", "Effects", "Lock", "Transaction", "course", "effects"]

Model = Callable[[Any, Schema, int], Effects | None]


def effects(
    operation: Operation, before: Schema, server: int, transaction: Transaction | None = None
) -> Effects | None:
    """What it does to relations that other sessions can see; None where that is not known.

    `server` is the major version of PostgreSQL, `transaction` what the same transaction did before.
    """
    model = _MODELS.get(type(operation))
    found = model(operation, before, server) if model is not None else None
    if found is None or transaction is None:
        return found
    return within(found, transaction, operation.table_name, before)


def course(steps: Iterable[Step], server: int) -> Iterator[tuple[Step, Transaction, Effects | None]]:
    """Each step of a revision, or of a script, with its transaction as it finds it, and its effects there.

    Nothing is said about a step that PostgreSQL refuses. What is judged only leaves no trace in the transaction.
    """
    transaction = Transaction()
    number: int | None = None
    for step in steps:
        if step.transaction is None or step.transaction != number:
            transaction = Transaction()
        number = step.transaction
        found = effects(step.operation, step.before, server, transaction) if step.failure is None else None
        yield step, transaction, found
        if step.failure is None and step.applied:
            transaction = transaction.after(step.operation, step.before, found)


def _nothing(operation: Operation, before: Schema, server: int) -> Effects:
    """What locks no relation that was there before."""
    return Effects(transactional=operation.transactional)


_MODELS: dict[type[Operation], Model] = {
    AddColumn: columns.add_column,
    AlterColumn: columns.alter_column,
    AlterConstraint: constraints.alter_constraint,
    AlterDomain: types.alter_domain,
    AlterFunction: _nothing,
    AlterIndex: _nothing,
    AlterPolicy: attached.change_policy,
    AlterSequence: objects.alter_sequence,
    AlterStatistics: _nothing,
    AlterTable: tables.alter_table,
    AlterTrigger: attached.alter_trigger,
    AlterType: _nothing,
    AlterTypeAddValue: _nothing,
    AlterTypeRenameValue: types.rename_value,
    AlterView: objects.change_view,
    AttachIndex: indexes.attach_index,
    AttachPartition: partitions.attach_partition,
    BulkInsert: rows.change_rows,
    Copy: rows.change_rows,
    CreateConstraint: constraints.create_constraint,
    CreateExtension: _nothing,
    CreateFunction: objects.create_function,
    CreateIndex: indexes.create_index,
    CreatePolicy: attached.change_policy,
    CreateSchema: _nothing,
    CreateSequence: objects.create_sequence,
    CreateStatistics: attached.create_statistics,
    CreateTable: tables.create_table,
    CreateTableComment: tables.comment_table,
    CreateTrigger: attached.create_trigger,
    CreateType: _nothing,
    CreateView: objects.create_view,
    Delete: rows.change_rows,
    DetachPartition: partitions.detach_partition,
    DropColumn: columns.drop_column,
    DropConstraint: constraints.drop_constraint,
    DropExtension: objects.drop_extension,
    DropFunction: objects.drop_function,
    DropIndex: indexes.drop_index,
    DropPolicy: attached.drop_policy,
    DropSchema: objects.drop_schema,
    DropSequence: objects.drop_sequence,
    DropStatistics: attached.drop_statistics,
    DropTable: tables.drop_table,
    DropTableComment: tables.comment_table,
    DropTrigger: attached.drop_trigger,
    DropType: types.drop_type,
    DropView: objects.drop_view,
    Insert: rows.change_rows,
    Merge: rows.change_rows,
    RenameConstraint: constraints.rename_constraint,
    RenameFunction: objects.rename_function,
    RenameIndex: indexes.rename_index,
    RenameSchema: objects.rename_schema,
    RenameTable: tables.rename_table,
    RenameType: objects.rename_type,
    RenameView: objects.change_view,
    SetRowSecurity: tables.set_row_security,
    Statement: statements.statement,
    Truncate: rows.change_rows,
    Update: rows.change_rows,
    ValidateConstraint: constraints.validate_constraint,
}
