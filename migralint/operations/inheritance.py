"""The tables below a table, partitions and children by INHERITS, and what of it they share.

PostgreSQL docs, 5.11 Inheritance and 5.12 Table Partitioning. What each form of ALTER TABLE hands down is compared
with a server (`tests/sql/scripts/inheritance.sql` and `partitions.sql`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from migralint.operations.base import CannotApply, ObjectRef
from migralint.schema import Check, Column, Constraint, Exclusion, ForeignKey, Index, Keyed, Name, Schema, Table
from migralint.schema.automatic import named, named_index
from migralint.schema.expressions import same_expression

P = TypeVar("P", Constraint, Index)


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


# columns -----------------------------------------------------------------------------------------------------------
def hand_down_column(schema: Schema, parent: Table, column: Column) -> Schema:
    """A new column of the parent to the tables below; one that has it already keeps its own."""
    for child in children(schema, parent.name):
        own = child.column(column.name)
        if own is not None:
            if own.type != column.type and certain(schema, parent, child):
                reference = ObjectRef("column", child.name, column.name)
                raise CannotApply("invalid", reference, f"its type is {own.type}, not {column.type}")
            continue
        if column.identity and not child.is_partition and certain(schema, parent, child):
            reference = ObjectRef("column", parent.name, column.name)
            raise CannotApply("invalid", reference, f"an identity column cannot be handed down to {child.name}")
        copy = replace(column, identity=column.identity if child.is_partition else None, comment=None, inherited=True)
        child = replace(child, columns=(*child.columns, copy))
        schema = hand_down_column(schema.with_table(child), child, copy)
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


def make_local(schema: Schema, parent: Name) -> Schema:
    """What tables right below have from no parent any more is their own from now on."""
    for child in children(schema, parent):
        schema = schema.with_table(localized(schema, child))
    return schema


def localized(schema: Schema, table: Table) -> Table:
    """The table, with what none of its parents has marked as its own."""
    above = parents(schema, table)
    columns = tuple(
        replace(c, inherited=False) if c.inherited and all(p.column(c.name) is None for p in above) else c
        for c in table.columns
    )
    constraints = tuple(
        replace(c, inherited=False)
        if isinstance(c, Check) and c.inherited and all(p.constraint(c.name) is None for p in above)
        else c
        for c in table.constraints
    )
    return replace(table, columns=columns, constraints=constraints)


# constraints and indexes -------------------------------------------------------------------------------------------
def same_index(one: Constraint, other: Constraint) -> bool:
    """Whether both are keys, or exclusions, that ask for the same index."""
    if isinstance(one, Exclusion):
        return isinstance(other, Exclusion) and replace(one, name="") == replace(other, name="")
    return (
        isinstance(one, Keyed)
        and isinstance(other, Keyed)
        and (one.columns, one.include) == (other.columns, other.include)
        and (one.deferrable, one.initially) == (other.deferrable, other.initially)
        and getattr(one, "nulls_not_distinct", False) == getattr(other, "nulls_not_distinct", False)
        and one.without_overlaps == other.without_overlaps
    )


def counterpart(part: P, child: Table) -> P | None:
    """The constraint or index of a table right below that belongs to this one of its parent, or None.

    Checks go by name. Keys, foreign keys and indexes of partitions have names of their own: the first equal one is
    taken, as PostgreSQL does when it looks for one to attach.
    """
    if isinstance(part, Index):
        plain = replace(part, name="")
        return next((i for i in child.indexes if part.valid and replace(i, name="") == plain), None)
    for own in child.constraints:
        match part:
            case Check():
                found = isinstance(own, Check) and own.name == part.name
            case Keyed():
                found = child.is_partition and type(own) is type(part) and same_index(own, part)
            case ForeignKey():
                found = child.is_partition and isinstance(own, ForeignKey) and _plain(own) == _plain(part)
            case _:
                found = child.is_partition and replace(own, name="") == replace(part, name="")
        if found:
            return own
    return None


def _plain(key: ForeignKey) -> ForeignKey:
    return replace(key, name="", validated=True)


def owner_above(schema: Schema, table: Table, part: Constraint | Index) -> Table | None:
    """The parent whose constraint or index this one belongs to, or None."""
    for parent in parents(schema, table):
        owned = any(counterpart(c, table) is part for c in parent.constraints)
        owned = owned or any(counterpart(i, table) is part for i in parent.indexes)
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


def with_columns_of(schema: Schema, source: Table, table: Table) -> Table:
    """A new table with what LIKE, INHERITS and PARTITION OF give it of their table."""
    child = source.name in table.parents
    for column in source.columns:  # several parents may have it: NOT NULL of one of them counts
        own = table.column(column.name) if child else None
        if own is None:
            continue
        known = certain(schema, source) and not (own.doubtful or column.doubtful)
        if known and (own.type, own.collation) != (column.type, column.collation):
            reference = ObjectRef("column", table.name, column.name)
            raise CannotApply("invalid", reference, f"its type is {own.type}, and {column.type} in {source.name}")
        if column.not_null:
            table = table.with_column(replace(own, not_null=True))
    columns = tuple(replace(c, inherited=child) for c in source.columns if table.column(c.name) is None)
    if child:
        columns = tuple(replace(c, comment=None) for c in columns)
    if not table.is_partition:  # a child has the column without the identity (PostgreSQL docs, 5.3 Identity Columns)
        columns = tuple(replace(c, identity=None) for c in columns)
    table = replace(table, columns=(*table.columns, *columns))
    if table.is_partition:
        return with_parts_of(schema, source, table)
    checks = [c for c in source.of_kind(Check) if child and not c.no_inherit and not inherits_check(c, table)]
    return replace(table, constraints=(*table.constraints, *(handed_down(c, table) for c in checks)))


def merged_column(table: Table, column: Column) -> Table | None:
    """The table with a column that one of its parents has and that it defines too, or None for another column."""
    above = table.column(column.name)
    if above is None and table.is_partition and not column.type:  # of a parent that is not known
        return table.with_column(replace(column, type="unknown", doubtful=True))
    if above is None or not above.inherited or (above.type != column.type and column.type):
        return None
    if table.is_partition:  # its columns stay those of the parent
        column = replace(above, default=column.default, not_null=column.not_null)
    default = above.default if column.default is None else column.default
    not_null = above.not_null or column.not_null
    identity = column.identity or above.identity
    return table.with_column(
        replace(
            column,
            type=above.type,
            default=default,
            not_null=not_null,
            identity=identity,
            generated=column.generated or above.generated,
            inherited=table.is_partition,
        )
    )


def with_parts_of(schema: Schema, parent: Table, partition: Table) -> Table:
    """The partition with the constraints and indexes of its parent, less those it has already."""
    for constraint in parent.constraints:
        if counterpart(constraint, partition) is not None or (isinstance(constraint, Check) and constraint.no_inherit):
            continue
        copy = named(schema, partition, handed_down(constraint, partition))
        partition = replace(partition, constraints=(*partition.constraints, copy))
    for index in parent.indexes:
        if index.valid and counterpart(index, partition) is None:
            made = named_index(schema.with_table(partition), partition.name, replace(index, name=""))
            partition = replace(partition, indexes=(*partition.indexes, made))
    return partition


def handed_down(constraint: Constraint, partition: Table) -> Constraint:
    """A constraint as a partition gets it: keys are named anew, the others where their name is taken."""
    if isinstance(constraint, Keyed | Exclusion):
        return replace(constraint, name="")
    if isinstance(constraint, Check):
        validated = constraint.validated or constraint.enforced
        return replace(constraint, inherited=True, validated=validated)
    return replace(constraint, name="") if partition.constraint(constraint.name) is not None else constraint
