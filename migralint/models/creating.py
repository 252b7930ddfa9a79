"""Code of the application that has `create_all` make the tables of the models."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_CREATES = re.compile(r"^(?P<indent>[ \t]*)[^#\"'\n]*\bmetadata\.create_all\b", re.MULTILINE)
_LINE = re.compile(r"^(?P<indent>[ \t]*)(?P<code>[^\s#].*)$", re.MULTILINE)
_OPENS = re.compile(r"def __(?:init|setstate|enter|aenter|post_init)__\s*\(")
_OPTION = re.compile(r"if not (?P<name>\w+):")
_HISTORY = re.compile(r"^\s*(?:import|from)\s+alembic\b", re.MULTILINE)


class Creating(NamedTuple):
    """The file whose code does so, and whether it does whenever it opens a database, which it stamps by itself."""

    path: str
    opening: bool


def creating(files: Iterable[tuple[str, str]]) -> Creating | None:
    """Of the files, each a path with its text, the one that has `create_all` make tables; one that always does."""
    found = [
        Creating(path, bool(_HISTORY.search(text)) and any(_opens(text, match) for match in matches))
        for path, text in files
        if (matches := list(_CREATES.finditer(text)))
    ]
    return next((one for one in found if one.opening), found[0] if found else None)


def _opens(text: str, call: re.Match[str]) -> bool:
    """Whether the call stands in what each object of a class does first, unless its caller asks it not to."""
    within = len(call["indent"].expandtabs())
    for line in reversed(list(_LINE.finditer(text, 0, call.start()))):
        indent = len(line["indent"].expandtabs())
        if indent >= within or line["code"].startswith(")"):
            continue
        within = indent
        if _OPENS.match(line["code"]):
            return indent > 0
        option = _OPTION.match(line["code"])
        if option is None or not re.search(rf"\b{option['name']}\s*(?::[^,=]*)?=\s*False\b", text[: line.start()]):
            return False
    return False
