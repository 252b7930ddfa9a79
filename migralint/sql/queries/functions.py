"""Functions of SQL whose value follows from their arguments alone."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from migralint.schema.names import quote
from migralint.sql.queries.matching import compiled
from migralint.sql.queries.values import UNKNOWN, Unknown, text_of

SIZE, ITEMS = 100_000, 10_000
"""Texts and arrays longer than this are not made."""


def quote_literal(text: str) -> str:
    """The text as a string literal."""
    doubled = text.replace("'", "''")
    return f" E'{doubled}'".replace("\\", "\\\\").lstrip() if "\\" in text else f"'{doubled}'"


def _split_part(text: str, delimiter: str, number: int) -> object:
    parts = text.split(delimiter) if delimiter else [text]
    index = number - 1 if number > 0 else len(parts) + number
    return parts[index] if 0 <= index < len(parts) else ""


def _substr(text: str, start: int | str, length: int | None = None) -> object:
    if isinstance(start, str):
        found = _regexp_match(text, start)
        return found[0] if isinstance(found, list) else found
    end = None if length is None else max(start + length - 1, 0)
    return text[max(start - 1, 0) : end]


def _left(text: str, number: int) -> str:
    return text[:number] if number >= 0 else text[: max(len(text) + number, 0)]


def _right(text: str, number: int) -> str:
    return text[max(len(text) - number, 0) :] if number >= 0 else text[-number:]


def _to_array(text: str, delimiter: str) -> list[object]:
    return list(text.split(delimiter)) if text else []


def _array_length(array: list[object], dimension: int) -> object:
    for _ in range(dimension - 1):
        if not array or not isinstance(array[0], list):
            return None
        array = array[0]
    return len(array) or None


def _array_ndims(array: list[object]) -> object:
    return (1 + (_array_ndims(array[0]) or 0) if isinstance(array[0], list) else 1) if array else None  # type: ignore[operator]  # a number


def _array_position(array: list[object], item: object) -> object:
    if any(isinstance(value, Unknown) for value in array):
        return UNKNOWN
    return array.index(item) + 1 if item in array else None


def _array_to_string(array: list[object], delimiter: str, null: str | None = None) -> object:
    if len(array) * (len(delimiter) + 1) > SIZE:
        return UNKNOWN
    parts = [null if item is None else text_of(item) for item in array if item is not None or null is not None]
    return UNKNOWN if any(isinstance(p, Unknown) for p in parts) else delimiter.join(str(p) for p in parts)


def _padded(text: str, length: int, fill: str = " ", *, left: bool) -> str:
    if length > SIZE:
        raise ValueError("too long")
    if len(text) >= length or not fill:
        return text[: max(length, 0)]
    more = (fill * (length - len(text)))[: length - len(text)]
    return more + text if left else text + more


def _replace(text: str, old: str, new: str) -> str:
    if not old:
        return text
    if text.count(old) * len(new) > SIZE:
        raise ValueError("too long")
    return text.replace(old, new)


def _repeat(text: str, times: int) -> str:
    if len(text) * times > SIZE:
        raise ValueError("too long")
    return text * times


def _initcap(text: str) -> str:
    return re.sub(r"[^\W_]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), text)


def _translate(text: str, old: str, new: str) -> str:
    return "".join(new[old.index(c) : old.index(c) + 1] if c in old else c for c in text)


def _regexp_replace(text: str, pattern: str, new: str, flags: str = "") -> object:
    found = compiled(pattern, text, "i" in flags)
    if found is None or set(flags) - set("gi") or re.search(r"\\[^\d&\\]", new):
        return UNKNOWN
    replacement = re.sub(r"\\([\d&])", lambda m: "\\g<0>" if m[1] == "&" else f"\\g<{m[1]}>", new)
    if len(new) * (len(text) + 1) > SIZE:
        return UNKNOWN
    try:
        return found.sub(replacement, text, count=0 if "g" in flags else 1)
    except (re.error, IndexError):
        return UNKNOWN


def _regexp_match(text: str, pattern: str, flags: str = "") -> object:
    found = compiled(pattern, text, "i" in flags)
    if found is None or set(flags) - {"i"}:
        return UNKNOWN
    match = found.search(text)
    return None if match is None else list(match.groups() or (match[0],))


def regexp_split(text: str, pattern: str) -> object:
    """regexp_split_to_array."""
    found = compiled(pattern, text, False)
    return UNKNOWN if found is None or found.groups or found.fullmatch("") else list(found.split(text))


def _rounded(value: int | Decimal, digits: int = 0) -> object:
    if isinstance(value, int) and digits >= 0:
        return value
    if not isinstance(value, Decimal):
        return UNKNOWN
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _power(base: int, exponent: int) -> object:
    return float(base**exponent) if 0 <= exponent <= 64 and abs(base) <= 10**6 else UNKNOWN


STRICT: dict[str, Callable[..., object]] = {
    "lower": str.lower,
    "upper": str.upper,
    "length": len,
    "char_length": len,
    "character_length": len,
    "replace": _replace,
    "substr": _substr,
    "substring": _substr,
    "strpos": lambda text, part: text.find(part) + 1,
    "position": lambda text, part: text.find(part) + 1,
    "starts_with": str.startswith,
    "left": _left,
    "right": _right,
    "ltrim": lambda text, characters=" ": text.lstrip(characters),
    "rtrim": lambda text, characters=" ": text.rstrip(characters),
    "btrim": lambda text, characters=" ": text.strip(characters),
    "trim": lambda text, characters=" ": text.strip(characters),
    "lpad": lambda *arguments: _padded(*arguments, left=True),
    "rpad": lambda *arguments: _padded(*arguments, left=False),
    "repeat": _repeat,
    "initcap": _initcap,
    "translate": _translate,
    "ascii": lambda text: ord(text[0]) if text else 0,
    "chr": chr,
    "octet_length": lambda text: len(text.encode()),
    "to_hex": lambda number: f"{number:x}" if number >= 0 else UNKNOWN,
    "regexp_replace": _regexp_replace,
    "regexp_match": _regexp_match,
    "regexp_split_to_array": regexp_split,
    "mod": lambda a, b: a - b * int(a / b),
    "round": _rounded,
    "ceil": lambda value: value if isinstance(value, int) else Decimal(math.ceil(value)),
    "ceiling": lambda value: value if isinstance(value, int) else Decimal(math.ceil(value)),
    "floor": lambda value: value if isinstance(value, int) else Decimal(math.floor(value)),
    "power": _power,
    "sign": lambda value: Decimal((value > 0) - (value < 0)),
    "reverse": lambda text: text[::-1],
    "md5": lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
    "quote_ident": quote,
    "quote_literal": lambda value: quote_literal(str(text_of(value))),
    "split_part": _split_part,
    "abs": abs,
    "array_length": _array_length,
    "cardinality": len,
    "array_position": _array_position,
    "array_to_string": _array_to_string,
    "string_to_array": _to_array,
    "array_upper": _array_length,
    "array_lower": lambda array, dimension: 1 if _array_length(array, dimension) else None,
    "array_ndims": _array_ndims,
    "array_replace": lambda array, old, new: [new if value == old else value for value in array],
    "array_remove": lambda array, item: [value for value in array if value != item],
}
"""Functions that give NULL for a NULL argument."""


def strict(name: str, arguments: list[object]) -> object:
    """The value of a function of STRICT."""
    if any(isinstance(argument, Unknown) for argument in arguments):
        return UNKNOWN
    if any(argument is None for argument in arguments):
        return None
    try:
        value = STRICT[name](*arguments)
    except (
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        ArithmeticError,
    ):  # not the arguments it takes
        return UNKNOWN
    if isinstance(value, list) and len(value) > ITEMS:
        return UNKNOWN
    return UNKNOWN if isinstance(value, str) and len(value) > SIZE else value
