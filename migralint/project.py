"""One project wired together, lazily: its tree, configuration, histories, snapshots and drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from migralint import __version__
from migralint.cache import Cache, default_folder
from migralint.configuration import Configuration, Found, load
from migralint.configuration.discover import discover as find_configuration
from migralint.configuration.existing import check_files
from migralint.environment.errors import EnvironmentProblem
from migralint.environment.locations import Location, discover
from migralint.history.files import Files
from migralint.history.reader import Reader
from migralint.history.replay import Replayed
from migralint.history.scripts import replay_script
from migralint.operations import CreateTable, ObjectRef, Operation, Place, RenameTable
from migralint.operations.paper import Note, Paper
from migralint.tree import Lines, Overlay, Recorder, Tree, TreeError, WorkTree

if TYPE_CHECKING:
    from migralint.drift.difference import Difference
    from migralint.python.positions import Located
    from migralint.snapshots import Snapshot
    from migralint.verdict.subject import Span

__all__ = ["Paper", "Project", "ProjectError", "replay_script"]


class ProjectError(Exception):
    """The project cannot be read; the message says what, where, and what to do."""


class Project:
    """One project. Everything is computed on first use; see `open`."""

    def __init__(
        self,
        root: str,
        tree: Recorder,
        configurations: Sequence[Configuration],
        cache: Cache,
        *,
        directions: Sequence[str] = ("upgrade", "downgrade"),
    ) -> None:
        self.root = root
        self.tree: Tree = tree
        self.configurations = tuple(configurations)
        self.configuration = self.configurations[0]
        self._recorder = tree
        self._cache = cache
        self._directions = directions
        self._files = Files(tree, cache)
        self._located: dict[str, Located] = {}

    @classmethod
    def open(
        cls,
        root: str,
        *,
        configuration_overrides: Sequence[str] = (),
        name: str | None = None,
        dialect: str | None = None,
        postgresql_version: int | None = None,
        cache: bool = True,
        buffers: Mapping[str, str] | None = None,
        directions: Sequence[str] = ("upgrade", "downgrade"),
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
            check_files(tree, configuration)
        store = Cache(default_folder(found.root), cache, material=[__version__, found.root])
        return cls(found.root, tree, configurations, store, directions=directions)

    # files -----------------------------------------------------------------------------------------------------
    @property
    def files_read(self) -> int:
        """How many files were read."""
        return len(self._recorder.record.files)

    def source(self, path: str) -> str:
        """The text of a file. Raises TreeError."""
        return self._files.text(path)

    def resolve(self, place: Place) -> Span:
        """Where a place is in its file, as lines and columns: its first character if the file cannot be read."""
        from migralint.python.lower import SyntaxProblem
        from migralint.python.positions import Located
        from migralint.verdict.subject import Span

        found = None
        with suppress(TreeError, SyntaxProblem, ValueError):
            source = self.source(place.path)
            if place.node < 0:
                lines = Lines(source)
                return Span(place.path, *lines.position(place.start), *lines.position(max(place.start, place.end)))
            if place.path not in self._located:
                self._located[place.path] = Located(source)
            found = self._located[place.path].span(place.node, place.start, place.end)
        return Span(place.path, *(found or (1, 1, 1, 1)))

    # histories -------------------------------------------------------------------------------------------------
    @cached_property
    def locations(self) -> tuple[tuple[Location, Configuration], ...]:
        """Where the histories are, each with its configuration. Raises ProjectError where there is none."""
        out = []
        for configuration in self.configurations:
            try:
                out += [(location, configuration) for location in discover(self.tree, configuration)]
            except EnvironmentProblem as problem:
                raise ProjectError(str(problem)) from problem
        return tuple(out)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What whoever asks should know of the histories, beside what the rules say."""
        return tuple(remark for location, _ in self.locations for remark in location.skipped)

    @cached_property
    def histories(self) -> tuple[Replayed, ...]:
        """The replayed histories."""
        histories = tuple(
            Reader(self._files, location, configuration, self._directions).replayed()
            for location, configuration in self.locations
        )
        self._cache.flush()
        return histories

    def replayed_to(self, target: str) -> Replayed:
        """What `alembic upgrade TARGET` does to an empty database; the only history's. Raises TargetError."""
        location, configuration = self.locations[0]
        return Reader(self._files, location, configuration, ("upgrade",)).replayed(target)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the engine noticed."""
        notes: dict[Note, None] = {}
        for history in self.histories:
            notes.update(dict.fromkeys(history.notes))
        unread = [note for snapshot in self.snapshots for note in snapshot.unread]
        return (*self._files.notes, *notes, *unread)

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
                if step.direction == "upgrade" and step.applied and step.operation.changes_schema:
                    for changed in _changed(step.operation):
                        self._places[changed] = step.place
        return self._places.get(ref) or self._places.get(ObjectRef("table", ref.table))


def _changed(operation: Operation) -> Iterator[ObjectRef]:
    """The objects that an operation makes or changes: of CREATE TABLE also the columns and constraints."""
    yield operation.object
    if isinstance(operation, CreateTable):
        definition = operation.definition
        yield from (ObjectRef("column", definition.name, c.name) for c in definition.columns)
        yield from (ObjectRef("constraint", definition.name, c.name) for c in definition.constraints if c.name)
    elif isinstance(operation, RenameTable):
        yield ObjectRef("table", operation.new)
