"""PostgreSQL's column types as the types of SQLAlchemy that are made with them."""

from __future__ import annotations

from migralint.render.layout import Call, node
from migralint.schema.types import Type, parse

_PLAIN = {
    "smallint": "sa.SmallInteger",
    "integer": "sa.Integer",
    "bigint": "sa.BigInteger",
    "text": "sa.Text",
    "boolean": "sa.Boolean",
    "date": "sa.Date",
    "uuid": "sa.Uuid",
    "bytea": "sa.LargeBinary",
    "json": "sa.JSON",
    "real": "sa.REAL",
    "double precision": "sa.Double",
    "interval": "sa.Interval",
    "character varying": "sa.String",
    "numeric": "sa.Numeric",
    "smallserial": "sa.SmallInteger",
    "serial": "sa.Integer",
    "bigserial": "sa.BigInteger",
    **{
        name: f"postgresql.{name.upper()}"
        for name in """jsonb inet cidr macaddr macaddr8 tsvector tsquery oid money regclass hstore citext
        int4range int8range numrange daterange tsrange tstzrange int4multirange int8multirange nummultirange
        datemultirange tsmultirange tstzmultirange""".split()
    },
}
"""Types without modifiers, and the class whose instance without arguments is one."""

_SIZED = {"character varying": "sa.String", "numeric": "sa.Numeric", "character": "sa.CHAR", "bit": "postgresql.BIT"}
_TIMES = {"timestamp": ("sa.DateTime", "postgresql.TIMESTAMP"), "time": ("sa.Time", "postgresql.TIME")}


def built_in(text: str) -> Call | None:
    """The type; None for one that SQLAlchemy has no class for, or that the project made."""
    kind = parse(text)
    if kind.dimensions:
        element = built_in(str(kind._replace(dimensions=0)))
        return None if element is None else node("postgresql.ARRAY", element)
    word, _, zone = kind.base.partition(" with")
    if word in _TIMES and zone:
        return _time(word, zone == " time zone", kind)
    numbers = [int(one) for one in kind.modifiers if one.lstrip("-").isdigit()]
    if not kind.modifiers:
        return node(_PLAIN[kind.base]) if kind.base in _PLAIN else _varying(kind)
    if len(numbers) != len(kind.modifiers):
        return None
    if kind.base == "interval":
        return node("postgresql.INTERVAL", precision=numbers[0])
    return node(_SIZED[kind.base], *numbers) if kind.base in _SIZED else _varying(kind, *numbers)


def _varying(kind: Type, *length: int) -> Call | None:
    return node("postgresql.BIT", *length, varying=True) if kind.base == "bit varying" else None


def _time(word: str, zone: bool, kind: Type) -> Call:
    usual, precise = _TIMES[word]
    if kind.modifiers:
        return node(precise, timezone=zone or None, precision=int(kind.modifiers[0]))
    return node(usual, timezone=zone or None)
