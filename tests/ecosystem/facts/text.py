"""SQL text cut where it may be cut: never inside a literal or a quoted name."""

from __future__ import annotations

import re
from collections.abc import Iterator

NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\w$]+))*'
"""A regular expression for a name, with or without its schema."""

_PARTS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[^'\"]+|['\"]")
_ESCAPE = re.compile(r"\\(.)", re.S)
_MEANT = {"n": "\n", "t": "\t", "r": "\r", "'": "''"}


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text as `string`, `name` (a quoted one) and `code`; strings with escapes come without them."""
    position = start = 0
    while position < len(text):
        character = text[position]
        if character == "'":
            escaped = _is_escape_string(text, position)
            begin = position - 1 if escaped else position
            if begin > start:
                yield "code", text[start:begin]
            end = _end_of_string(text, position, escaped)
            body = text[position + 1 : end]
            if escaped:
                body = _ESCAPE.sub(lambda m: _MEANT.get(m[1], m[1]), body)
            yield "string", f"'{body}'"
            position = start = end + 1
        elif character == '"':
            if position > start:
                yield "code", text[start:position]
            end = _end_of_name(text, position)
            yield "name", text[position : end + 1]
            position = start = end + 1
        else:
            position += 1
    if start < len(text):
        yield "code", text[start:]


def _is_escape_string(text: str, quote: int) -> bool:
    if quote == 0 or text[quote - 1] not in "eE":
        return False
    return quote < 2 or not (text[quote - 2].isalnum() or text[quote - 2] == "_")


def _end_of_string(text: str, quote: int, escaped: bool) -> int:
    position = quote + 1
    while position < len(text):
        if escaped and text[position] == "\\":
            position += 2
        elif text[position] != "'":
            position += 1
        elif text[position + 1 : position + 2] == "'":
            position += 2
        else:
            break
    return position


def _end_of_name(text: str, quote: int) -> int:
    end = text.find('"', quote + 1)
    while end != -1 and text[end + 1 : end + 2] == '"':
        end = text.find('"', end + 2)
    return len(text) - 1 if end == -1 else end


def parts(text: str) -> Iterator[tuple[str, str]]:
    """Like `pieces`, but they add up to exactly the text."""
    for match in _PARTS.finditer(text):
        part = match[0]
        yield {"'": "string", '"': "name"}.get(part[0], "code"), part


def split(text: str, separator: str = ",") -> list[str]:
    """Cuts at a separator that stands in no parentheses."""
    result, depth, current = [], 0, ""
    for kind, part in pieces(text):
        if kind != "code":
            current += part
            continue
        for character in part:
            depth += (character in "([") - (character in ")]")
            if character == separator and depth == 0:
                result.append(current.strip())
                current = ""
            else:
                current += character
    if current.strip():
        result.append(current.strip())
    return result


def closing(text: str, opening: int) -> int:
    """The position after the parenthesis that closes the one at `opening`."""
    depth = position = 0
    for kind, part in parts(text):
        for character in part:
            if kind == "code" and position >= opening:
                depth += (character == "(") - (character == ")")
                if character == ")" and depth == 0:
                    return position + 1
            position += 1
    return len(text)


def bare(text: str) -> str:
    """Without the parentheses around the whole."""
    text = text.strip()
    while text.startswith("(") and closing(text, 0) == len(text):
        text = text[1:-1].strip()
    return text


def unquoted(text: str) -> str:
    """A name without its quotes, of whatever style."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    if len(text) > 1 and text[0] in "`[" and text[-1] in "`]":
        return text[1:-1]
    return text


def name(text: str, dialect: str = "postgresql") -> str:
    """`schema.name` without quotes; the default schema is left out."""
    found = [unquoted(part) for part in re.findall(r'"(?:[^"]|"")+"|[^."]+', text)]
    if len(found) > 1 and found[0] in ("public", "main" if dialect == "sqlite" else "public"):
        found = found[1:]
    return ".".join(found)


def without_public(text: str) -> str:
    """Names in the default schema lose it."""
    return re.sub(r'(?<![\w."])(?:public|"public")\.', "", text)


def one_blank(text: str) -> str:
    """Blanks outside strings and names as one each."""
    return "".join(part if kind == "string" else re.sub(r"\s+", " ", part) for kind, part in pieces(text)).strip()
