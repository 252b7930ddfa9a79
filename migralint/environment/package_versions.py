"""Which versions of packages a project has, as far as what they do to a database depends on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from migralint.tree import Tree, TreeError
from migralint.tree.paths import parent

Version = tuple[int, ...]
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
_REQUIREMENTS = ("pyproject.toml", "requirements.txt", "requirements.in", "constraints.txt", "setup.cfg", "Pipfile")


def version(package: str, folders: Iterable[str], tree: Tree, text: Callable[[str], str]) -> Version | None:
    """The version of a package that a lock file in one of the folders has, or that requirements pin; None for any.

    `<` and `<=` count as the newest version that they allow.
    """
    folders = list(dict.fromkeys(folders))
    for names, found in ((_LOCKS, _locked), (_REQUIREMENTS, _pinned)):
        for folder in folders:
            for name in names:
                path = f"{folder}/{name}" if folder else name
                try:
                    content = text(path) if tree.exists(path) else ""
                except TreeError:
                    continue
                one = found(package, content)
                if one is not None:
                    return one
    return None


def versions_of(script_location: str, tree: Tree, text: Callable[[str], str]) -> Callable[[str], Version | None]:
    """`version` by package, as the folder of `env.py` and those above it say it."""
    folders = [script_location]
    while folders[-1]:
        folders.append(parent(folders[-1]))
    return cache(lambda package: version(package, folders, tree, text))


def _locked(package: str, content: str) -> Version | None:
    match = re.search(rf'^name\s*=\s*"{package}"\s*\nversion\s*=\s*"([\d.]+)', content, re.MULTILINE | re.IGNORECASE)
    return _numbers(match[1]) if match is not None else None


def _pinned(package: str, content: str) -> Version | None:
    named = rf"(?:^|[\"'\s]){package}(?:\[[^\]]*\])?\"?\s*(?:=\s*[{{\"'][^\n]*?|[^\n\w]*?)"
    match = re.search(rf"{named}(==|\^|~|<=|<)=?\s*([\d.]+\d)", content, re.MULTILINE | re.IGNORECASE)
    if match is None:
        return None
    numbers = _numbers(match[2])
    if match[1] in ("^", "~"):  # fixes the first number that is not zero, and those before it
        fixed = next((at for at, one in enumerate(numbers) if one), 0)
        return numbers if fixed == len(numbers) - 1 else (*numbers[: fixed + 1], 99)
    return (*numbers[:-1], numbers[-1] - 1, 99) if match[1] == "<" and numbers[-1] else numbers


def _numbers(text: str) -> Version:
    return tuple(int(part) for part in text.split(".") if part.isdigit())
