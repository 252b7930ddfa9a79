"""One project wired together, lazily: its tree, configuration, histories, snapshots and drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from migralint import __version__
from migralint.cache import Cache, default_folder
from migralint.configuration import Configuration, Found, load
from migralint.configuration.discover import discover as find_configuration
from migralint.environment import env_py
from migralint.environment.locations import Location, discover
from migralint.history.graph import Graph, build
from migralint.history.read import RevisionFile, read_file
from migralint.history.replay import Replayed, Run, creations, replay
from migralint.operations import ObjectRef, Place
from migralint.operations.paper import Note, Paper
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.modules import Modules
from migralint.python.sources import Problem, Sources
from migralint.python.values import Node
from migralint.schema import Name, Schema
from migralint.tree import SQL_BYTES, Overlay, Recorder, Tree, TreeError, WorkTree, walk

if TYPE_CHECKING:
    from migralint.drift.difference import Difference
    from migralint.snapshots import Snapshot
    from migralint.verdict.subject import Span


class ProjectError(Exception):
    """The project cannot be read; the message says what, where, and what to do."""


class Project:
    """One project. Everything is computed on first use; see `open`."""

    def __init__(
        self, root: str, tree: Recorder, configurations: Sequence[Configuration], cache: Cache,
        *, directions: Sequence[str] = ("upgrade", "downgrade"),
    ) -> None:
        self.root = root
        self.tree: Tree = tree
        self.configurations = tuple(configurations)
        self.configuration = self.configurations[0]
        self._recorder = tree
        self._cache = cache
        self._directions = directions
        self._notes: dict[Note, None] = {}
        self._sources = Sources(tree, cache)
        self._texts: dict[str, str] = {}

    @classmethod
    def open(
        cls, root: str, *, configuration_overrides: Sequence[str] = (), name: str | None = None,
        dialect: str | None = None, postgresql_version: int | None = None, cache: bool = True,
        buffers: Mapping[str, str] | None = None, directions: Sequence[str] = ("upgrade", "downgrade"),
    ) -> Project:
        """The project in a folder. Raises ConfigurationError and TreeError."""
        found: Found = find_configuration(root, root, tuple(configuration_overrides))
        flags = {"dialect": dialect, "postgresql-version": postgresql_version}
        work: Tree = WorkTree(found.root, found.files)
        if buffers:
            work = Overlay(work, dict(buffers))
        tree = Recorder(work)
        configurations = load(tree, found, name, {k: v for k, v in flags.items() if v is not None})
        for configuration in configurations:
            for source in configuration.source_roots or ():
                if source.startswith("/") and isinstance(work, WorkTree):
                    work.grant(source)
        store = Cache(default_folder(found.root), cache, material=[__version__, found.root])
        return cls(found.root, tree, configurations, store, directions=directions)

    # files -----------------------------------------------------------------------------------------------------
    @property
    def files_read(self) -> int:
        """How many files were read."""
        return len(self._recorder.record.read)

    def source(self, path: str) -> str:
        """The text of a file. Raises TreeError."""
        if path not in self._texts:
            self._texts[path] = self.tree.text(path, SQL_BYTES)
        return self._texts[path]

    def body(self, path: str) -> list[Node] | None:
        """The lowered statements of a Python file; None, and a notice, where it cannot be read."""
        module = self._sources.module(path)
        if isinstance(module, Problem):
            self._notes[Note("MG001", module.message, Place(path, -1, module.offset, module.offset), None)] = None
            return None
        return list(module.module[2])

    def resolve(self, place: Place) -> Span:
        """Where a place is in its file, as lines and columns. Raises TreeError."""
        from migralint.python.positions import Located
        from migralint.verdict.subject import Span

        if place.path not in self._located:
            self._located[place.path] = Located(self.source(place.path))
        return Span(place.path, *self._located[place.path].span(place.node, place.start, place.end))

    # histories -------------------------------------------------------------------------------------------------
    @cached_property
    def locations(self) -> tuple[tuple[Location, Configuration], ...]:
        """Where the histories are, each with its configuration. Raises ProjectError where there is none."""
        out = []
        for configuration in self.configurations:
            out += [(location, configuration) for location in discover(self.tree, configuration)]
        return tuple(out)

    @cached_property
    def histories(self) -> tuple[Replayed, ...]:
        """The replayed histories."""
        histories = tuple(HistoryReader(self, location, conf).replayed() for location, conf in self.locations)
        self._cache.flush()
        return histories

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the engine noticed."""
        notes = dict(self._notes)
        for history in self.histories:
            notes.update(dict.fromkeys(history.notes))
        return tuple({**notes, **self._notes})

    def note(self, note: Note) -> None:
        """Adds a notice that belongs to no history."""
        self._notes[note] = None

    # drift -----------------------------------------------------------------------------------------------------
    @cached_property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The SQL files that claim to be the schema."""
        from migralint.snapshots import find

        return find(self.tree, self.configuration)

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """How the snapshots differ from the first history's head."""
        from migralint.drift import drift

        out: list[Difference] = []
        for snapshot in self.snapshots:
            history = self.histories[0]
            out += drift(history.schema, snapshot, LastChange(history))
        return tuple(out)


