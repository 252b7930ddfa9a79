"""The keys of an index, each in one spelling."""

from __future__ import annotations

import re

from tests.ecosystem.facts.expressions import expression
from tests.ecosystem.facts.text import bare, name, one_blank, unquoted, without_public

_SIMPLE = re.compile(r'^(?:"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[\w$]+)$')
_NULLS = re.compile(r"(?i)\s+nulls\s+(first|last)$")
_ORDER = re.compile(r"(?i)\s+(asc|desc)$")
_CLASS = re.compile(r'(?i)\s+((?:"?\w+"?\.)?"?\w+_ops"?)(\s*\([^()]*\))?$')
_COLLATION = re.compile(r'(?i)\s+collate\s+((?:\w+\.|"[^"]+"\.)?(?:"[^"]+"|\w+))$')


def index_key(text: str, dialect: str = "postgresql") -> str:
    """`expression [COLLATE c] [operator class] [DESC] [NULLS x]`, without what is the default."""
    key = one_blank(text if "'" in text else without_public(text))
    nulls = order = class_ = collation = None
    if found := _NULLS.search(key):
        nulls, key = found[1].upper(), key[: found.start()]
    if found := _ORDER.search(key):
        order, key = found[1].upper(), key[: found.start()]
    if found := _CLASS.search(key):
        class_, key = name(found[1]) + re.sub(r"\s", "", found[2] or ""), key[: found.start()]
    if found := _COLLATION.search(key):
        collation, key = name(found[1]).split(".")[-1], key[: found.start()]
    inner = bare(key)
    value = unquoted(inner) if _SIMPLE.match(inner) else expression(inner, dialect)
    descending = order == "DESC"
    if nulls == ("FIRST" if descending else "LAST"):
        nulls = None
    said = (
        value,
        collation and f"COLLATE {collation}",
        class_,
        "DESC" if descending else None,
        nulls and f"NULLS {nulls}",
    )
    return " ".join(part for part in said if part)
