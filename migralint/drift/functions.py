"""Functions of one signature: what a caller notices of one in place of the other, however each was spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from migralint.drift.comparison import BLOCKING, COSMETIC, INTEGRITY, Part
from migralint.schema import Function, Schema
from migralint.schema.expressions import same_default
from migralint.schema.types import is_built_in, parse

_ATOMIC = re.compile(r"\s*(BEGIN\s+ATOMIC|RETURN)\b", re.IGNORECASE)
"""What begins a body that the server keeps as a tree, and prints anew."""
_GUARDING = ("security", "strict", "leakproof")
_PLANNING = ("volatility", "parallel", "cost", "rows")
_UNTOLD = "CURRENT"
"""The value of a setting that the session had when the function was made."""


def by_signature(schema: Schema) -> Mapping[str | None, Function]:
    """The functions of a schema."""
    return {one.signature: one for functions in schema.functions.values() for one in functions}


def unlike(one: Function, other: Function) -> list[Part]:
    """What surely differs between two functions of which everything is known."""
    return [*_called(one, other), *_run(one, other)]


def described(function: Function) -> str:
    """A function in one line, as far as it is compared."""
    first = len(function.parameters) - len(function.defaults)
    named = [f"{name} {kind}".strip() for name, kind in zip(function.parameters, function.arguments, strict=False)]
    for at, default in enumerate(function.defaults, first):
        named[at] += f" DEFAULT {default}"
    options = "".join(f" {_option(name)} {value}" for name, value in sorted(function.options))
    body = " ".join(function.body.split())
    result = f"RETURNS {function.returns} LANGUAGE {function.language}"
    return f"{function.kind} ({', '.join(named)}) {result}{options} AS {body}"


def _called(one: Function, other: Function) -> Iterator[Part]:
    """What differs for those that call it, and rest on what it returns."""
    if one.kind != other.kind:
        yield BLOCKING, f"a {one.kind} is a {other.kind}"
    if _returns_otherwise(one, other):
        yield BLOCKING, f"it returns {one.returns} and {other.returns}"
    elif one.outputs and other.outputs and one.outputs != other.outputs:
        yield BLOCKING, f"its result has the columns {', '.join(one.outputs)} and {', '.join(other.outputs)}"
    if len(one.parameters) != len(other.parameters):
        return
    for mine, others in zip(one.parameters, other.parameters, strict=True):
        if mine != others:
            yield BLOCKING, f"its argument {mine or 'without a name'} is {others or 'without a name'}"
    modes = [[part.mode for part in side.declared if part.mode != "out"] for side in (one, other)]
    if all(modes) and modes[0] != modes[1]:
        yield BLOCKING, f"its arguments are {', '.join(modes[0])} and {', '.join(modes[1])}"
    yield from _defaulted(one, other)


def _defaulted(one: Function, other: Function) -> Iterator[Part]:
    if len(one.defaults) != len(other.defaults):
        yield BLOCKING, f"{_counted(one)} and {_counted(other)} of its arguments have a default"
        return
    last = one.arguments[len(one.arguments) - len(one.defaults) :]
    for mine, others, kind in zip(one.defaults, other.defaults, last, strict=False):
        given = [None if text.upper() == "NULL" else text for text in (mine, others)]
        if not same_default(given[0], given[1], kind):
            yield INTEGRITY, f"the default of an argument is {mine} and {others}"


def _counted(function: Function) -> str:
    return str(len(function.defaults) or "none")


def _run(one: Function, other: Function) -> Iterator[Part]:
    """What differs in what it does, and as whom."""
    if one.language != other.language:
        yield BLOCKING, f"it is written in {one.language} and {other.language}"
    elif not _printed_anew(one, other) and _plain(one.body) != _plain(other.body):
        yield BLOCKING, "the bodies differ"
    mine, others = dict(one.options), dict(other.options)
    for name in sorted(mine.keys() | others.keys()):
        values = mine.get(name), others.get(name)
        guards = name in _GUARDING or name.startswith("set ")
        if _same_value(name, *values) or not (guards or name in _PLANNING):
            continue
        said = " and ".join(value or "not given" for value in values)
        yield INTEGRITY if guards else COSMETIC, f"{_option(name)} is {said}"


def _printed_anew(one: Function, other: Function) -> bool:
    """Whether the bodies are no texts that the server keeps: of aggregates, of SQL that it parses, or unknown."""
    texts = one.body and other.body and one.kind != "aggregate"
    return not texts or all(_ATOMIC.match(side.body) for side in (one, other))


def _option(name: str) -> str:
    return name if name.startswith("set ") else name.upper()


def _plain(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.strip().splitlines())


def _same_value(name: str, one: str | None, other: str | None) -> bool:
    """Whether two values of an option are one, or one of them is not known."""
    if _UNTOLD in (one, other):
        return True
    if one is None or other is None:
        return one == other
    if name != "set search_path":  # a list of which the server keeps one text: 'ISO', mdy is 'ISO, mdy'
        one, other = (re.sub("[' ]", "", text) for text in (one, other))
    return one.lower() == other.lower() or (_is_number(one) and _is_number(other) and float(one) == float(other))


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", text) is not None


def _returns_otherwise(one: Function, other: Function) -> bool:
    """Whether the results are surely of two types; what is not written follows from the OUT arguments."""
    mine, others = one.returns, other.returns
    if not mine or not others:
        return False
    tables = [_columns(text) for text in (mine, others)]
    if tables[0] is not None and tables[1] is not None:
        pairs = list(zip(*tables, strict=False))
        return len(tables[0]) != len(tables[1]) or any(_surely_other(*pair) for pair in pairs)
    if tables[0] is not None or tables[1] is not None:  # a set of records is another word for it
        return not (mine.startswith("SETOF ") or others.startswith("SETOF "))
    sets = [text.startswith("SETOF ") for text in (mine, others)]
    return sets[0] != sets[1] or _surely_other(mine.removeprefix("SETOF "), others.removeprefix("SETOF "))


def _columns(returns: str) -> list[str] | None:
    """The types of the columns of RETURNS TABLE, None of another result."""
    found = re.fullmatch(r"TABLE\((.*)\)", returns, re.DOTALL)
    if found is None:
        return None
    items = re.split(r",(?![^()]*\))", found[1])  # not the comma of numeric(10, 2)
    return [re.sub(r'^\s*("(?:[^"]|"")*"|\S+)\s+', "", item) for item in items]


def _surely_other(one: str, other: str) -> bool:
    """Whether two types are not the same; of types that are no built-in ones, only the last part of the name counts."""
    if any("%" in text for text in (one, other)):
        return False
    mine, others = (parse(text)._replace(modifiers=()) for text in (one, other))
    if is_built_in(mine.base) and is_built_in(others.base):
        return mine != others
    last = [kind.base.replace('"', "").rpartition(".")[2] for kind in (mine, others)]
    return last[0] != last[1] or mine.dimensions != others.dimensions
