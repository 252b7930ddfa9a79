"""Every file of a kind below a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migralint.tree.errors import TreeError
from migralint.tree.paths import normalise
from migralint.tree.tree import Tree

SKIPPED = frozenset(
    {
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        "__pycache__",
        "__pypackages__",
        "node_modules",
        "site-packages",
    }
)
"""Folders that hold no code of the project. A virtual environment is told by its `pyvenv.cfg`."""


def walk(tree: Tree, folder: str, suffix: str, on_error: Callable[[TreeError], None] | None = None) -> Iterator[str]:
    """The paths below `folder` that end with `suffix`, always in the same order.

    The files of a folder come before its folders, both sorted by name. `folder` itself is never skipped, below it
    SKIPPED and virtual environments are. As in Python's `os.walk`, links to files are given and links to folders not
    followed; a link that cannot be followed is given, so that reading it says so. A folder that cannot be listed raises
    its TreeError, or goes to `on_error` where that is given and the walk continues. Editors' lock files are left out.
    """
    start = normalise(folder)
    waiting = [start]
    while waiting:
        folder = waiting.pop()
        try:
            entries = tree.list(folder)
        except TreeError as error:
            if on_error is None:
                raise
            on_error(error)
            continue
        if folder != start and any(name == "pyvenv.cfg" for name, _ in entries):
            continue
        prefix = f"{folder.rstrip('/')}/" if folder else ""
        for name, kind in entries:
            if not name.endswith(suffix) or name.startswith(".#"):
                continue
            if kind == "file" or (kind == "link" and _leads_to_file(tree, prefix + name)):
                yield prefix + name
        waiting.extend(prefix + name for name, kind in reversed(entries) if kind == "folder" and name not in SKIPPED)


def below(tree: Tree, folder: str) -> list[str] | None:
    """The paths of all files below a folder; None where not all of them can be listed."""
    try:
        return list(walk(tree, folder, ""))
    except TreeError:
        return None


def _leads_to_file(tree: Tree, link: str) -> bool:
    try:
        return tree.kind(link) == "file"
    except TreeError:
        return True
