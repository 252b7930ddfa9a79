"""TOML with the lines of its keys, which `tomllib` does not tell."""

from __future__ import annotations

import re
from typing import Any

from migralint.configuration.errors import ConfigurationError

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_LINE = re.compile(
    rf"[ \t]*(?:\[[ \t]*(?P<table>{_DOTTED})[ \t]*\]|\[\[[ \t]*(?P<item>{_DOTTED})[ \t]*\]\]|(?P<key>{_DOTTED})[ \t]*=)"
)
_AT_LINE = re.compile(r"\(at line (\d+)")


def parse(text: str, path: str | None) -> dict[str, Any]:
    """The document as plain values. Raises ConfigurationError with the line of a mistake."""
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationError("not TOML: nested too deeply", path) from None
    except ValueError as error:
        at = _AT_LINE.search(str(error))
        raise ConfigurationError(f"not TOML: {error}", path, int(at[1]) if at else None) from None


def line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """The line (from 1) of a key, or of the innermost table around it that has a line of its own.

    An item of an array of tables is counted from 0: `("history", "0", "name")`. None where no line is found.
    """
    best, found = 0, None
    table: tuple[str, ...] = ()
    items: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = _LINE.match(line)
        if match is None:
            continue
        if match["key"]:
            here = table + _parts(match["key"])
        elif match["item"]:
            name = _counted(_parts(match["item"])[:-1], items) + _parts(match["item"])[-1:]
            items[name] = items.get(name, -1) + 1
            here = table = (*name, str(items[name]))
        else:
            here = table = _counted(_parts(match["table"]), items)
        shared = _shared(here, keys)
        if shared > best and shared >= min(len(here), len(keys)):
            best, found = shared, number
    return found


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))


def _counted(table: tuple[str, ...], items: dict[tuple[str, ...], int]) -> tuple[str, ...]:
    """The name of a table with the number of the item for each array of tables on the way."""
    counted: tuple[str, ...] = ()
    for part in table:
        counted += (part,)
        if counted in items:
            counted += (str(items[counted]),)
    return counted


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
