"""Operations on extended statistics."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from migralint.operations.base import KEEP, CannotApply, ObjectRef, Operation, Unset
from migralint.operations.needs import refuse_schema
from migralint.operations.tables import existing
from migralint.schema import Name, Schema, Statistics
from migralint.schema.automatic import named_statistics


@dataclass(frozen=True, slots=True)
class CreateStatistics(Operation):
    """CREATE STATISTICS."""

    operation: ClassVar[str] = "create_statistics"
    table: Name
    statistics: Statistics
    if_not_exists: bool = False

    @property
    def object_name(self) -> str | None:
        return self.statistics.name.name or None

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("statistics", None, str(self.statistics.name) if self.statistics.name.name else None)

    def apply(self, before: Schema) -> Schema:
        if self.table in before.views:  # a materialized view, whose statistics are not kept
            return before
        table = existing(before, self.table)
        found = named_statistics(before, self.table, self.statistics)
        if before.statistics_of(found.name) is not None:
            if self.if_not_exists:
                return before
            raise CannotApply("exists", ObjectRef("statistics", None, str(found.name)), "they already exist")
        refuse_schema(before, found.name)
        for column in () if table.assumed else found.columns_used:
            if table.column(column) is None:
                raise CannotApply("missing", ObjectRef("column", self.table, column), "no such column")
        return before.with_table(replace(table, statistics=(*table.statistics, found)))


@dataclass(frozen=True, slots=True)
class AlterStatistics(Operation):
    """ALTER STATISTICS ... RENAME TO, SET SCHEMA or SET STATISTICS, whose `target` may be None for DEFAULT."""

    operation: ClassVar[str] = "alter_statistics"
    object_kind: ClassVar[str] = "statistics"
    name: Name
    new: Name | None = None
    target: int | Unset | None = KEEP
    if_exists: bool = False

    def apply(self, before: Schema) -> Schema:
        table = before.statistics_of(self.name)
        if table is None:
            return _absent(before, self)
        new = self.new or self.name
        if self.new is not None:
            refuse_schema(before, new)
            if before.statistics_of(new) is not None:
                raise CannotApply("exists", ObjectRef("statistics", None, str(new)), "they already exist")

        def altered(one: Statistics) -> Statistics:
            return replace(one, name=new, target=one.target if isinstance(self.target, Unset) else self.target)

        after = tuple(altered(one) if one.name == self.name else one for one in table.statistics)
        return before.with_table(replace(table, statistics=after))


@dataclass(frozen=True, slots=True)
class DropStatistics(Operation):
    """DROP STATISTICS."""

    operation: ClassVar[str] = "drop_statistics"
    object_kind: ClassVar[str] = "statistics"
    name: Name
    if_exists: bool = False
    cascade: bool = False

    def apply(self, before: Schema) -> Schema:
        table = before.statistics_of(self.name)
        if table is None:
            return _absent(before, self)
        return before.with_table(replace(table, statistics=tuple(s for s in table.statistics if s.name != self.name)))


def _absent(schema: Schema, operation: AlterStatistics | DropStatistics) -> Schema:
    """Statistics of views are not kept, so only without any view it is certain that there are none."""
    if operation.if_exists or schema.views:
        return schema
    raise CannotApply("missing", operation.object, "no such statistics")
