"""Packages that lie in the project itself and that its `pyproject.toml` names as dependencies by their path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from migralint.configuration import toml
from migralint.configuration.errors import ConfigurationError
from migralint.tree import Tree, TreeError
from migralint.tree.paths import join, parent

_FILE = "pyproject.toml"


def roots(tree: Tree, folder: str) -> list[str]:
    """Where such packages are imported from, for code in a folder: what it and those above it name, nearest first.

    `[tool.poetry]` says `name = {path = "..."}` under `dependencies` or a group's, `[tool.uv.sources]` likewise.
    """
    found: dict[str, None] = {}
    while True:
        for path in _paths(tree, join(folder, _FILE)):
            if not path.startswith("/"):
                with suppress(TreeError):  # it leads out of the project
                    inside = join(folder, path)
                    found |= dict.fromkeys((inside, join(inside, "src")))
        if not folder:
            return list(found)
        folder = parent(folder)


def _paths(tree: Tree, file: str) -> Iterator[str]:
    try:
        document = toml.parse(tree.read(file).decode(), file)
    except (TreeError, ConfigurationError, UnicodeDecodeError):
        return  # who reads the configuration from it tells what is wrong
    tool = _table(document, "tool")
    poetry = _table(tool, "poetry")
    groups = _table(poetry, "group").values()
    tables = [_table(poetry, "dependencies"), _table(poetry, "dev-dependencies"), _table(_table(tool, "uv"), "sources")]
    for table in (*tables, *(_table(group, "dependencies") for group in groups)):
        for one in table.values():
            path = _table({"one": one}, "one").get("path")
            if isinstance(path, str):
                yield path


def _table(value: object, key: str) -> Mapping[str, Any]:
    found = value.get(key) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}
