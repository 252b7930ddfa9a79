"""Runs code of a revision on a database on paper, for tests of the evaluator."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from migralint.operations import Opaque, Operation, Place
from migralint.operations.paper import Paper
from migralint.operations.steps import Step
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.gate import read
from migralint.python.library.naming import convention_of
from migralint.python.lower import SyntaxProblem
from migralint.python.modules import Modules
from migralint.python.values import Arguments, Function, ModuleValue
from migralint.tree import Overlay, TreeError, WorkTree

HEADER = """
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
"""


class _Bodies:
    def __init__(self, tree: Overlay) -> None:
        self._tree = tree

    def body(self, path: str) -> Any:
        try:
            return list(read(self._tree.text(path)).module[2])
        except SyntaxProblem:
            return None


class Followed:
    """What a piece of code did."""

    def __init__(self, paper: Paper, value: Any, names: dict[str, Any]) -> None:
        self.paper = paper
        self.value = value
        self.names = names

    @property
    def steps(self) -> list[Step]:
        return [s for s in self.paper.steps if s.revision == "test"]

    @property
    def operations(self) -> list[Operation]:
        """What was applied for certain, and not implicit."""
        return [s.operation for s in self.steps if s.certainty == "certain" and not s.implicit]

    @property
    def told(self) -> list[str]:
        """Each step as `operation table name`, with a mark for what is not certain.

        Without code that is only counted as not followed: nothing says that it has the database.
        """
        marks = {"certain": "", "conditional": "?", "opaque": "!"}
        out = []
        for step in self.steps:
            operation = step.operation
            if isinstance(operation, Opaque) and not operation.has_database:
                continue
            table = operation.table_name.name if operation.table_name else "-"
            out.append(f"{marks[step.certainty]}{operation.operation} {table} {operation.object_name or '-'}")
        return out


def _text(tree: Overlay, path: str) -> str | None:
    try:
        return tree.text(path)
    except TreeError:
        return None


def follow(
    code: str,
    *,
    setup: str = "pass",
    files: Mapping[str, str] | None = None,
    naming: Mapping[str, str] | None = None,
    dialect: str = "postgresql",
    header: str = HEADER,
    root: str = "/nonexistent-project",
    version: tuple[int, ...] | None = None,
) -> Followed:
    """Runs `code` as the body of `upgrade()` after `setup` ran as that of the revision before.

    `version` is that which the project has of the packages that are asked for.
    """
    module = header + "\n".join(f"def {n}():\n{_indent(c)}" for n, c in (("before", setup), ("upgrade", code)))
    return run(module, files=files, naming=naming, dialect=dialect, root=root, version=version)


def run(
    source: str,
    *,
    files: Mapping[str, str] | None = None,
    naming: Mapping[str, str] | None = None,
    dialect: str = "postgresql",
    root: str = "/nonexistent-project",
    version: tuple[int, ...] | None = None,
) -> Followed:
    """Runs a module's `before()` and `upgrade()`."""
    tree = Overlay(WorkTree(root), {"rev.py": source, **(files or {})})
    finder = ProjectFinder(tree, [""], _Bodies(tree))
    paper = Paper(dialect)
    ev = Evaluator(paper, Modules(finder), naming=convention_of(dict(naming or {})))
    ev.context["read_file"] = lambda path: _text(tree, path)
    ev.context["version of"] = lambda package: version
    ev.context["list_files"] = lambda folder: [path for path in files or () if path.startswith(f"{folder}/")]
    module = ModuleValue("rev", "rev.py", {"__file__": "rev.py"})
    ev.run_module(module, finder.body("rev.py") or [])
    value = None
    for name, revision in (("before", "before"), ("upgrade", "test")):
        function = module.names.get(name)
        if isinstance(function, Function):
            ev.steps = 0
            paper.start(revision, "upgrade")
            value = ev.run_function(function, Arguments(), Place("rev.py"))
    return Followed(paper, value, module.names)


def _indent(code: str) -> str:
    return textwrap.indent(textwrap.dedent(code).strip("\n"), "    ")
