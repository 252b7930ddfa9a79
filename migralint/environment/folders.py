"""Folders with revision files, told by a look at their text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from migralint.environment import dependencies
from migralint.tree import Tree, TreeError, walk
from migralint.tree.paths import join, name, parent

if TYPE_CHECKING:
    from migralint.configuration import Configuration
    from migralint.environment.locations import Location

VERSIONS = "versions"
"""Alembic's folder of revision files, beside `env.py`."""

_REVISION = re.compile(rb"^revision\b[^=\n]*=", re.MULTILINE)
_PARENT = re.compile(rb"^down_revision\b[^=\n]*=", re.MULTILINE)

_ABOUT_PATHS = re.compile(r"sys\.path|os\.path|dirname|Path\(|\.parents?\b")
_FOLDER = re.compile(r"""["']/?((?:\.{1,2}/)*[\w-][\w./-]*)["']""")


def under(folder: str, path: str) -> str:
    """The path of something in a folder."""
    return f"{folder.rstrip('/')}/{path}" if folder else path


def has_revisions(tree: Tree, folder: str, recursive: bool) -> bool:
    """Whether a file in the folder, or below it, assigns `revision`. Raises TreeError."""
    if recursive:
        return any(_assigns(tree, path, _REVISION) for path in walk(tree, folder, ".py"))
    names = [entry.name for entry in tree.list(folder) if entry.name.endswith(".py") and entry.kind in ("file", "link")]
    return any(_assigns(tree, under(folder, file), _REVISION) for file in names)


def revisions_below(tree: Tree, folders: Iterable[str]) -> list[str]:
    """Files that look like revisions in folders below these, where Alembic does not look. Raises TreeError."""
    read = set(folders)
    below = [path for folder in read for path in walk(tree, folder, ".py") if parent(path) not in read]
    return sorted(path for path in set(below) if _assigns(tree, path, _REVISION) and _assigns(tree, path, _PARENT))


def script_locations(tree: Tree, python_files: Iterable[str]) -> tuple[list[str], list[str]]:
    """Folders that look like a script location, sorted: those that have revisions, and those that have none.

    One holds `versions/` with files that assign `revision` and `down_revision`, or `env.py` beside `versions/`.
    """
    files = list(python_files)
    found = {
        parent(parent(path))
        for path in files
        if name(parent(path)) == VERSIONS and _assigns(tree, path, _REVISION) and _assigns(tree, path, _PARENT)
    }
    environments = {parent(path) for path in files if name(path) == "env.py"}
    empty = {folder for folder in environments - found if is_folder(tree, under(folder, VERSIONS))}
    return sorted(found), sorted(empty)


def import_roots(tree: Tree, script_location: str) -> list[str]:
    """Folders from which the project's own modules are likely imported, seen from a script location.

    They are the one that holds the package which the script location is a part of, and that which holds the script
    location, where an application starts that has its migrations beside it; each with its `src/`.
    """
    top = script_location
    while top and tree.exists(under(top, "__init__.py")):
        top = parent(top)
    found = dict.fromkeys(one for folder in (top, parent(script_location)) for one in (folder, under(folder, "src")))
    return [folder for folder in found if folder != script_location]


def source_roots(tree: Tree, location: Location, configuration: Configuration) -> list[str]:
    """Where the project's own modules are looked up, in order."""
    roots = [*location.prepend_sys_path, *(configuration.source_roots or ()), "", "src"]
    beside = dependencies.roots(tree, parent(location.script_location))
    scripts = location.script_location
    return list(dict.fromkeys((*roots, *import_roots(tree, scripts), *beside, *_appended(tree, scripts))))


def _appended(tree: Tree, script_location: str) -> list[str]:
    """Folders that `env.py` may put on `sys.path`: those around it, and those that lines about paths name."""
    try:
        text = tree.read(under(script_location, "env.py")).decode("utf-8", "replace")
    except TreeError:
        return []
    if "sys.path" not in text:
        return []
    above = [script_location]
    while above[-1]:
        above.append(parent(above[-1]))
    lines = "\n".join(line for line in text.splitlines() if _ABOUT_PATHS.search(line))
    named: list[str] = []
    for written in dict.fromkeys(_FOLDER.findall(lines)):
        for base in above:
            with suppress(TreeError):
                named.append(join(base, written))
    return [folder for folder in (*above[1:], *named) if is_folder(tree, folder)]


def is_folder(tree: Tree, path: str) -> bool:
    """Whether a path is a folder that may be read."""
    try:
        return tree.is_dir(path)
    except TreeError:
        return False


def _assigns(tree: Tree, path: str, assignment: re.Pattern[bytes]) -> bool:
    try:
        return assignment.search(tree.read(path)) is not None
    except TreeError:
        return False
