"""Constraints, indexes and defaults as PostgreSQL prints them (`pg_get_constraintdef` and its like)."""

from __future__ import annotations

import re
from dataclasses import replace

from migralint.schema import (
    Check,
    Column,
    Constraint,
    EnumType,
    Exclusion,
    ForeignKey,
    Index,
    Keyed,
    Name,
    PrimaryKey,
    Schema,
    Unique,
    View,
)
from migralint.schema.names import quote
from migralint.schema.types import is_built_in, parse
from migralint.sql.queries.values import UNKNOWN, Unknown
from migralint.sql.queries.wording import parts_of


def _listed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(quote(c) for c in columns)})"


def shown(name: Name, search_path: tuple[str, ...]) -> str:
    """A relation's name as `regclass` prints it: with its schema where the search path does not find it."""
    return quote(name.name) if name.schema in search_path else f"{quote(name.schema)}.{quote(name.name)}"


def constraint_definition(constraint: Constraint, search_path: tuple[str, ...]) -> object:
    """The text; of a check only what its expression surely holds: the server words that in a form of its own."""
    match constraint:
        case Check():
            return replace(expression(constraint.expression), prefix="CHECK (")
        case Exclusion():
            text = constraint.definition
        case Keyed():
            text = "PRIMARY KEY " if isinstance(constraint, PrimaryKey) else "UNIQUE "
            if isinstance(constraint, Unique) and constraint.nulls_not_distinct:
                text += "NULLS NOT DISTINCT "
            text += _listed(constraint.columns)
            if constraint.include:
                text += f" INCLUDE {_listed(constraint.include)}"
        case ForeignKey():
            text = f"FOREIGN KEY {_listed(constraint.columns)} REFERENCES {shown(constraint.references, search_path)}"
            text += _listed(constraint.referenced_columns)
            text += f" MATCH {constraint.match}" if constraint.match else ""
            text += f" ON UPDATE {constraint.on_update}" if constraint.on_update else ""
            text += f" ON DELETE {constraint.on_delete}" if constraint.on_delete else ""
            if constraint.set_columns:
                text += f" {_listed(constraint.set_columns)}"
        case _:
            return UNKNOWN
    if isinstance(constraint, (Keyed, Exclusion, ForeignKey)) and constraint.deferrable:
        text += " DEFERRABLE"
        if constraint.initially == "DEFERRED":
            text += " INITIALLY DEFERRED"
    if isinstance(constraint, ForeignKey) and not constraint.validated:
        text += " NOT VALID"
    return text


def index_definition(table: Name, index: Index) -> object:
    """The text; where an expression is part of it only how it begins and what it surely holds."""
    text = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX {quote(index.name)} ON {quote(table.schema)}."
    text += f"{quote(table.name)} USING {index.method} ("
    keys = [(str(key), key.expression is None) for key in index.keys]
    rest = ")"
    if index.include:
        rest += f" INCLUDE {_listed(index.include)}"
    rest += " NULLS NOT DISTINCT" if index.nulls_not_distinct else ""
    if index.where is None and all(plain for _, plain in keys):
        return text + ", ".join(key for key, _ in keys) + rest
    parts: list[str] = [text]
    for key, plain in keys:
        found = (key,) if plain else parts_of(key)
        if found is None:
            return Unknown(text, present=True)
        parts += found
    where = parts_of(index.where) if index.where is not None else ()
    if where is None:
        return Unknown(text, present=True)
    return Unknown(text, present=True, parts=(*parts, rest, *((" WHERE ",) if index.where else ()), *where))


def view_definition(schema: Schema, view: View) -> Unknown:
    """What pg_get_viewdef prints for a view: also the columns that a star in it stands for."""
    used = [table for name in view.uses if (table := schema.tables.get(name)) is not None]
    columns = [column.name.lower() for table in used for column in table.columns]
    inner = [column.name.lower() for name in view.uses if name in schema.views for column in schema.views[name].columns]
    more = frozenset((*columns, *inner, *(table.name.name.lower() for table in used)))
    return replace(expression(view.definition), more=more)


def expression(text: str) -> Unknown:
    """What pg_get_expr prints for an expression."""
    return Unknown(present=True, parts=parts_of(text))


def printed_default(schema: Schema, column: Column) -> object:
    """A column's default, or the expression that generates it, as the server prints it."""
    if column.generated is not None:
        return expression(column.generated.expression)
    return default(column.default or "", column.type, schema, (schema.default_schema,))


_PLAIN_DEFAULT = re.compile(r"now\(\)|gen_random_uuid\(\)|uuid_generate_v\d\(\)|nextval\('[^']*'::regclass\)")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_LITERAL = re.compile(r"('(?:[^'\\]|'')*')(?:::[\w ]+(?:\[\])?)?")
_NUMBERS = ("integer", "bigint", "smallint", "numeric", "real", "double precision")
_CAST = ("text", "character varying", "character", "json")
_CURRENT = ("CURRENT_TIMESTAMP", "CURRENT_DATE")


def default(text: str, kind: str, schema: Schema, search_path: tuple[str, ...]) -> object:
    """A default of a column as the server prints it, or what it surely holds."""
    parsed = parse(kind)
    literal = _LITERAL.fullmatch(text)
    if text.upper() in _CURRENT:
        return text.upper()
    if _PLAIN_DEFAULT.fullmatch(text) or (kind == "boolean" and text in ("true", "false")):
        return text
    if not parsed.dimensions and parsed.base in _NUMBERS and _NUMBER.fullmatch(text):
        return text
    if literal is None:
        return expression(text)
    value = literal[1]
    if parsed.dimensions:
        exact = value == "'{}'" and is_built_in(parsed.base)
        return f"{value}::{parsed._replace(modifiers=())}" if exact else expression(text)
    if parsed.base in _CAST or (parsed.base == "jsonb" and value in ("'{}'", "'[]'")):
        return f"{value}::{'bpchar' if parsed.base == 'character' else parsed.base}"
    name = next((name for name in schema.types if str(name) == kind or shown(name, search_path) == kind), None)
    if name is not None and isinstance(schema.types[name], EnumType):
        return f"{value}::{shown(name, search_path)}"
    return expression(text)
