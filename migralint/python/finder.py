"""Finding the project's own modules, statically, from its source roots."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Protocol

from migralint.python.values import Node
from migralint.tree import Tree

LIBRARIES = frozenset({"alembic", "sqlalchemy"}) | sys.stdlib_module_names
"""Names that always mean the library: a folder `alembic/` without `__init__.py` does not hide the package."""


class Bodies(Protocol):
    """Gives the lowered statements of a file, or None (and a notice) where it cannot be read."""

    def body(self, path: str) -> list[Node] | None:
        """The statements."""
        ...


class ProjectFinder:
    """Implements `modules.Finder` over a tree."""

    def __init__(self, tree: Tree, roots: Sequence[str], bodies: Bodies) -> None:
        self._tree = tree
        self._roots = tuple(dict.fromkeys(roots))
        self._bodies = bodies
        self._found: dict[str, tuple[str, bool] | None] = {}

    def find(self, dotted: str) -> tuple[str, bool] | None:
        """(path, is a package) of a project module; a namespace package has the path ""."""
        if dotted not in self._found:
            self._found[dotted] = self._search(dotted)
        return self._found[dotted]

    def _search(self, dotted: str) -> tuple[str, bool] | None:
        first = dotted.partition(".")[0]
        if not dotted or first in LIBRARIES:
            return None
        relative = dotted.replace(".", "/")
        namespace = False
        for root in (*self._roots, *self._beside(first)):
            base = f"{root}/{relative}" if root else relative
            if self._tree.exists(f"{base}/__init__.py"):
                return f"{base}/__init__.py", True
            if self._tree.exists(f"{base}.py"):
                return f"{base}.py", False
            namespace = namespace or self._tree.is_dir(base)
        return ("", True) if namespace else None

    def _beside(self, package: str) -> Iterator[str]:
        """Other projects in the tree: `shop-common/` or `shop-common/src/` with the package `shop_common`."""
        if any(self._tree.exists(f"{root}/{package}/__init__.py".lstrip("/")) for root in self._roots):
            return
        for root in self._roots:
            for folder in dict.fromkeys((package, package.replace("_", "-"))):
                project = f"{root}/{folder}" if root else folder
                for place in (project, f"{project}/src"):
                    if self._tree.exists(f"{place}/{package}/__init__.py"):
                        yield place

    def body(self, path: str) -> list[Node] | None:
        """The lowered statements of a file."""
        return self._bodies.body(path)

    def imported_as(self, path: str) -> str:
        """The dotted name by which the project's own code imports a file: with all packages that it lies in."""
        top = path.rpartition("/")[0]
        while top and self._tree.exists(f"{top}/__init__.py"):
            top = top.rpartition("/")[0]
        dotted = path[len(top) :].lstrip("/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        found = self.find(dotted) if all(dotted.split(".")) else None
        return dotted if found is not None and found[0] == path else self.name_of(path)

    def name_of(self, path: str) -> str:
        """The dotted name under which a file is imported, by the longest root that holds it."""
        best = ""
        for root in self._roots:
            if (not root or path.startswith(root + "/")) and len(root) >= len(best):
                best = root
        inner = path[len(best) + 1 :] if best else path
        parts = inner.removesuffix(".py").split("/")
        if parts[-1] == "__init__":
            parts = parts[:-1]
        return ".".join(parts)
