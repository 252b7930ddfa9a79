"""Operations on constraints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.dependents import needing, release_key
from migralint.operations.parts import added_constraint
from migralint.operations.tables import existing
from migralint.schema import Check, Constraint, Exclusion, ForeignKey, Keyed, Name, PrimaryKey, Schema, Unique

_OPERATION = {
    "primary_key": "create_primary_key",
    "unique": "create_unique_constraint",
    "foreign_key": "create_foreign_key",
    "check": "create_check_constraint",
    "exclusion": "create_exclude_constraint",
}


@dataclass(frozen=True, slots=True)
class CreateConstraint(Operation):
    """ADD CONSTRAINT of any kind. `using_index` names the index that becomes a unique or primary key."""

    table: Name
    constraint: Constraint
    using_index: str | None = None

    @property
    def operation(self) -> str:  # type: ignore[override]  # Alembic names it by the kind of constraint
        return _OPERATION[self.constraint.kind]

    @property
    def object_name(self) -> str | None:
        return self.constraint.name or None

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("constraint", self.table, self.constraint.name or None)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        if self.using_index is None:
            return added_constraint(before, self.table, self.constraint)
        index = table.index(self.using_index)
        if index is None:
            raise CannotApply("missing", ObjectRef("index", self.table, self.using_index), "no such index")
        columns = tuple(k.column for k in index.keys if k.column is not None)
        name = self.constraint.name or index.name
        constraint: Constraint
        if isinstance(self.constraint, PrimaryKey):
            constraint = PrimaryKey(name, columns, include=index.include)
        else:
            constraint = Unique(name, columns, include=index.include, nulls_not_distinct=index.nulls_not_distinct)
        without = replace(table, indexes=tuple(i for i in table.indexes if i.name != index.name))
        return added_constraint(before.with_table(without), self.table, constraint)


@dataclass(frozen=True, slots=True)
class DropConstraint(Operation):
    """DROP CONSTRAINT. `kind` is what the migration calls it (Alembic's type_), or None."""

    operation: ClassVar[str] = "drop_constraint"
    table: Name
    name: str
    kind: str | None = None
    if_exists: bool = False
    cascade: bool = False

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("constraint", self.table, self.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        constraint = table.constraint(self.name)
        if constraint is None:
            if self.if_exists or table.assumed:
                return before
            raise CannotApply("missing", self.object, "no such constraint")
        schema = before.with_table(
            replace(table, constraints=tuple(c for c in table.constraints if c.name != self.name))
        )
        if isinstance(constraint, Keyed) and (needed := needing(before, table, constraint.name)):
            if not self.cascade:
                owner, key = needed[0]
                raise CannotApply("depends", self.object, f"foreign key {key.name} of {owner} needs it")
            schema = release_key(schema, self.table, constraint.columns)
        return schema


@dataclass(frozen=True, slots=True)
class ValidateConstraint(Operation):
    """VALIDATE CONSTRAINT."""

    operation: ClassVar[str] = "validate_constraint"
    table: Name
    name: str

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("constraint", self.table, self.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        found = table.constraint(self.name)
        if found is None:
            if table.assumed:
                return before
            raise CannotApply("missing", self.object, "no such constraint")
        if not isinstance(found, (Check, ForeignKey)):
            return before
        valid = replace(found, validated=True)
        return before.with_table(
            replace(table, constraints=tuple(valid if c.name == self.name else c for c in table.constraints))
        )


@dataclass(frozen=True, slots=True)
class RenameConstraint(Operation):
    """RENAME CONSTRAINT; the index of a key is renamed with it."""

    operation: ClassVar[str] = "rename_constraint"
    table: Name
    name: str
    new_name: str

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("constraint", self.table, self.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        if table.constraint(self.name) is None:
            if table.assumed:
                return before
            raise CannotApply("missing", self.object, "no such constraint")
        if table.constraint(self.new_name) is not None:
            raise CannotApply("exists", ObjectRef("constraint", self.table, self.new_name), "the name is taken")
        indexed = isinstance(table.constraint(self.name), Keyed | Exclusion)
        if indexed and before.relation_exists(Name(self.table.schema, self.new_name)):
            raise CannotApply("exists", ObjectRef("index", self.table, self.new_name), "the relation already exists")
        constraints = tuple(replace(c, name=self.new_name) if c.name == self.name else c for c in table.constraints)
        return before.with_table(replace(table, constraints=constraints))


@dataclass(frozen=True, slots=True)
class AlterConstraint(Operation):
    """ALTER CONSTRAINT of a foreign key: whether and when it is deferrable."""

    operation: ClassVar[str] = "alter_constraint"
    table: Name
    name: str
    deferrable: bool
    initially: str | None = None

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("constraint", self.table, self.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        if table.constraint(self.name) is None:
            raise CannotApply("missing", self.object, "no such constraint")
        constraints = tuple(
            replace(c, deferrable=self.deferrable, initially=self.initially)
            if c.name == self.name and isinstance(c, ForeignKey)
            else c
            for c in table.constraints
        )
        return before.with_table(replace(table, constraints=constraints))
