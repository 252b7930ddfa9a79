"""What changing a column from one type to another does: which changes PostgreSQL makes in its catalog only.

Every line is tested against a server (`tests/postgres/test_type_changes.py`). The rules behind it are
`ATColumnChangeRequiresRewrite` (relabelling, or a length coercion that its support function proves to be void) and
`CheckIndexCompatible`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from migralint.schema.names import Name
from migralint.schema.objects import Domain, EnumType
from migralint.schema.schema import Schema
from migralint.schema.types import Type, is_built_in, parse


class Conversion(NamedTuple):
    """`rewrites` every row; `reorders`: indexes on the column sort or hash differently and are built anew.

    `sure` is false where a type is not known well enough (an extension's), or the answer depends on the session.
    """

    rewrites: bool
    reorders: bool = False
    sure: bool = True


FREE = Conversion(False)
_TEXTUAL = ("character varying", "text")
_TIMESTAMPS = {"timestamp without time zone", "timestamp with time zone"}
_PRECISION = re.compile(r"time|interval")


def stored_null(schema: Schema, kind: str) -> str | None:
    """The type of DEFAULT NULL where it is stored as a default, which a length or the check of a domain makes of it."""
    found = parse(kind)
    return kind if found.modifiers or base_type(schema, found) != found else None


_FIXED = frozenset(
    """smallint integer bigint boolean real date interval uuid money oid name macaddr macaddr8 point line lseg box
    circle pg_lsn xid xid8 cid tid""".split()
) | {"double precision"}


def fixed(schema: Schema, kind: str) -> bool:
    """Whether the values of a type are known to have a fixed size, so that none is stored apart (pg_type.typlen)."""
    found = base_type(schema, parse(kind))
    timed = found.base.startswith(("time ", "timestamp "))
    known = found.base in _FIXED or timed or isinstance(user_type(schema, found), EnumType)
    return known and not found.dimensions


_SHORT = frozenset(("numeric", "inet", "cidr"))


def usual_storage(schema: Schema, kind: str) -> str | None:
    """How a type stores its values by itself (pg_type.typstorage); None where it is not known well enough."""
    if fixed(schema, kind):
        return "PLAIN"
    found = base_type(schema, parse(kind))
    if found.dimensions:
        return "EXTENDED"
    if found.base in _SHORT:
        return "MAIN"
    return "EXTENDED" if is_built_in(found.base) or user_type(schema, found) is not None else None


def conversion(schema: Schema, old: str, new: str) -> Conversion:
    """What ALTER COLUMN ... TYPE from `old` to `new` does, both in `format_type` spelling."""
    before, after = parse(old), parse(new)
    if before == after:
        return FREE
    if constrained(schema, new):
        return Conversion(True)
    before, after = base_type(schema, before), base_type(schema, after)
    if before == after:
        return FREE
    if before.dimensions or after.dimensions:
        return Conversion(True, sure=before.dimensions == after.dimensions and _known(schema, before, after))
    if "citext" in schema.extensions and {before, after} == {Type("citext", (), 0), Type("text", (), 0)}:
        return Conversion(False, reorders=True)
    if not _known(schema, before, after):
        return Conversion(True, sure=False)
    if {before.base, after.base} == _TIMESTAMPS and _precision_kept(before, after):
        return Conversion(True, reorders=True, sure=False)  # free where the session's TimeZone is UTC
    if {before.base, after.base} == {"integer", "oid"}:
        return Conversion(False, reorders=True)
    if before.base == "bit" and after.base == "bit varying":
        return Conversion(bool(after.modifiers), reorders=True)
    if _relabelled(before, after):
        return FREE
    return Conversion(True)


def constrained(schema: Schema, text: str) -> bool:
    """Whether it is a domain with a constraint: its values have to be checked one by one."""
    domain = _domain(schema, parse(text))
    if domain is None or parse(text).dimensions:
        return False
    return domain.not_null or bool(domain.checks) or constrained(schema, domain.base)


def _relabelled(before: Type, after: Type) -> bool:
    if before.base in _TEXTUAL and after.base in _TEXTUAL:
        return not after.modifiers or (bool(before.modifiers) and _longer(before, after))
    if before.base == "cidr" and after.base == "inet":
        return True
    if before.base != after.base:
        return False
    if before.base == "bit varying":
        return _longer(before, after)
    if before.base == "numeric":
        if not after.modifiers:
            return True
        return (
            bool(before.modifiers)
            and int(after.modifiers[0]) >= int(before.modifiers[0])
            and after.modifiers[1:] == before.modifiers[1:]
        )
    return bool(_PRECISION.match(before.base)) and _precision_kept(before, after)


def _longer(before: Type, after: Type) -> bool:
    """No length limit, or one that is not below the old."""
    if not after.modifiers:
        return True
    return bool(before.modifiers) and int(after.modifiers[0]) >= int(before.modifiers[0])


def _precision_kept(before: Type, after: Type) -> bool:
    """Fractional digits of a time type: 6 where none are given."""
    old, new = (int(t.modifiers[0]) if t.modifiers and t.modifiers[0].isdigit() else 6 for t in (before, after))
    return new >= old


def _domain(schema: Schema, kind: Type) -> Domain | None:
    found = user_type(schema, kind)
    return found if isinstance(found, Domain) else None


def user_type(schema: Schema, kind: Type) -> object:
    """The type of the project of this name, or None."""
    space, _, name = kind.base.rpartition(".")
    return schema.types.get(Name(space.strip('"') or schema.default_schema, name.strip('"')))


def base_type(schema: Schema, kind: Type) -> Type:
    """The type below domains."""
    for _ in range(32):
        domain = _domain(schema, kind)
        if domain is None or kind.dimensions:
            break
        kind = parse(domain.base)
    return kind


def _known(schema: Schema, *kinds: Type) -> bool:
    return all(is_built_in(kind.base) or user_type(schema, kind) is not None for kind in kinds)


_INTEGERS = {"smallint": 5, "integer": 10, "bigint": 19}
"""Decimal digits of the largest value."""
_FLOATS = {"real": 6, "double precision": 15}
_TEXTS = ("character varying", "text", "character", "bpchar")


class Narrowing(NamedTuple):
    """What does not fit any more: `values` says which values, `silent` whether they are changed without an error."""

    values: str
    silent: bool


def narrowing(schema: Schema, old: str, new: str, explicit: bool = False) -> Narrowing | None:
    """What a type change can lose, or None.

    `explicit` is true with a cast in USING: a cast to `varchar(n)` then cuts where the plain change refuses. Types that
    have no ordinary conversion into each other are not judged. Arrays lose what their elements lose.
    """
    before, after = base_type(schema, parse(old)), base_type(schema, parse(new))
    if before.dimensions and after.dimensions:
        before, after = (base_type(schema, kind._replace(dimensions=0)) for kind in (before, after))
    if before.dimensions or after.dimensions or before == after:
        return None
    if before.base in _TEXTS and after.base in ("character varying", "character"):
        return _shorter(before, after, explicit)
    if before.base in ("bit", "bit varying") and before.base == after.base and not _longer(before, after):
        return Narrowing(f"bit strings longer than {after.modifiers[0]}", explicit)
    if before.base in _INTEGERS and after.base in _INTEGERS:
        if _INTEGERS[after.base] < _INTEGERS[before.base]:
            return Narrowing(f"values outside the range of {after.base}", False)
        return None
    if before.base in _FLOATS and after.base == "real" and before.base != "real":
        return Narrowing("digits after the sixth", True)
    if before.base in ("numeric", *_FLOATS) and after.base in _INTEGERS:
        fraction = before.base != "numeric" or before.modifiers[1:] != ("0",)
        return Narrowing("fractions, which are rounded", True) if fraction else None
    if before.base == "numeric" and after.base in _FLOATS:
        return Narrowing(f"digits after the {_FLOATS[after.base]}th", True)
    if after.base == "numeric":
        return _numeric(before, after)
    return _time(before, after)


def _shorter(before: Type, after: Type, explicit: bool) -> Narrowing | None:
    if not after.modifiers or (before.modifiers and int(after.modifiers[0]) >= int(before.modifiers[0])):
        return None
    return Narrowing(f"texts longer than {after.modifiers[0]} characters", explicit)


def _numeric(before: Type, after: Type) -> Narrowing | None:
    if not after.modifiers or before.base not in ("numeric", *_FLOATS, *_INTEGERS):
        return None
    precision, scale = int(after.modifiers[0]), int(after.modifiers[1])
    if before.base in _INTEGERS:
        digits, old_scale = _INTEGERS[before.base], 0
    elif before.base == "numeric" and before.modifiers:
        old_scale = int(before.modifiers[1])
        digits = int(before.modifiers[0]) - old_scale
    else:
        return Narrowing(f"digits after the {scale} behind the point, which are rounded", True)
    if old_scale > scale:
        return Narrowing(f"digits after the {scale} behind the point, which are rounded", True)
    if digits > precision - scale:
        return Narrowing(f"values of more than {precision - scale} digits before the point", False)
    return None


def _time(before: Type, after: Type) -> Narrowing | None:
    if before.base in _TIMESTAMPS and after.base == "date":
        return Narrowing("the time of day", True)
    if before.base in _TIMESTAMPS and after.base.startswith("time "):
        return Narrowing("the date", True)
    same = before.base == after.base or {before.base, after.base} == _TIMESTAMPS
    if same and _PRECISION.match(before.base) and not _precision_kept(before, after):
        return Narrowing(f"fractions of a second after {after.modifiers[0]} digits, which are rounded", True)
    return None
