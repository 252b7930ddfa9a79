"""Reads the models of one history: which MetaData they are in, and the schema that it would make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from migralint.configuration import Configuration
from migralint.environment import callers, env_py, models_key
from migralint.environment.flask import application_database
from migralint.environment.folders import source_roots
from migralint.environment.locations import Location
from migralint.models.build import Build
from migralint.models.details import Details
from migralint.models.holders import defined_in, metadata_in
from migralint.models.reach import Files, Reach
from migralint.models.versions import version
from migralint.operations import ObjectRef, Place
from migralint.operations.paper import Note, Paper, Step
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.library.config import MainOptions
from migralint.python.library.enums import forget_types
from migralint.python.library.flask import use_application_database
from migralint.python.library.metadata import MetaDataItem
from migralint.python.modules import Modules
from migralint.python.values import Unknown, Value
from migralint.schema import Schema
from migralint.tree import TreeError, below, walk
from migralint.tree.paths import parent

_NOWHERE = Place("")


class ModelsError(Exception):
    """The models cannot be read; the message says what, where, and what to do."""


@dataclass(frozen=True)
class Models:
    """The schema of the models, and what else they say; `steps` and `notes` tell what was not read.

    `managed` are the schemas that someone else owns, `home` is where something stands that they lack.
    """

    schema: Schema
    steps: tuple[Step, ...] = ()
    notes: tuple[Note, ...] = ()
    details: Details = field(default_factory=Details)
    managed: frozenset[str] = frozenset()
    home: Place = _NOWHERE

    @property
    def path(self) -> str:
        """What the side is called in a comparison."""
        return "models"

    @property
    def filled(self) -> Mapping[ObjectRef, str | None]:
        """The columns for which SQLAlchemy sends a value with every INSERT, with that of a constant."""
        return self.details.filled

    @property
    def members(self) -> Mapping[ObjectRef, tuple[tuple[str, str], ...]]:
        """The names and values of the Python enum behind a column."""
        return self.details.members

    def place_of(self, ref: ObjectRef) -> Place:
        """Where the models say it."""
        return self.details.place_of(ref) or self.home


class Reader:
    """Reads the models of one history."""

    def __init__(self, files: Files, location: Location, configuration: Configuration) -> None:
        self._files = files
        self._location = location
        self._configuration = configuration
        self._roots = source_roots(files.tree, location, configuration)
        self._finder = ProjectFinder(files.tree, self._roots, files)
        self._paper = Paper(configuration.dialect, configuration.postgresql_version)
        self._ev = Evaluator(self._paper, Modules(self._finder))
        self._ev.context["read_file"] = self._read_file
        self._ev.context["list_files"] = self._list_files
        self._ev.context["version of"] = cache(self._version)
        self._reach = Reach(self._ev, self._finder, files)

    def read(self) -> Models:
        """The schema that `create_all` of the models' MetaData makes. Raises ModelsError where none is found."""
        given, empty = self._configuration.models, self._paper.moment()
        metadata = self._named(given) if given else self._of_environment()
        self._paper.restore(empty)  # modules may send DDL while they are imported
        forget_types(self._ev)
        steps, notes = len(self._paper.steps), len(self._paper.notes)
        build = Build(self._ev, self._paper)
        build.create(metadata)
        result = self._paper.result
        return Models(
            result,
            tuple(self._paper.steps[steps:]),
            tuple(self._paper.notes[notes:]),
            build.details,
            frozenset(self._configuration.managed_schemas),
            Place(self._location.env_path or self._location.script_location),
        )

    # the key `models` -------------------------------------------------------------------------------------------
    def _named(self, given: Iterable[str]) -> list[MetaDataItem]:
        problem = models_key.missing(self._configuration, self._finder, self._roots)
        if problem is not None:
            raise ModelsError(problem)
        where = models_key.origin(self._configuration)
        modules: list[str] = []
        attributes: list[tuple[str, str]] = []
        for one in given:
            dotted, _, attribute = one.partition(":")
            found = self._finder.find(dotted)
            if attribute:
                attributes.append((dotted, attribute))
            else:
                modules += [dotted, *(self._below(dotted) if found is not None and found[1] else ())]
        self._reach.run(modules, list(dict.fromkeys(one.partition(":")[0] for one in given)))
        metadata = defined_in(self._ev, self._reach.modules(), {self._path(dotted) for dotted in modules})
        for dotted, attribute in attributes:
            value = self._reach.module(dotted)
            for name in attribute.split("."):
                value = self._ev.attribute(value, name, Place(self._path(dotted)))
            found_here = metadata_in(self._ev, value)
            if not found_here:
                why = f": {value.reason}" if isinstance(value, Unknown) else ""
                raise ModelsError(f"{where}models: {dotted}:{attribute} is no MetaData{why}")
            metadata += found_here
        if not metadata:
            raise ModelsError(f"{where}models: no table is defined in {', '.join(given)}")
        return list(dict.fromkeys(metadata))

    def _below(self, dotted: str) -> list[str]:
        """The modules below a package, without those of the history."""
        folder = self._ev.modules.folder(dotted)
        if folder is None:
            found = next((f for root in self._roots if self._is_folder(f := _joined(root, dotted))), None)
            folder = found or ""
        history = (self._location.script_location, *self._location.version_locations)
        walked = walk(self._files.tree, folder, ".py", on_error=lambda problem: None)
        paths = (path for path in walked if not path.startswith(tuple(f"{one}/" for one in history if one)))
        inside = (path[len(folder) + 1 :].removesuffix(".py").replace("/", ".") for path in paths)
        return [f"{dotted}.{one}".removesuffix(".__init__") for one in inside if one != "__init__"]

    def _is_folder(self, path: str) -> bool:
        try:
            return self._files.tree.is_dir(path)
        except TreeError:
            return False

    def _path(self, dotted: str) -> str:
        found = self._finder.find(dotted)
        return found[0] if found is not None else ""

    # what env.py gives ------------------------------------------------------------------------------------------
    def _of_environment(self) -> list[MetaDataItem]:
        path = self._location.env_path
        if path is None:
            raise ModelsError("there is no env.py that gives the models' MetaData; set the key models")
        try:
            source = self._files.text(path)
        except TreeError as problem:
            raise ModelsError(f"{problem}; set the key models") from problem

        def database(ev: Evaluator) -> Value:
            return self._application_database(ev, source)

        options = MainOptions(self._location.settings, self._set_by_callers)
        self._reach.run_imports(self._finder.name_of(path), source)
        environment = env_py.read(path, source, self._finder, options, database, ev=self._ev)
        self._reach.run(self._ev.modules.pending)
        metadata = metadata_in(self._ev, environment.target_metadata)
        if not metadata:
            value = environment.target_metadata
            why = f" ({value.reason})" if isinstance(value, Unknown) else ""
            raise ModelsError(f"{path}: the target_metadata is not known{why}; name its modules with the key models")
        if "current_app" in source or not any(one.tables for one in metadata):
            self._reach.run(self._others())  # whoever runs Alembic imports the models
        return metadata

    def _application_database(self, ev: Evaluator, source: str) -> Value:
        files = self._files
        found = application_database(ev, source, files.tree, files.text, self._finder)
        use_application_database(ev, found)
        return found

    def _others(self) -> list[str]:
        """The modules of the project that a running application may import: all of its own, tests aside."""
        found: list[str] = []
        for path in walk(self._files.tree, "", ".py", on_error=lambda problem: None):
            parts = path.split("/")
            if any(part in _ASIDE or part.startswith("test_") for part in parts) or path == self._location.env_path:
                continue
            found.append(self._finder.imported_as(path))
        return found

    def _set_by_callers(self, option: str) -> tuple[Value] | None:
        files = self._files
        return callers.option(option, self._location.script_location, files.tree, files.text, self._finder)

    def _version(self, package: str) -> tuple[int, ...] | None:
        folders = [self._location.script_location]
        while folders[-1]:
            folders.append(parent(folders[-1]))
        return version(package, folders, self._files.tree, self._files.text)

    def _read_file(self, path: str) -> str | None:
        try:
            return self._files.text(path)
        except TreeError:
            return None

    def _list_files(self, folder: str) -> list[str] | None:
        return below(self._files.tree, folder)


_ASIDE = frozenset(
    {"tests", "test", "conftest.py", "versions", "migrations", "alembic", "setup.py", "docs", "examples"}
)


def _joined(root: str, dotted: str) -> str:
    path = dotted.replace(".", "/")
    return f"{root}/{path}" if root else path
