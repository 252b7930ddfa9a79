"""Whether code or a setting names PostgreSQL's `lock_timeout`. Comments and docstrings do not count."""

from __future__ import annotations

from collections.abc import Callable

from migralint.python import nodes
from migralint.python.finder import ProjectFinder

_NAME = "lock_timeout"


def named(text: str) -> bool:
    """Whether a setting names it."""
    return _NAME in text.lower()


def named_in(path: str, text: Callable[[str], str], finder: ProjectFinder) -> bool:
    """Whether the code of a Python file names it; `text` gives the file, empty where it cannot be read."""
    if not named(text(path)):
        return False
    stack: list[object] = [finder.body(path)]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if named(item):
                return True
        elif isinstance(item, list | tuple) and not _docstring(item):
            stack.extend(item)
    return False


def _docstring(item: list[object] | tuple[object, ...]) -> bool:
    """Whether it is a statement that is nothing but a text."""
    if len(item) != 3 or item[0] != nodes.EXPR or isinstance(item[0], bool):
        return False
    value = item[2]
    return isinstance(value, list | tuple) and value[0] == nodes.STR
