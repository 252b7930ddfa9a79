"""Exclusion constraints: which there are, and which rows they keep apart."""

from __future__ import annotations

from typing import NamedTuple

from migralint.drift.comparison import INTEGRITY, Pair
from migralint.drift.describe import constraint as text
from migralint.drift.matching import match
from migralint.schema import Exclusion
from migralint.schema.expressions import same_expression, words


def compare_exclusions(pair: Pair) -> None:
    """Compares the exclusion constraints by what they mean, else by their names."""
    comparison = pair.comparison
    left, right = list(pair.head.of_kind(Exclusion)), list(pair.derived.of_kind(Exclusion))
    match(left, right, _mean_the_same)
    for one, other in match(left, right, lambda one, other: one.name == other.name):
        if pair.translated(one.columns_used) == one.columns_used and pair.known(other.columns_used):
            _differs(pair, one, other)
    for one in left:
        if pair.translated(one.columns_used) is not None and not comparison.derived.opaque:
            _differs(pair, one, None)
    for other in right:
        if pair.known(other.columns_used) and not comparison.head.opaque:
            _differs(pair, None, other)


class _Element(NamedTuple):
    """An element of an exclusion: `more` is its operator class, collation and the like, "" where it says nothing."""

    value: str
    more: str
    operator: str


class _Read(NamedTuple):
    """A definition; the method decides nothing about rows."""

    elements: list[_Element]
    where: str | None


def _mean_the_same(one: Exclusion, other: Exclusion) -> bool:
    """Whether both refuse the same rows at the same time, as far as that is read."""
    if (one.deferrable, one.initially or "IMMEDIATE") != (other.deferrable, other.initially or "IMMEDIATE"):
        return False
    left, right = _read(one.definition), _read(other.definition)
    if not same_expression(left.where, right.where):
        return False
    others = list(right.elements)
    for element in left.elements:
        found = next((other for other in others if _same_element(element, other)), None)
        if found is None:
            return False
        others.remove(found)
    return not others


def _same_element(one: _Element, other: _Element) -> bool:
    if one.operator != other.operator or not same_expression(one.value, other.value):
        return False
    return one.more == other.more or not (one.more and other.more)  # PostgreSQL prints none that is the usual one


def _read(definition: str) -> _Read:
    tokens = words(definition)
    start = tokens.index("(") if "(" in tokens else len(tokens)
    end = _end(tokens, start)
    elements, at = list[_Element](), start + 1
    for to in range(start + 1, end):
        if tokens[to] == "," and _depth(tokens[at:to]) == 0:
            elements.append(_element(tokens[at:to]))
            at = to + 1
    elements.append(_element(tokens[at : end - 1]))
    tail = tokens[end:]
    where = " ".join(tail[tail.index("where") + 1 :]) if "where" in tail else None
    return _Read(elements, where)


def _element(tokens: list[str]) -> _Element:
    """What stands before WITH, apart from what follows the column, the call or the group; and the operator."""
    split = next((at for at in range(len(tokens) - 1, -1, -1) if tokens[at] == "with"), len(tokens))
    value, operator = tokens[:split], [token for token in tokens[split + 1 :] if not token[0].isalpha()]
    to = 0 if value[:1] == ["("] else 1
    while value[to : to + 1] == ["."]:
        to += 2
    if value[to : to + 1] == ["("]:
        to = _end(value, to)
    return _Element(
        " ".join(value[:to]), " ".join(value[to:]), "".join(token for token in operator if token not in ".()")
    )


def _end(tokens: list[str], start: int) -> int:
    """Behind the parenthesis that closes the one at `start`."""
    return next((at + 1 for at in range(start, len(tokens)) if _depth(tokens[start : at + 1]) == 0), len(tokens))


def _depth(tokens: list[str]) -> int:
    return tokens.count("(") - tokens.count(")")


def _differs(pair: Pair, one: Exclusion | None, other: Exclusion | None) -> None:
    path, named = pair.comparison.path, other or one
    assert named is not None  # one of both is there
    if one and other:
        said = f"exclusion constraint {named.name} of {pair.derived.name}"
        message = (
            f"{said} says something else in {path} than in the history: rows that the one refuses get in by the other"
        )
    else:
        has, lacks = ("the history", path) if one else (path, "the history")
        message = (
            f"{has} has exclusion constraint {named.name} on {pair.derived.name}, which {lacks} lacks: there rows that "
            "it refuses get in"
        )
    pair.add(
        "exclusion",
        INTEGRITY,
        ("constraint", named.name),
        (text(one) if one else None, text(other) if other else None),
        message,
        (one, other),
    )
