"""Reflected column types: what SQLAlchemy's inspector gives for a type of the database."""

from __future__ import annotations

from migralint.python.library.types import TypeItem
from migralint.python.values import Arguments, Value
from migralint.schema import EnumType, Schema
from migralint.schema.types import parse

_CLASSES = {
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "smallint": "SMALLINT",
    "text": "TEXT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "bytea": "BYTEA",
    "json": "JSON",
    "jsonb": "JSONB",
    "uuid": "UUID",
    "inet": "INET",
    "cidr": "CIDR",
    "real": "REAL",
    "double precision": "DOUBLE_PRECISION",
    "interval": "INTERVAL",
    "tsvector": "TSVECTOR",
    "hstore": "HSTORE",
}


def reflected_type(schema: Schema, shown: str) -> TypeItem:
    """The type for a column of this type; its DDL is the type as the database prints it."""
    kind = parse(shown)
    sizes: list[Value] = [int(m) for m in kind.modifiers if m.lstrip("-").isdigit()]
    if kind.dimensions:
        return TypeItem("ARRAY", Arguments([reflected_type(schema, str(kind._replace(dimensions=0)))]), shown)
    if kind.base in _CLASSES:
        return TypeItem(_CLASSES[kind.base], Arguments(), shown)
    if kind.base in ("character varying", "character"):
        length = sizes[0] if sizes else None
        return TypeItem("VARCHAR" if "varying" in kind.base else "CHAR", Arguments([], {"length": length}), shown)
    if kind.base == "numeric":
        return TypeItem("NUMERIC", Arguments(sizes), shown)
    if kind.base.startswith("time"):
        name = "TIMESTAMP" if kind.base.startswith("timestamp") else "TIME"
        return TypeItem(name, Arguments([], {"timezone": "with time zone" in kind.base}), shown)
    enum = next((t for t in schema.types.values() if t.name.name == shown.strip('"').rpartition(".")[2]), None)
    if isinstance(enum, EnumType):
        from migralint.python.library.types import EnumItem

        given = Arguments(list(enum.labels), {"name": enum.name.name, "create_type": False})
        return EnumItem("ENUM", given, None if enum.partial else enum.labels, enum.name.name)
    return TypeItem("NullType", Arguments(), shown)