class LastChange:
    """Where the history last changed an object."""

    def __init__(self, history: Replayed) -> None:
        self._history = history
        self._places: dict[ObjectRef, Place] | None = None

    def __call__(self, ref: ObjectRef) -> Place | None:
        if self._places is None:
            self._places = {}
            for step in self._history.steps_all():
                if step.direction == "upgrade" and step.applied:
                    self._places[step.operation.object] = step.place
                    if step.operation.table_name is not None:
                        self._places[ObjectRef("table", step.operation.table_name)] = step.place
        return self._places.get(ref) or self._places.get(ObjectRef("table", ref.table))


class HistoryReader:
    """Reads and replays one history."""

    def __init__(self, project: Project, location: Location, configuration: Configuration) -> None:
        self._project = project
        self._location = location
        self._configuration = configuration
        roots = [*location.prepend_sys_path, *(configuration.source_roots or ()), "", "src"]
        self._finder = ProjectFinder(project.tree, roots, project)
        self._notes: list[Note] = []

    @cached_property
    def environment(self) -> env_py.Environment:
        """What `env.py` says."""
        path = self._location.env_path
        if path is None:
            return env_py.Environment()
        try:
            source = self._project.source(path)
        except TreeError as problem:
            self._notes.append(Note("MG004", str(problem), Place(path), None))
            return env_py.Environment(path)
        return env_py.read(path, source, self._finder, self._location.settings)

    def replayed(self, target: str | None = None) -> Replayed:
        """The history replayed to its heads, or to what `alembic upgrade TARGET` runs."""
        base = self._base()
        blocked: frozenset[ObjectRef] = frozenset()
        while True:
            result, made = self._once(base, blocked, target)
            wrong = frozenset(a.object for a in result.assumptions) & made
            if not wrong or wrong <= blocked:
                return result
            blocked |= wrong

    def _once(self, base: Schema, blocked: frozenset[ObjectRef], target: str | None) -> tuple[Replayed, set[ObjectRef]]:
        configuration, environment = self._configuration, self.environment
        version = configuration.version_table or environment.option("version_table") or "alembic_version"
        paper = Paper(
            configuration.dialect,
            configuration.postgresql_version,
            base,
            assumable=lambda ref: ref not in blocked,
            version_tables=frozenset({str(version)}),
        )
        naming = env_py.naming(configuration.naming_convention, environment)
        ev = Evaluator(paper, Modules(self._finder), naming=naming)
        ev.context["read_file"] = self._read_file
        files = self._files(ev)
        graph = build([f.revision for f in files])
        wanted = graph.order_to(target) if target is not None else None
        result = replay(self._location.name, graph, files, Run(ev, paper, self._project._directions), wanted)
        result = _with(result, self._configuration, self._notes)
        return result, creations(paper.steps)

    def _files(self, ev: Evaluator) -> list[RevisionFile]:
        paths = self._paths()
        self._project._sources.prefetch(paths)
        files: list[RevisionFile] = []
        self._notes = [n for n in self._notes if n.kind != "MG306"]
        for path in paths:
            module = self._project._sources.module(path)
            body = self._project.body(path)
            if body is None or isinstance(module, Problem):
                continue
            file = read_file(ev, self._finder, path, body, module.module[3])
            if file is None:
                self._notes.append(Note("MG306", "no revision is defined here", Place(path), None))
            else:
                files.append(file)
        return files

    def _paths(self) -> list[str]:
        """Files that Alembic would load, in a stable order."""
        out: list[str] = []
        for folder in self._location.version_locations:
            if self._location.recursive:
                paths = [str(p) for p in walk(self._project.tree, folder, ".py")]
            else:
                entries = self._project.tree.list(folder)
                paths = [f"{folder}/{e.name}" if folder else e.name for e in entries if e.kind in ("file", "link")]
            out += [p for p in paths if p.endswith(".py") and not p.rpartition("/")[2].startswith((".#", "__init__"))]
        return list(dict.fromkeys(out))

    def _read_file(self, path: str) -> str | None:
        try:
            return self._project.source(path)
        except TreeError:
            return None

    def _base(self) -> Schema:
        """The schema before the first revision: empty, or that of `base-schema`."""
        path = self._configuration.base_schema
        if path is None:
            return Schema.empty(self._configuration.dialect)
        from migralint import sql

        paper = Paper(self._configuration.dialect, self._configuration.postgresql_version, script=True)
        try:
            text = self._project.source(path)
        except TreeError as problem:
            raise ProjectError(f"base-schema: {problem}") from problem
        sql.run(text, paper, lambda start, end: Place(path, -1, start, end), psql=True)
        return paper.schema


def _with(result: Replayed, configuration: Configuration, notes: Sequence[Note]) -> Replayed:
    from dataclasses import replace

    return replace(result, configuration=configuration, notes=(*result.notes, *notes))


__all__ = ["Graph", "HistoryReader", "Name", "Project", "ProjectError"]
