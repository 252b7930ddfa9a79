"""How a column or a constraint joins a table: what CREATE TABLE and ALTER TABLE share."""

from __future__ import annotations

from dataclasses import replace

from migralint.operations.attaching import refuse_unique
from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.dependents import support
from migralint.operations.inheritance import (
    adoptable,
    certain,
    children,
    counterpart,
    inherits_check,
    not_null_below,
    refuse_only,
)
from migralint.operations.keys import refuse_keys
from migralint.operations.merging import handed_down
from migralint.operations.needs import refuse_default, refuse_foreign_key, refuse_identity, refuse_virtual
from migralint.operations.nullable import refuse_key_columns
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Keyed,
    Name,
    PrimaryKey,
    Schema,
    Sequence,
    Table,
)
from migralint.schema.automatic import named, sequence_name
from migralint.schema.conversion import stored_null
from migralint.schema.expressions import is_null, same_expression
from migralint.schema.names import cut, next_value
from migralint.schema.types import SERIALS


def added_column(schema: Schema, table_name: Name, column: Column) -> Schema:
    """The column at the end of the table; serial and identity columns bring their sequence along."""
    table = schema.tables[table_name]
    default = None if is_null(column.default) else column.default
    if default is None and (column.default is not None or column.default_type is not None):
        column = replace(column, default_type=stored_null(schema, column.type))
    column = replace(column, name=cut(column.name), default=default, comment=column.comment or None)
    if table.column(column.name) is not None:
        raise CannotApply("exists", ObjectRef("column", table_name, column.name), "the column already exists")
    refuse_identity(schema, table, column)
    refuse_default(schema, table, column)
    shared = table.is_partition and column.inherited  # a partition counts with the sequence of its parent
    column, sequence = (column, None) if shared else counted(schema, table_name, column)
    schema = schema.with_table(replace(table, columns=(*table.columns, column)))
    return schema.with_sequence(sequence) if sequence else schema


