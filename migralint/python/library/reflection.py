"""Reflected column types: what SQLAlchemy's inspector gives for a type of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.types import TypeItem
from migralint.python.values import Arguments, Unknown, Value
from migralint.schema import EnumType, Schema
from migralint.schema.types import parse

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

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


class Reflected(TypeItem):
    """A reflected type: as a text it is what SQLAlchemy's compiler for no dialect writes."""

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name != "__str__":
            return super().attribute(ev, name, place)
        kind = parse(self.spec or "")
        if kind.dimensions:
            return "ARRAY"
        if self.name in ("VARCHAR", "CHAR"):
            length = self.args.get(0, "length")
            return self.name if length is None else f"{self.name}({length})"
        if self.name == "NUMERIC":
            sizes = self.args.positional
            return f"NUMERIC({sizes[0]}, {sizes[1] if len(sizes) > 1 else 0})" if sizes else "NUMERIC"
        known = self.name in _CLASSES.values() or self.name in ("TIME", "TIMESTAMP")
        return self.name.replace("_", " ") if known else Unknown("a reflected type as a text", place)


def reflected_type(schema: Schema, shown: str) -> TypeItem:
    """The type for a column of this type; its DDL is the type as the database prints it."""
    kind = parse(shown)
    sizes: list[Value] = [int(m) for m in kind.modifiers if m.lstrip("-").isdigit()]
    if kind.dimensions:
        return Reflected("ARRAY", Arguments([reflected_type(schema, str(kind._replace(dimensions=0)))]), shown)
    if kind.base in _CLASSES:
        return Reflected(_CLASSES[kind.base], Arguments(), shown)
    if kind.base in ("character varying", "character"):
        length = sizes[0] if sizes else None
        return Reflected("VARCHAR" if "varying" in kind.base else "CHAR", Arguments([], {"length": length}), shown)
    if kind.base == "numeric":
        return Reflected("NUMERIC", Arguments(sizes), shown)
    if kind.base.startswith("time"):
        name = "TIMESTAMP" if kind.base.startswith("timestamp") else "TIME"
        return Reflected(name, Arguments([], {"timezone": "with time zone" in kind.base}), shown)
    enum = next((t for t in schema.types.values() if t.name.name == shown.strip('"').rpartition(".")[2]), None)
    if isinstance(enum, EnumType):
        from migralint.python.library.enum_types import EnumItem

        given = Arguments(list(enum.labels), {"name": enum.name.name, "create_type": False})
        return EnumItem("ENUM", given, None if enum.partial else enum.labels, enum.name.name)
    return Reflected("NullType", Arguments(), shown)
