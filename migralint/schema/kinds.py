"""The type of an expression, as far as its own text and the types of its columns tell it.

Operators and functions are few: those of defaults and generated columns. What is not known has no type here, and
nothing is concluded from it. Imports sqlglot on first use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from migralint.schema.expressions import LENGTH
from migralint.schema.types import canonical, is_built_in, parse

if TYPE_CHECKING:
    from sqlglot import exp

UNKNOWN = "unknown"
"""The type of a plain string: it becomes one of the type that is wanted."""

_RANKS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_TEXTS = ("text", "character varying", "character", "bpchar", "name")
_CALLS = {
    "Lower": "text",
    "Upper": "text",
    "Length": "integer",
    "CurrentTimestamp": "timestamp with time zone",
    "CurrentDate": "date",
    "CurrentTime": "time with time zone",
    "Localtime": "time without time zone",
    "Localtimestamp": "timestamp without time zone",
    "Uuid": "uuid",
    "now": "timestamp with time zone",
    "clock_timestamp": "timestamp with time zone",
    "statement_timestamp": "timestamp with time zone",
    "transaction_timestamp": "timestamp with time zone",
    "gen_random_uuid": "uuid",
    "uuid_generate_v4": "uuid",
    "nextval": "bigint",
    "random": "double precision",
}
_NUMBER = re.compile(r"\(*-?(?P<whole>\d+)(?P<fraction>\.\d+)?\)*\Z")
_TEXT = re.compile(r"'(?:[^']|'')*'\Z")


def expression_type(text: str, columns: Mapping[str, str] | None = None) -> str | None:
    """The type of an expression over columns of these types, `UNKNOWN` for a plain string, or None."""
    text = text.strip()
    if _TEXT.match(text):
        return UNKNOWN
    if number := _NUMBER.match(text):
        return "numeric" if number["fraction"] else _whole(number["whole"])
    if len(text) > LENGTH:
        return None
    return _parsed(text, tuple(sorted((columns or {}).items())))


@lru_cache(maxsize=4096)
def asserted(text: str) -> frozenset[str]:
    """The columns that a condition takes as conditions themselves: those have to be boolean."""
    from sqlglot import exp

    pending = [tree for tree in (_tree(text),) if tree is not None]
    found: set[str] = set()
    while pending:
        match pending.pop():
            case exp.Paren(this=inner) | exp.Not(this=inner):
                pending.append(inner)
            case exp.And(this=one, expression=other) | exp.Or(this=one, expression=other):
                pending += [one, other]
            case exp.Column() as column:
                found.add(_name(column))
    return frozenset(found)


@lru_cache(maxsize=4096)
def beside_strings(text: str) -> frozenset[str]:
    """The columns that COALESCE puts a string in place of: that has become one of the type of the column."""
    from sqlglot import exp

    tree = _tree(text)
    found: set[str] = set()
    for call in tree.find_all(exp.Coalesce) if tree is not None else ():
        parts = [call.this, *call.expressions]
        if any(isinstance(part, exp.Literal) and part.is_string for part in parts):
            found |= {_name(part) for part in parts if isinstance(part, exp.Column)}
    return frozenset(found)


@lru_cache(maxsize=4096)
def compared_with_strings(text: str) -> frozenset[str]:
    """The columns that strings are compared with: these have become of the type of the column."""
    from sqlglot import exp

    tree = _tree(text)
    found: set[str] = set()
    for one in tree.find_all(exp.Predicate, exp.Case) if tree is not None else ():
        sides = [part.unnest() for part in one.iter_expressions()]
        columns = {_name(side) for side in sides if isinstance(side, exp.Column)}
        if columns and any(_gives_string(side) for side in sides):
            found |= columns
    return frozenset(found)


def _gives_string(node: exp.Expr) -> bool:
    """Whether it is a string, a list of strings, or a branch of CASE that begins with one."""
    from sqlglot import exp

    if isinstance(node, exp.Literal):
        return bool(node.is_string)
    inside = (exp.Array, exp.Tuple, exp.Any, exp.Paren, exp.Cast)
    if isinstance(node, exp.If):
        return _gives_string(node.this)
    return isinstance(node, inside) and any(_gives_string(part) for part in node.iter_expressions())


@lru_cache(maxsize=4096)
def _parsed(text: str, columns: tuple[tuple[str, str], ...]) -> str | None:
    tree = _tree(text)
    try:
        return _of(tree, dict(columns)) if tree is not None else None
    except RecursionError:
        return None


def _tree(text: str) -> exp.Expr | None:
    """The expression as sqlglot reads it, where it is not too long and it does."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        return sqlglot.parse_one(text, read="postgres") if len(text) <= LENGTH else None
    except (SqlglotError, RecursionError):
        return None


def _whole(digits: str) -> str:
    return "integer" if int(digits) < 2**31 else "bigint" if int(digits) < 2**63 else "numeric"


def _of(node: exp.Expr, columns: Mapping[str, str]) -> str | None:
    from sqlglot import exp

    match node:
        case exp.Paren() | exp.Neg():
            return _of(node.this, columns)
        case exp.Cast():
            kind = canonical(node.to.sql("postgres"))
            return kind if is_built_in(parse(kind).base) else None
        case exp.Literal():
            if node.is_string:
                return UNKNOWN
            return _whole(node.name) if node.name.isdigit() else "numeric"
        case exp.Boolean():
            return "boolean"
        case exp.Column():
            return columns.get(_name(node))
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Div() | exp.Mod():
            return _promoted(_of(node.this, columns), _of(node.expression, columns))
        case exp.DPipe():
            ends = _of(node.this, columns), _of(node.expression, columns)
            return "text" if all(end == UNKNOWN or _base(end) in _TEXTS for end in ends) else None
        case exp.Coalesce():
            kinds = [_of(one, columns) for one in (node.this, *node.expressions)]
            return next((kind for kind in kinds if kind != UNKNOWN), UNKNOWN)
        case exp.Abs():
            kind = _base(_of(node.this, columns))
            return kind if kind in _RANKS else None
        case exp.Array():
            elements = {_of(one, columns) for one in node.expressions}
            only = elements.pop() if len(elements) == 1 else None
            return f"{'text' if only == UNKNOWN else only}[]" if only else None
        case exp.Anonymous():
            return _CALLS.get(str(node.this).lower())
        case exp.Func():
            return _CALLS.get(type(node).__name__)
    return None


def _name(column: exp.Column) -> str:
    """The column as PostgreSQL folds it."""
    quoted = bool(column.this.args.get("quoted"))
    return column.name if quoted else column.name.lower()


def _base(kind: str | None) -> str:
    found = parse(kind or "")
    return "" if found.dimensions else found.base


def _promoted(one: str | None, other: str | None) -> str | None:
    """The type of a sum or product of two numbers; a string is taken as a number of the other's type."""
    kinds = [_base(kind) for kind in (one, other) if kind != UNKNOWN]
    if not kinds or any(kind not in _RANKS for kind in kinds):
        return None
    if "real" in kinds and set(kinds) != {"real"}:
        return "double precision"
    return max(kinds, key=_RANKS.index)
