"""Operations on constraints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from migralint.operations.alter_column import AlterColumn
from migralint.operations.base import KEEP, CannotApply, ObjectRef, Operation, Unset
from migralint.operations.dependents import needing, without_foreign_keys
from migralint.operations.inheritance import (
    below,
    certain,
    children,
    counterpart,
    make_local,
    owner_above,
    parents,
    refuse_only,
)
from migralint.operations.nullable import column_of, renamed_not_null
from migralint.operations.parts import added_constraint
from migralint.operations.renaming import follow_key
from migralint.operations.tables import existing
from migralint.schema import (
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    Key,
    Keyed,
    Name,
    PrimaryKey,
    Schema,
    Table,
    Unique,
)
from migralint.schema.names import cut

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
    only: bool = False

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
            return added_constraint(before, self.table, self.constraint, self.only)
        index = table.index(self.using_index)
        if index is None:
            raise CannotApply("missing", ObjectRef("index", self.table, self.using_index), "no such index")
        columns = tuple(k.column for k in index.keys if k.column is not None)
        name = self.constraint.name or index.name
        inner = index.inner_names
        constraint: Constraint
        if isinstance(self.constraint, Unique):
            nulls = index.nulls_not_distinct
            key = replace(self.constraint, name=name, columns=columns, include=index.include, inner_names=inner)
            constraint = replace(key, nulls_not_distinct=nulls)
        elif isinstance(self.constraint, PrimaryKey):
            constraint = replace(self.constraint, name=name, columns=columns, include=index.include, inner_names=inner)
        else:
            raise TypeError(f"{type(self.constraint).__name__} has no USING INDEX")
        self._refuse_index(before, table, index)
        constraint = replace(
            constraint,
            options=index.options,
            marks=index.marks,
            index_comment=index.comment,
        )
        without = replace(table, indexes=tuple(i for i in table.indexes if i.name != index.name))
        schema = follow_key(before.with_table(without), self.table, index.name, cut(name))
        return added_constraint(schema, self.table, constraint, number=index.number)

    def _refuse_index(self, before: Schema, table: Table, index: Index) -> None:
        """What an index has to be to become a key."""
        plain = index.unique and index.where is None and all(key == Key(key.column) for key in index.keys)
        if not plain and certain(before, table):
            reference = ObjectRef("index", table.name, index.name)
            raise CannotApply(
                "invalid",
                reference,
                "it is not unique, or partial, over expressions, or in an order",
                condition="wrong_object_type",
            )
        if table.partition_by is not None and certain(before, table):
            raise CannotApply(
                "invalid",
                self.object,
                f"{table.name} is partitioned, which excludes USING INDEX",
                condition="feature_not_supported",
            )
        if isinstance(self.constraint, PrimaryKey) and index.nulls_not_distinct:
            raise CannotApply("invalid", self.object, "an index with NULLS NOT DISTINCT is no primary key")


@dataclass(frozen=True, slots=True)
class DropConstraint(Operation):
    """DROP CONSTRAINT. `kind` is what the migration calls it (Alembic's type_), or None."""

    operation: ClassVar[str] = "drop_constraint"
    object_kind: ClassVar[str] = "constraint"
    table: Name
    name: str
    kind: str | None = None
    if_exists: bool = False
    cascade: bool = False
    only: bool = False

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        constraint = table.constraint(self.name)
        if constraint is None:
            if (column := column_of(table, self.name)) is not None:
                return AlterColumn(self.table, column.name, not_null=False, only=self.only).apply(before)
            if self.if_exists or table.assumed:
                return before
            raise CannotApply("missing", self.object, "no such constraint")
        owner = owner_above(before, table, constraint)
        if owner is not None:
            if any(counterpart(owner, index, table) is constraint for index in owner.indexes):
                raise CannotApply("depends", self.object, f"it has part of an index of {owner.name}")
            raise CannotApply("invalid", self.object, f"it is inherited from {owner.name}")
        if isinstance(constraint, Check) and constraint.inherited and certain(before, table, *parents(before, table)):
            raise CannotApply("invalid", self.object, "it is inherited, and went from the parent with a column")
        return self._without(before, table, constraint)

    def _without(self, before: Schema, table: Table, constraint: Constraint) -> Schema:
        """The constraint gone, and with it what tables below have of it."""
        schema = before.with_table(
            replace(table, constraints=tuple(c for c in table.constraints if c.name != constraint.name))
        )
        if isinstance(constraint, Keyed) and (needed := needing(before, table, constraint.name)):
            if not self.cascade:
                owner, key = needed[0]
                raise CannotApply("depends", self.object, f"foreign key {key.name} of {owner} needs it")
            schema = without_foreign_keys(schema, needed)
        for child in children(before, table.name):
            if self.only and (isinstance(constraint, Check) or not child.is_partition):
                continue  # what partitions share goes with it nonetheless
            own = counterpart(table, constraint, child)
            if not isinstance(own, Constraint) or (isinstance(own, Check) and not own.inherited):
                continue
            shared = isinstance(own, Check) and owner_above(schema, schema.tables[child.name], own) is not None
            if not shared:  # what a partition has of its parent's keys belongs to one of them
                schema = self._without(schema, schema.tables[child.name], own)
        return make_local(schema, table.name)


@dataclass(frozen=True, slots=True)
class ValidateConstraint(Operation):
    """VALIDATE CONSTRAINT."""

    operation: ClassVar[str] = "validate_constraint"
    object_kind: ClassVar[str] = "constraint"
    table: Name
    name: str
    only: bool = False

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        found = table.constraint(self.name)
        if found is None:
            if (column := column_of(table, self.name)) is not None:
                return AlterColumn(self.table, column.name, not_null=True, only=self.only).apply(before)
            if table.assumed:
                return before
            raise CannotApply("missing", self.object, "no such constraint")
        if not isinstance(found, (Check, ForeignKey)):
            raise CannotApply(
                "invalid", self.object, "it is neither a check nor a foreign key", condition="wrong_object_type"
            )
        if not found.enforced and certain(before, table):
            raise CannotApply(
                "invalid", self.object, "it is not enforced", condition="object_not_in_prerequisite_state"
            )
        if isinstance(found, Check) and not found.validated:
            refuse_only(before, table, self.only, self.object)
        return _validated(before, table, found)


def _validated(schema: Schema, table: Table, constraint: Check | ForeignKey) -> Schema:
    """With the constraint valid in this table and in those below."""
    valid = replace(constraint, validated=True)
    schema = schema.with_table(
        replace(table, constraints=tuple(valid if c.name == constraint.name else c for c in table.constraints))
    )
    for child in children(schema, table.name):
        if isinstance(own := counterpart(table, constraint, child), (Check, ForeignKey)):
            schema = _validated(schema, child, own)
    return schema


@dataclass(frozen=True, slots=True)
class RenameConstraint(Operation):
    """RENAME CONSTRAINT; the index of a key is renamed with it, and checks of tables below."""

    operation: ClassVar[str] = "rename_constraint"
    object_kind: ClassVar[str] = "constraint"
    table: Name
    name: str
    new_name: str
    only: bool = False

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        indexed = isinstance(table.constraint(self.name), Keyed | Exclusion)
        taken = indexed and before.relation_exists(Name(self.table.schema, self.new_name))
        if table.names_constraint(self.new_name):
            reference = ObjectRef("constraint", self.table, self.new_name)
            condition = "duplicate_table" if taken else "duplicate_object"
            raise CannotApply("exists", reference, "the name is taken", condition=condition)
        if table.constraint(self.name) is None:
            if (column := column_of(table, self.name)) is not None:
                return renamed_not_null(before, self.table, column.name, self.new_name)
            if table.assumed:
                return before
            raise CannotApply("missing", self.object, "no such constraint")
        if taken:
            raise CannotApply("exists", ObjectRef("index", self.table, self.new_name), "the relation already exists")
        tables = [table]
        if isinstance(found := table.constraint(self.name), Check) and not found.no_inherit:
            refuse_only(before, table, self.only, self.object)
            if (owner := owner_above(before, table, found)) is not None:
                raise CannotApply("invalid", self.object, f"it is inherited from {owner.name}")
            tables += below(before, self.table)
        schema = before
        for child in tables[1:]:
            if child.names_constraint(self.new_name):
                raise CannotApply("exists", ObjectRef("constraint", child.name, self.new_name), "the name is taken")
        for owned in tables:
            constraints = tuple(replace(c, name=self.new_name) if c.name == self.name else c for c in owned.constraints)
            schema = schema.with_table(replace(owned, constraints=constraints))
        return follow_key(schema, self.table, self.name, self.new_name) if indexed else schema


def refuse_name_of_not_null(schema: Schema, operation: Operation) -> None:
    """Before PostgreSQL 18 no constraint has the name that NOT NULL has from then on."""
    if not isinstance(operation, DropConstraint | RenameConstraint) or getattr(operation, "if_exists", False):
        return
    table = schema.tables.get(operation.table)
    if table is None or not certain(schema, table) or table.constraint(operation.name) is not None:
        return
    if column_of(table, operation.name) is not None:
        raise CannotApply("missing", operation.object, "no such constraint before PostgreSQL 18")


@dataclass(frozen=True, slots=True)
class AlterConstraint(Operation):
    """ALTER CONSTRAINT of a foreign key: whether and when it is deferrable, whether it is enforced."""

    operation: ClassVar[str] = "alter_constraint"
    object_kind: ClassVar[str] = "constraint"
    table: Name
    name: str
    deferrable: bool | Unset = KEEP
    initially: str | None = None
    enforced: bool | Unset = KEEP
    only: bool = False

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        found = table.constraint(self.name)
        if found is None:
            raise CannotApply("missing", self.object, "no such constraint")
        if not isinstance(found, ForeignKey):
            raise CannotApply("invalid", self.object, "it is not a foreign key", condition="wrong_object_type")
        if self.only and table.partition_by is not None and certain(before, table):
            raise CannotApply("invalid", self.object, "it has to be changed in the partitions too, without ONLY")
        if (owner := owner_above(before, table, found)) is not None:
            raise CannotApply(
                "invalid",
                self.object,
                f"it is inherited from {owner.name}",
                condition="object_not_in_prerequisite_state",
            )
        constraints = tuple(
            self._changed(c) if c.name == self.name and isinstance(c, ForeignKey) else c for c in table.constraints
        )
        return before.with_table(replace(table, constraints=constraints))

    def _changed(self, key: ForeignKey) -> ForeignKey:
        if not isinstance(self.deferrable, Unset):
            key = replace(key, deferrable=self.deferrable, initially=self.initially if self.deferrable else None)
        if not isinstance(self.enforced, Unset):
            key = replace(key, enforced=self.enforced, validated=self.enforced)
        return key
