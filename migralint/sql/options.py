"""Storage parameters, and options of views: WITH (name = value, ...)."""

from __future__ import annotations

from collections.abc import Mapping

from migralint.sql.cursor import Cursor


def read_options(group: Cursor) -> dict[str, str]:
    """The options between the parentheses by name; one without a value is switched on."""
    found: dict[str, str] = {}
    for item in group.items():
        name = item.parts()[-1]
        value = item.rest() if item.accept("=") else None
        text = "" if value is None else "".join(t.value.lower() for t in value.tokens[value.index : value.end])
        found[name] = text or "true"
    return found


def changed_options(before: tuple[tuple[str, str], ...], cursor: Cursor) -> tuple[tuple[str, str], ...]:
    """The options after SET (...) or RESET (...)."""
    adds = cursor.take().value == "set"
    settings = read_options(cursor.group())
    kept: Mapping[str, str] = {n: v for n, v in before if adds or n not in settings}
    return tuple(sorted({**kept, **(settings if adds else {})}.items()))
