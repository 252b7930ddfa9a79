"""Operations on columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from migralint.operations.attaching import refuse_partition_key
from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.dependents import borrowed_sequence, needing_column, release_column
from migralint.operations.inheritance import (
    certain,
    hand_down_column,
    losing,
    make_local,
    refuse_inherited,
    refuse_only,
)
from migralint.operations.needs import needs, refuse_generated
from migralint.operations.parts import added_column, added_constraint
from migralint.operations.row_types import refuse_filling
from migralint.operations.tables import existing
from migralint.schema import (
    Column,
    Constraint,
    Exclusion,
    Name,
    Schema,
)


@dataclass(frozen=True, slots=True)
class AddColumn(Operation):
    """ADD COLUMN, with the constraints written inline.

    `reads` are the columns that its generation expression surely reads: the same statement may drop them before.
    """

    operation: ClassVar[str] = "add_column"
    table: Name
    column: Column
    constraints: tuple[Constraint, ...] = ()
    if_not_exists: bool = False
    only: bool = False
    reads: tuple[str, ...] = ()

    @property
    def object_name(self) -> str:
        return self.column.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("column", self.table, self.column.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        if table.is_partition and certain(before, table):
            raise CannotApply(
                "invalid", self.object, "a partition has the columns of its parent", condition="wrong_object_type"
            )
        if self.if_not_exists and table.column(self.column.name) is not None:
            return before
        refuse_only(before, table, self.only, self.object)
        refuse_generated(before, table, self.column, self.reads)
        schema = added_column(before, self.table, self.column)
        refuse_filling(before, table, schema.tables[self.table].columns[-1], self.object)
        schema = hand_down_column(schema, schema.tables[self.table], schema.tables[self.table].columns[-1])
        for constraint in self.constraints:
            schema = added_constraint(schema, self.table, constraint)
        return schema


@dataclass(frozen=True, slots=True)
class DropColumn(Operation):
    """DROP COLUMN; tables below lose it too, where they have it from nowhere else."""

    operation: ClassVar[str] = "drop_column"
    object_kind: ClassVar[str] = "column"
    table: Name
    name: str
    if_exists: bool = False
    cascade: bool = False
    only: bool = False

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        if table.column(self.name) is None:
            if self.if_exists or table.assumed:
                return before
            raise CannotApply("missing", self.object, "no such column")
        refuse_inherited(before, table, self.name)
        refuse_partition_key(before, table, self.name)
        if table.partition_by is not None:
            refuse_only(before, table, self.only, self.object)
        losers = [table, *([] if self.only else losing(before, table, self.name))]
        if not self.cascade:
            self._refuse_if_needed(before, {loser.name for loser in losers})
        schema = before
        for loser in losers[1:]:
            refuse_partition_key(before, loser, self.name)
        for loser in losers:
            schema = release_column(schema, schema.tables[loser.name], self.name)
        for loser in losers:
            schema = make_local(schema, loser.name, checks=False)
        return schema

    def _refuse_if_needed(self, before: Schema, losers: set[Name]) -> None:
        for name in losers:
            table = before.tables[name]
            for other, key in needing_column(before, table, self.name):
                if other not in losers or self.name not in key.columns:
                    raise CannotApply("depends", self.object, f"foreign key {key.name} of {other} needs it")
            for exclusion in table.of_kind(Exclusion) if certain(before, table) else ():
                if self.name in exclusion.where_columns and self.name not in exclusion.columns:
                    raise CannotApply("depends", self.object, f"the condition of {exclusion.name} uses it")
            if detail := borrowed_sequence(before, name, losers, self.name):
                raise CannotApply("depends", self.object, detail)
            if certain(before, table) and (found := next(needs(before, table, self.name), None)):
                raise CannotApply("depends", self.object, f"{found} uses it")
