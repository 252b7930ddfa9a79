"""Texts made of pieces: `||`, concat and format()."""

from __future__ import annotations

import re
from collections.abc import Callable

from migralint.schema.names import quote
from migralint.sql.queries.functions import SIZE, quote_literal
from migralint.sql.queries.values import UNKNOWN, Unknown


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
        if match[3] is None or len(match[2]) > 4:
            return UNKNOWN
        index = int(match[1]) - 1 if match[1] else following
        following = index + 1
        if not 0 <= index < len(arguments):
            return UNKNOWN
        piece = _directive(match[3], text(arguments[index]))
        if match[2] and isinstance(piece, str):
            width = int(match[2].lstrip("-") or 0)
            piece = piece.ljust(width) if match[2].startswith("-") else piece.rjust(width)
        pieces.append(UNKNOWN if match[2] and isinstance(piece, Unknown) else piece)
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


def joined(separator: object, parts: list[object]) -> object:
    """concat_ws: the parts that are not NULL, with the separator between them."""
    if not isinstance(separator, str):
        return None if separator is None else UNKNOWN
    pieces: list[object] = []
    for part in parts:
        if isinstance(part, Unknown):
            return UNKNOWN
        if part is not None:
            pieces += [separator, part] if pieces else [part]
    return concatenated(pieces)
