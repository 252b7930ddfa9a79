"""What is of a type: of one of its own, or of that of the rows of a table or view."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.dependents import release_column
from migralint.operations.type_names import is_of, shown
from migralint.schema import Column, Domain, Function, Name, OtherType, Schema, Table


def columns_of(schema: Schema, type: Name) -> list[tuple[Table, str]]:
    """Columns of the type or of several of it, as (table, column)."""
    base = shown(schema, type)
    return [(t, c.name) for t in schema.tables.values() for c in t.columns if is_of(c.type, base)]


def functions_of(schema: Schema, type: Name) -> list[Function]:
    """Functions that take or return the type or several of it."""
    base = shown(schema, type)
    every = (one for functions in schema.functions.values() for one in functions)
    return [one for one in every if not one.doubtful and _takes(one, base)]


def composites_of(schema: Schema, type: Name) -> list[OtherType]:
    """Types with an attribute of the type or of several of it."""
    base = shown(schema, type)
    composites = (one for one in schema.types.values() if isinstance(one, OtherType))
    return [one for one in composites if any(is_of(kind, base) for _, kind in one.attributes)]


def domains_of(schema: Schema, type: Name) -> list[Domain]:
    """Domains over the type."""
    base = shown(schema, type)
    return [one for one in schema.types.values() if isinstance(one, Domain) and is_of(one.base, base)]


def defaults_of(schema: Schema, type: Name) -> list[tuple[Table, Column]]:
    """Columns whose default casts to the type."""
    base = shown(schema, type)
    return [
        (table, column)
        for table in schema.tables.values()
        for column in table.columns
        if column.default_type is not None and is_of(column.default_type, base)
    ]


def refuse_users(schema: Schema, type: Name, reference: ObjectRef, going: Collection[Name] = ()) -> None:
    """What is of the type, but for columns of tables that go along."""
    for table, column in columns_of(schema, type):
        if table.name not in going:
            raise CannotApply("depends", reference, f"column {table.name}.{column} is of this type")
    for owner, held in defaults_of(schema, type):
        raise CannotApply("depends", reference, f"the default of {owner.name}.{held.name} uses this type")
    for composite in composites_of(schema, type):
        raise CannotApply("depends", reference, f"type {composite.name} has an attribute of this type")
    for domain in domains_of(schema, type):
        raise CannotApply("depends", reference, f"domain {domain.name} is over this type")
    for function in functions_of(schema, type):
        raise CannotApply("depends", reference, f"function {function.name} takes or returns this type")


def without_users(schema: Schema, type: Name) -> Schema:
    """Without what is of the type, as CASCADE leaves it."""
    base = shown(schema, type)
    for owner, held in defaults_of(schema, type):
        bare = replace(held, default=None, default_type=None)
        schema = schema.with_table(schema.tables[owner.name].with_column(bare))
    for composite in composites_of(schema, type):
        left = tuple((name, kind) for name, kind in composite.attributes if not is_of(kind, base))
        schema = schema.with_type(replace(composite, attributes=left))
    for domain in domains_of(schema, type):
        schema = without_users(schema.without_type(domain.name), domain.name)
    for function in functions_of(schema, type):
        kept = tuple(one for one in schema.functions[function.name] if one is not function)
        schema = schema.with_functions(function.name, kept)
    for table, column in columns_of(schema, type):
        schema = release_column(schema, schema.tables[table.name], column)
    return schema


def _takes(function: Function, base: str) -> bool:
    """Whether a function takes or returns a type, or several of it."""
    kinds = (*function.arguments, function.returns.removeprefix("SETOF "), *(one.type for one in function.declared))
    return any(is_of(kind, base) for kind in kinds)
