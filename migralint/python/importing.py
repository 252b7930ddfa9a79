"""Runs, on paper, the modules that Python runs when some are imported: tables are made while modules are imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from migralint.operations import Place
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.imports import Import, Look, look
from migralint.python.values import Exhausted, ModuleValue, Value
from migralint.tree import Tree, TreeError


class Files(Protocol):
    """The texts and lowered Python files of a tree."""

    tree: Tree

    def text(self, path: str) -> str:
        """The text of a file. Raises TreeError."""
        ...

    def prefetch(self, paths: Iterable[str]) -> None:
        """Lowers many Python files at once."""
        ...

    def body(self, path: str) -> list[Value] | None:
        """The lowered statements of a Python file."""
        ...


class Reach:
    """Follows imports through a project; `ev` runs what may make tables."""

    def __init__(self, ev: Evaluator, finder: ProjectFinder, files: Files) -> None:
        self._ev = ev
        self._finder = finder
        self._files = files
        self._looks: dict[str, Look] = {}
        self._unread: set[str] = set()
        self._targets: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {}
        self._order: list[str] = []
        self._ran: set[str] = set()

    def run(self, modules: Iterable[str], named: Iterable[str] = ()) -> None:
        """Runs modules and what they import, as far as it may make tables; those of `named` in any case."""
        chosen = [one for one in named if one not in self._ran]
        waiting = [*(one for one in modules if self._new(one)), *chosen]
        while waiting:
            self._visit(waiting)
            relevant = self._relevant().union(chosen)
            todo = [dotted for dotted in self._order if dotted in relevant and dotted not in self._ran]
            self._files.prefetch(path for dotted in todo if (path := self._path(dotted)))
            for dotted in todo:
                self._ran.add(dotted)
                self.module(dotted)
            waiting = [one for one in self._ev.modules.pending if self._new(one)]

    def run_imports(self, dotted: str, text: str) -> None:
        """Runs what a module imports, before the module itself runs: that is what its other statements come upon."""
        self.run(target for target, _ in self._resolved(dotted, False, look(text).imports))

    def module(self, dotted: str) -> Value:
        """The module, run if it did not run yet."""
        path = self._path(dotted) or ""
        try:
            return self._ev.modules.module(dotted, Place(path))
        except (Exhausted, RecursionError):
            return None

    def modules(self) -> list[ModuleValue]:
        """The modules that ran, in order."""
        found = (self.module(dotted) for dotted in self._order if dotted in self._ran)
        return [one for one in found if isinstance(one, ModuleValue)]

    def _path(self, dotted: str) -> str | None:
        found = self._finder.find(dotted) if dotted and all(dotted.split(".")) else None
        return found[0] or None if found is not None else None

    def _looked(self, dotted: str) -> bool:
        return dotted in self._looks or dotted in self._unread

    def _new(self, dotted: str) -> bool:
        """Whether it is a module of the project that nobody looked at."""
        return not self._looked(dotted) and self._path(dotted) is not None

    def _visit(self, modules: Iterable[str]) -> None:
        """Looks at modules and all that they import, imports first."""
        stack: list[tuple[str, bool]] = [(dotted, False) for dotted in reversed(list(modules))]
        seen: set[str] = set()
        while stack:
            dotted, done = stack.pop()
            if done:
                self._order.append(dotted)
                continue
            path = self._path(dotted)
            if path is None or dotted in seen or self._looked(dotted):
                continue
            seen.add(dotted)
            try:
                found = look(self._files.text(path))
            except TreeError:
                self._unread.add(dotted)
                continue
            self._looks[dotted] = found
            self._targets[dotted] = tuple(self._resolved(dotted, path.endswith("/__init__.py"), found.imports))
            stack.append((dotted, True))
            stack += [(target, False) for target, _ in reversed(self._targets[dotted])]

    def _resolved(self, dotted: str, package: bool, imports: Iterable[Import]) -> Iterator[tuple[str, frozenset[str]]]:
        """The modules that imports run, each with the names that they give here; a star for all."""
        parent = dotted.rpartition(".")[0]
        if parent:
            yield parent, frozenset()
        parts = dotted.split(".") if package else dotted.split(".")[:-1]
        for one in imports:
            base = one.module
            if one.level:
                kept = parts[: len(parts) - one.level + 1]
                base = ".".join((*kept, *([one.module] if one.module else [])))
            above = base.split(".")
            for number in range(1, len(above)):
                yield ".".join(above[:number]), frozenset()
            yield base, frozenset(here for _, here in one.names) or frozenset((above[0],))
            for name, here in one.names:
                if name != "*" and self._path(f"{base}.{name}"):
                    yield f"{base}.{name}", frozenset((here,))

    def _relevant(self) -> set[str]:
        """Modules that show that they may make tables, or use for a class or a call what comes from one that does."""
        found = {dotted for dotted, seen in self._looks.items() if seen.tables}
        loads = {dotted for dotted, seen in self._looks.items() if seen.loads}
        while True:
            offering = found | loads
            more = {
                dotted
                for dotted, seen in self._looks.items()
                if dotted not in found
                and any(
                    target in offering and (("*" in names and target in found) or names & seen.uses)
                    for target, names in self._targets[dotted]
                )
            }
            if not more:
                return found
            found |= more
