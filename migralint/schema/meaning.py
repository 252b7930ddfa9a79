"""What a parsed expression means, as nested tuples: equal tuples, equal meaning. Imports sqlglot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from migralint.schema import intervals, jsonpaths

Meaning = tuple[object, ...]

_ON_PATH = ("public", "pg_catalog", "extensions")
"""Schemas that are on the search path, so that they need not be written before a function."""
_TEXTS = ("VARCHAR", "TEXT", "CHAR", "BPCHAR", "NVARCHAR", "NAME")
_CONDITIONS = frozenset("And Or Not In EQ LT LTE Is".split())
"""What is a boolean already, so that a server does not keep a cast to it."""
_NAMES = {
    "uuid": "gen_random_uuid",
    "uuid_generate_v4": "gen_random_uuid",
    "currenttimestamp": "now",
    "transaction_timestamp": "now",
}
_FLIPPED: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.GTE: exp.LTE}


def of(node: exp.Expr) -> Meaning:
    """The meaning of an expression. Raises RecursionError for one that is nested too deeply."""
    match node:
        case exp.Paren():
            return of(node.this)
        case exp.Cast():
            return _cast(node)
        case exp.Literal():
            return ("literal", _written(str(node.this)))
        case exp.Var():
            return ("literal", node.name.lower())
        case exp.TimestampTrunc() | exp.Extract():
            return _of_time(node)
        case exp.Boolean():
            return ("literal", "true" if node.this else "false")
        case exp.Null():
            return ("null",)
        case exp.Neg() if isinstance(node.this, exp.Literal):
            return ("literal", f"-{node.this.this}")
        case exp.Column() | exp.Identifier():
            return ("column", _identifier(node))
        case exp.Interval():
            words = (node.this, node.args.get("unit"))
            return ("literal", intervals.canonical(" ".join(part.name for part in words if part)))
        case exp.And() | exp.Or():
            return (type(node).__name__, *sorted(_flat(node, type(node)), key=repr))
        case exp.Between():
            low, high = of(node.args["low"]), of(node.args["high"])
            return ("And", *sorted([("LTE", low, of(node.this)), ("LTE", of(node.this), high)], key=repr))
        case exp.In() if not node.args.get("query"):
            return _membership(of(node.this), [of(e) for e in node.expressions])
        case exp.Not():
            return _not(of(node.this))
        case exp.EQ() | exp.NEQ():
            return _equality(node)
        case exp.LT() | exp.LTE():
            return (type(node).__name__, of(node.this), of(node.expression))
        case exp.GT() | exp.GTE():
            return (_FLIPPED[type(node)].__name__, of(node.expression), of(node.this))
        case exp.AtTimeZone():
            return ("AtTimeZone", of(node.this), _zone(of(node.args["zone"])))
        case exp.Dot():
            return _qualified(node)
        case exp.Array() if not node.expressions:
            return ("literal", "{}")
        case exp.JSONPath() if len(node.expressions) == 2:
            return ("literal", str(node.expressions[1].this))
        case exp.Trim() if str(node.args.get("position") or "BOTH") == "BOTH":
            return ("Trim", *_argument("this", node.this), *_argument("expression", node.args.get("expression")))
        case exp.Anonymous():
            return _call(str(node.this), [of(e) for e in _spread(node.expressions)])
    if isinstance(node, exp.Func) and type(node).__name__.lower() in _NAMES and not node.this:
        return _call(type(node).__name__, [])
    negated = bool(node.args.get("negate"))
    parts = tuple(part for key, value in sorted(node.args.items()) if key != "negate" for part in _argument(key, value))
    meaning = (type(node).__name__, *parts)
    return _not(meaning) if negated else meaning


_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00:00(?:\+00(?::?00)?)?")
_WITH_UNIT = re.compile(r"[+-]?\d.*[a-z]", re.DOTALL)


def _written(literal: str) -> str:
    """A literal in one spelling: that of a day as a timestamp, an interval, a path of JSON."""
    if (midnight := _MIDNIGHT.fullmatch(literal)) is not None:
        return midnight[1]
    if _WITH_UNIT.fullmatch(literal):
        return intervals.canonical(literal)
    return jsonpaths.canonical(literal)


def _of_time(node: exp.Expr) -> Meaning:
    """date_trunc, date_part and EXTRACT: their unit is a word, whatever its case."""
    unit = "unit" if isinstance(node, exp.TimestampTrunc) else "this"
    rest = [part for key, value in sorted(node.args.items()) if key != unit for part in _argument(key, value)]
    word = node.args.get(unit)
    said = of(word) if isinstance(word, exp.Expr) else ("literal", "")
    return (type(node).__name__, ("literal", str(said[1]).lower()) if said[0] == "literal" else said, *rest)


def _spread(arguments: list[exp.Expr]) -> Iterator[exp.Expr]:
    """The arguments of a call, with the elements of VARIADIC ARRAY[...] one by one."""
    for one in arguments:
        inner = one.this if isinstance(one, exp.Variadic) else None
        yield from inner.expressions if isinstance(inner, exp.Array) else [one]


def _not(meaning: Meaning) -> Meaning:
    return meaning[1] if meaning[0] == "Not" and isinstance(meaning[1], tuple) else ("Not", meaning)


def _argument(key: str, value: object) -> Iterator[object]:
    if isinstance(value, exp.Expr):
        yield (key, of(value))
    elif isinstance(value, list):
        yield (key, *(of(v) if isinstance(v, exp.Expr) else v for v in value))
    elif isinstance(value, str):
        yield (key, value)


def _identifier(node: exp.Expr) -> str:
    name = node.name
    inner = node.this if isinstance(node, exp.Column) else node
    quoted = isinstance(inner, exp.Identifier) and bool(inner.args.get("quoted"))
    return name if quoted else name.lower()


def _cast(node: exp.Cast) -> Meaning:
    """A cast of a literal, and any cast to text, changes nothing that is compared here."""
    inner, kind = of(node.this), node.to
    if inner[0] == "literal" and kind.this == exp.DataType.Type.INTERVAL:
        return ("literal", intervals.canonical(str(inner[1])))
    if inner[0] in ("literal", "null", "Array"):
        return inner
    if kind.this == exp.DataType.Type.BOOLEAN and inner[0] in _CONDITIONS:
        return inner
    element = kind.expressions[0] if kind.this == exp.DataType.Type.ARRAY and kind.expressions else kind
    if isinstance(element, exp.DataType) and getattr(element.this, "name", "") in _TEXTS:
        return inner
    return ("Cast", inner, kind.sql("postgres").lower())


def _flat(node: exp.Expr, kind: type[exp.Expr]) -> Iterator[Meaning]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        while isinstance(one, exp.Paren):
            one = one.this
        if isinstance(one, kind):
            waiting += [one.args["expression"], one.args["this"]]
        else:
            meaning = of(one)
            yield from _parts(meaning) if meaning[0] == kind.__name__ else [meaning]


def _parts(meaning: Meaning) -> Iterator[Meaning]:
    """The members of an AND or OR, which BETWEEN is too."""
    return (part for part in meaning[1:] if isinstance(part, tuple))


def _membership(one: Meaning, others: list[Meaning]) -> Meaning:
    return ("In", one, *sorted(set(others), key=repr))


def _equality(node: exp.Expr) -> Meaning:
    """`=` and `<>`, with `= ANY (ARRAY[...])` and `<> ALL (ARRAY[...])` as the lists they are."""
    left, right = of(node.args["this"]), node.args["expression"]
    members = _members(right)
    if members is not None:
        meaning = _membership(left, members)
    else:
        other = of(right)
        literal = next((m for m in (left, other) if m[0] == "literal"), None)
        if literal is not None and left != other:
            meaning = _membership(other if literal == left else left, [literal])
        else:
            meaning = ("EQ", *sorted((left, other), key=repr))
    return _not(meaning) if isinstance(node, exp.NEQ) else meaning


def _members(node: exp.Expr) -> list[Meaning] | None:
    if isinstance(node, exp.Any):
        array = of(node.this)
    elif isinstance(node, exp.Anonymous) and str(node.this).lower() == "all" and len(node.expressions) == 1:
        array = of(node.expressions[0])
    else:
        return None
    if array[0] != "Array":
        return None
    return [item for part in array[1:] if isinstance(part, tuple) and part[0] == "expressions" for item in part[1:]]


def _zone(zone: Meaning) -> Meaning:
    return ("literal", str(zone[1]).lower()) if zone[0] == "literal" else zone


def _qualified(node: exp.Dot) -> Meaning:
    owner, inner = node.this.name.lower(), of(node.expression)
    if inner[0] == "call" and owner in _ON_PATH:
        return inner
    return ("Dot", owner, inner)


def _call(name: str, arguments: list[Meaning]) -> Meaning:
    name = name.lower()
    if name == "timezone" and len(arguments) == 2:
        return ("AtTimeZone", arguments[1], _zone(arguments[0]))
    return ("call", _NAMES.get(name, name), *arguments)
