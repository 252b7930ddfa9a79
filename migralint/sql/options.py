"""Storage parameters, and options of views: WITH (name = value, ...)."""

from __future__ import annotations

from migralint.operations.details import Options
from migralint.sql.cursor import Cursor


def read_options(group: Cursor) -> dict[str, str]:
    """The options between the parentheses by name (`toast.fillfactor` too); one without a value is switched on."""
    found: dict[str, str] = {}
    for item in group.items():
        name = ".".join(item.parts())
        value = item.rest() if item.accept("=") else None
        text = "" if value is None else "".join(t.value.lower() for t in value.tokens[value.index : value.end])
        found[name] = text or "true"
    return found


def set_or_reset(cursor: Cursor) -> Options:
    """After SET or RESET, which is the token before: the options in parentheses."""
    adds = cursor.tokens[cursor.index - 1].value == "set"
    said = read_options(cursor.group())
    return Options(tuple((name, value if adds else None) for name, value in said.items()))


def set_and_reset(cursor: Cursor) -> tuple[Options, bool]:
    """SET (...) and RESET (...) between commas, and whether other actions stand there too."""
    found: tuple[tuple[str, str | None], ...] = ()
    others = False
    for action in cursor.items():
        if action.sees("set", "(") or action.sees("reset", "("):
            action.take()
            found += set_or_reset(action).values
        else:
            others = True
    return Options(found), others
