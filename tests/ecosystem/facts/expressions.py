"""SQL expressions in one spelling, so that those that mean the same read the same.

PostgreSQL keeps an expression as a tree and prints it anew: casts written out, `IN` as `= ANY (ARRAY[...])`, parentheses
everywhere. What is rewritten here is what it is seen to rewrite.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tests.ecosystem.facts.intervals import interval
from tests.ecosystem.facts.text import one_blank, pieces, without_public
from tests.ecosystem.facts.types import CAST, NUMERIC

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_Kind = exp.DataType.Type
_TEXTS = {_Kind.TEXT, _Kind.VARCHAR, _Kind.CHAR, _Kind.BPCHAR, _Kind.NVARCHAR, _Kind.NCHAR}
_NUMBERS = {
    _Kind.DECIMAL,
    _Kind.DOUBLE,
    _Kind.FLOAT,
    _Kind.BIGINT,
    _Kind.INT,
    _Kind.SMALLINT,
    _Kind.BIGDECIMAL,
}
_CONDITIONS = (exp.Predicate, exp.And, exp.Or, exp.Not)
_CHAINS = (exp.And, exp.Or, exp.DPipe, exp.Add, exp.Mul)


@lru_cache(maxsize=100_000)
def expression(text: str, dialect: str = "postgresql") -> str:
    """The one spelling; text that could not be parsed begins with `raw:` and has lost its blanks and parentheses."""
    spelled = "".join(without_public(part) if kind == "code" else part for kind, part in pieces(text.strip()))
    code = without_literal_casts(spelled)
    read = "sqlite" if dialect == "sqlite" else "postgres"
    try:
        tree = sqlglot.parse_one(code, read=read)
        if isinstance(tree, (exp.Command, exp.Alias)):
            return _raw(code)
        tree = tree.transform(lambda node: _folded(node, keep_case=dialect == "sqlite"))
        return one_blank(_grouped(_chained(_rewritten(tree))).sql(dialect=read, normalize_functions="lower"))
    except (SqlglotError, RecursionError):
        return _raw(code)


def _raw(code: str) -> str:
    return "raw:" + "".join(
        part if kind == "string" else re.sub(r"[\s()]", "", part).lower() for kind, part in pieces(code)
    )


def without_literal_casts(text: str) -> str:
    """`'x'::type` is `'x'`, and `'5'::bigint` is `5`."""
    result = ""
    rest = [list(piece) for piece in pieces(text)]
    for index, (kind, part) in enumerate(rest):
        result += _cast_away(part, rest, index + 1) if kind == "string" else part
    return result


def _cast_away(literal: str, rest: list[list[str]], following: int) -> str:
    """The literal without the casts after it, which are taken out of `rest`."""
    value = None
    while following < len(rest) and rest[following][0] == "code":
        code = rest[following][1]
        quoted = following + 1 < len(rest) and rest[following + 1][0] == "name"
        if quoted and re.match(r"\s*::\s*(?:\w+\.)?$", code):  # the type's name is quoted
            rest[following][1] = rest[following + 1][1] = ""
            rest[following + 1][0] = "code"
            if following + 2 < len(rest) and rest[following + 2][0] == "code":
                after = re.sub(r"^\.\w+", "", rest[following + 2][1])
                rest[following + 2][1] = re.sub(r"^(\s*\[\s*\])+", "", after)
            following += 2
            continue
        cast = CAST.match(code)
        if not cast:
            break
        simple = not cast[3]
        if NUMERIC.match(cast[1]) and simple and re.fullmatch(r"'\s*[-+]?\d+(\.\d+)?(e[-+]?\d+)?\s*'", literal, re.I):
            value = literal.strip("' ")
        if cast[1].lower().startswith("interval") and simple:
            literal = f"'{interval(literal[1:-1])}'"
        if cast[1].lower() in ("bool", "boolean") and literal.strip("'").lower() in ("t", "true", "f", "false"):
            value = "true" if literal.strip("'").lower()[0] == "t" else "false"
        rest[following][1] = code[cast.end() :]
    if value is None:
        return literal
    return f"({value})" if value[0] in "+-" else value


def _folded(node: exp.Expression, *, keep_case: bool) -> exp.Expression:
    if isinstance(node, exp.Identifier):
        if not node.args.get("quoted") and not keep_case:
            node.set("this", node.this.lower())
        node.set("quoted", False)
    return node


def _each(node: exp.Expression, change: Callable[[exp.Expression], exp.Expression]) -> None:
    """Puts `change` of every child in its place."""
    for key, value in list(node.args.items()):
        if isinstance(value, exp.Expression):
            node.set(key, change(value))
        elif isinstance(value, list):
            node.set(key, [change(item) if isinstance(item, exp.Expression) else item for item in value])


def _rewritten(node: exp.Expression) -> exp.Expression:
    _each(node, _rewritten)
    if isinstance(node, exp.Paren):
        return node.this  # type: ignore[no-any-return]
    if node.args.get("negate"):
        node.set("negate", None)
        return exp.Not(this=node)
    match node:
        case exp.Column():
            for qualifier in ("table", "db", "catalog"):
                node.set(qualifier, None)
        case exp.Interval() if isinstance(node.this, exp.Literal):
            words = (node.this.this, node.args.get("unit") and node.args["unit"].name)
            return exp.Literal.string(interval(" ".join(str(word) for word in words if word)))
        case exp.Cast() | exp.TryCast():
            return _cast(node)
        case exp.EQ() | exp.NEQ():
            return _comparison(node)
        case exp.In() if len(node.expressions) == 1 and not node.args.get("query"):
            return exp.EQ(this=node.this, expression=node.expressions[0])
        case exp.Not():
            return _negation(node)
        case exp.Between():
            low = exp.GTE(this=node.this, expression=node.args["low"])
            return exp.And(this=low, expression=exp.LTE(this=node.this.copy(), expression=node.args["high"]))
        case exp.Trim() if str(node.args.get("position") or "").upper() == "BOTH":
            node.set("position", None)
        case exp.Anonymous():
            return _call(node)
        case exp.Literal() if node.is_string and re.fullmatch(r"\{[^{}\"\\:]*\}", node.this):
            return exp.Literal.string(re.sub(r"\s*,\s*", ",", node.this))
        case exp.CurrentTimestamp() if not node.this:
            return exp.CurrentTimestamp()
    return node


def _is_constant(node: Any) -> bool:
    if isinstance(node, exp.Neg):
        node = node.this
    if isinstance(node, exp.Array):
        return all(_is_constant(item) for item in node.expressions)
    return isinstance(node, (exp.Literal, exp.Boolean, exp.Null))


def _cast(node: exp.Expression) -> exp.Expression:
    value: exp.Expression = node.this
    if isinstance(value, exp.Array) and not value.expressions:
        return exp.Literal.string("{}")
    if _is_constant(value):
        return value
    target = node.args.get("to")
    if not isinstance(target, exp.DataType):
        return node
    if target.this == _Kind.BOOLEAN and isinstance(value, _CONDITIONS):  # which a server does not keep
        return value
    inner = target.expressions[0] if target.this == _Kind.ARRAY and target.expressions else None
    if target.this in _TEXTS or (isinstance(inner, exp.DataType) and inner.this in _TEXTS):
        return value
    return value if target.this in _NUMBERS and isinstance(value, exp.Column) else node


def _comparison(node: exp.Expression) -> exp.Expression:
    """`x = ANY (ARRAY[...])` is `x IN (...)`."""
    right = node.args["expression"]
    if not (isinstance(node, exp.EQ) and isinstance(right, exp.Any)) and not (
        isinstance(node, exp.NEQ) and isinstance(right, exp.All)
    ):
        return node
    values = right.this
    if isinstance(values, exp.Tuple) and len(values.expressions) == 1:
        values = values.expressions[0]
    if isinstance(values, exp.Array):
        items = list(values.expressions)
    elif isinstance(values, exp.Literal) and values.is_string and re.fullmatch(r"\{[^{}\"\\]*\}", values.this):
        items = [exp.Literal.string(item) for item in values.this[1:-1].split(",")] if values.this != "{}" else []
    else:
        return node
    if len(items) == 1:
        return type(node)(this=node.this, expression=items[0])
    found = exp.In(this=node.this, expressions=items)
    return found if isinstance(node, exp.EQ) else exp.Not(this=found)


def _negation(node: exp.Not) -> exp.Expression:
    value = node.this
    if isinstance(value, exp.EQ):
        return exp.NEQ(this=value.this, expression=value.expression)
    if isinstance(value, exp.NEQ):
        return exp.EQ(this=value.this, expression=value.expression)
    return value.this if isinstance(value, exp.Not) else node


def _call(node: exp.Anonymous) -> exp.Expression:
    called = str(node.this).lower()
    if called == "all" and len(node.expressions) == 1:
        return exp.All(this=node.expressions[0])
    if called == "timezone" and len(node.expressions) == 2:
        return exp.AtTimeZone(this=node.expressions[1], zone=node.expressions[0])
    if called == "btrim" and len(node.expressions) == 1:
        return exp.Trim(this=node.expressions[0])
    if called == "now" and not node.expressions:
        return exp.CurrentTimestamp()
    node.set("this", called)
    return node


def _chained(node: exp.Expression) -> exp.Expression:
    """`a AND (b AND c)` as `(a AND b) AND c`."""
    _each(node, _chained)
    for kind in (exp.And, exp.Or, exp.DPipe):
        if isinstance(node, kind):
            first, *others = _flat(node, kind)
            for other in others:
                first = kind(this=first, expression=other)
            return first
    return node


def _flat(node: Any, kind: type[exp.Binary]) -> list[exp.Expression]:
    return _flat(node.left, kind) + _flat(node.right, kind) if isinstance(node, kind) else [node]


def _grouped(node: exp.Expression) -> exp.Expression:
    """Every operand in parentheses but those of a chain."""
    _each(node, _grouped)
    if isinstance(node, (exp.Binary, exp.Not, exp.In, exp.AtTimeZone, exp.Cast)) and not isinstance(node, exp.Dot):
        chain = isinstance(node, _CHAINS)
        for key in ("this", "expression"):
            value = node.args.get(key)
            if isinstance(value, exp.Expression) and not (chain and type(value) is type(node)):
                node.set(key, _in_parentheses(value))
    return node


def _in_parentheses(node: exp.Expression) -> exp.Expression:
    composed = (exp.Binary, exp.Not, exp.In, exp.Between, exp.Unary, exp.AtTimeZone)
    if isinstance(node, composed) and not isinstance(node, (exp.Paren, exp.Dot)):
        return exp.Paren(this=node)
    return node
