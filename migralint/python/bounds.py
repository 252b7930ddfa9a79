"""Bounds for what Python's own operations may cost on values that hostile code chose.

Every size is checked before it is computed: no value of the code makes this process allocate gigabytes, or count for
hours within one call that nothing interrupts.
"""

from __future__ import annotations

import re
from typing import Any

from migralint.python.values import Unknown, Value

TEXT = 8_000_000
"""Characters of a text that is computed."""
ITEMS = 1_000_000
"""Items of a list that is computed."""
BITS = 10_000
"""Of an integer: its decimal digits stay below what `str()` refuses."""
WIDTH = 10_000
"""Of a field in a format, and of its precision."""
NODES = 100_000
"""Values in nested containers, counted as often as they are reached: comparing and showing walk them all."""
REASON = "a value too large to compute"

ENCODINGS = frozenset(
    "utf8 utf_8 utf_8_sig utf_16 utf_16_le utf_16_be utf_32 ascii us_ascii latin1 latin_1 iso_8859_1 cp1252".split()
)
"""Those that take linear time; `punycode` and `idna` do not."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTAINERS = (list, tuple, dict, set, frozenset)


def small(*values: Value) -> bool:
    """Whether walking over the values, with what they hold, ends soon. A list can hold another twice, or itself."""
    left = NODES
    stack: list[Value] = [value for value in values if isinstance(value, _CONTAINERS)]
    while stack:
        value = stack.pop()
        left -= 1 + len(value)
        if left < 0:
            return False
        inner = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        stack.extend(item for item in inner if isinstance(item, _CONTAINERS))
    return True


def hashable(key: Value) -> bool:
    """Whether something can be a key, and its hash is computed soon."""
    if isinstance(key, tuple) and not small(key):
        return False
    try:
        hash(key)
    except Exception:  # TypeError, and whatever a value of ours says
        return False
    return True


def numbers_fit(template: str) -> bool:
    """Whether widths and precisions in a format specification are such as people write."""
    return all(len(digits) < 6 and int(digits) <= WIDTH for digits in re.findall(r"[0-9]+", template))


def operation_fits(op: str, left: Value, right: Value) -> bool:
    """Whether the result of a binary operation on plain values is small enough."""
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return _number_fits(op, left, right)
    if op == "*":
        for one, two in ((left, right), (right, left)):
            if isinstance(one, (str, bytes, list, tuple)) and isinstance(two, int):
                return len(one) * max(two, 0) <= (TEXT if isinstance(one, (str, bytes)) else ITEMS)
    if op == "+" and isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) + len(right) <= ITEMS
    if op == "+" and isinstance(left, (str, bytes)) and isinstance(right, (str, bytes)):
        return len(left) + len(right) <= TEXT
    return not (isinstance(left, bytes) and op == "%")


def _number_fits(op: str, left: float, right: float) -> bool:
    if not isinstance(left, int) or not isinstance(right, int):
        return True  # floats have one size, and overflow is an exception
    if op == "**":
        return abs(right) <= BITS and left.bit_length() * abs(right) <= BITS
    if op == "<<":
        return right <= BITS and left.bit_length() + right <= BITS
    return left.bit_length() + right.bit_length() <= BITS if op == "*" else True


def method_fits(value: Value, name: str, args: list[Any], keywords: dict[str, Any]) -> bool:
    """Whether the result of a method of a text, bytes or container is small enough, and comes soon."""
    given = [*args, *keywords.values()]
    if isinstance(value, (str, bytes)):
        if any(isinstance(number, int) and name in _WIDE and number > WIDTH for number in given):
            return False
        if name == "expandtabs" and isinstance(value, str):
            return len(value) + value.count("\t") * max([8, *(n for n in given if isinstance(n, int))]) <= TEXT
        if name == "translate":
            longest = max([len(new) for table in given if isinstance(table, dict) for new in _texts(table)], default=1)
            return len(value) * longest <= TEXT
        if name in ("encode", "decode"):
            named = str(args[0] if args else keywords.get("encoding", "utf-8"))
            return named.lower().replace("-", "_") in ENCODINGS or len(value) < 100
        if name in ("split", "rsplit", "splitlines"):
            return len(value) <= TEXT // 4
        return True
    if name in ("count", "index", "remove"):
        return small(value, *given)
    if isinstance(value, list):
        return name != "extend" or len(value) + sum(len(items) for items in given) <= ITEMS
    keys = given if name in ("add", "discard") else [key for items in given if type(items) is list for key in items]
    return all(hashable(key) for key in keys if isinstance(key, tuple))


def _texts(table: dict[Any, Any]) -> list[str]:
    return [new for new in table.values() if isinstance(new, str)]


_WIDE = ("ljust", "rjust", "center", "zfill", "expandtabs")


def settled(result: Value) -> Value:
    """A result as it is; Unknown for text that no encoding can write, or where it grew past the bounds after all."""
    if isinstance(result, str) and (len(result) > TEXT or (not result.isascii() and _SURROGATE.search(result))):
        return Unknown("text with lone surrogates, which no encoding can write" if len(result) <= TEXT else REASON)
    if isinstance(result, int) and result.bit_length() > 2 * BITS:
        return Unknown(REASON)
    return result
