"""Reads the models of one history: which MetaData they are in, and the schema that it would make."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress

from migralint.configuration import Configuration
from migralint.environment import callers, env_py, models_key
from migralint.environment.flask import application_database
from migralint.environment.folders import source_roots
from migralint.environment.locations import Location
from migralint.environment.package_versions import versions_of
from migralint.models.build import Build
from migralint.models.creating import creating
from migralint.models.filters import Filters
from migralint.models.found import Models
from migralint.models.holders import defined_in, metadata_in
from migralint.models.listed import listed
from migralint.operations import CreateSchema, Place
from migralint.operations.paper import Paper
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.importing import Files, Reach
from migralint.python.imports import DEFINES
from migralint.python.library.config import MainOptions
from migralint.python.library.enums import forget_types
from migralint.python.library.flask import use_application_database
from migralint.python.library.home import NotKnown
from migralint.python.library.metadata import MetaDataItem
from migralint.python.library.unread_metadata import UnreadMetaData
from migralint.python.modules import Modules
from migralint.python.values import Unknown, Value
from migralint.schema import Name
from migralint.tree import TreeError, below, walk

_VERSIONED = re.compile(r"\bmake_versioned\s*\(")
"""SQLAlchemy-Continuum makes models of its own when the mappers are configured."""

_NAMED_LATER = re.compile(r"""["']__tablename__["']\s*:\s*\(?\s*(?:[A-Za-z_]|f["']|["'][^"']*%)""")
"""A class that code makes with `type`, whose table has a name that is known at run time."""


_APPLICATION = re.compile(r"\bcurrent_app\b|\.extensions\b")
"""An `env.py` that asks the running application."""


class ModelsError(Exception):
    """The models cannot be read; the message says what, where, and what to do.

    `expected` is whether something says that there are models, so that whoever asks for nothing in particular should
    know; it is false without an `env.py`, or where its `target_metadata` is None.
    """

    def __init__(self, message: str, *, expected: bool = True) -> None:
        super().__init__(message)
        self.expected = expected


_COMPARED = ("include_", "search_path")
"""What `env.py` says that a comparison with the history needs, beside the MetaData."""


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
        self._ev.context["naming convention"] = configuration.naming_convention
        self._ev.context["version of"] = versions_of(location.script_location, files.tree, files.text)
        self._reach = Reach(self._ev, self._finder, files)
        self._read: env_py.Environment | None = None

    def read(self) -> Models:
        """The schema that `create_all` of the models' MetaData makes. Raises ModelsError where none is found."""
        given, empty = self._configuration.models, self._paper.moment()
        metadata = self._named(given) if given else self._of_environment()
        environment = self._environment(imports=False)
        self._paper.restore(empty)  # modules may send DDL while they are imported
        path = environment.search_path
        self._paper.prepare([CreateSchema(name, True) for name in path], path)
        forget_types(self._ev)
        steps, notes = len(self._paper.steps), len(self._paper.notes)
        build = Build(self._ev, self._paper)
        build.create(metadata)
        result = self._paper.result
        self._ev.context["models are read"] = True
        home = Place(self._location.env_path or self._location.script_location)
        versioned = self._any_mentions(_VERSIONED)
        if versioned:
            self._paper.note("MG002", "tables of versions, which SQLAlchemy-Continuum makes, are not among them", home)
        items = {name: table for one in metadata for table in one.tables.values() if (name := build.made.get(table))}
        return Models(
            result,
            tuple(self._paper.steps[steps:]),
            tuple(self._paper.notes[notes:]),
            build.details,
            frozenset(self._configuration.managed_schemas),
            Filters(self._ev, environment, items),
            home,
            lambda names: self._unreached(metadata, names),
            self._set_aside,
            lambda: creating(self._own()),
            versioned,
            self._any_mentions(_NAMED_LATER) or any(isinstance(one, UnreadMetaData) for one in metadata),
        )

    def _unreached(self, metadata: Sequence[MetaDataItem], names: Collection[Name]) -> dict[Name, Place]:
        """Where other modules of the project define tables of this MetaData: the place of each by its name."""
        quoted = re.compile("|".join(rf"[\"']{re.escape(name.name)}[\"']" for name in names))
        before = {id(table) for one in metadata for table in one.tables.values()}
        modules = [dotted for dotted in self._others() if self._mentions(dotted, quoted)]
        self._reach.run(modules)
        found: dict[Name, Place] = {}
        for table in (table for one in metadata for table in one.tables.values() if id(table) not in before):
            with suppress(NotKnown):
                found[table.created(self._ev)] = table.place
        return {name: place for name, place in found.items() if name in names}

    def _set_aside(self, lacking: Collection[Name]) -> frozenset[str]:
        """Of the tables without a model, those that code of the project, tests and revisions aside, keeps a list of."""
        names = {written for table in lacking for written in (table.name, str(table))}
        return frozenset(listed((text for _, text in self._own()), names))

    def _own(self) -> Iterator[tuple[str, str]]:
        """The code of the project, tests and revisions aside: each path with its text."""
        history = tuple(f"{one}/" for one in self._location.version_locations if one)
        for path in walk(self._files.tree, "", ".py", on_error=lambda problem: None):
            parts = path.split("/")
            if not any(part in _TESTS or part.startswith("test_") for part in parts) and not path.startswith(history):
                yield path, self._read_file(path) or ""

    def _any_mentions(self, pattern: re.Pattern[str]) -> bool:
        return any(self._mentions(one.name, pattern) for one in self._reach.modules())

    def _mentions(self, dotted: str, pattern: re.Pattern[str]) -> bool:
        try:
            return pattern.search(self._files.text(self._path(dotted))) is not None
        except TreeError:
            return False

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
        paths = set() if attributes else {self._path(dotted) for dotted in modules}
        metadata = defined_in(self._ev, self._reach.modules(), paths) if paths else []
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
        """The modules below a package, without those of the history and of tests."""
        folder = self._ev.modules.folder(dotted)
        if folder is None:
            found = next((f for root in self._roots if self._is_folder(f := _joined(root, dotted))), None)
            folder = found or ""
        history = (self._location.script_location, *self._location.version_locations)
        walked = walk(self._files.tree, folder, ".py", on_error=lambda problem: None)
        paths = (path for path in walked if not path.startswith(tuple(f"{one}/" for one in history if one)))
        below_it = (path[len(folder) + 1 :] for path in paths)
        own = (path for path in below_it if not _TESTS & set(path.split("/")))
        inside = (path.removesuffix(".py").replace("/", ".") for path in own)
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
            raise ModelsError("there is no env.py that gives the models' MetaData; set the key models", expected=False)
        try:
            source = self._files.text(path)
        except TreeError as problem:
            raise ModelsError(f"{problem}; set the key models") from problem
        environment = self._environment(imports=True)
        metadata = metadata_in(self._ev, environment.target_metadata)
        if metadata and (_APPLICATION.search(source) or not any(one.tables for one in metadata)):
            self._reach.run(self._others())  # whoever runs Alembic imports the models
        metadata = [one for one in metadata if one.tables or not isinstance(one, UnreadMetaData)]
        value = environment.target_metadata
        if not any(one.tables for one in metadata) and value is not None and _APPLICATION.search(source):
            metadata = self._only_one() or metadata
        if not metadata:
            why = f" ({value.reason})" if isinstance(value, Unknown) else ""
            message = f"{path}: the target_metadata is not known{why}; name its modules with the key models"
            raise ModelsError(message, expected=value is not None)
        if not any(one.tables for one in metadata):
            self._refuse_empty(path)
        return metadata

    def _only_one(self) -> list[MetaDataItem]:
        """The only MetaData with tables in the project, which is then that of the application; empty for several."""
        others = self._others()
        self._reach.run(others)
        found = defined_in(self._ev, self._reach.modules(), set(map(self._path, others)))
        return found if len(found) == 1 else []

    def _refuse_empty(self, path: str) -> None:
        """No tables are an answer only where no module looks as if it defines some."""
        defining = next((dotted for dotted in self._others() if self._mentions(dotted, DEFINES)), None)
        if defining is not None:
            message = (
                f"{path}: no table is known in its target_metadata, though {self._path(defining)} looks as if it "
                "defines some; name the modules with the key models"
            )
            raise ModelsError(message)

    def _environment(self, imports: bool) -> env_py.Environment:
        """What `env.py` says; nothing where it cannot be read.

        With `imports`, all that it imports runs, as the models may be there; else it is only asked what it leaves out
        of a comparison.
        """
        path = self._location.env_path
        if self._read is None and path is not None:
            try:
                source = self._files.text(path)
            except TreeError:
                return env_py.Environment()

            if not imports and not any(word in source for word in _COMPARED):
                return env_py.Environment()

            def database(ev: Evaluator) -> Value:
                return self._application_database(ev, source)

            options = MainOptions(self._location.settings, self._set_by_callers, self._location.sections)
            if imports:
                self._reach.run_imports(self._finder.name_of(path), source)
            self._read = env_py.read(path, source, self._finder, options, database, ev=self._ev)
            if imports:
                self._reach.run(self._ev.modules.pending)
        return self._read or env_py.Environment()

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

    def _read_file(self, path: str) -> str | None:
        try:
            return self._files.text(path)
        except TreeError:
            return None

    def _list_files(self, folder: str) -> list[str] | None:
        return below(self._files.tree, folder)


_TESTS = frozenset({"tests", "test", "conftest.py"})
_ASIDE = _TESTS | {"versions", "migrations", "alembic", "setup.py", "docs", "examples"}


def _joined(root: str, dotted: str) -> str:
    path = dotted.replace(".", "/")
    return f"{root}/{path}" if root else path
