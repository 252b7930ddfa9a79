"""Column types in the spelling of PostgreSQL's `format_type`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from migralint.schema.geometries import modifiers_of
from migralint.schema.names import quote

_ALIASES: dict[str, str] = {
    "int": "integer",
    "int4": "integer",
    "int2": "smallint",
    "int8": "bigint",
    "serial4": "serial",
    "serial8": "bigserial",
    "serial2": "smallserial",
    "bool": "boolean",
    "varchar": "character varying",
    "char varying": "character varying",
    "nvarchar": "character varying",
    "national character varying": "character varying",
    "national char varying": "character varying",
    "char": "character",
    "bpchar": "character",
    "nchar": "character",
    "national character": "character",
    "national char": "character",
    "dec": "numeric",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "double": "double precision",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "varbit": "bit varying",
}
SERIALS = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}
"""The pseudo types that make a sequence, and the type of the column that results."""

_BUILT_IN = frozenset(
    """smallint integer bigint boolean text bytea numeric real json jsonb uuid inet cidr macaddr macaddr8 date
    interval money xml point line lseg box path polygon circle tsvector tsquery oid name regclass regtype regproc
    regnamespace regrole bit character int4range int8range numrange tsrange tstzrange daterange int4multirange
    int8multirange nummultirange tsmultirange tstzmultirange datemultirange pg_lsn txid_snapshot pg_snapshot xid xid8
    cid tid trigger void record anyelement anyarray""".split()
)

_TEXT = re.compile(
    r"""\s*(?P<base>"(?:[^"]|"")+"(?:\s*\.\s*"(?:[^"]|"")+")?|[^("\[]*?(?:"(?:[^"]|"")+")?)\s*
    (?:\((?P<modifiers>[^)]*)\))?\s*(?P<tail>(?:with(?:out)?\s+time\s+zone)?)\s*
    (?P<array>(?:\[\s*\d*\s*\]|\s+array(?:\s*\[\s*\d*\s*\])?)*)\s*\Z""",
    re.I | re.X | re.S,
)


_CATALOG = re.compile(r"pg_catalog\s*\.\s*(?!char\Z)(\w+)\Z", re.I)
_NUMBER = re.compile(r"-?\d{1,9}\Z")
_FLOATS = ("real", "double precision")


class Type(NamedTuple):
    """A type taken apart: `numeric(10,2)[]` is ("numeric", ("10", "2"), 1)."""

    base: str
    modifiers: tuple[str, ...]
    dimensions: int

    def __str__(self) -> str:
        base, modifiers = self.base, ""
        if self.modifiers:
            modifiers = f"({','.join(self.modifiers)})"
        for word in ("timestamp", "time"):
            if base.startswith(word + " with"):
                base, modifiers = word + modifiers + base[len(word) :], ""
        return base + modifiers + ("[]" if self.dimensions else "")


@lru_cache(maxsize=4096)
def parse(text: str) -> Type:
    """Takes a type as written in SQL apart; the base comes out in PostgreSQL's spelling.

    User-defined names keep their schema unless it is `public`, which `format_type` leaves out
    when it is on the search path.
    """
    match = _TEXT.match(text)
    if not match:
        return Type(" ".join(text.split()), (), 0)
    base, tail = match["base"].strip(), " ".join(match["tail"].lower().split())
    modifiers = tuple(m.strip() for m in match["modifiers"].split(",")) if match["modifiers"] else ()
    array = match["array"] or ""
    dimensions = array.count("[") or (1 if array.strip() else 0)
    if (plain := _CATALOG.match(base)) is not None:
        base = plain[1]
    folded = " ".join(base.lower().split())
    if '"' in base or "." in base:
        base = _user_type(base)
        return Type(base, _meant(base, modifiers), dimensions)
    words = re.match(r"(timestamp|time)\s*(with(?:out)? time zone)\Z", folded)
    if words:
        folded, tail = words[1], words[2]
    if tail and folded in ("timestamp", "time"):
        base = f"{folded} {tail}"
    elif folded == "float" and modifiers:
        base, modifiers = _FLOATS[bool(re.fullmatch(r"2[5-9]|[3-5]\d", modifiers[0]))], ()
    else:
        base = _ALIASES.get(folded, folded)
    modifiers = _meant(base, modifiers)
    if base == "character" and not modifiers:
        modifiers = ("1",) if folded != "bpchar" else ()
        base = "character" if modifiers else "bpchar"
    if base == "numeric" and len(modifiers) == 1:
        modifiers = (modifiers[0], "0")
    if base == "bit" and not modifiers:
        modifiers = ("1",)
    return Type(base, modifiers, dimensions)


def _meant(base: str, modifiers: tuple[str, ...]) -> tuple[str, ...]:
    if is_built_in(base):
        return tuple(m for m in modifiers if _NUMBER.match(m))
    name = base.rpartition(".")[2]
    return modifiers_of(name, modifiers) if name in ("geometry", "geography") else modifiers


def _user_type(text: str) -> str:
    parts: list[str] = [
        p[1:-1].replace('""', '"') if p.startswith('"') else p.lower()
        for p in re.findall(r'"(?:[^"]|"")+"|[^".\s]+', text)
    ]
    if parts in (["char"], ["pg_catalog", "char"]):
        return '"char"'
    if len(parts) > 1 and parts[0] in ("public", "pg_catalog"):
        parts = parts[1:]
    return ".".join(quote(p) for p in parts)


def canonical(text: str) -> str:
    """The type as `format_type` prints it: `VARCHAR(50)` becomes `character varying(50)`."""
    return str(parse(text))


def is_built_in(base: str) -> bool:
    """Whether the base name belongs to PostgreSQL itself (and so cannot be a project's enum or domain)."""
    return base in _BUILT_IN or base in _ALIASES.values() or base in SERIALS
