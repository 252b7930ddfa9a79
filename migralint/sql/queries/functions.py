"""Functions of SQL whose value follows from their arguments alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from migralint.schema.names import quote
from migralint.sql.queries.values import UNKNOWN, Unknown, text_of

SIZE = 100_000
"""Texts and arrays longer than this are not made."""


def quote_literal(text: str) -> str:
    """The text as a string literal."""
    doubled = text.replace("'", "''")
    return f" E'{doubled}'".replace("\\", "\\\\").lstrip() if "\\" in text else f"'{doubled}'"


def _split_part(text: str, delimiter: str, number: int) -> object:
    parts = text.split(delimiter) if delimiter else [text]
    index = number - 1 if number > 0 else len(parts) + number
    return parts[index] if 0 <= index < len(parts) else ""


def _substr(text: str, start: int, length: int | None = None) -> str:
    end = None if length is None else max(start + length - 1, 0)
    return text[max(start - 1, 0) : end]


def _left(text: str, number: int) -> str:
    return text[:number] if number >= 0 else text[: max(len(text) + number, 0)]


def _right(text: str, number: int) -> str:
    return text[max(len(text) - number, 0) :] if number >= 0 else text[-number:]


def _to_array(text: str, delimiter: str) -> list[object]:
    return list(text.split(delimiter)) if text else []


def _array_length(array: list[object], dimension: int) -> object:
    return (len(array) or None) if dimension == 1 else UNKNOWN


def _array_position(array: list[object], item: object) -> object:
    if any(isinstance(value, Unknown) for value in array):
        return UNKNOWN
    return array.index(item) + 1 if item in array else None


def _array_to_string(array: list[object], delimiter: str) -> object:
    parts = [text_of(item) for item in array if item is not None]
    return UNKNOWN if any(isinstance(p, Unknown) for p in parts) else delimiter.join(str(p) for p in parts)


STRICT: dict[str, Callable[..., object]] = {
    "lower": str.lower,
    "upper": str.upper,
    "length": len,
    "char_length": len,
    "character_length": len,
    "replace": lambda text, old, new: text.replace(old, new) if old else text,
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
    ):  # not the arguments it takes
        return UNKNOWN
    return UNKNOWN if isinstance(value, (str, list)) and len(value) > SIZE else value


def concatenated(parts: list[object]) -> object:
    """Texts joined; where one is unknown, the beginning before it is kept."""
    text = ""
    for part in parts:
        if isinstance(part, Unknown):
            return Unknown(text + part.prefix)
        text += str(part)
        if len(text) > SIZE:
            return UNKNOWN
    return text


_DIRECTIVE = re.compile(r"%(?:(\d+)\$)?(-?\d*)([sIL%])|%")


def formatted(template: object, arguments: list[object], text: Callable[[object], object]) -> object:
    """PostgreSQL's format(); `text` casts a value to text."""
    if not isinstance(template, str):
        return template if template is None else UNKNOWN
    pieces: list[object] = []
    position, following = 0, 0
    for match in _DIRECTIVE.finditer(template):
        pieces.append(template[position : match.start()])
        position = match.end()
        if match[3] == "%":
            pieces.append("%")
            continue
        if match[3] is None or match[2]:
            return UNKNOWN
        index = int(match[1]) - 1 if match[1] else following
        following = index + 1
        if not 0 <= index < len(arguments):
            return UNKNOWN
        pieces.append(_directive(match[3], text(arguments[index])))
    pieces.append(template[position:])
    return concatenated(pieces)


def _directive(kind: str, value: object) -> object:
    if isinstance(value, Unknown):
        return value if kind == "s" else UNKNOWN
    if kind == "s":
        return "" if value is None else value
    if kind == "L":
        return "NULL" if value is None else quote_literal(str(value))
    return UNKNOWN if value is None else quote(str(value))
