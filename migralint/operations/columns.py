"""Operations on columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from migralint.operations.base import KEEP, CannotApply, ObjectRef, Operation, Unset
from migralint.operations.dependents import release_column, rename_column
from migralint.operations.parts import added_column, added_constraint, is_null
from migralint.operations.tables import existing
from migralint.schema import Column, Constraint, ForeignKey, Generated, Name, Schema, Sequence
from migralint.schema.automatic import sequence_name
from migralint.schema.names import cut


@dataclass(frozen=True, slots=True)
class AddColumn(Operation):
    """ADD COLUMN, with the constraints written inline."""

    operation: ClassVar[str] = "add_column"
    table: Name
    column: Column
    constraints: tuple[Constraint, ...] = ()
    if_not_exists: bool = False

    @property
    def object_name(self) -> str:
        return self.column.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("column", self.table, self.column.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        if self.if_not_exists and table.column(self.column.name) is not None:
            return before
        schema = added_column(before, self.table, self.column)
        for constraint in self.constraints:
            schema = added_constraint(schema, self.table, constraint)
        return schema


@dataclass(frozen=True, slots=True)
class DropColumn(Operation):
    """DROP COLUMN."""

    operation: ClassVar[str] = "drop_column"
    table: Name
    name: str
    if_exists: bool = False
    cascade: bool = False

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("column", self.table, self.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        if table.column(self.name) is None:
            if self.if_exists or table.assumed:
                return before
            raise CannotApply("missing", self.object, "no such column")
        if not self.cascade:
            self._refuse_if_needed(before)
        return release_column(before, table, self.name)

    def _refuse_if_needed(self, before: Schema) -> None:
        for other in before.tables.values():
            for key in other.of_kind(ForeignKey):
                goes_too = other.name == self.table and self.name in key.columns
                if key.references == self.table and self.name in key.referenced_columns and not goes_too:
                    raise CannotApply("depends", self.object, f"foreign key {key.name} of {other.name} needs it")


@dataclass(frozen=True, slots=True)
class AlterColumn(Operation):
    """ALTER COLUMN: every property that is KEEP stays. `default` None drops the default.

    `type` "serial" is not allowed by PostgreSQL. `identity` None drops it, as `generated` None does; `sequence` is
    what the statement calls the sequence of a new one.
    """

    operation: ClassVar[str] = "alter_column"
    table: Name
    name: str
    new_name: str | Unset = KEEP
    type: str | Unset = KEEP
    using: str | None = None
    collation: str | Unset | None = KEEP
    not_null: bool | Unset = KEEP
    default: str | Unset | None = KEEP
    identity: str | Unset | None = KEEP
    sequence: Name | None = None
    generated: Generated | Unset | None = KEEP
    comment: str | Unset | None = KEEP
    if_exists: bool = False

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("column", self.table, self.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        column = table.column(self.name)
        if column is None:
            if self.if_exists:
                return before
            if not table.assumed:
                raise CannotApply("missing", self.object, "no such column")
            column = Column(self.name, "unknown", doubtful=True)
            table = table.with_column(column)
        changes = {
            key: value
            for key in ("type", "collation", "not_null", "default", "identity", "generated", "comment")
            if not isinstance(value := getattr(self, key), Unset)
        }
        if is_null(changes.get("default")):
            changes["default"] = None
        if changes.get("identity"):
            changes["not_null"] = True
        schema = before.with_table(table.with_column(replace(column, **changes)))
        schema = self._sequence(schema, column)
        if isinstance(self.new_name, str):
            new = cut(self.new_name)
            if table.column(new) is not None:
                raise CannotApply("exists", ObjectRef("column", self.table, new), "the column already exists")
            schema = rename_column(schema, schema.tables[self.table], self.name, new)
        return schema

    def _sequence(self, schema: Schema, column: Column) -> Schema:
        """An identity column owns a hidden sequence, which comes and goes with the property."""
        if isinstance(self.identity, Unset) or bool(self.identity) == bool(column.identity):
            return schema
        if self.identity:
            name = self.sequence or Name(self.table.schema, sequence_name(schema, self.table, self.name))
            return schema.with_sequence(Sequence(name, owned_by=(self.table, self.name), identity=True))
        for sequence in list(schema.sequences.values()):
            if sequence.identity and sequence.owned_by == (self.table, self.name):
                schema = schema.without_sequence(sequence.name)
        return schema
