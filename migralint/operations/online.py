"""The forms of operations in which nobody waits for as long as the table is large."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from migralint.operations.alter_column import AlterColumn
from migralint.operations.base import CannotApply, Operation
from migralint.operations.columns import AddColumn
from migralint.operations.constraints import CreateConstraint, DropConstraint, ValidateConstraint
from migralint.operations.effects.defaults import volatile
from migralint.operations.indexes import CreateIndex, DropIndex
from migralint.schema import Check, ForeignKey, Index, Key, Keyed, Name, PrimaryKey, Schema, Table, Unique
from migralint.schema.names import cut, quote
from migralint.schema.types import SERIALS


def applied(operations: Iterable[Operation], state: Schema) -> Schema:
    """The state after operations. Raises CannotApply for the first that PostgreSQL refuses."""
    for operation in operations:
        state = operation.apply(state)
    return state


def after(operations: Iterable[Operation], state: Schema) -> Schema:
    """The state after operations, as far as they can be applied."""
    for operation in operations:
        with suppress(CannotApply):
            state = operation.apply(state)
    return state


class Move(NamedTuple):
    """Operations of a new revision that belong together.

    `note` is what whoever reads it should know; `undecided` where a human has to say whether they are wanted. Where
    only some databases need them, `needed` is the state of one that does: on others they do nothing.
    """

    operations: tuple[Operation, ...]
    note: str = ""
    undecided: bool = False
    needed: Schema | None = None


def online(operation: Operation, before: Schema) -> tuple[Operation, ...]:
    """The operations that do the same on a table in use, the operation itself where there are no others.

    What takes as long as the table is large is `slow`: it belongs outside of the transaction of what comes before it.
    """
    match operation:
        case CreateIndex() | DropIndex():
            return (operation if _partitioned(operation, before) else replace(operation, concurrently=True),)
        case CreateConstraint(constraint=ForeignKey() | Check(), only=False):
            return validated_later(operation)
        case CreateConstraint(constraint=Unique() | PrimaryKey(), using_index=None):
            return key_from_index(operation, before) or (operation,)
        case AlterColumn(not_null=True):
            return proven_not_null(operation, before)
        case AddColumn(constraints=()):
            return filled_later(operation, before)
    return (operation,)


def slow(operation: Operation) -> bool:
    """Whether it takes as long as the table is large, and holds no strong lock meanwhile."""
    return isinstance(operation, ValidateConstraint) or not operation.transactional


def validated_later(operation: CreateConstraint) -> tuple[Operation, ...]:
    """A foreign key or check added NOT VALID, and its validation."""
    constraint = operation.constraint
    assert isinstance(constraint, ForeignKey | Check)
    added = replace(operation, constraint=replace(constraint, validated=False))
    return (added, ValidateConstraint(operation.table, constraint.name))


def key_from_index(operation: CreateConstraint, before: Schema, index_name: str = "") -> tuple[Operation, ...] | None:
    """A unique index built CONCURRENTLY, and the key that takes it over.

    None where that is not possible: on a partitioned table, for a key WITHOUT OVERLAPS, and for a primary key over
    columns that may be NULL, which would all be read under the lock.
    """
    key, table = operation.constraint, before.tables.get(operation.table)
    assert isinstance(key, Keyed)
    if table is None or table.partition_by is not None or key.without_overlaps:
        return None
    if isinstance(key, PrimaryKey) and not {one.name for one in table.columns if one.not_null}.issuperset(key.columns):
        return None
    index = Index(
        index_name or key.name,
        tuple(map(Key, key.columns)),
        unique=True,
        include=key.include,
        nulls_not_distinct=isinstance(key, Unique) and key.nulls_not_distinct,
    )
    built = CreateIndex(operation.table, index, concurrently=True)
    return (built, replace(operation, using_index=index.name))


def proven_not_null(operation: AlterColumn, before: Schema) -> tuple[Operation, ...]:
    """SET NOT NULL with a check that proves it: added NOT VALID, validated, believed, and dropped."""
    table, name = operation.table, proof(operation.table, operation.name)
    owner = before.tables.get(table)
    if owner is None or owner.constraint(name) is not None:
        return (operation,)
    check = Check(name, f"{quote(operation.name)} IS NOT NULL", (operation.name,))
    return (
        *validated_later(CreateConstraint(table, check)),
        operation,
        DropConstraint(table, name, "check"),
    )


def filled_later(operation: AddColumn, before: Schema) -> tuple[Operation, ...]:
    """A column that rows cannot be without, or whose default is computed for each: added with NULLs, to be filled."""
    column, table = operation.column, operation.table
    given = column.default is not None or column.identity or column.generated or column.type in SERIALS
    computed = volatile(before, column.default)
    if not computed and (given or not column.not_null):
        return (operation,)
    steps: list[Operation] = [replace(operation, column=replace(column, not_null=False, default=None))]
    if column.default is not None:
        steps.append(AlterColumn(table, column.name, default=column.default))
    if column.not_null:
        steps += proven_not_null(AlterColumn(table, column.name, not_null=True), before)
    return tuple(steps)


def proof(table: Name, *columns: str) -> str:
    """The name of the check that proves columns to be NOT NULL."""
    return str(cut(f"{table.name}_{'_'.join(columns) if len(columns) < 3 else 'columns'}_not_null"))


def _partitioned(operation: CreateIndex | DropIndex, before: Schema) -> bool:
    """Whether the index is one of a partitioned table, on which nothing is possible CONCURRENTLY."""
    owner = before.tables.get(operation.table) if operation.table is not None else None
    return isinstance(owner, Table) and owner.partition_by is not None
