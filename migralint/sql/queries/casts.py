"""Values cast to a type."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from migralint.operations import Database
from migralint.schema.types import parse
from migralint.sql.queries import objects
from migralint.sql.queries.times import cast_time
from migralint.sql.queries.values import (
    PRESENT,
    UNKNOWN,
    Fails,
    Oid,
    Unknown,
    array_of,
    as_bool,
    number,
    text_of,
    truth,
)

_INTEGERS = ("int", "integer", "int4", "int8", "bigint", "smallint", "int2")
_NUMBERS = ("numeric", "decimal", "double precision", "float", "real", "float8", "float4")
_TEXTS = ("text", "varchar", "character varying", "name", "char", '"char"', "character", "bpchar", "citext")
_CUT = ("varchar", "character varying")
_KEPT = ("oid", "uuid", "json", "jsonb", "anyelement", "cstring")
_TIMES = ("date", "interval", "timestamp", "timestamptz", "time")
_NAME = 63


def as_text(value: object, database: Database) -> object:
    """The value cast to text; regclass and its like give the object's name."""
    if isinstance(value, Oid):
        return objects.printed(value, database) if value.printed else UNKNOWN
    if isinstance(value, list) and any(isinstance(item, Oid) for item in value):
        return text_of([as_text(item, database) for item in value])
    return text_of(value)


def cast(value: object, kind: str, database: Database) -> object:
    """The value as the type, which is written in lower case. Raises Fails where the server would."""
    kind = kind.removeprefix("pg_catalog.").strip()
    base = kind.partition("(")[0].strip()
    if value is None:
        return None
    if isinstance(value, Unknown):
        return value if base in _TEXTS else Unknown(present=value.present)
    if kind.endswith("]"):
        array = array_of(value) if isinstance(value, str) else value
        if not isinstance(array, list):
            return UNKNOWN
        element = kind[: kind.index("[")].strip()
        return [item if isinstance(item, list) else cast(item, element, database) for item in array]
    if base in objects.KINDS:
        return objects.as_object(value, objects.KINDS[base], database)
    if base in _TEXTS:
        return _text(as_text(value, database), kind, base)
    if base in _INTEGERS or base in _NUMBERS:
        return _number(value, kind, base)
    if base in ("bool", "boolean"):
        return as_bool(value) if isinstance(value, str) else truth(value)
    if base.startswith(_TIMES):
        return cast_time(value, kind)
    if base in _KEPT or isinstance(value, str):
        return value
    return UNKNOWN


def _text(value: object, kind: str, base: str) -> object:
    if not isinstance(value, str):
        return value
    if base == "name":
        return value.encode()[:_NAME].decode(errors="ignore")
    modifiers = parse(kind).modifiers
    if modifiers and modifiers[0].isdigit():
        length = int(modifiers[0])
        if base not in _CUT and len(value) < length:
            return PRESENT  # the blanks that fill it up count in format(), not in `||`
        return value[:length]
    return value


def _number(value: object, kind: str, base: str) -> object:
    if isinstance(value, bool):
        return int(value)
    found = number(value) if isinstance(value, str) else value
    if isinstance(found, Unknown) and isinstance(value, str):
        raise Fails("invalid_text_representation")
    if not isinstance(found, (int, float, Decimal)):
        return UNKNOWN
    if base in _INTEGERS:
        return int(Decimal(found).quantize(Decimal(1), ROUND_HALF_UP)) if not isinstance(found, float) else UNKNOWN
    modifiers = parse(kind).modifiers
    if base in ("numeric", "decimal") and not isinstance(found, float):
        digits = int(modifiers[1]) if len(modifiers) > 1 and modifiers[1].isdigit() else 0 if modifiers else None
        if digits is not None and digits <= 100:
            return Decimal(found).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        return Decimal(found) if isinstance(found, int) else found
    return found if isinstance(found, int) else float(found)
