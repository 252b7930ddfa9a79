"""What a new table has of its parents and of a table that it is like, and what it says itself of that.

PostgreSQL source, tablecmds.c, MergeAttributes; compared with a server (`tests/sql/scripts/inheritance_defaults.sql`).
"""

from __future__ import annotations

from dataclasses import replace

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.inheritance import certain, counterpart, inherits_check, parents
from migralint.operations.settings import refuse_storages
from migralint.schema import Check, Column, Constraint, Exclusion, Keyed, Schema, Table
from migralint.schema.automatic import named, named_index
from migralint.schema.bare import bare
from migralint.schema.conversion import stored_null
from migralint.schema.expressions import is_null, same_default, same_expression
from migralint.schema.types import SERIALS


def with_columns_of(schema: Schema, source: Table, table: Table) -> Table:
    """A new table with what LIKE, INHERITS and PARTITION OF give it of their table."""
    child = source.name in table.parents
    for column in source.columns:  # several parents may have it: NOT NULL and the default of one of them count
        own = table.column(column.name) if child else None
        if own is None:
            continue
        known = certain(schema, source) and not (own.doubtful or column.doubtful)
        if known and (own.type, own.collation) != (column.type, column.collation):
            reference = ObjectRef("column", table.name, column.name)
            raise CannotApply(
                "invalid",
                reference,
                f"its type is {own.type}, and {column.type} in {source.name}",
                condition="datatype_mismatch",
            )
        if known:
            refuse_storages(table.name, own, column)
        if known and bool(own.generated) != bool(column.generated):
            reference = ObjectRef("column", table.name, column.name)
            raise CannotApply(
                "invalid", reference, f"it is generated in {source.name} or in another parent, not in both"
            )
        not_null, default = own.not_null or column.not_null, own.default or column.default
        if (not_null, default) != (own.not_null, own.default):
            table = table.with_column(replace(own, not_null=not_null, default=default, not_null_inherited=not_null))
    columns = tuple(
        replace(bare(c), inherited=child, not_null_valid=True, not_null_inherited=child and c.not_null)
        for c in source.columns
        if table.column(c.name) is None
    )
    if child:
        columns = tuple(replace(c, comment=None) for c in columns)
    if not table.is_partition:  # a child has the column without the identity (PostgreSQL docs, 5.3 Identity Columns)
        columns = tuple(replace(c, identity=None) for c in columns)
    table = replace(table, columns=(*table.columns, *columns))
    if table.is_partition:
        return with_parts_of(schema, source, table)
    checks = [c for c in source.of_kind(Check) if child and not c.no_inherit and not inherits_check(c, table)]
    return replace(table, constraints=(*table.constraints, *(handed_down(c, table) for c in checks)))


def parent_column(schema: Schema, table: Table, column: Column) -> Column | None:
    """The column that a new table has from its parents and that its own definition says more of, or None."""
    above = table.column(column.name)
    if above is None and table.is_partition and not column.type:  # of a parent that is not known
        return Column(column.name, "unknown", doubtful=True, inherited=True)
    same = above is not None and (SERIALS.get(column.type, column.type) or above.type) == above.type
    if above is None or not above.inherited or not same:
        return None
    reference = ObjectRef("column", table.name, column.name)
    if not certain(schema, table) or above.doubtful:
        return above
    if not table.is_partition and column.collation != above.collation:
        raise CannotApply("invalid", reference, "its collation is another one in its parent")
    if above.generated and (column.default is not None or column.identity):
        raise CannotApply("invalid", reference, "it is a generated column of its parent, without default or identity")
    if column.generated and (above.generated is None or above.generated.stored != column.generated.stored):
        raise CannotApply("invalid", reference, "it is generated, and is not, or in another way, in its parent")
    return above


def refuse_type(table: Table, column: Column) -> None:
    """A column of a new table that its parent has with another type."""
    above = table.column(column.name)
    if above is not None and above.inherited:
        detail = f"its type is {column.type}, and {above.type} in its parent"
        reference = ObjectRef("column", table.name, column.name)
        raise CannotApply("invalid", reference, detail, condition="datatype_mismatch")


def refuse_conflicts(schema: Schema, table: Table) -> None:
    """Defaults and expressions in which parents differ, and of which the table itself says nothing."""
    above = parents(schema, table)
    if not certain(schema, *above):
        return
    for name in dict.fromkeys(c.name for parent in above for c in parent.columns):
        own = table.column(name)
        found = [c for parent in above if (c := parent.column(name)) is not None]
        defaults = [c.default for c in found if c.default is not None]
        formulas = [c.generated.expression for c in found if c.generated is not None]
        same = all(_agree(one, defaults[0], found[0].type) for one in defaults)
        if not same and (own is None or own.default is None):
            raise _conflict(table, name, "its default differs between parents")
        same = all(same_expression(one, formulas[0]) for one in formulas)
        if not same and (own is None or own.generated is None):
            raise _conflict(table, name, "parents generate it differently")


def _conflict(table: Table, column: str, detail: str) -> CannotApply:
    reference = ObjectRef("column", table.name, column)
    return CannotApply("invalid", reference, detail, condition="invalid_column_definition")


def _agree(one: str, other: str, type: str) -> bool:
    """Whether two defaults are one for PostgreSQL, for which two sequences are not."""
    return one == other or ("nextval" not in one and same_default(one, other, type))


def merged_column(schema: Schema, table: Table, above: Column, column: Column) -> Column:
    """A column of a new table: what its parent has of it and what the table itself says.

    DEFAULT NULL takes the place of the parent's default.
    """
    if table.is_partition:  # its columns stay those of the parent
        own = column
        column = replace(above, default=own.default, not_null=own.not_null)
        column = replace(column, storage=own.storage or above.storage, compression=own.compression or above.compression)
    default, kind = column.default, None
    if default is None:
        default, kind = above.default, above.default_type
    elif is_null(default):
        default, kind = None, stored_null(schema, above.type)
    return replace(
        column,
        type=above.type,
        default=default,
        default_type=kind,
        not_null=above.not_null or column.not_null,
        not_null_inherited=not column.not_null,
        identity=column.identity or above.identity,
        generated=column.generated or above.generated,
        storage=column.storage or above.storage,
        compression=column.compression or above.compression,
        inherited=table.is_partition,
    )


def with_parts_of(schema: Schema, parent: Table, partition: Table) -> Table:
    """The partition with the constraints and indexes of its parent, less those it has already."""
    for constraint in parent.constraints:
        there = not isinstance(constraint, Exclusion) and counterpart(parent, constraint, partition) is not None
        if there or (isinstance(constraint, Check) and constraint.no_inherit):
            continue
        copy = named(schema, partition, handed_down(constraint, partition))
        partition = replace(partition, constraints=(*partition.constraints, copy))
    for index in parent.indexes:
        if index.valid and counterpart(parent, index, partition) is None:
            made = named_index(schema.with_table(partition), partition.name, replace(bare(index), name=""))
            partition = replace(partition, indexes=(*partition.indexes, made))
    return partition


def handed_down(constraint: Constraint, partition: Table) -> Constraint:
    """A constraint as a partition gets it: keys are named anew, the others where their name is taken."""
    constraint = bare(constraint)
    if isinstance(constraint, Keyed | Exclusion):
        return replace(constraint, name="")
    if isinstance(constraint, Check):
        validated = constraint.validated or constraint.enforced
        return replace(constraint, inherited=True, validated=validated)
    return replace(constraint, name="") if partition.constraint(constraint.name) is not None else constraint
