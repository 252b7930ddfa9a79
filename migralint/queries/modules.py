"""The project's modules as application code sees them: their names are known when somebody asks for one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from migralint.operations import Place
from migralint.python import nodes as n
from migralint.python.finder import LIBRARIES, ProjectFinder
from migralint.queries.values import UNKNOWN, Node, Scope, Symbol, Value
from migralint.tree import Tree
from migralint.tree.paths import parent


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
    """A file of the project."""

    def __init__(self, path: str, body: list[Node]) -> None:
        self.path = path
        self.body = body
        self.scope = Scope({})
        self.started = False

    def place(self, node: Node) -> Place:
        """The place of one of its nodes."""
        return Place(self.path, node[1])


class Imported:
    """A name that an import gives; what it is gets known when somebody asks.

    `dotted` is a module, as an import names it or as `/folder/module` for a relative import; `name` is what is taken
    from it, None for the module itself. `origin` is the file with the import.
    """

    __slots__ = ("dotted", "name", "origin")

    def __init__(self, dotted: str, name: str | None, origin: str) -> None:
        self.dotted = dotted
        self.name = name
        self.origin = origin

    def inside(self, name: str) -> Imported:
        """A module of this package."""
        separator = "/" if self.dotted.startswith("/") else "."
        return Imported(f"{self.dotted}{separator}{name}", None, self.origin)


class Modules:
    """The modules of a project as its files import them."""

    def __init__(self, files: Files, finder: ProjectFinder) -> None:
        self._files = files
        self._finder = finder
        self._by_path: dict[str, Module | None] = {}
        self._located: dict[tuple[str, str], str | None] = {}

    def at(self, path: str) -> Module | None:
        """The module in a file, None where it cannot be read."""
        if path not in self._by_path:
            body = self._files.body(path)
            self._by_path[path] = None if body is None else Module(path, body)
        return self._by_path[path]

    def of(self, imported: Imported) -> Module | None:
        """The module that an import names, None for one that is not of the project."""
        path = self._path(imported)
        return self.at(path) if path else None

    def is_ours(self, imported: Imported) -> bool:
        """Whether the module or package is of the project."""
        return self._path(imported) is not None

    def _path(self, imported: Imported) -> str | None:
        """The file of a module; "" for a package without one."""
        folder = parent(imported.origin)
        key = (imported.dotted, "" if imported.dotted.startswith("/") else folder)
        if key not in self._located:
            self._located[key] = self._searched(imported.dotted, folder)
        return self._located[key]

    def _searched(self, dotted: str, folder: str) -> str | None:
        if dotted.startswith("/"):
            return self._in(dotted.strip("/"))
        found = self._finder.find(dotted)
        if found is None and dotted.partition(".")[0] in LIBRARIES:
            return None
        # Of several applications in one repository each has a root of its own: that which holds the importing file.
        while folder:
            path = self._in(f"{folder}/{dotted.replace('.', '/')}")
            if path is not None:
                return path
            folder = parent(folder)
        return found[0] if found is not None else None

    def _in(self, base: str) -> str | None:
        tree = self._files.tree
        package = f"{base}/__init__.py" if base else "__init__.py"  # the project's own folder may be one
        if tree.exists(package):
            return package
        if base and tree.exists(f"{base}.py"):
            return f"{base}.py"
        return "" if tree.is_dir(base) else None


def imported(module: Module, statement: Node) -> Iterable[tuple[str, Value]]:
    """The names that an import statement gives, with what stands for them."""
    path = module.path
    if statement[0] == n.IMPORT:
        for dotted, given in statement[2]:
            if given is not None:
                yield given, Imported(dotted, None, path)
            else:
                first = dotted.partition(".")[0]
                yield first, Imported(first, None, path)
        return
    _, _, level, name, names = statement
    base = name or ""
    if level:
        folder = path
        for _ in range(level):
            folder = parent(folder)
        base = "/" + "/".join(one for one in (folder, base.replace(".", "/")) if one)
    for original, given in names:
        yield (given or original), Imported(base, original, path)


def outside(dotted: str, name: str | None) -> Value:
    """What stands for a name of a package that is not the project's."""
    path = f"{dotted}.{name}" if name else dotted
    return Symbol(path) if path and not path.startswith("/") else UNKNOWN