def sequence_options(kind: str, said: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The options of the sequence behind a column of this type, with those that its statement says."""
    return tuple(sorted((*said, *([("type", kind)] if kind in ("smallint", "integer") else []))))


def counted(schema: Schema, table: Name, column: Column) -> tuple[Column, Sequence | None]:
    """A column to be, with the sequence that it brings along where it is a serial or an identity."""
    if schema.dialect != "postgresql" or not (column.type in SERIALS or column.identity):
        return column, None
    name = column.sequence or Name(table.schema, sequence_name(schema, table, column.name))
    if schema.relation_exists(name):
        raise CannotApply("exists", ObjectRef("sequence", None, str(name)), "the relation already exists")
    kind = SERIALS.get(column.type, column.type)
    options = sequence_options(kind, column.sequence_options)
    sequence = Sequence(name, (table, column.name), identity=bool(column.identity), options=options)
    if column.type not in SERIALS:
        return replace(column, sequence=None, sequence_options=(), not_null=True), sequence
    default = next_value(name, schema.default_schema)
    return replace(column, type=kind, not_null=True, default=default, sequence=None), sequence


def added_constraint(
    schema: Schema, table_name: Name, constraint: Constraint, only: bool = False, *, made: bool = True, number: int = 0
) -> Schema:
    """The table with the constraint under its final name; a primary key makes its columns NOT NULL.

    Tables below follow: all with a check, partitions with the rest. `made` is false while the table is being made;
    `number` is that of an index that there was before.
    """
    table = schema.tables[table_name]
    constraint = named(schema, table, constraint)
    if number and isinstance(constraint, Keyed):
        constraint = replace(constraint, number=number)
    if isinstance(constraint, Check) and (found := _inherited(table, constraint)) and not (made and table.is_partition):
        own = replace(found, inherited=table.is_partition)
        constraints = tuple(own if c is found else c for c in table.constraints)
        return schema.with_table(replace(table, constraints=constraints))
    indexed = isinstance(constraint, Keyed | Exclusion)
    taken = indexed and schema.relation_exists(Name(table_name.schema, constraint.name))
    if table.names_constraint(constraint.name):
        reference = ObjectRef("constraint", table_name, constraint.name)
        condition = "duplicate_table" if taken else "duplicate_object"
        raise CannotApply("exists", reference, "the constraint already exists", condition=condition)
    if taken:
        raise CannotApply("exists", ObjectRef("index", table_name, constraint.name), "the relation already exists")
    for column in constraint.columns_used:
        if table.column(column) is None and not table.assumed:
            raise CannotApply("missing", ObjectRef("column", table_name, column), "no such column")
    reference = ObjectRef("constraint", table_name, constraint.name)
    if isinstance(constraint, Keyed | Exclusion):
        refuse_unique(schema, table, constraint.columns, reference)
        refuse_keys(schema, table, constraint, reference)
    if isinstance(constraint, Keyed | Exclusion | ForeignKey):
        refuse_virtual(schema, table, constraint.columns_used, reference)
    if isinstance(constraint, Check) and constraint.no_inherit and table.partition_by and certain(schema, table):
        raise CannotApply("invalid", reference, "a check of a partitioned table holds for its partitions")
    if isinstance(constraint, ForeignKey):
        constraint = _resolved(schema, constraint)
        if only and table.partition_by is not None and certain(schema, table):
            raise CannotApply(
                "invalid",
                reference,
                "a foreign key of a partitioned table is one of its partitions too",
                condition="wrong_object_type",
            )
        refuse_foreign_key(schema, table, constraint)
        target = schema.tables.get(constraint.references)
        if not constraint.rests_on and target is not None:
            constraint = replace(constraint, rests_on=support(target, constraint) or "")
    if isinstance(constraint, PrimaryKey):
        if table.primary_key is not None:
            raise CannotApply(
                "exists",
                ObjectRef("constraint", table_name, constraint.name),
                "it has a primary key",
                condition="invalid_table_definition",
            )
        refuse_key_columns(schema, table, constraint.columns, only)
        if schema.dialect == "postgresql":
            columns = tuple(
                replace(c, not_null=True, not_null_inherited=False) if c.name in constraint.columns else c
                for c in table.columns
            )
            table = replace(table, columns=columns)
    table = replace(table, constraints=(*table.constraints, constraint))
    schema = schema.with_table(table)
    return _handed_down(schema, table, constraint, only)


def _inherited(table: Table, check: Check) -> Check | None:
    """The check that the table has from a parent and that it now defines too (`MergeWithExistingConstraint`)."""
    found = table.constraint(check.name)
    same = isinstance(found, Check) and found.inherited and same_expression(found.expression, check.expression)
    return found if same and isinstance(found, Check) else None


def _handed_down(schema: Schema, table: Table, constraint: Constraint, only: bool) -> Schema:
    if isinstance(constraint, Check) and constraint.no_inherit:
        return schema
    if isinstance(constraint, Check):
        refuse_only(schema, table, only, ObjectRef("constraint", table.name, constraint.name))
    for child in [] if only else children(schema, table.name):
        if isinstance(constraint, PrimaryKey) and not child.is_partition:
            for column in constraint.columns:
                schema = not_null_below(schema, table.name, column)
        elif isinstance(constraint, Check):
            if not inherits_check(constraint, child):
                schema = added_constraint(schema, child.name, replace(constraint, inherited=True))
        elif child.is_partition and (
            isinstance(constraint, Exclusion) or counterpart(table, constraint, child) is None
        ):
            if isinstance(constraint, Keyed) and (own := adoptable(table, child, constraint)) is not None:
                schema = _adopted(schema, child, own, isinstance(constraint, PrimaryKey))
                continue
            schema = added_constraint(schema, child.name, handed_down(constraint, child))
    return schema


def _adopted(schema: Schema, partition: Table, key: Keyed, primary: bool) -> Schema:
    """The key of a partition as part of one of its parent; where that is primary, its columns are NOT NULL."""
    adopted = replace(key, adopted=True)
    constraints = tuple(adopted if c is key else c for c in partition.constraints)
    schema = schema.with_table(replace(partition, constraints=constraints))
    for column in key.columns if primary else ():
        own = schema.tables[partition.name].column(column)
        if own is not None and not own.not_null:
            now = replace(own, not_null=True, not_null_inherited=True)
            schema = schema.with_table(schema.tables[partition.name].with_column(now))
        schema = not_null_below(schema, partition.name, column)
    return schema


def _resolved(schema: Schema, key: ForeignKey) -> ForeignKey:
    """The foreign key with the referenced columns filled in; CannotApply where the target is not there."""
    target = schema.tables.get(key.references)
    if target is None and schema.dialect == "sqlite":
        return key  # SQLite looks for the table when rows change (SQLite docs, Foreign Key Support, 3)
    if target is None:
        raise CannotApply("missing", ObjectRef("table", key.references), "no such table to reference")
    key = replace(key, rests_on="")
    if not key.referenced_columns:
        primary = target.primary_key
        if primary is not None and primary.deferrable and certain(schema, target):
            reference = ObjectRef("constraint", target.name, primary.name)
            raise CannotApply(
                "invalid",
                reference,
                "it is deferrable, so that no foreign key references it",
                condition="object_not_in_prerequisite_state",
            )
        return replace(key, referenced_columns=primary.columns, rests_on=primary.name) if primary else key
    for column in key.referenced_columns:
        if target.column(column) is None and not target.assumed:
            raise CannotApply("missing", ObjectRef("column", key.references, column), "no such column to reference")
    return key


def referencing(schema: Schema, name: Name) -> list[tuple[Name, ForeignKey]]:
    """Foreign keys of other tables that reference this one."""
    return [
        (table.name, key)
        for table in schema.tables.values()
        if table.name != name
        for key in table.of_kind(ForeignKey)
        if key.references == name
    ]
