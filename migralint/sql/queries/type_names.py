"""Internal names of PostgreSQL's types: what pg_type and information_schema's `udt_name` say."""

from __future__ import annotations

from migralint.schema.types import Type, is_built_in

INTERNAL = {
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
