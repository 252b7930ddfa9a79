"""The project's modules as application code sees them: their names are known when somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from migralint.operations import Place
from migralint.python import nodes as n
from migralint.python.finder import ProjectFinder
from migralint.queries.values import UNKNOWN, Node, Scope, Symbol, Value
from migralint.tree import Tree


class Files(Protocol):
    """The texts and lowered Python files of a tree."""

    tree: Tree

    def text(self, path: str) -> str:
        """The text of a file. Raises TreeError."""
        ...

    def prefetch(self, paths: Iterable[str]) -> None:
        """Lowers many Python files at once."""
        ...

    def body(self, path: str) -> list[Node] | None:
        """The lowered statements of a Python file; None where it cannot be read."""
        ...


class Module:
    """A file of the project; `dotted` is the name under which it is imported."""

    def __init__(self, path: str, dotted: str, body: list[Node], package: bool) -> None:
        self.path = path
        self.dotted = dotted
        self.body = body
        self.package = package
        self.scope = Scope({})
        self.started = False

    def place(self, node: Node) -> Place:
        """The place of one of its nodes."""
        return Place(self.path, node[1])


class Imported:
    """A name that an import gives; what it is gets known when somebody asks."""

    __slots__ = ("dotted", "name")

    def __init__(self, dotted: str, name: str | None) -> None:
        self.dotted = dotted
        self.name = name


class Modules:
    """The modules of a project by their dotted names."""

    def __init__(self, files: Files, finder: ProjectFinder) -> None:
        self._files = files
        self._finder = finder
        self._by_path: dict[str, Module | None] = {}

    def at(self, path: str) -> Module | None:
        """The module in a file, None where it cannot be read."""
        if path not in self._by_path:
            body = self._files.body(path)
            dotted = self._finder.imported_as(path)
            package = path.endswith("__init__.py")
            self._by_path[path] = None if body is None else Module(path, dotted, body, package)
        return self._by_path[path]

    def named(self, dotted: str) -> Module | None:
        """The module of this name, None for one that is not of the project."""
        found = self._finder.find(dotted)
        return self.at(found[0]) if found is not None and found[0] else None

    def is_ours(self, dotted: str) -> bool:
        """Whether the name is that of a module or package of the project."""
        return self._finder.find(dotted) is not None


def imported(module: Module, statement: Node) -> Iterable[tuple[str, Value]]:
    """The names that an import statement gives, with what stands for them."""
    if statement[0] == n.IMPORT:
        for dotted, given in statement[2]:
            if given is not None:
                yield given, Imported(dotted, None)
            else:
                first = dotted.partition(".")[0]
                yield first, Imported(first, None)
        return
    _, _, level, name, names = statement
    base = name or ""
    if level:
        parts = module.dotted.split(".") if module.dotted else []
        drop = level - 1 if module.package else level
        parts = parts[: len(parts) - drop] if drop else parts
        base = ".".join([*parts, *([name] if name else [])])
    for original, given in names:
        yield (given or original), Imported(base, original)


def outside(dotted: str, name: str | None) -> Value:
    """What stands for a name of a package that is not the project's."""
    path = f"{dotted}.{name}" if name else dotted
    return Symbol(path) if path else UNKNOWN
