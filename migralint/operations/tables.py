"""Operations on tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import ClassVar

from migralint.operations.attaching import refuse_attach, refuse_parent, refuse_unique, unique_columns
from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.dependents import borrowed_sequence, policies_reading, readers, release_table
from migralint.operations.inheritance import (
    below,
    certain,
    children,
    localized,
    parents,
    same_index,
)
from migralint.operations.merging import (
    merged_column,
    parent_column,
    refuse_conflicts,
    refuse_type,
    with_columns_of,
    with_parts_of,
)
from migralint.operations.needs import refuse_schema
from migralint.operations.parts import added_column, added_constraint, counted, referencing
from migralint.operations.renaming import move_table
from migralint.operations.rewrite_rules import rules_over
from migralint.operations.row_types import refuse_type_of
from migralint.operations.type_users import refuse_users, without_users
from migralint.schema import Check, Column, Constraint, Exclusion, ForeignKey, Keyed, Name, PrimaryKey, Schema, Table
from migralint.schema.automatic import named_index, named_statistics, sequence_name
from migralint.schema.names import cut
from migralint.schema.types import SERIALS


def existing(schema: Schema, name: Name) -> Table:
    """The table, or CannotApply("missing")."""
    table = schema.tables.get(name)
    if table is None:
        raise CannotApply("missing", ObjectRef("table", name), "no such table")
    return table


@dataclass(frozen=True, slots=True)
class CreateTable(Operation):
    """CREATE TABLE. `definition` may hold serial pseudo types and unnamed constraints; `apply` resolves both.

    `like` names tables whose columns are copied (LIKE, INHERITS, PARTITION OF) before its own, `alike` those of LIKE
    whose columns are in the definition already, `reads` those that the query of CREATE TABLE AS reads. `recounted` are
    the columns that LIKE copied with their identity: their sequences count in bigint, whatever type the column has;
    `regenerated` those that it copied with what they are generated from. `copied` says how many of the last constraints
    are keys that LIKE copied: they are made after the others, equal to one of them or not. `not_null` are columns of
    parents of which the table says NOT NULL itself, each with the name of that, or "".
    """

    operation: ClassVar[str] = "create_table"
    definition: Table
    if_not_exists: bool = False
    like: tuple[Name, ...] = ()
    temporary: bool = False
    recounted: frozenset[str] = frozenset()
    reads: tuple[Name, ...] = field(default=(), compare=False)
    alike: tuple[Name, ...] = field(default=(), compare=False)
    regenerated: frozenset[str] = frozenset()
    copied: int = 0
    not_null: tuple[tuple[str, str], ...] = ()

    @property
    def table_name(self) -> Name:
        return self.definition.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("table", self.definition.name)

    def apply(self, before: Schema) -> Schema:
        name = self.definition.name
        if before.relation_exists(name) and not self.temporary:
            if self.if_not_exists:
                return before
            raise CannotApply("exists", self.object, "the relation already exists")
        refuse_schema(before, name)
        if not self.temporary:
            refuse_type_of(before, name, self.object)
        table = replace(self.definition, columns=(), constraints=(), indexes=(), statistics=())
        schema = before.with_table(table)
        for source in self.like:
            if source in table.parents:
                refuse_parent(before, existing(before, source), table)
            schema = schema.with_table(with_columns_of(schema, existing(before, source), schema.tables[name]))
        refuse_conflicts(before, self.definition)
        _refuse_keys(schema, schema.tables[name])
        for column in self._with_sequences(before):
            above = parent_column(schema, schema.tables[name], column)
            if above is None:
                refuse_type(schema.tables[name], column)
                schema = added_column(schema, name, column)
                continue
            if above.generated is not None and column.name in self.regenerated and certain(before, table):
                reference = ObjectRef("column", name, column.name)
                raise CannotApply("depends", reference, "LIKE and a parent both say what it is generated from")
            counting, sequence = counted(schema, name, column)
            schema = schema.with_table(schema.tables[name].with_column(merged_column(schema, table, above, counting)))
            schema = schema.with_sequence(sequence) if sequence else schema
        schema = self._recounted(self._own_not_null(schema))
        for constraint in self._in_order():
            if isinstance(constraint, Check | ForeignKey) and constraint.enforced:
                constraint = replace(constraint, validated=True)  # of an empty table, NOT VALID or not
            schema = added_constraint(schema, name, constraint, made=False)
        for index in self.definition.indexes:
            table = schema.tables[name]
            if index.unique:
                reference = ObjectRef("index", name, index.name or None)
                refuse_unique(schema, table, unique_columns(table, index), reference)
            schema = schema.with_table(replace(table, indexes=(*table.indexes, named_index(schema, name, index))))
        for one in self.definition.statistics:
            table = schema.tables[name]
            found = (*table.statistics, named_statistics(schema, name, one))
            schema = schema.with_table(replace(table, statistics=found))
        return schema

    def _in_order(self) -> list[Constraint]:
        """Keys that LIKE copies are made after the others and before foreign keys (`transformCreateStmt`)."""
        written = len(self.definition.constraints) - self.copied
        own, copied = _merged(self.definition.constraints[:written]), self.definition.constraints[written:]
        foreign = [constraint for constraint in own if isinstance(constraint, ForeignKey)]
        return [*own[: len(own) - len(foreign)], *copied, *foreign]

    def _own_not_null(self, schema: Schema) -> Schema:
        for name, constraint in self.not_null:
            table = schema.tables[self.definition.name]
            column = table.column(name)
            if column is None:
                if not certain(schema, table):
                    continue
                raise CannotApply("missing", ObjectRef("column", table.name, name), "no such column")
            kept = {"not_null_name": constraint or column.not_null_name, "not_null_inherited": False}
            schema = schema.with_table(table.with_column(replace(column, not_null=True, **kept)))  # type: ignore[arg-type]
        return schema

    def _recounted(self, schema: Schema) -> Schema:
        owners = {(self.definition.name, column) for column in self.recounted}
        for sequence in list(schema.sequences.values()) if owners else ():
            if sequence.identity and sequence.owned_by in owners:
                options = tuple(one for one in sequence.options if one[0] != "type")
                schema = schema.with_sequence(replace(sequence, options=options))
        return schema

    def _with_sequences(self, before: Schema) -> list[Column]:
        """The columns, each with its sequence: their names are chosen before any of them is made, and may collide."""
        table = self.definition.name
        return [
            replace(c, sequence=Name(table.schema, sequence_name(before, table, cut(c.name))))
            if before.dialect == "postgresql" and _brings_sequence(c)
            else c
            for c in self.definition.columns
        ]


def _brings_sequence(column: Column) -> bool:
    return (column.type in SERIALS or column.identity is not None) and column.sequence is None and not column.inherited


def _refuse_keys(schema: Schema, table: Table) -> None:
    """The keys that a partition has from its parent, where it is partitioned itself."""
    keys: list[Keyed | Exclusion] = [*table.of_kind(Keyed), *table.of_kind(Exclusion)]
    for key in keys:
        refuse_unique(schema, table, key.columns, ObjectRef("constraint", table.name, key.name))
    for index in table.indexes:
        if index.unique:
            refuse_unique(schema, table, unique_columns(table, index), ObjectRef("index", table.name, index.name))


def _creation_order(constraint: Constraint) -> int:
    """PostgreSQL makes checks first, then the primary key, then other keys, then foreign keys."""
    order = {"check": 0, "primary_key": 1, "unique": 2, "exclusion": 2, "foreign_key": 3}
    return order[constraint.kind]


def _merged(constraints: tuple[Constraint, ...]) -> list[Constraint]:
    """In order of creation, with equal keys made once, as `transformIndexConstraints` does.

    The first of them stays, the primary key before all; where it has no name it takes that of the next.
    """
    kept: list[Constraint] = []
    for constraint in sorted(constraints, key=_creation_order):
        second = isinstance(constraint, PrimaryKey)  # which PostgreSQL refuses, equal or not
        same = next((k for k in kept if same_index(k, constraint)), None)
        same = None if second else same
        if same is None:
            kept.append(constraint)
        elif not same.name:
            kept[kept.index(same)] = replace(same, name=constraint.name)
    return kept


@dataclass(frozen=True, slots=True)
class DropTable(Operation):
    """DROP TABLE of one table."""

    operation: ClassVar[str] = "drop_table"
    table: Name
    if_exists: bool = False
    cascade: bool = False

    def apply(self, before: Schema) -> Schema:
        if self.table not in before.tables:
            if self.if_exists and not (before.relation_exists(self.table) and certain(before)):
                return before
            raise CannotApply("missing", self.object, "no such table")
        going = [self.table, *(child.name for child in below(before, self.table))]
        if not self.cascade:
            going = [name for name in going if name == self.table or before.tables[name].is_partition]
            self._refuse_if_needed(before, going)
        schema = before
        for name in going:
            for owner, key in referencing_above(schema, schema.tables[name], going):
                holder = schema.tables[owner]
                kept = tuple(c for c in holder.constraints if c is not key)
                schema = schema.with_table(replace(holder, constraints=kept))
            schema = without_users(release_table(schema, name), name)
        return schema

    def _refuse_if_needed(self, before: Schema, going: list[Name]) -> None:
        for name in going:
            what = "it" if name == self.table else str(name)
            for child in children(before, name):
                if child.name not in going:
                    raise CannotApply("depends", self.object, f"table {child.name} inherits from {what}")
            for owner, key in (*referencing(before, name), *referencing_above(before, before.tables[name], going)):
                if owner not in going:
                    raise CannotApply("depends", self.object, f"foreign key {key.name} of {owner} references {what}")
            if detail := borrowed_sequence(before, name, going):
                raise CannotApply("depends", self.object, detail)
            if views := readers(before, name):
                raise CannotApply("depends", self.object, f"view {views[0]} reads {what}")
            for owner, rule in rules_over(before, name):
                if owner not in going:
                    raise CannotApply("depends", self.object, f"rule {rule.name} of {owner} uses {what}")
            for owner, policy in policies_reading(before, name):
                if owner not in going:
                    raise CannotApply("depends", self.object, f"policy {policy.name} of {owner} reads {what}")
            refuse_users(before, name, self.object, going)


def referencing_above(schema: Schema, partition: Table, going: Collection[Name]) -> list[tuple[Name, ForeignKey]]:
    """Foreign keys to what it is a partition of, which its rows are part of."""
    found: list[tuple[Name, ForeignKey]] = []
    while partition.is_partition and (above := parents(schema, partition)) and above[0].name not in going:
        partition = above[0]
        found += referencing(schema, partition.name)
    return found


@dataclass(frozen=True, slots=True)
class RenameTable(Operation):
    """ALTER TABLE ... RENAME TO, or SET SCHEMA where the schema differs."""

    operation: ClassVar[str] = "rename_table"
    table: Name
    new: Name
    if_exists: bool = False

    def apply(self, before: Schema) -> Schema:
        if self.table not in before.tables and self.if_exists:
            return before
        existing(before, self.table)
        refuse_schema(before, self.new)
        if before.relation_exists(self.new):
            raise CannotApply("exists", ObjectRef("table", self.new), "the relation already exists")
        refuse_type_of(before, self.new, ObjectRef("table", self.new))
        if self.new.schema != self.table.schema:
            self._refuse_taken(before)
        return move_table(before, self.table, self.new)

    def _refuse_taken(self, before: Schema) -> None:
        """Its indexes and sequences go along, and their names may be taken in the other schema."""
        table = before.tables[self.table]
        parts = [i.name for i in table.indexes] + [
            c.name for c in table.constraints if isinstance(c, Keyed | Exclusion)
        ]
        parts += [s.name.name for s in before.sequences.values() if s.owned_by and s.owned_by[0] == self.table]
        for name in parts:
            if before.relation_exists(Name(self.new.schema, name)):
                raise CannotApply(
                    "exists", ObjectRef("index", self.table, name), f"{self.new.schema} has this name too"
                )


@dataclass(frozen=True, slots=True)
class CreateTableComment(Operation):
    """COMMENT ON TABLE; None removes it."""

    operation: ClassVar[str] = "create_table_comment"
    table: Name
    comment: str | None

    def apply(self, before: Schema) -> Schema:
        if self.table in before.views:
            return before
        return before.with_table(replace(existing(before, self.table), comment=self.comment or None))


@dataclass(frozen=True, slots=True)
class DropTableComment(Operation):
    """COMMENT ON TABLE ... IS NULL."""

    operation: ClassVar[str] = "drop_table_comment"
    table: Name

    def apply(self, before: Schema) -> Schema:
        return before.with_table(replace(existing(before, self.table), comment=None))


@dataclass(frozen=True, slots=True)
class AttachPartition(Operation):
    """ATTACH PARTITION, which makes the keys and indexes of the parent, or INHERIT when `inherit`.

    `bound` is FOR VALUES ... or DEFAULT, None where it is not known.
    """

    operation: ClassVar[str] = "alter_table_attach_partition"
    table: Name
    partition: Name
    inherit: bool = False
    bound: str | None = None

    def apply(self, before: Schema) -> Schema:
        parent = existing(before, self.table)
        child = existing(before, self.partition)
        refuse_attach(before, parent, child, self.inherit)
        if not self.inherit:
            child = replace(_as_partition(before, parent, child), partition_bound=self.bound)
        return before.with_table(replace(child, parents=(*child.parents, self.table)))


def _as_partition(schema: Schema, parent: Table, child: Table) -> Table:
    """The columns and checks that the parent has are no longer the child's own."""
    columns = tuple(
        replace(c, inherited=True, identity=of.identity, not_null_inherited=of.not_null)
        if (of := parent.column(c.name)) is not None
        else c
        for c in child.columns
    )
    constraints = tuple(
        replace(c, inherited=True) if isinstance(c, Check) and parent.constraint(c.name) is not None else c
        for c in child.constraints
    )
    child = replace(child, columns=columns, constraints=constraints, is_partition=True)
    return with_parts_of(schema, parent, child)


@dataclass(frozen=True, slots=True)
class DetachPartition(Operation):
    """DETACH PARTITION, or NO INHERIT."""

    operation: ClassVar[str] = "alter_table_detach_partition"
    table: Name
    partition: Name
    concurrently: bool = False

    @property
    def transactional(self) -> bool:
        return not self.concurrently

    def apply(self, before: Schema) -> Schema:
        existing(before, self.table)
        child = existing(before, self.partition)
        if self.table not in child.parents and certain(before, child):
            raise CannotApply("invalid", ObjectRef("table", self.partition), f"{self.table} is not its parent")
        if child.is_partition:  # the identity stays with the parent
            child = replace(child, columns=tuple(replace(c, identity=None) for c in child.columns))
        parents_left = tuple(p for p in child.parents if p != self.table)
        child = replace(child, parents=parents_left, is_partition=False, partition_bound=None)
        return before.with_table(localized(before, child))
