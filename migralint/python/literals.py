"""String and number literals: from source text to value, and back from value to source for strings."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_DIGITS = 1000
"""Number literals longer than this are not read (their conversion would cost quadratic time)."""

_ESCAPE = (
    r"\\(?:\r\n|[\n\r\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^{}\n]*\})|\r\n?"
)
_CHANGES = {
    # (raw, f-string): what stands for something else than itself
    (False, False): re.compile(_ESCAPE),
    (False, True): re.compile(_ESCAPE + r"|\{\{|\}\}"),
    (True, False): re.compile(r"\r\n?"),
    (True, True): re.compile(r"\r\n?|\{\{|\}\}"),
}
_SIMPLE = {
    "\n": "",
    "\r": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


def split(literal: str) -> tuple[str, int, int]:
    """Split a string literal into its lower-case prefix and the start and end of its body in the source."""
    start = 0
    while literal[start] not in "'\"":
        start += 1
    prefix = literal[:start].lower()
    quotes = 3 if literal[start : start + 3] in ("'''", '"""') and len(literal) >= start + 6 else 1
    return prefix, start + quotes, len(literal) - quotes


def text_value(body: str, raw: bool, in_fstring: bool = False) -> str:
    """Evaluate the body of a string literal (without its quotes). Invalid escapes stay as they are written."""
    if "\\" not in body and "\r" not in body and not (in_fstring and ("{" in body or "}" in body)):
        return body
    return _CHANGES[raw, in_fstring].sub(lambda match: _text_change(match.group()), body)


def source_range(body: str, raw: bool, in_fstring: bool, start: int, end: int) -> tuple[int, int]:
    """Where characters ``start`` to ``end`` of a string's value stand in the body of its literal (end exclusive)."""
    value = source = 0
    first = last = None
    for width, written in _pieces(body, _CHANGES[raw, in_fstring]):
        same = width == written
        if first is None and start < value + width:
            first = source + start - value if same else source
        if last is None and value < end <= value + width:
            last = source + end - value if same else source + written
        value += width
        source += written
    first = len(body) if first is None else first
    if end <= start:
        return first, first
    return first, len(body) if last is None else last


def _pieces(body: str, changes: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Lengths of the parts of a literal in its value and in its source; equal where it stands for itself."""
    source = 0
    for match in changes.finditer(body):
        plain = match.start() - source
        yield plain, plain
        yield len(_text_change(match[0])), len(match[0])
        source = match.end()
    yield len(body) - source, len(body) - source


def _text_change(written: str) -> str:
    first = written[0]
    if first == "\r":
        return "\n"
    if first != "\\":
        return first  # {{ or }}
    kind = written[1]
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return simple
    if kind == "N":
        return _named(written)
    digits, base = (written[1:], 8) if kind in "01234567" else (written[2:], 16)
    code = int(digits, base)
    return chr(code) if code <= 0x10FFFF else written


def _named(written: str) -> str:
    import unicodedata  # a megabyte of tables that few files need

    try:
        character = unicodedata.lookup(written[3:-1])
    except KeyError:
        return written
    return character if len(character) == 1 else written  # named sequences are no escapes


def number_value(literal: str) -> int | float | None:
    """Evaluate a number literal; None when it is complex or too long to be read."""
    if len(literal) > MAX_DIGITS:
        return None
    text = literal.replace("_", "").lower()
    try:
        base = {"0x": 16, "0o": 8, "0b": 2}.get(text[:2])
        if base is not None:
            return int(text[2:], base)
        if "." in text or "e" in text:
            return float(text)
        return int(text)
    except ValueError:
        return None
