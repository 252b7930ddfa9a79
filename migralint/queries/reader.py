"""Reads the queries of application code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from migralint.operations import Place
from migralint.python.finder import ProjectFinder
from migralint.python.text import Text
from migralint.queries.bodies import tables_made
from migralint.queries.expressions import Exhausted
from migralint.queries.flow import Flow
from migralint.queries.frame import Frame
from migralint.queries.importers import Importers
from migralint.queries.known import elsewhere
from migralint.queries.modules import Files, Imported, Module, Modules
from migralint.queries.values import Builder, ClassValue, Function, Value
from migralint.sql.tokens import HOLE
from migralint.tree import TreeError

_STEPS = 60_000
"""For one function or module with all that it calls."""

_CALL_STEPS, _OTHER_CALL_STEPS = 5_000, 500
"""For one call of a function: in a file with queries, and in another one, which may still say the name of a table."""

_ROUNDS = 2
"""How far away from a query its values are looked for, in imports."""

_ALL_STEPS = 400_000
"""For all of them: some seconds."""


class Executed(NamedTuple):
    """A statement of SQL that code executes."""

    text: Text
    place: Place
    how: str


class Gap(NamedTuple):
    """What could not be told, and where."""

    place: Place
    reason: str


@dataclass
class Read:
    """What was read: requests, statements, and what could not be told.

    `made` are the names of tables that the code makes by itself. `files` counts the files that were looked at.
    """

    requests: list[Builder] = field(default_factory=list)
    statements: list[Executed] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    files: int = 0


class Reader(Flow):
    """Reads the files of a project; those of `wanted` hold the queries, `importers` tells who uses these files.

    Where the queries of a file are not all told by the file itself, the files that import it are read as well: they may
    say with which values.
    """

    def __init__(self, files: Files, finder: ProjectFinder, wanted: Iterable[str], importers: Importers) -> None:
        super().__init__()
        self._importers = importers
        self.modules = Modules(files, finder)
        self._files = files
        self._wanted = dict.fromkeys(wanted)
        self._holders = frozenset(self._wanted)
        self._waiting: list[tuple[object, ...]] = []
        self._seen: set[object] = set()
        self._requests: list[Builder] = []
        self._statements: dict[tuple[Place, str], Executed] = {}
        self._gaps: dict[Gap, None] = {}
        self._tables_made: set[str] = set()
        self._left = _ALL_STEPS
        self._elsewhere: dict[str, bool] = {}

    def read(self) -> Read:
        """Reads all of them."""
        self._follow(list(self._wanted))
        for _ in range(_ROUNDS):
            more = self._importers.of(self._not_told())
            self._follow([path for path in more if path not in self._wanted])
        return self._result()

    def _follow(self, paths: list[str]) -> None:
        self._wanted.update(dict.fromkeys(paths))
        self._files.prefetch(paths)
        for path in paths:
            module = self.modules.at(path)
            if module is not None:
                self._start(module)
        while self._waiting:
            self._run(self._waiting.pop(0))

    def _not_told(self) -> set[str]:
        """The files with a query that is not known, those that hold one which nothing executes, and packages."""
        read = self._result()
        found = {one.site.path for one in read.requests} | {place.path for place, _ in self._statements}
        unknown = {gap.place.path for gap in read.gaps} | {
            place.path for place, text in self._statements if HOLE in text
        }
        passed_on = {path for path in self._wanted if path in self._holders or path.endswith("/__init__.py")}
        return unknown | passed_on - found

    def _result(self) -> Read:
        known = {request.site for request in self._requests if request.tables and (request.verb or request.certain)}
        gaps = dict(self._gaps)
        for request in self._requests:
            if not request.verb and not request.certain:
                continue
            for (place, reason), _ in request.gaps.items():
                if not (reason.startswith("the name of") and request.site in known):
                    gaps[Gap(place, reason)] = None
        found = [r for r in self._requests if r.site.path in self._wanted and (r.verb or r.certain)]
        return Read(found, list(self._statements.values()), list(gaps), self._tables_made, len(self._wanted))

    def most_steps(self, function: Function) -> int:
        return _CALL_STEPS if function.module.path in self._wanted else _OTHER_CALL_STEPS

    # what is followed -------------------------------------------------------------------------------------------
    def _run(self, work: tuple[object, ...]) -> None:
        function, owner = work
        assert isinstance(function, Function)
        if self._left <= 0:
            self._too_long(function.module)
            return
        self.limit = min(_STEPS, self._left)
        before = self.limit
        place = function.module.place(function.node)
        try:
            made = function if owner is None else self.bound(function, owner, place)
            if isinstance(made, Function):
                self.run_function(made, None, place)
        except (Exhausted, RecursionError):
            self._too_long(function.module)
            self._calls = 0
            self._running.clear()
        self._left -= before - self.limit

    def _too_long(self, module: Module) -> None:
        if module.path in self._holders:
            self._gaps[Gap(Place(module.path, 0), "following the code takes too long")] = None

    def _start(self, module: Module) -> None:
        """Runs a module, once."""
        if module.started:
            return
        module.started = True
        limit, calls = self.limit, self._calls
        before = min(_STEPS, self._left)
        self.limit, self._calls = before, 0
        try:
            self.block(module.body, Frame(module, module.scope))
        except (Exhausted, RecursionError):
            self._too_long(module)
        self._left -= before - self.limit
        self.limit, self._calls = limit, calls

    def module_names(self, imported: Imported) -> dict[str, Value] | None:
        module = self.modules.of(imported)
        if module is None:
            return None
        self._start(module)
        return module.scope.names

    # what is found ----------------------------------------------------------------------------------------------
    def found_function(self, function: Function) -> None:
        key = id(function.node)
        if function.module.path in self._wanted and key not in self._seen:
            self._seen.add(key)
            self._waiting.append((function, None))

    def found_class(self, kind: ClassValue) -> None:
        if kind.module.path not in self._wanted or id(kind.node) in self._seen:
            return
        self._seen.add(id(kind.node))
        names: dict[str, Function] = {}
        for one in kind.line():
            for name, value in one.scope.names.items() if isinstance(one, ClassValue) else ():
                if isinstance(value, Function) and value.module.path in self._wanted:
                    names.setdefault(f"{name} {id(value.node)}", value)
        self._waiting += [(function, _Later(kind)) for function in names.values()]

    def bound(self, function: Function, owner: Value, place: Place) -> Value:
        return super().bound(function, self.an_object(owner.kind) if isinstance(owner, _Later) else owner, place)

    def found_request(self, request: Builder) -> None:
        self._requests.append(request)

    def found_statement(self, text: Text, place: Place, how: str) -> None:
        path = text.pieces[0].path if text.pieces else place.path
        if place.path in self._wanted and not self._is_other(place.path) and not self._is_other(path):
            at = text.place(0, len(text), place)
            self._statements.setdefault((at, str(text)), Executed(text, place, how))

    def found_script(self, text: str) -> None:
        self._tables_made |= tables_made(text)

    def not_known(self, place: Place, reason: str) -> None:
        if place.path in self._wanted and not self._is_other(place.path):
            self._gaps[Gap(place, reason)] = None

    def _is_other(self, path: str) -> bool:
        """Whether a file speaks to a database that is not PostgreSQL, and to no other."""
        if path not in self._elsewhere:
            try:
                text = self._files.text(path)
            except TreeError:
                text = ""
            named = {match[1] for match in _IMPORT.finditer(text)}
            ours = named & _OURS or _URL.search(text)
            self._elsewhere[path] = False  # where two files have classes of each other
            self._elsewhere[path] = not ours and (
                any(elsewhere(one) for one in named) or any(self._is_other(one) for one in self._of_bases(path, text))
            )
        return self._elsewhere[path]

    def _of_bases(self, path: str, text: str) -> Iterator[str]:
        """The files that the bases of a file's classes are imported from: what connects may be inherited."""
        bases = {name for match in _CLASS.finditer(text) for name in re.findall(r"\w+", match[1])}
        for match in _FROM.finditer(text):
            if bases & set(re.findall(r"\w+", match[2])):
                module = self.modules.of(Imported(match[1], None, path))
                if module is not None:
                    yield module.path


class _Later:
    """Stands for an object of a class that is made when a method of it is run."""

    def __init__(self, kind: ClassValue) -> None:
        self.kind = kind


_IMPORT = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
_FROM = re.compile(r"^from\s+(\w[\w.]*)\s+import\s+(\([^)]*\)|[^\n]+)", re.MULTILINE)
_CLASS = re.compile(r"^class\s+\w+\(([^)]*)\)", re.MULTILINE)
_OURS = frozenset(
    {"asyncpg", "psycopg", "psycopg2", "psycopg_pool", "aiopg", "pg8000", "sqlalchemy", "sqlmodel", "databases"}
)
_URL = re.compile(r"postgres(?:ql)?(?:\+\w+)?://")
