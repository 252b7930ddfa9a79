"""Operations on indexes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.dependents import needing, release_key
from migralint.schema import Exclusion, Index, Keyed, Name, Schema, Table, View
from migralint.schema.automatic import named_index


def _with_indexes(schema: Schema, owner: Table | View, indexes: tuple[Index, ...]) -> Schema:
    if isinstance(owner, View):
        return schema.with_view(replace(owner, indexes=indexes))
    return schema.with_table(replace(owner, indexes=indexes))


@dataclass(frozen=True, slots=True)
class CreateIndex(Operation):
    """CREATE INDEX on a table or materialized view; an empty index name asks for an automatic one."""

    operation: ClassVar[str] = "create_index"
    table: Name
    index: Index
    concurrently: bool = False
    if_not_exists: bool = False

    @property
    def object_name(self) -> str | None:
        return self.index.name or None

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("index", self.table, self.index.name or None)

    def apply(self, before: Schema) -> Schema:
        owner = before.tables.get(self.table) or before.views.get(self.table)
        if owner is None:
            raise CannotApply("missing", ObjectRef("table", self.table), "no such table")
        index = named_index(before, self.table, self.index)
        if before.relation_exists(Name(self.table.schema, index.name)):
            if self.if_not_exists:
                return before
            raise CannotApply("exists", ObjectRef("index", self.table, index.name), "the relation already exists")
        if isinstance(owner, Table) and not owner.assumed:
            for column in index.columns_used:
                if owner.column(column) is None:
                    raise CannotApply("missing", ObjectRef("column", self.table, column), "no such column")
        return _with_indexes(before, owner, (*owner.indexes, index))


@dataclass(frozen=True, slots=True)
class DropIndex(Operation):
    """DROP INDEX. `table` is what the migration says it is on (Alembic's table_name), or None."""

    operation: ClassVar[str] = "drop_index"
    index: Name
    table: Name | None = None
    concurrently: bool = False
    if_exists: bool = False
    cascade: bool = False

    @property
    def object_name(self) -> str:
        return self.index.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("index", self.table, self.index.name)

    def apply(self, before: Schema) -> Schema:
        owner = before.index_owner(self.index)
        if owner is None or not any(i.name == self.index.name for i in owner.indexes):
            if owner is not None:
                raise CannotApply("depends", self.object, "a constraint needs this index")
            stated = before.tables.get(self.table) if self.table else None
            if self.if_exists or (stated and stated.assumed):
                return before
            raise CannotApply("missing", self.object, "no such index")
        schema = _with_indexes(before, owner, tuple(i for i in owner.indexes if i.name != self.index.name))
        if isinstance(owner, Table) and (needed := needing(before, owner, self.index.name)):
            other, key = needed[0]
            if not self.cascade:
                raise CannotApply("depends", self.object, f"foreign key {key.name} of {other} needs it")
            schema = release_key(schema, owner.name, key.referenced_columns)
        return schema


@dataclass(frozen=True, slots=True)
class RenameIndex(Operation):
    """ALTER INDEX ... RENAME TO; a constraint of that name is renamed with it."""

    operation: ClassVar[str] = "rename_index"
    index: Name
    new_name: str
    if_exists: bool = False

    @property
    def object_name(self) -> str:
        return self.index.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("index", None, str(self.index))

    def apply(self, before: Schema) -> Schema:
        owner = before.index_owner(self.index)
        if owner is None:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such index")
        if before.relation_exists(Name(self.index.schema, self.new_name)):
            raise CannotApply("exists", ObjectRef("index", owner.name, self.new_name), "the name is taken")
        owned = isinstance(owner, Table) and isinstance(owner.constraint(self.index.name), Keyed | Exclusion)
        if owned and isinstance(owner, Table) and owner.constraint(self.new_name) is not None:
            raise CannotApply("exists", ObjectRef("constraint", owner.name, self.new_name), "the name is taken")
        old = self.index.name
        indexes = tuple(replace(i, name=self.new_name) if i.name == old else i for i in owner.indexes)
        schema = _with_indexes(before, owner, indexes)
        if isinstance(owner, Table) and owned:
            constraints = tuple(replace(c, name=self.new_name) if c.name == old else c for c in owner.constraints)
            schema = schema.with_table(replace(owner, constraints=constraints, indexes=indexes))
        return schema
