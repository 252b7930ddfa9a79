"""Internal names of PostgreSQL's types: what pg_type and information_schema's `udt_name` say."""

from __future__ import annotations

from migralint.schema.types import Type, is_built_in, parse
from migralint.sql.queries.values import UNKNOWN

INTERNAL = {
    '"char"': "char",
    "integer": "int4",
    "smallint": "int2",
    "bigint": "int8",
    "boolean": "bool",
    "character varying": "varchar",
    "character": "bpchar",
    "bpchar": "bpchar",
    "real": "float4",
    "double precision": "float8",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "bit varying": "varbit",
    **{
        name: name
        for name in (
            *("text", "bytea", "numeric", "json", "jsonb", "uuid", "inet", "cidr", "macaddr", "macaddr8", "date"),
            *("interval", "money", "xml", "point", "line", "lseg", "box", "path", "polygon", "circle", "tsvector"),
            *("tsquery", "oid", "name", "bit", "regclass", "regtype", "int4range", "int8range", "numrange"),
            *("tsrange", "tstzrange", "daterange"),
        )
    },
}
"""From `format_type`'s spelling to the name in pg_type."""


def internal_name(kind: Type) -> str | None:
    """The name in pg_type without the `_` of arrays, or None for a type that is not PostgreSQL's own."""
    return INTERNAL.get(kind.base, kind.base if is_built_in(kind.base) else None)


_TEXTS = ("character varying", "character")
_TIMES = ("timestamp with time zone", "timestamp without time zone", "time with time zone", "time without time zone")


def modifier_of(text: str) -> object:
    """The type modifier (atttypmod) of a type, -1 without one."""
    kind = parse(text)
    if not kind.modifiers:
        return -1
    if not all(m.isdigit() for m in kind.modifiers):
        return UNKNOWN
    digits = [int(m) for m in kind.modifiers]
    if kind.base in _TEXTS:
        return digits[0] + 4
    if kind.base == "numeric":
        return (digits[0] << 16 | (digits[1] if len(digits) > 1 else 0)) + 4
    return digits[0] if kind.base in _TIMES or kind.base.startswith("bit") else UNKNOWN


def with_modifier(text: str, modifier: object) -> object:
    """A type as format_type prints it with a type modifier."""
    if modifier is None or modifier == -1:
        return text
    if not isinstance(modifier, int):
        return UNKNOWN
    dimensions = "[]" if text.endswith("[]") else ""
    base = text.removesuffix("[]")
    if base in _TEXTS:
        return f"{base}({modifier - 4}){dimensions}"
    if base == "numeric":
        return f"numeric({(modifier - 4) >> 16},{(modifier - 4) & 0x7FF}){dimensions}"
    if base in _TIMES:
        word, _, rest = base.partition(" ")
        return f"{word}({modifier}) {rest}{dimensions}"
    return f"{base}({modifier}){dimensions}" if base.startswith("bit") else UNKNOWN
