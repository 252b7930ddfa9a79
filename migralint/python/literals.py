"""String and number literals: from source text to value, and back from value to source for strings."""

from __future__ import annotations

import re

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
_BYTES_CHANGES = re.compile(r"\\(?:\r\n|[\n\r\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2})|\r\n?")
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


def bytes_value(body: str, raw: bool) -> bytes:
    """Evaluate the body of a bytes literal. Raises UnicodeEncodeError when it holds more than ASCII."""
    changes = _CHANGES[True, False] if raw else _BYTES_CHANGES
    body.encode("ascii")
    return changes.sub(lambda match: _bytes_change(match.group()), body).encode("latin-1")


def source_range(body: str, raw: bool, in_fstring: bool, start: int, end: int) -> tuple[int, int]:
    """Where characters ``start`` to ``end`` of a string's value stand in the body of its literal (end exclusive)."""
    source = value = 0
    found = -1
    for match in _CHANGES[raw, in_fstring].finditer(body):
        plain = match.start() - source
        if found < 0 and start < value + plain:
            found = source + start - value
        if end <= value + plain:
            break
        value += plain
        source = match.start()
        width = len(_text_change(match.group()))
        if found < 0 and start < value + width:
            found = source
        value += width
        source = match.end()
        if end <= value:
            return max(found, 0) if found >= 0 else source, source
    if found < 0:
        found = min(source + max(start - value, 0), len(body))
    return found, max(found, min(source + end - value, len(body)))


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
    code = int(written[1:], 8) if kind in "01234567" else int(written[2:], 16)
    return chr(code) if code <= 0x10FFFF else written


def _bytes_change(written: str) -> str:
    changed = _text_change(written)
    return chr(ord(changed) & 0xFF) if len(changed) == 1 else changed


def _named(written: str) -> str:
    import unicodedata  # a megabyte of tables that few files need

    try:
        character = unicodedata.lookup(written[3:-1])
    except KeyError:
        return written
    return character if len(character) == 1 else written  # named sequences are no escapes


def number_value(literal: str) -> int | float | complex | None:
    """Evaluate a number literal; None when it is none or too long to be read."""
    if len(literal) > MAX_DIGITS:
        return None
    text = literal.replace("_", "").lower()
    try:
        base = {"0x": 16, "0o": 8, "0b": 2}.get(text[:2])
        if base is not None:
            return int(text[2:], base)
        if text.endswith("j"):
            return complex(0.0, float(text[:-1]))
        if "." in text or "e" in text:
            return float(text)
        return int(text)
    except ValueError:
        return None
