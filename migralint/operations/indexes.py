"""Operations on indexes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar, TypeVar

from migralint.operations.attaching import refuse_unique, unique_columns
from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.dependents import needing, without_foreign_keys
from migralint.operations.details import Options
from migralint.operations.inheritance import Part, certain, children, counterpart, owner_above
from migralint.operations.keys import refuse_keys
from migralint.operations.needs import refuse_virtual
from migralint.operations.renaming import follow_key
from migralint.schema import Constraint, Exclusion, Index, Keyed, Name, Schema, Table, View
from migralint.schema.automatic import named_index
from migralint.schema.bare import bare
from migralint.schema.methods import default_class

P = TypeVar("P", Constraint, Index)


@dataclass(frozen=True, slots=True)
class CreateIndex(Operation):
    """CREATE INDEX on a table or materialized view; an empty index name asks for an automatic one.

    Partitions get one each. On ONLY their table it is not valid until theirs belong to it.
    """

    operation: ClassVar[str] = "create_index"
    table: Name
    index: Index
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False

    @property
    def transactional(self) -> bool:
        return not self.concurrently

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
        if isinstance(owner, Table):
            self._refuse(before, owner, index)
            index = _without_defaults(before, owner, index)
        if before.relation_exists(Name(self.table.schema, index.name)):
            if self.if_not_exists:
                return before
            raise CannotApply("exists", ObjectRef("index", self.table, index.name), "the relation already exists")
        if isinstance(owner, View):
            return before.with_view(replace(owner, indexes=(*owner.indexes, index)))
        return _with_index(before, owner, index, self.only)

    def _refuse(self, before: Schema, table: Table, index: Index) -> None:
        """What stands against it, whether its name is taken or not."""
        if self.concurrently and table.partition_by is not None and certain(before, table):
            raise CannotApply("invalid", self.object, f"{self.table} is partitioned, which excludes CONCURRENTLY")
        for column in index.columns_used if not table.assumed else ():
            if table.column(column) is None:
                raise CannotApply("missing", ObjectRef("column", self.table, column), "no such column")
        refuse_virtual(before, table, index.columns_used, self.object)
        refuse_keys(before, table, index, self.object)
        _refuse_unique(before, table, index)


def _without_defaults(schema: Schema, table: Table, index: Index) -> Index:
    """The index without operator classes that its columns have by themselves: PostgreSQL does not tell them apart."""
    if not any(key.opclass for key in index.keys):
        return index
    kinds = {column.name: column.type for column in table.columns}
    keys = (
        replace(key, opclass=None)
        if key.opclass and key.column in kinds and key.opclass == default_class(schema, kinds[key.column], index.method)
        else key
        for key in index.keys
    )
    return replace(index, keys=tuple(keys))


def _refuse_unique(schema: Schema, table: Table, index: Index) -> None:
    if index.unique:
        refuse_unique(schema, table, unique_columns(table, index), ObjectRef("index", table.name, index.name))


def _with_index(schema: Schema, table: Table, index: Index, only: bool = False) -> Schema:
    """The index on the table, and on each partition that has no equal one."""
    partitions = [child for child in children(schema, table.name) if child.is_partition]
    if only and partitions:
        index = replace(index, valid=False)
    table = replace(table, indexes=(*table.indexes, index))
    schema = schema.with_table(table)
    for partition in partitions:
        if counterpart(table, index, partition) is None and index.valid:
            made = named_index(schema, partition.name, replace(bare(index), name=""))
            _refuse_unique(schema, partition, made)
            schema = _with_index(schema, partition, made)
    return schema


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
    def transactional(self) -> bool:
        return not self.concurrently

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
            if before.relation_exists(self.index) and certain(before):
                raise CannotApply("invalid", self.object, "it is not an index")
            if self.if_exists or _may_exist(before, self.table):
                return before
            if self.table is not None and not before.relation_exists(self.table):
                raise CannotApply("missing", ObjectRef("table", self.table), "no such table")
            raise CannotApply("missing", self.object, "no such index")
        if isinstance(owner, Table):
            index = next(i for i in owner.indexes if i.name == self.index.name)
            if (parent := owner_above(before, owner, index)) is not None:
                raise CannotApply("depends", self.object, f"it is part of an index of {parent.name}")
            if self.concurrently and owner.partition_by is not None and certain(before, owner):
                raise CannotApply("invalid", self.object, f"{owner.name} is partitioned, which excludes CONCURRENTLY")
            schema = _without_index(before, owner, index, self.cascade)
        else:
            schema = before.with_view(
                replace(owner, indexes=tuple(i for i in owner.indexes if i.name != self.index.name))
            )
        if isinstance(owner, Table) and (needed := needing(before, owner, self.index.name)):
            other, key = needed[0]
            if not self.cascade:
                raise CannotApply("depends", self.object, f"foreign key {key.name} of {other} needs it")
            schema = without_foreign_keys(schema, needed)
        return schema


def _may_exist(before: Schema, named: Name | None) -> bool:
    """Whether a table of which not everything is known, the named one or any, may have an index."""
    stated = [before.tables.get(named)] if named else list(before.tables.values())
    return any(table is not None and table.assumed for table in stated)


def _without_index(schema: Schema, table: Table, index: Part, cascade: bool) -> Schema:
    """Without the index, and without those of partitions that belong to it, and, with CASCADE, keys that they hold."""
    if isinstance(index, Constraint) and not cascade:
        reference = ObjectRef("constraint", table.name, index.name)
        raise CannotApply("depends", reference, "it needs an index that is part of the one to be dropped")
    indexes = tuple(i for i in table.indexes if i is not index)
    schema = schema.with_table(
        replace(table, indexes=indexes, constraints=tuple(c for c in table.constraints if c is not index))
    )
    for child in children(schema, table.name):
        if child.is_partition and (own := counterpart(table, index, child)) is not None:
            schema = _without_index(schema, child, own, cascade)
    return schema


@dataclass(frozen=True, slots=True)
class AttachIndex(Operation):
    """ALTER INDEX ... ATTACH PARTITION: with the last one missing the index of the parent becomes valid."""

    operation: ClassVar[str] = "alter_index_attach_partition"
    index: Name
    partition: Name

    @property
    def object_name(self) -> str:
        return self.index.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("index", None, str(self.index))

    def apply(self, before: Schema) -> Schema:
        owner = before.index_owner(self.index)
        for name, found in ((self.index, owner), (self.partition, before.index_owner(self.partition))):
            if found is None:
                raise CannotApply("missing", ObjectRef("index", None, str(name)), "no such index")
        index = owner.index(self.index.name) if isinstance(owner, Table) else None
        if index is None or not isinstance(owner, Table) or index.valid:
            return before
        valid = replace(index, valid=True)
        partitions = [child for child in children(before, owner.name) if child.is_partition]
        if any(counterpart(owner, valid, partition) is None for partition in partitions):
            return before
        return before.with_table(replace(owner, indexes=tuple(valid if i is index else i for i in owner.indexes)))


@dataclass(frozen=True, slots=True)
class AlterIndex(Operation):
    """ALTER INDEX ... SET (...) and RESET (...); the index of a constraint too."""

    operation: ClassVar[str] = "alter_index"
    index: Name
    options: Options
    if_exists: bool = False

    @property
    def object_name(self) -> str:
        return str(self.index)

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("index", None, str(self.index))

    def apply(self, before: Schema) -> Schema:
        owner, name = before.index_owner(self.index), self.index.name
        if owner is None:
            if self.if_exists or _may_exist(before, None):
                return before
            raise CannotApply("missing", self.object, "no such index")
        if isinstance(owner, Table) and owner.partition_by is not None and certain(before, owner):
            raise CannotApply(
                "invalid",
                self.object,
                f"{owner.name} is partitioned, so that it stores nothing",
                condition="wrong_object_type",
            )

        def altered(one: P) -> P:
            if one.name != name or not isinstance(one, Index | Keyed | Exclusion):
                return one
            return replace(one, options=self.options.after(one.options))

        schema = before.with_relation(replace(owner, indexes=tuple(map(altered, owner.indexes))))
        if isinstance(owner, Table):
            indexes, constraints = tuple(map(altered, owner.indexes)), tuple(map(altered, owner.constraints))
            schema = schema.with_table(replace(owner, indexes=indexes, constraints=constraints))
        return schema


@dataclass(frozen=True, slots=True)
class RenameIndex(Operation):
    """ALTER INDEX ... RENAME TO; a constraint of that name is renamed with it.

    `as_table` where the statement says ALTER TABLE, which asks for a stronger lock.
    """

    operation: ClassVar[str] = "rename_index"
    index: Name
    new_name: str
    if_exists: bool = False
    as_table: bool = field(default=False, compare=False)

    @property
    def object_name(self) -> str:
        return self.index.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("index", None, str(self.index))

    def apply(self, before: Schema) -> Schema:
        owner = before.index_owner(self.index)
        if owner is None:
            if self.if_exists or _may_exist(before, None):
                return before
            raise CannotApply("missing", self.object, "no such index")
        if before.relation_exists(Name(self.index.schema, self.new_name)):
            raise CannotApply("exists", ObjectRef("index", owner.name, self.new_name), "the name is taken")
        owned = isinstance(owner, Table) and isinstance(owner.constraint(self.index.name), Keyed | Exclusion)
        if owned and isinstance(owner, Table) and owner.constraint(self.new_name) is not None:
            raise CannotApply("exists", ObjectRef("constraint", owner.name, self.new_name), "the name is taken")
        old = self.index.name
        indexes = tuple(replace(i, name=self.new_name) if i.name == old else i for i in owner.indexes)
        schema = before.with_relation(replace(owner, indexes=indexes))
        if isinstance(owner, Table) and owned:
            constraints = tuple(replace(c, name=self.new_name) if c.name == old else c for c in owner.constraints)
            schema = schema.with_table(replace(owner, constraints=constraints, indexes=indexes))
        return follow_key(schema, owner.name, old, self.new_name)
