"""Which types PostgreSQL turns into which by itself.

Every pair is tested against a server (`tests/postgres/test_casts.py`); None is the answer for types that are not known.
"""

from __future__ import annotations

from migralint.schema.conversion import base_type, user_type
from migralint.schema.schema import Schema
from migralint.schema.types import Type, parse

_TEXTS = ("text", "character varying", "character", "bpchar", "name")
_INTEGERS = ("smallint", "integer", "bigint")
_NUMBERS = (*_INTEGERS, "numeric", "real", "double precision")
_TIMESTAMP, _TIMESTAMPTZ = "timestamp without time zone", "timestamp with time zone"
_TIME, _TIMETZ = "time without time zone", "time with time zone"
_ASSIGNMENT: dict[str, tuple[str, ...]] = {
    "smallint": (*_NUMBERS, "oid", "regclass"),
    "integer": (*_NUMBERS, "money", "oid", "regclass"),
    "bigint": (*_NUMBERS, "money", "oid", "regclass"),
    "numeric": (*_NUMBERS, "money"),
    "real": _NUMBERS,
    "double precision": _NUMBERS,
    "money": ("numeric",),
    "boolean": (),
    "text": ('"char"', "regclass"),
    "character varying": ('"char"', "regclass"),
    "character": ('"char"',),
    "bpchar": ('"char"',),
    '"char"': (),
    "name": (),
    "bytea": (),
    "date": (_TIMESTAMP, _TIMESTAMPTZ),
    _TIMESTAMP: ("date", _TIMESTAMPTZ, _TIME),
    _TIMESTAMPTZ: ("date", _TIMESTAMP, _TIME, _TIMETZ),
    _TIME: (_TIMETZ, "interval"),
    _TIMETZ: (_TIME,),
    "interval": (_TIME,),
    "uuid": (),
    "json": ("jsonb",),
    "jsonb": ("json",),
    "xml": (),
    "inet": ("cidr",),
    "cidr": ("inet",),
    "macaddr": ("macaddr8",),
    "macaddr8": ("macaddr",),
    "bit": ("bit varying",),
    "bit varying": ("bit",),
    "oid": ("integer", "bigint", "regclass"),
    "regclass": ("integer", "bigint", "oid"),
    "point": ("box",),
    "box": ("polygon",),
    "polygon": ("path",),
    "path": ("polygon",),
    "circle": (),
    "lseg": (),
    "line": (),
    "tsvector": (),
    "tsquery": (),
    "int4range": (),
    "daterange": (),
}
"""From a type to those that a column can be changed to without USING, beside itself and texts (pg_cast)."""

_REFERENCED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_INTEGERS, _INTEGERS),
    "numeric": _INTEGERS,
    "real": _NUMBERS,
    "double precision": _NUMBERS,
    **dict.fromkeys(_TEXTS, _TEXTS),
    "character": ("text", "character varying", "bpchar"),
    "bpchar": ("text", "character varying", "character"),
    "date": (_TIMESTAMP, _TIMESTAMPTZ),
    _TIMESTAMP: ("date", _TIMESTAMPTZ),
    _TIMESTAMPTZ: ("date", _TIMESTAMP),
    _TIMETZ: (_TIME,),
    "interval": (_TIME,),
    "inet": ("cidr",),
    "cidr": ("inet",),
    "macaddr": ("macaddr8",),
    "macaddr8": ("macaddr",),
    "bit": ("bit varying",),
    "bit varying": ("bit",),
    "oid": (*_INTEGERS, "regclass"),
    "regclass": (*_INTEGERS, "oid"),
}
"""From the type of a key to those of columns that can reference it, beside itself."""


def assignable(schema: Schema, old: str, new: str) -> bool | None:
    """Whether ALTER COLUMN ... TYPE from `old` to `new` needs no USING: there is an assignment cast."""
    return _assignable(schema, base_type(schema, parse(old)), base_type(schema, parse(new)))


def _assignable(schema: Schema, before: Type, after: Type) -> bool | None:
    if before.dimensions and after.dimensions:
        return _assignable(schema, before._replace(dimensions=0), after._replace(dimensions=0))
    if before.base == after.base and not (before.dimensions or after.dimensions):
        return True
    if after.base in _TEXTS and not after.dimensions:
        return True
    if not (_known(schema, before) and _known(schema, after)):
        return None
    if before.dimensions or after.dimensions:
        return False
    return after.base in _ASSIGNMENT.get(before.base, ())


def referable(schema: Schema, referencing: str, referenced: str) -> bool | None:
    """Whether a foreign key can go from a column of the one type to one of the other."""
    own, key = base_type(schema, parse(referencing)), base_type(schema, parse(referenced))
    if (own.base, own.dimensions) == (key.base, key.dimensions):
        return True
    if not (_known(schema, own) and _known(schema, key)):
        return None
    return not (own.dimensions or key.dimensions) and own.base in _REFERENCED.get(key.base, ())


def _known(schema: Schema, kind: Type) -> bool:
    found = user_type(schema, kind)
    return kind.base in _ASSIGNMENT or (found is not None and not getattr(found, "doubtful", False))
