"""The tables below a table, partitions and children by INHERITS, and what of it they share.

PostgreSQL docs, 5.11 Inheritance and 5.12 Table Partitioning. What each form of ALTER TABLE hands down is compared
with a server (`tests/sql/scripts/inheritance.sql` and `partitions.sql`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from migralint.operations.base import CannotApply, ObjectRef
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    Keyed,
    Name,
    Schema,
    Table,
)
from migralint.schema.bare import bare
from migralint.schema.expressions import normal, same_expression

Part = Constraint | Index
"""What a table shares with its partitions."""

Indexed = Keyed | Index
"""Which of it has an index."""


def certain(schema: Schema, *tables: Table) -> bool:
    """Whether all is known that PostgreSQL looks at before it refuses: nothing unread, nothing assumed or doubtful."""
    known = schema.dialect == "postgresql" and not schema.opaque
    return known and not any(table.assumed or table.doubtful for table in tables)


def children(schema: Schema, name: Name) -> list[Table]:
    """The tables right below."""
    return [table for table in schema.tables.values() if name in table.parents]


def below(schema: Schema, name: Name) -> list[Table]:
    """All tables below, each once, parents before children."""
    found: dict[Name, Table] = {}
    pending = [name]
    while pending:
        for child in children(schema, pending.pop(0)):
            if child.name not in found and child.name != name:
                found[child.name] = child
                pending.append(child.name)
    return list(found.values())


def parents(schema: Schema, table: Table) -> list[Table]:
    """The tables right above that are known."""
    return [schema.tables[name] for name in table.parents if name in schema.tables]


def refuse_only(schema: Schema, table: Table, only: bool, object: ObjectRef) -> None:
    """What tables below have to follow cannot be done to ONLY the parent."""
    if only and certain(schema, table) and (found := children(schema, table.name)):
        raise CannotApply("invalid", object, f"{found[0].name} has to be changed too, without ONLY")


def refuse_inherited(schema: Schema, table: Table, column: str) -> None:
    """What a parent has is changed at the parent."""
    for parent in parents(schema, table):
        if parent.column(column) is not None and certain(schema, table, parent):
            raise CannotApply("invalid", ObjectRef("column", table.name, column), f"it is inherited from {parent.name}")


def refuse_other_parents(schema: Schema, table: Table, column: str) -> None:
    """What tables below have from another parent too, one that does not follow, is not changed at this one."""
    following = {table.name, *(child.name for child in below(schema, table.name))}
    for child in below(schema, table.name):
        for parent in parents(schema, child):
            if parent.name not in following and parent.column(column) is not None and certain(schema, child, parent):
                detail = f"{child.name} has it from {parent.name} too"
                raise CannotApply("invalid", ObjectRef("column", table.name, column), detail)


# columns -----------------------------------------------------------------------------------------------------------
def hand_down_column(schema: Schema, parent: Table, column: Column) -> Schema:
    """A new column of the parent to the tables below; one that has it already keeps its own."""
    for child in children(schema, parent.name):
        own = child.column(column.name)
        if own is not None:
            if own.type != column.type and certain(schema, parent, child):
                reference = ObjectRef("column", child.name, column.name)
                raise CannotApply(
                    "invalid", reference, f"its type is {own.type}, not {column.type}", condition="datatype_mismatch"
                )
            if column.not_null and not own.not_null:
                child = child.with_column(replace(own, not_null=True, not_null_inherited=True))
                schema = not_null_below(schema.with_table(child), child.name, column.name)
            continue
        if column.identity and not child.is_partition and certain(schema, parent, child):
            reference = ObjectRef("column", parent.name, column.name)
            raise CannotApply("invalid", reference, f"an identity column cannot be handed down to {child.name}")
        identity, nulls = column.identity if child.is_partition else None, column.not_null
        copy = replace(bare(column), identity=identity, comment=None, inherited=True, not_null_inherited=nulls)
        child = replace(child, columns=(*child.columns, copy))
        schema = hand_down_column(schema.with_table(child), child, copy)
    return schema


def not_null_below(schema: Schema, table: Name, column: str) -> Schema:
    """The column NOT NULL in every table below."""
    for child in below(schema, table):
        own = child.column(column)
        if own is not None and not own.not_null:
            schema = schema.with_table(child.with_column(replace(own, not_null=True, not_null_inherited=True)))
    return schema


def losing(schema: Schema, table: Table, column: str) -> list[Table]:
    """The tables below that lose the column with it: they have it from nowhere else."""
    found = {table.name: table}
    for child in below(schema, table.name):
        own = child.column(column)
        if own is None or not own.inherited or not any(name in found for name in child.parents):
            continue
        others = [p for p in parents(schema, child) if p.name not in found]
        if all(p.column(column) is None for p in others):
            found[child.name] = child
    return list(found.values())[1:]


def make_local(schema: Schema, parent: Name, *, checks: bool = True) -> Schema:
    """What tables right below have from no parent any more is their own from now on.

    Not `checks` that go with a column of the parent: PostgreSQL forgets to count them.
    """
    for child in children(schema, parent):
        own = localized(schema, child)
        schema = schema.with_table(own if checks else replace(own, constraints=child.constraints))
    return schema


def localized(schema: Schema, table: Table) -> Table:
    """The table, with what none of its parents has marked as its own."""
    above = parents(schema, table)
    columns = []
    for column in table.columns:
        found = [c for p in above if (c := p.column(column.name)) is not None]
        nulls = column.not_null_inherited and any(c.not_null for c in found)
        columns.append(replace(column, inherited=column.inherited and bool(found), not_null_inherited=nulls))
    constraints = tuple(
        replace(c, inherited=False)
        if isinstance(c, Check) and c.inherited and all(p.constraint(c.name) is None for p in above)
        else c
        for c in table.constraints
    )
    return replace(table, columns=tuple(columns), constraints=constraints)


# constraints and indexes -------------------------------------------------------------------------------------------
def same_index(one: Constraint, other: Constraint) -> bool:
    """Whether both are keys, or exclusions, that ask for the same index."""
    if isinstance(one, Exclusion):
        return isinstance(other, Exclusion) and _plain_exclusion(one) == _plain_exclusion(other)
    return (
        isinstance(one, Keyed)
        and isinstance(other, Keyed)
        and (one.columns, one.include) == (other.columns, other.include)
        and (one.deferrable, one.initially) == (other.deferrable, other.initially)
        and getattr(one, "nulls_not_distinct", False) == getattr(other, "nulls_not_distinct", False)
        and one.without_overlaps == other.without_overlaps
    )


def _plain_exclusion(constraint: Exclusion) -> Exclusion:
    return replace(constraint, name="", definition=normal(constraint.definition))


def counterpart(parent: Table, part: Part, child: Table) -> Part | None:
    """The constraint or index of a table right below that belongs to this one of its parent, or None.

    Checks go by name. Keys, foreign keys and indexes of partitions have names of their own: the first equal one is
    taken that belongs to none of the parent yet, as PostgreSQL does when it looks for one to attach. A unique index may
    so take in the one of a key.
    """
    if isinstance(part, Check):
        return next((own for own in child.of_kind(Check) if own.name == part.name), None)
    if not child.is_partition:
        return None
    if isinstance(part, Keyed | Index):
        return next((own for above, own in _shared_indexes(parent, child) if above.name == part.name), None)
    taken = len(list(takewhile(lambda other: other.name != part.name, _alike(parent, part))))
    found = _alike(child, part)
    if isinstance(part, Exclusion):  # PostgreSQL makes those of a partition, whatever it has (indexcmds.c)
        found = found[max(len(found) - len(_alike(parent, part)), 0) :]
    return found[taken] if len(found) > taken else None


def _alike(table: Table, part: Constraint) -> list[Constraint]:
    """The constraints that a table has that are equal to one of its parent or of itself, but for the name."""
    return [own for own in table.constraints if _equal(own, part)]


def _equal(own: Constraint, part: Constraint) -> bool:
    if isinstance(own, ForeignKey) and isinstance(part, ForeignKey):
        return replace(own, name="", validated=True) == replace(part, name="", validated=True)
    return replace(own, name="") == replace(part, name="")


# keys and indexes ---------------------------------------------------------------------------------------------------
def _shared_indexes(parent: Table, partition: Table) -> Iterator[tuple[Indexed, Indexed]]:
    """The keys and indexes of a parent, each with the one of the partition that belongs to it."""
    left = _indexed(partition)
    for part in _indexed(parent):
        own = next((own for own in left if _belongs(own, part)), None)
        if own is not None:
            left.remove(own)
            yield part, own


def _indexed(table: Table) -> list[Indexed]:
    """The keys and indexes in the order in which they were made."""
    return sorted((*table.of_kind(Keyed), *table.indexes), key=lambda part: part.number)


def _belongs(own: Indexed, part: Indexed) -> bool:
    if isinstance(part, Keyed):
        alike = isinstance(own, Keyed) and type(own) is type(part) and same_index(own, part)
        return alike or (isinstance(own, Keyed) and own.adopted and _same_keys(own, part.index))
    return part.valid and (_same_keys(own, part) if isinstance(own, Keyed) else _same(own, part))


def adoptable(parent: Table, child: Table, key: Keyed) -> Keyed | None:
    """A key of a partition that becomes part of a new one of its parent, whether it is unique or primary, deferrable
    or not: on the same columns, and not part of another one (PostgreSQL source, indexcmds.c, DefineIndex).
    """
    taken = [own for above, own in _shared_indexes(parent, child) if above.name != key.name]
    found = (own for own in child.of_kind(Keyed) if _same_keys(own, key.index))
    return next((own for own in found if not any(own is one for one in taken)), None)


def _same_keys(key: Keyed, index: Index) -> bool:
    return not key.without_overlaps and _same(key.index, index)


def _same(one: Index, other: Index) -> bool:
    """Whether both are one index but for the name and for ASC, DESC and NULLS, which PostgreSQL does not compare
    (PostgreSQL source, index.c, CompareIndexInfo).
    """
    one, other = (
        replace(index, name="", keys=tuple(replace(k, descending=False, nulls_first=None) for k in index.keys))
        for index in (one, other)
    )
    return one == other


def owner_above(schema: Schema, table: Table, part: Part) -> Table | None:
    """The parent whose constraint or index this one belongs to, or None."""
    for parent in parents(schema, table):
        owned = any(counterpart(parent, c, table) is part for c in parent.constraints)
        owned = owned or any(counterpart(parent, i, table) is part for i in parent.indexes)
        if owned and certain(schema, table, parent):
            return parent
    return None


def inherits_check(check: Check, child: Table) -> bool:
    """Whether a check of the parent is one of the child as well: raises where the child has another of its name."""
    own = child.constraint(check.name)
    if own is None:
        return False
    if not isinstance(own, Check) or not same_expression(own.expression, check.expression):
        raise CannotApply("exists", ObjectRef("constraint", child.name, check.name), "the constraint already exists")
    return True
