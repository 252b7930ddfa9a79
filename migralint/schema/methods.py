"""Which types an index of each access method takes without an operator class, and which one they get.

The defaults of pg_opclass, pair by pair tested against a server (`tests/postgres/test_methods.py`). None is the answer
for types and methods that are not known.
"""

from __future__ import annotations

from migralint.schema.conversion import base_type, user_type
from migralint.schema.objects import EnumType, OtherType
from migralint.schema.schema import Schema
from migralint.schema.types import Type, is_built_in, parse

_GEOMETRIC = frozenset(("box", "circle", "point", "polygon", "line", "lseg", "path"))
_UNSORTED = frozenset(("json", "xml", "xid", "cid", *_GEOMETRIC))
_RANGE, _MULTIRANGE, _ARRAY, _ENUM, _RECORD = "anyrange", "anymultirange", "anyarray", "anyenum", "record"
_ONLY = {
    "gin": frozenset((_ARRAY, "jsonb", "tsvector")),
    "gist": frozenset((_RANGE, _MULTIRANGE, "box", "circle", "point", "polygon", "tsquery", "tsvector")),
    "spgist": frozenset((_RANGE, "box", "inet", "cidr", "point", "polygon", "text", "character varying")),
}
_NOT = {
    "btree": _UNSORTED,
    "hash": frozenset((*(_UNSORTED - {"xid", "cid"}), "bit", "bit varying", "money", "tsvector", "tsquery")),
}
_COLLATED = frozenset(("text", "character varying", "character", "bpchar", "name"))
_EXTENDED = {"gist": ("btree_gist",), "gin": ("btree_gin",)}
"""Extensions that bring operator classes for types of PostgreSQL itself."""


def indexable(schema: Schema, kind: str, method: str) -> bool | None:
    """Whether a column of this type can be a key of an index of this method as it stands."""
    if any(extension in schema.extensions for extension in _EXTENDED.get(method, ())):
        return None
    family = _family(schema, base_type(schema, parse(kind)))
    if family is None:
        return None
    if method in _ONLY:
        return family in _ONLY[method]
    return family not in _NOT[method] if method in _NOT else None


_SHORT = {
    "bigint": "int8",
    "integer": "int4",
    "smallint": "int2",
    "boolean": "bool",
    "character": "bpchar",
    "character varying": "text",
    "double precision": "float8",
    "real": "float4",
    "bit varying": "varbit",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "polygon": "poly",
    "cidr": "inet",
    '"char"': "char",
    _RANGE: "range",
    _MULTIRANGE: "multirange",
    _ARRAY: "array",
    _ENUM: "enum",
}
"""What the names of operator classes begin with, for types of another name (pg_opclass)."""


def default_class(schema: Schema, kind: str, method: str) -> str | None:
    """The operator class that a column of this type gets where none is written, or None where that is not known."""
    if not indexable(schema, kind, method):
        return None
    family = _family(schema, base_type(schema, parse(kind)))
    if family is None:
        return None
    if (method, family) == ("spgist", "point"):
        return "quad_point_ops"
    return "oid_ops" if family.startswith("reg") else f"{_SHORT.get(family, family)}_ops"


def collatable(schema: Schema, kind: str) -> bool | None:
    """Whether values of a type have a collation, or None where it is not known well enough."""
    base = base_type(schema, parse(kind))._replace(dimensions=0)
    if base.base in _COLLATED:
        return True
    return False if is_built_in(base.base) or isinstance(user_type(schema, base), EnumType) else None


def _family(schema: Schema, kind: Type) -> str | None:
    if kind.dimensions:
        element = _family(schema, kind._replace(dimensions=0))
        return None if element is None else _ARRAY if element not in _UNSORTED else None
    if kind.base.endswith("multirange"):
        return _MULTIRANGE
    if kind.base.endswith("range") and is_built_in(kind.base):
        return _RANGE
    if is_built_in(kind.base) or kind.base == '"char"':
        return kind.base
    match user_type(schema, kind):
        case EnumType(doubtful=False):
            return _ENUM
        case OtherType(doubtful=False) as found if found.attributes:
            return _RECORD
        case OtherType(doubtful=False, definition=text) if (text or "").lower().startswith("as range"):
            return _RANGE
    return None
