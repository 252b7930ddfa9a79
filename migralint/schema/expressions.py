"""The meaning of expressions and defaults: whether two texts say the same to PostgreSQL.

Texts are compared as they stand first. Only where they differ does sqlglot parse them, and only within bounds; what
cannot be parsed is different.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from migralint.schema import intervals
from migralint.schema.types import parse

LENGTH = 20_000
"""Characters of the longest expression that is parsed."""

DEPTH = 40
"""Levels of parentheses that are looked at."""

Meaning = tuple[object, ...]

_TOKEN = re.compile(r"[eE]?'(?:[^']|'')*'|\"(?:[^\"]|\"\")+\"|[A-Za-z_][\w$]*|\d+(?:\.\d+)?|::|[<>=!~|&@#*/%^+-]+|\S")
_TRUE, _FALSE = ("t", "true", "y", "yes", "on", "1"), ("f", "false", "n", "no", "off", "0")
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


def same_default(one: str | None, other: str | None, type: str) -> bool:
    """Whether two defaults of a column of this type give the same value. None and NULL are no default.

    Two sequences are one: which of them gives the numbers is not part of what a column means.
    """
    if one == other:
        return True
    left, right = (_default(text, type) for text in (one, other))
    return left == right


def same_expression(one: str | None, other: str | None) -> bool:
    """Whether two expressions (of a check, an index, a generated column) mean the same."""
    if one is None or other is None:
        return one == other
    return one == other or normal(one) == normal(other) or _meaning(one) == _meaning(other)


def plain_default(text: str | None, type: str) -> str | None:
    """A default in one spelling, as far as that needs no parser; None for no default."""
    if text is None or _NULL.match(text):
        return None
    meaning = _simple(text)
    if meaning is not None:
        value = _value(str(meaning[1]), type)
        if isinstance(value, Decimal) and value.is_finite():
            value = format(value.normalize() + 0, "f")
        return f"= {value}"
    plain = normal(text)
    if plain.startswith("nextval ("):
        return "nextval"
    return "now ( )" if plain == "current_timestamp" else plain


def is_null(default: object) -> bool:
    """Whether it is DEFAULT NULL, which PostgreSQL stores as no default."""
    return isinstance(default, str) and default.strip().upper() == "NULL"


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """The text with one space between tokens, words in lower case, needless quotes and outer parentheses gone."""
    tokens = words(text)
    for _ in range(DEPTH):
        if len(tokens) < 3 or tokens[0] != "(" or _closes(tokens) != len(tokens) - 1:
            break
        tokens = tokens[1:-1]
    return " ".join(tokens)


def words(text: str) -> list[str]:
    """The tokens of a text, words in lower case and without needless quotes."""
    return [_folded(token) for token in _TOKEN.findall(text)]


def _folded(token: str) -> str:
    if token[0] == '"':
        inner = token[1:-1]
        return inner if re.fullmatch(r"[a-z_][a-z0-9_$]*", inner) else token
    return token if token.endswith("'") else token.lower()


def _closes(tokens: list[str]) -> int:
    """The index of the parenthesis that closes the first one."""
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token == "(") - (token == ")")
        if depth == 0:
            return at
    return -1


def _default(text: str | None, type: str) -> object:
    if text is None:
        return None
    meaning = _simple(text) or _meaning(text)
    if meaning == ("null",):
        return None
    if meaning[0] == "literal":
        return _value(str(meaning[1]), type)
    if meaning[:2] == ("call", "nextval"):
        return ("call", "nextval")
    return meaning


def _value(literal: str, type: str) -> object:
    """The value of a literal in a column of this type."""
    kind = parse(type)
    if kind.dimensions:
        return ("array", literal if _QUOTES.search(literal) else _AROUND_ELEMENTS.sub(r"\1", literal))
    if kind.base == "boolean" and literal.lower() in (*_TRUE, *_FALSE):
        return literal.lower() in _TRUE
    if kind.base in _NUMBERS:
        try:
            return Decimal(literal)
        except InvalidOperation:
            return literal
    if kind.base == "interval":
        return intervals.canonical(literal)
    if kind.base in ("json", "jsonb"):
        try:
            return json.dumps(json.loads(literal), sort_keys=True)
        except (ValueError, RecursionError):
            return literal
    return literal


_QUOTES = re.compile(r'["\\]')
_AROUND_ELEMENTS = re.compile(r"\s*([{},])\s*")
"""Blanks around the elements of an array do not count where nothing is quoted."""
_LITERAL = re.compile(
    r"\(*\s*(?:'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|(true|false))\s*\)*"
    r"(?:\s*::\s*\"?[a-z][\w .\"]*(?:\(\d+(?:,\s*\d+)?\))?(?:\s+with(?:out)? time zone)?(?:\[\])*\)*)*\s*\Z",
    re.IGNORECASE,
)
_NULL = re.compile(r"\(*null(?:\s*::\s*[\w .\"]+(?:\(\d+\))?)?\)*\Z", re.IGNORECASE)


def _simple(text: str) -> Meaning | None:
    """The meaning of a literal with or without a cast, without sqlglot."""
    if _NULL.match(text):
        return ("null",)
    found = _LITERAL.match(text)
    if found is None:
        return None
    return ("literal", next(g for g in found.groups() if g is not None).replace("''", "'"))


_CAST_TO_TEXT = re.compile(r"((?<![\w\"'])'(?:[^']|'')*')::(?:text|character varying)(?!\s*[\[(])")
"""A literal with the cast that PostgreSQL writes: parsers know some functions by their literals only."""


@lru_cache(maxsize=4096)
def _meaning(text: str) -> Meaning:
    """What an expression means, as nested tuples that are equal for equal meanings."""
    if len(text) > LENGTH or _deepest(text) > DEPTH:
        return ("text", normal(text))
    import sqlglot
    from sqlglot.errors import SqlglotError

    from migralint.schema.meaning import of

    try:
        return of(sqlglot.parse_one(_CAST_TO_TEXT.sub(r"\1", text), read="postgres"))
    except (SqlglotError, RecursionError):
        return ("text", normal(text))


def _deepest(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "([":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]":
            depth -= 1
    return deepest
