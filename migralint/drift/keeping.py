"""The operations after which the history has what the derived side has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.drift.difference import Difference
from migralint.drift.enums import enum_of
from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterTypeAddValue,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    CreateType,
    DropConstraint,
    DropIndex,
    Operation,
    RenameTable,
    RenameType,
    ValidateConstraint,
)
from migralint.schema import Check, Column, Constraint, EnumType, ForeignKey, Index, Name, Schema, Table
from migralint.schema.names import quote


def keeping(one: Difference, head: Schema, derived: Schema) -> tuple[Operation, ...]:
    """What a new revision has to do; nothing where rows would be lost by it, or not enough is known."""
    table, old, new = one.object.table, one.head, one.derived
    if isinstance(new, Table):
        if isinstance(old, Table):
            return (RenameTable(old.name, new.name),) if one.renamed_from else ()
        return (*_types(head, derived, new.columns), CreateTable(new))
    if isinstance(new, EnumType):
        return tuple(_enum(old if isinstance(old, EnumType) else None, new))
    if table is None:
        return ()
    if isinstance(new, Column):
        if isinstance(old, Column):
            return tuple(_column(one, table, old, new, head, derived))
        return (*_types(head, derived, [new]), *_added(table, new))
    return (*_without(table, old), *_with(table, new))


def _types(head: Schema, derived: Schema, columns: tuple[Column, ...] | list[Column]) -> Iterator[Operation]:
    """The enums of columns that the history lacks."""
    found = dict.fromkeys(enum for column in columns if (enum := enum_of(derived, column.type)) is not None)
    return (CreateType(enum) for enum in found if enum.name not in head.types)


def _enum(old: EnumType | None, new: EnumType) -> Iterator[Operation]:
    if old is None:
        yield CreateType(new)
        return
    if old.name != new.name:
        yield RenameType(old.name, new.name)
    yield from (AlterTypeAddValue(new.name, x, if_not_exists=True) for x in new.labels if x not in old.labels)


def _added(table: Name, column: Column) -> Iterator[Operation]:
    """A column that rows cannot be without is added with NULLs, which have to be filled."""
    must_fill = column.not_null and column.default is None and not column.identity and not column.generated
    yield AddColumn(table, replace(column, not_null=False) if must_fill else column)
    if must_fill:
        yield AlterColumn(table, column.name, not_null=True)


def _column(
    one: Difference, table: Name, old: Column, new: Column, head: Schema, derived: Schema
) -> Iterator[Operation]:
    if one.renamed_from is not None:
        yield AlterColumn(table, old.name, new_name=new.name)
    elif one.kind == "type":
        yield from _types(head, derived, [new])
        text = "text" if enum_of(head, old.type) and enum_of(derived, new.type) else None
        cast = f"{quote(new.name)}::{f'{text}::' if text else ''}{new.type}"
        yield AlterColumn(table, new.name, type=new.type, using=cast)
    elif one.kind == "nullability":
        yield AlterColumn(table, new.name, not_null=new.not_null)
    elif not (old.identity or new.identity or old.generated or new.generated):
        yield AlterColumn(table, new.name, default=new.default)


def _without(table: Name, old: object) -> Iterator[Operation]:
    if isinstance(old, Constraint):
        yield DropConstraint(table, old.name)
    elif isinstance(old, Index):
        yield DropIndex(Name(table.schema, old.name), table, concurrently=True)


def _with(table: Name, new: object) -> Iterator[Operation]:
    """In the forms that lock nothing for as long as the table is large, as far as there are any."""
    if isinstance(new, ForeignKey | Check):
        yield CreateConstraint(table, replace(new, validated=False))
        yield ValidateConstraint(table, new.name)
    elif isinstance(new, Constraint):
        yield CreateConstraint(table, new)
    elif isinstance(new, Index):
        yield CreateIndex(table, new, concurrently=True)
