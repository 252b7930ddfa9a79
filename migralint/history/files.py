"""Files as the replay reads them: once each, and every one that cannot be read leaves a notice."""

from __future__ import annotations

from collections.abc import Iterable

from migralint.cache import Cache
from migralint.operations import Place
from migralint.operations.steps import Note
from migralint.python.lower_many import Problem
from migralint.python.sources import Sources
from migralint.python.values import Node
from migralint.tree import SQL_BYTES, Lines, Tree, TreeError


class Files:
    """The texts and lowered Python files of one tree. `notes` are about what could not be read (MG001)."""

    def __init__(self, tree: Tree, cache: Cache) -> None:
        self.tree = tree
        self.notes: dict[Note, None] = {}
        self._sources = Sources(tree, cache)
        self._texts: dict[str, str] = {}

    def text(self, path: str) -> str:
        """The text of a file. Raises TreeError."""
        if path not in self._texts:
            self._texts[path] = self.tree.text(path, SQL_BYTES)
        return self._texts[path]

    def prefetch(self, paths: Iterable[str]) -> None:
        """Lowers many Python files at once."""
        self._sources.prefetch(paths)

    def body(self, path: str) -> list[Node] | None:
        """The lowered statements of a Python file; None, and a notice, where it cannot be read."""
        module = self._sources.module(path)
        if isinstance(module, Problem):
            self.notes[Note("MG001", module.message, self._at(path, module), None)] = None
            return None
        return list(module.module[2])

    def docstring(self, path: str) -> str | None:
        """The docstring of a Python file that could be read."""
        module = self._sources.module(path)
        return None if isinstance(module, Problem) else module.module[3]

    def _at(self, path: str, problem: Problem) -> Place:
        try:
            offset = Lines(self.text(path)).offset(problem.line, problem.column)
        except (TreeError, ValueError):
            offset = 0
        return Place(path, -1, offset, offset)
