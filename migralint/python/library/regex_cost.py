"""How many steps a regular expression takes at worst: CPython's matcher goes back over every way that is left."""

from __future__ import annotations

import re
from re import _parser  # type: ignore[attr-defined]  # what it parses into has no public form
from typing import Any

PATTERN = 2_000
"""Characters of a pattern; people write far shorter ones."""
_ENDLESS = 10**18


def cost(pattern: re.Pattern[str], length: int, *, anchored: bool) -> int:
    """A bound for the steps on a text of this length: ways to match from one position, times the positions.

    `anchored` where only the beginning of the text is tried.
    """
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    ways = _sequence(tree, length + 1)
    return min(ways * (1 if anchored else length + 1) + len(pattern.pattern) * (length + 1), _ENDLESS)


def _sequence(items: Any, length: int) -> int:
    ways = 1
    for item in items:
        ways = min(ways * _item(item, length), _ENDLESS)
    return ways


def _item(item: tuple[Any, Any], length: int) -> int:
    """In how many ways one item can match from a position."""
    kind, value = str(item[0]), item[1]
    match kind:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, body = value
            return _repeated(int(low), min(int(high), length), _sequence(body, length))
        case "SUBPATTERN":
            return _sequence(value[-1], length)
        case "BRANCH":
            return min(sum(_sequence(branch, length) for branch in value[1]), _ENDLESS)
        case "ATOMIC_GROUP":
            return _sequence(value, length)
        case "ASSERT" | "ASSERT_NOT":
            return _sequence(value[1], length)
        case "GROUPREF_EXISTS":
            _, yes, no = value
            return _sequence(yes, length) + (_sequence(no, length) if no else 1)
        case "GROUPREF":
            return length  # it compares a piece of the text
    return 1


def _repeated(low: int, high: int, ways: int) -> int:
    """Of a repetition: as often as it may be repeated, and for each of them every way of its body."""
    if ways == 1:
        return max(high - low, 0) + max(min(low, high), 1)
    total = 1
    for _ in range(high):
        total *= ways
        if total > _ENDLESS:
            return _ENDLESS
    return total + high
