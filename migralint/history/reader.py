"""Reads one history: its environment, its revision files, the replay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cached_property

from migralint import sql
from migralint.configuration import Configuration
from migralint.environment import callers, env_py, models_key, timeouts
from migralint.environment.flask import application_database
from migralint.environment.folders import source_roots
from migralint.environment.locations import Location
from migralint.environment.package_versions import versions_of
from migralint.history.files import Files
from migralint.history.graph import Graph, build
from migralint.history.lines import exclude_each_other, joined, lines
from migralint.history.lock import Locked
from migralint.history.problems import NO_ORDER
from migralint.history.read import RevisionFile, read_file
from migralint.history.reads import Reads
from migralint.history.replay import Replayed, Run, alone, creations, replay
from migralint.history.revision import Revision
from migralint.history.surroundings import Surroundings
from migralint.operations import ObjectRef, Place
from migralint.operations.paper import Paper
from migralint.operations.steps import Note
from migralint.python.calls import SCRIPTS
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.importing import Reach
from migralint.python.library.config import MainOptions
from migralint.python.library.metadata import IMPORTS
from migralint.python.modules import Modules
from migralint.python.values import Value
from migralint.schema import Schema
from migralint.schema.canonical import signature
from migralint.tree import TreeError, below, walk


class HistoryError(Exception):
    """A history cannot be replayed; the message says what, where, and what to do."""


_Wanted = Callable[[Graph], Sequence[str] | None]
"""Which revisions of a graph are replayed, in their order; None for all."""


def _these(revisions: Sequence[str]) -> _Wanted:
    return lambda graph: revisions


_Assumable = Callable[[ObjectRef], bool]
"""Whether somebody else may have made an object that is missing."""


def _all_but(blocked: Collection[ObjectRef]) -> _Assumable:
    return lambda ref: ref not in blocked


def _deployed(graph: Graph, start: Sequence[str], target: str) -> list[str]:
    """What runs on an empty database that is first brought to some targets, and then to another."""
    first = graph.order_of([one for given in start for one in graph.targets.resolve(given)])
    return [*first, *(one for one in graph.order_to(target) if one not in set(first))]


class Reader:
    """Reads and replays one history; `directions` are what is followed of each revision."""

    def __init__(
        self, files: Files, location: Location, configuration: Configuration, directions: Sequence[str]
    ) -> None:
        self._files = files
        self._directions = directions
        self._location = location
        self._configuration = configuration
        self._roots = source_roots(files.tree, location, configuration)
        self._finder = ProjectFinder(files.tree, self._roots, files)
        self._notes: list[Note] = []
        self._modules = Modules(self._finder)
        self._paper = Paper()
        self._blocked: frozenset[ObjectRef] = frozenset()
        self._present: frozenset[ObjectRef] = frozenset()
        self._reading: str | None = None
        self._reads = Reads(files, self._finder)
        self._data: dict[str, set[str]] = {}
        self._main_options = MainOptions(location.settings, self._set_by_callers, location.sections)

    @cached_property
    def environment(self) -> env_py.Environment:
        """What `env.py` says."""
        path = self._location.env_path
        if path is None:
            return env_py.Environment()
        try:
            source = self._files.text(path)
        except TreeError as problem:
            self._notes.append(Note("MG004", str(problem), Place(path), None))
            return env_py.Environment(path)
        files, finder = self._files, self._finder
        environment = env_py.read(
            path,
            source,
            finder,
            self._main_options,
            lambda ev: application_database(ev, source, files.tree, files.text, finder),
            self._text,
        )
        for option, reason, place in environment.unknown:
            if option in self._needed():
                message = f"the argument {option} of context.configure() could not be read: {reason}"
                here = place if place is not None and place.path == path else Place(path)
                self._notes.append(Note("MG004", message, here, None))
        return environment

    def _needed(self) -> set[str]:
        """Arguments of `configure()` that the replay needs, because the configuration does not say them."""
        said = {
            "target_metadata": self._configuration.naming_convention,
            "version_table": self._configuration.version_table,
            "version_table_schema": self._configuration.version_table_schema,
            "transaction_per_migration": self._configuration.transaction_per_migration,
        }
        return {option for option, value in said.items() if value is None}

    def replayed(self, target: str | None = None, start: Sequence[str] = ()) -> Replayed:
        """The history replayed to its heads, or to what `alembic upgrade TARGET` runs; `heads` are then the target's.

        With `start`, targets too, a database that is there first goes on from there. Raises TargetError.
        """
        self._find_models()
        if target is not None:
            result = self._settled(lambda graph: _deployed(graph, start, target))
            return replace(result, heads=result.graph.targets.resolve(target))
        result = self._settled(lambda graph: None)
        found = lines(result.graph)
        if exclude_each_other(result, found):
            return joined([self._settled(_these(line)) for line in found])
        return result

    def reached(self, revisions: Sequence[str]) -> Replayed:
        """The history replayed to these revisions, and what runs before them."""
        self._find_models()
        return self._settled(lambda graph: graph.order_of(revisions))

    def rehearsed(self, schema: Schema, revisions: Sequence[str], managed: Collection[str]) -> Replayed:
        """These revisions, in their order, on a database with this schema, of whose rows nothing is known.

        Nothing is assumed to be there but what lies in `managed` schemas, which a dump may leave out.
        """
        self._find_models()
        return self._once(schema, lambda ref: ref.belongs_to(managed), _these(revisions))[0]

    def locked(self) -> dict[str, Locked]:
        """Each revision as a lock keeps it, in upgrade order. Raises HistoryError for a history that has none.

        A branch is replayed on its own, so that what comes after it does not depend on the others.
        """
        self._find_models()
        result = self._settled(lambda graph: None)
        wrong = [note for note in result.graph.problems if note.kind in NO_ORDER]
        if wrong:
            raise HistoryError(f"the revisions have no order that could be locked: {wrong[0].message}")
        run, files, graph = self._prepared(self._base(), _all_but(self._blocked))
        return {
            one: self._lock(graph.revisions[one], signature(state, complete))
            for one, state, complete in alone(graph, files, run)
        }

    def graph(self) -> Graph:
        """The revisions as they hang together; none of them is replayed."""
        return self._prepared(Schema.empty(self._configuration.dialect), _all_but(()))[2]

    def _lock(self, revision: Revision, schema: str) -> Locked:
        reads = self._reads.modules(revision.path, self._modules.loaded)
        reads |= self._data.get(revision.id, set()) | self._data.get(revision.path, set())
        hashes = self._reads.hash_of([revision.path]), self._reads.hash_of(reads) if reads else "-"
        return Locked(revision.id, revision.down_revision, revision.depends_on, *hashes, schema)

    def _find_models(self) -> None:
        """Raises HistoryError for a module of the key `models` that is not in the project."""
        problem = models_key.missing(self._configuration, self._finder, self._roots)
        if problem is not None:
            raise HistoryError(problem)

    def _settled(self, wanted: _Wanted) -> Replayed:
        """The replay that assumes only what no revision makes."""
        base = self._base()
        blocked: frozenset[ObjectRef] = frozenset()
        while True:
            result, made = self._once(base, _all_but(blocked), wanted)
            assumed = frozenset(a.object for a in result.assumptions)
            wrong = assumed & made
            needed = (assumed & self._paper.presumed.awaited) - self._present
            if (not wrong or wrong <= blocked) and not needed:
                self._blocked = blocked
                return result
            blocked |= wrong
            self._present |= needed

    def _once(self, base: Schema, assumable: _Assumable, wanted: _Wanted) -> tuple[Replayed, set[ObjectRef]]:
        run, files, graph = self._prepared(base, assumable)
        result = replay(self._location.name, graph, files, run, wanted(graph))
        result = replace(
            result,
            configuration=self._configuration,
            notes=(*result.notes, *self._notes),
            surroundings=self._surroundings(graph),
        )
        return result, creations(run.paper.steps)

    @property
    def _transaction_per_migration(self) -> bool | None:
        """Whether each revision has a transaction of its own, or None where that is not known."""
        given = self._configuration.transaction_per_migration
        return self.environment.transaction_per_migration if given is None else given

    def _surroundings(self, graph: Graph) -> Surroundings:
        environment = self.environment
        begun, path = environment.begun, environment.path
        helpers = {one for one in self._modules.loaded if timeouts.named_in(one, self._text, self._finder)}
        setting = {
            revision.id
            for revision in graph.revisions.values()
            if timeouts.named_in(revision.path, self._text, self._finder)
            or (helpers and not helpers.isdisjoint(self._reads.modules(revision.path, self._modules.loaded)))
        }
        return Surroundings(
            Place(path) if path is not None else None,
            environment.lock_timeout or any(map(timeouts.named, self._location.settings.values())),
            frozenset(setting),
            self._transaction_per_migration,
            Place(path, begun.node) if begun is not None and path is not None else None,
            begun is None or begun.surely,
        )

    def _text(self, path: str) -> str:
        """The text of a file; empty where it cannot be read, which is told elsewhere."""
        try:
            return self._files.text(path)
        except TreeError:
            return ""

    def _prepared(self, base: Schema, assumable: _Assumable) -> tuple[Run, list[RevisionFile], Graph]:
        """The revisions, read, and a database on paper for them."""
        configuration, environment = self._configuration, self.environment
        version = configuration.version_table or environment.option("version_table") or "alembic_version"
        paper = Paper(
            configuration.dialect,
            configuration.postgresql_version,
            base,
            assumable=assumable,
            present=self._present,
            version_tables=frozenset({str(version)}),
            others=frozenset(configuration.managed_schemas),
            spanning=self._transaction_per_migration is False,
        )
        paper.prepare(environment.before, environment.search_path)
        naming = env_py.naming(configuration.naming_convention, environment)
        self._paper, self._modules, self._data = paper, Modules(self._finder), {}
        ev = Evaluator(paper, self._modules, naming=naming)
        ev.context[SCRIPTS] = self._location.script_location
        ev.context["main options"] = self._main_options
        ev.context["registered"] = environment.registered.copy()
        ev.context["options"] = environment.options
        ev.context["read_file"] = self._read_file
        ev.context["version of"] = versions_of(self._location.script_location, self._files.tree, self._files.text)
        ev.context["list_files"] = self._list_files
        reach = Reach(ev, self._finder, self._files)
        ev.context[IMPORTS] = lambda: reach.run([*environment.imported, *ev.modules.pending])
        files = self._revisions(ev)
        ev.context["revisions"] = {file.revision.id: file.module for file in files}
        graph = build([f.revision for f in files])
        run = Run(ev, paper, self._directions, environment.arguments, configuration.runs_downgrades)
        return run, files, graph

    def _revisions(self, ev: Evaluator) -> list[RevisionFile]:
        paths = self._paths()
        self._files.prefetch(paths)
        files: list[RevisionFile] = []
        self._notes = [n for n in self._notes if n.kind != "MG306"]
        for path in paths:
            body = self._files.body(path)
            if body is None:
                continue
            self._reading = path
            file = read_file(ev, self._finder, path, body, self._files.docstring(path))
            self._reading = None
            if file is None:
                self._notes.append(Note("MG306", "no revision is defined here", Place(path), None))
            else:
                files.append(file)
                self._notes += file.notes
        return files

    def _paths(self) -> list[str]:
        """Files that Alembic would load, in a stable order."""
        out: list[str] = []
        for folder in self._location.version_locations:
            if self._location.recursive:
                paths = [str(p) for p in walk(self._files.tree, folder, ".py")]
            else:
                entries = self._files.tree.list(folder)
                paths = [f"{folder}/{e.name}" if folder else e.name for e in entries if e.kind in ("file", "link")]
            out += [p for p in paths if p.endswith(".py") and not p.rpartition("/")[2].startswith((".#", "__init__"))]
        return list(dict.fromkeys(out))

    def _set_by_callers(self, option: str) -> tuple[Value] | None:
        files = self._files
        return callers.option(option, self._location.script_location, files.tree, files.text, self._finder)

    def _read_file(self, path: str) -> str | None:
        reader = self._reading or self._paper.revision
        if reader is not None:
            self._data.setdefault(reader, set()).add(path)
        try:
            return self._files.text(path)
        except TreeError:
            return None

    def _list_files(self, folder: str) -> list[str] | None:
        return below(self._files.tree, folder)

    def _base(self) -> Schema:
        """The schema before the first revision: empty, or that of `base-schema`."""
        path = self._configuration.base_schema
        if path is None:
            return Schema.empty(self._configuration.dialect)
        paper = Paper(self._configuration.dialect, self._configuration.postgresql_version, script=True)
        try:
            text = self._files.text(path)
        except TreeError as problem:
            raise HistoryError(f"base-schema: {problem}") from problem
        sql.run(text, paper, lambda start, end: Place(path, -1, start, end), psql=True)
        return paper.result
