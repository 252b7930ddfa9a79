"""Whether a check proves that a column holds no NULL."""

from __future__ import annotations

import re

from migralint.schema import Check, Table

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def proven_not_null(table: Table, column: str) -> bool:
    """Whether a validated check proves that the column holds no NULL, so that SET NOT NULL need not look.

    PostgreSQL follows `column IS NOT NULL`, also as a member of a top-level AND.
    """
    return any(c.validated and proves_not_null(c.expression, column) for c in table.of_kind(Check))


def proves_not_null(expression: str, column: str) -> bool:
    """Whether the condition holds `column IS NOT NULL` at its top level."""
    text = _unwrapped(expression)
    parts = conjuncts(text)
    if len(parts) > 1:
        return any(proves_not_null(p, column) for p in parts)
    found = re.match(r'("(?:[^"]|"")+"|[\w$]+)\s+is\s+not\s+null\Z', text, re.IGNORECASE)
    if not found:
        found = re.match(r'not\s*\(?\s*("(?:[^"]|"")+"|[\w$]+)\s+is\s+null\s*\)?\Z', text, re.IGNORECASE)
    if not found:
        return False
    name = found[1]
    return column == (name[1:-1].replace('""', '"') if name.startswith('"') else name.lower())


def conjuncts(text: str) -> list[str]:
    """The members of the outermost AND; a single one where there is an outer OR."""
    parts, depth, start, quoted = [], 0, 0, False
    for i, c in enumerate(text):
        if c == "'":
            quoted = not quoted
        if quoted:
            continue
        depth += (c == "(") - (c == ")")
        if depth == 0 and re.match(r"\sor[\s(]", text[i : i + 4], re.IGNORECASE):
            return [text]
        if depth == 0 and (found := _AND.match(text, i)):
            parts.append(text[start:i])
            start = found.end()
    return [p for p in (*parts, text[start:]) if p.strip()]


def _unwrapped(text: str) -> str:
    """Without the parentheses that enclose all of it."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for c in text[:-1]:
            depth += (c == "(") - (c == ")")
            if depth == 0:
                return text
        text = text[1:-1].strip()
    return text
