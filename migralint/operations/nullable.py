"""NOT NULL as a constraint with a name, from PostgreSQL 18 on: only what statements name is known by it."""

from __future__ import annotations

from dataclasses import replace

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.inheritance import below, certain, children, parents
from migralint.operations.settings import identity_columns
from migralint.schema import Column, Name, Schema, Table


def refuse_not_null(schema: Schema, table: Table, column: Column, name: str, valid: bool) -> None:
    """What stands against ADD [CONSTRAINT name] NOT NULL column."""
    if not certain(schema, table) or column.doubtful:
        return
    reference = ObjectRef("constraint", table.name, name or None)
    if not column.not_null:
        if name and table.names_constraint(name):
            raise CannotApply("exists", reference, "the constraint already exists")
    elif valid and not column.not_null_valid:
        raise CannotApply("invalid", reference, f"{column.name} is NOT NULL already, and that is not valid")
    elif name and name != (column.not_null_name or name_of_not_null(table, column)):
        raise CannotApply(
            "invalid",
            reference,
            f"{column.name} is NOT NULL already, under another name",
            condition="object_not_in_prerequisite_state",
        )


def refuse_taken(schema: Schema, child: Table, own: Column, name: str) -> None:
    """A name for NOT NULL that a table below has for something else."""
    if not own.not_null and child.names_constraint(name) and certain(schema, child):
        raise CannotApply("exists", ObjectRef("constraint", child.name, name), "the constraint already exists")


def refuse_remade_not_null(schema: Schema, child: Table, column: Column, own: Column) -> None:
    """A change of type makes NOT NULL anew, that of the parent before that of the child, which it then stands against
    where only the child's is valid.
    """
    parent, kept = column.not_null and not column.not_null_valid, own.not_null and own.not_null_valid
    if parent and kept and not own.not_null_inherited and certain(schema, child) and not column.doubtful:
        reference = ObjectRef("column", child.name, own.name)
        raise CannotApply("invalid", reference, "it is NOT NULL, and the NOT NULL of its parent is not valid")


def name_of_not_null(table: Table, column: Column) -> str:
    """What PostgreSQL calls the constraint where nothing names it and the name is free."""
    return f"{table.name.name}_{column.name}_not_null"


def column_of(table: Table, name: str) -> Column | None:
    """The column of which NOT NULL is the constraint of this name, or None."""
    columns = [c for c in table.columns if c.not_null]
    named = (c for c in columns if c.not_null_name == name)
    return next(named, None) or next((c for c in columns if name_of_not_null(table, c) == name), None)


def refuse_key_columns(schema: Schema, table: Table, columns: tuple[str, ...], only: bool) -> None:
    """A primary key wants NOT NULL that is valid, also of the tables below where it does not reach them."""
    for name in columns if certain(schema, table) else ():
        reference = ObjectRef("column", table.name, name)
        column = table.column(name)
        if column is not None and column.not_null and not column.not_null_valid:
            raise CannotApply(
                "invalid",
                reference,
                "it is NOT NULL, and that is not valid",
                condition="object_not_in_prerequisite_state",
            )
        for child in children(schema, table.name) if only else ():
            own = child.column(name)
            if own is not None and not own.not_null and certain(schema, child):
                raise CannotApply("invalid", reference, f"it may be null in {child.name}")


def renamed_not_null(schema: Schema, name: Name, column: str, new: str) -> Schema:
    """The constraint under another name, in the tables below too."""
    for table in (schema.tables[name], *below(schema, name)):
        own = table.column(column)
        if own is not None:
            schema = schema.with_table(table.with_column(replace(own, not_null_name=new)))
    return schema


def refuse_nullable(schema: Schema, table: Table, column: Column) -> None:
    """What stands against DROP NOT NULL."""
    if not certain(schema, table):
        return
    reference = ObjectRef("column", table.name, column.name)
    if table.primary_key is not None and column.name in table.primary_key.columns:
        raise CannotApply("invalid", reference, "it is in the primary key, whose columns are NOT NULL")
    if column.name in identity_columns(table):
        raise CannotApply("invalid", reference, "it is in the index that is the replica identity")
    for parent in parents(schema, table) if column.not_null else ():
        above = parent.column(column.name)
        if above is not None and above.not_null and certain(schema, table, parent):
            raise CannotApply("invalid", reference, f"it is NOT NULL in {parent.name}")
