"""Where the project's histories are: its configuration, Alembic's, or else what its folders look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from migralint.configuration import Configuration
from migralint.environment.errors import EnvironmentProblem, NoHistory
from migralint.environment.folders import VERSIONS, has_revisions, is_folder, revisions_below, script_locations, under
from migralint.environment.ini import INI, MAIN, PYPROJECT, Section, ini_sections, toml_section
from migralint.environment.resolve import resolved, shown, upward
from migralint.tree import Tree, TreeError, walk
from migralint.tree.paths import name, parent

_TEMPLATE = re.compile(r"\{\w*\}|\$\{|<\w+>|__\w+__")
"""A location that a program fills in before Alembic reads it says nothing: the folders do."""

_Complaint = Callable[[str], EnvironmentProblem]


@dataclass(frozen=True)
class Location:
    """Where one history is. Paths are those of the tree.

    `name` is unlike that of the project's other histories. `version_locations` are folders that exist and hold
    revision files, below them too if `recursive`. `prepend_sys_path` are folders from which `env.py` and the revisions
    import. `ini_path` and `section` say where the history is configured, None where it is not; `settings` are what
    `config.get_main_option()` gives in `env.py`, `sections` what the other sections of the file say, `options` all that
    Alembic reads there. `skipped` tells of configured version locations that are not there or hold nothing, beside
    others that do, and of revisions in folders below them.
    """

    name: str
    script_location: str
    version_locations: tuple[str, ...]
    recursive: bool = False
    prepend_sys_path: tuple[str, ...] = ()
    env_path: str | None = None
    ini_path: str | None = None
    section: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()


def discover(tree: Tree, configuration: Configuration) -> tuple[Location, ...]:
    """The histories that a configuration is for, at least one.

    Where it names none, they are those of every `alembic.ini`, other `*.ini` and `[tool.alembic]` in the project's
    folder; else of those below it; else every folder that looks like one. Raises NoHistory, EnvironmentProblem and
    TreeError.
    """
    if configuration.script_location is not None:
        found = _configured(tree, configuration, configuration.script_location)
    else:
        sections = _root_sections(tree) or _sections_below(tree)
        found = [_described(tree, configuration, one) for one in sections] or _conventional(tree, configuration)
        found = _picked(_named(found), configuration)
    if len(found) > 1 and configuration.version_locations is not None:
        message = f"is for one history, but there are {_names(found)}; set script-location too, or choose with --name"
        raise _complaint(configuration, "version-locations")(message)
    return tuple(found)


def _configured(tree: Tree, configuration: Configuration, given: str) -> list[Location]:
    """The history of the key `script-location`, with what Alembic's own configuration says about that folder.

    Several sections for one folder are several histories, unless `--name` or the key `version-locations` picks one.
    """
    complain = _complaint(configuration, "script-location")
    folder = _folder(tree, configuration, given, "", None, complain)
    sections = _sections_of(tree, configuration, folder)
    chosen = [one for one in sections if one.name == configuration.name]
    if chosen or configuration.version_locations is not None:
        sections = (chosen or sections)[:1]
    found = [_location(tree, configuration, folder, one) for one in sections or (None,)]
    if len(found) > 1:
        return _named(found)
    # Named by its folder, like others; several can share that only with version locations of their own.
    own = configuration.name != MAIN and found[0].version_locations != (under(folder, VERSIONS),)
    return [replace(found[0], name=configuration.name if own else folder)]


def _described(tree: Tree, configuration: Configuration, section: Section) -> Location:
    """The history of a section with a `script_location`."""
    given, home = section.script_location or "", parent(section.path)
    complain = _complaint_at(section, "script_location")
    try:
        folder = _folder(tree, configuration, given, home, section, complain)
    except EnvironmentProblem:
        # Flask-Migrate puts the folder of the file in place of what it says, which then nobody keeps right.
        if not (tree.exists(under(home, "env.py")) and is_folder(tree, under(home, VERSIONS))):
            raise
        folder = home
    return _location(tree, configuration, folder, section)


def _conventional(tree: Tree, configuration: Configuration) -> list[Location]:
    """The histories of a project without any configuration."""
    files = list(walk(tree, "", ".py", on_error=lambda problem: None))
    found, empty = script_locations(tree, files)
    if found or empty:
        # A template may have env.py and no revisions; where nothing else is, the missing revisions are the problem.
        sections = {one: next(iter(_sections_of(tree, configuration, one)), None) for one in found or empty}
        return [replace(_location(tree, configuration, one, about), name=one) for one, about in sections.items()]
    versions = configuration.version_locations
    if versions:
        return [_location(tree, configuration, parent(versions[0]), None)]
    raise NoHistory(
        f"no Alembic history found: no {INI} or other *.ini with script_location, no [tool.alembic] in {PYPROJECT}, no "
        f"folder with env.py beside {VERSIONS}/ and no {VERSIONS}/ with revisions among {len(files)} Python files; "
        "name the project with --project, or set script-location in the configuration of migralint"
    )


def _location(tree: Tree, configuration: Configuration, folder: str, section: Section | None) -> Location:
    """The history of a script location, its version locations checked."""
    recursive = configuration.recursive_version_locations
    if recursive is None:
        recursive = bool(section and section.recursive)
    base = parent(section.path) if section else ""
    if configuration.version_locations is not None:
        given, base, complain = configuration.version_locations, "", _complaint(configuration, "version-locations")
    elif section is not None and section.version_locations is not None:
        given, complain = section.version_locations, _complaint_at(section, "version_locations")
    else:
        given, base = (under(folder, VERSIONS),), ""
        complain = _complaint_at(section, "script_location") if section else EnvironmentProblem
        if configuration.script_location is not None:
            complain = _complaint(configuration, "script-location")
    versions, skipped = [], []
    for one in given:
        try:
            versions.append(
                _versions(tree, _folder(tree, configuration, one, base, section, complain), recursive, complain)
            )
        except EnvironmentProblem as problem:
            # Alembic goes on without a folder that is not there, but not without a package.
            if configuration.version_locations is not None or (":" in one and not one.startswith("/")):
                raise
            skipped.append(problem)
    if not versions:
        raise skipped[0]
    remarks = [f"{problem}; the other version locations are read" for problem in skipped]
    below = [] if recursive else revisions_below(tree, versions)
    if below:
        more = f" and {len(below) - 1} more" if len(below) > 1 else ""
        remarks.append(
            f"{below[0]}{more}: not read, as Alembic looks into folders below a version location only with "
            "recursive_version_locations; set recursive-version-locations"
        )
    env = under(folder, "env.py")
    return Location(
        name=section.name if section else folder,
        script_location=folder,
        version_locations=tuple(dict.fromkeys(versions)),
        recursive=recursive,
        prepend_sys_path=_prepended(tree, section),
        env_path=env if tree.exists(env) else None,
        ini_path=section.path if section else None,
        section=section.name if section else None,
        settings=section.settings if section else {},
        options=section.options if section else {},
        sections=section.others if section else {},
        skipped=tuple(remarks),
    )


def _versions(tree: Tree, folder: str, recursive: bool, complain: _Complaint) -> str:
    """A folder that holds revision files. Raises what `complain` makes for another."""
    if has_revisions(tree, folder, recursive):
        return folder
    hint = ""
    if not recursive and has_revisions(tree, folder, True):
        hint = "; the folders below it have some: set recursive-version-locations"
    raise complain(f"the folder {folder or '.'} holds no revision files{hint}")


def _folder(
    tree: Tree, configuration: Configuration, given: str, base: str, section: Section | None, complain: _Complaint
) -> str:
    """The folder that a location means. Raises what `complain` makes where there is none."""
    roots = (*_prepended(tree, section), *(configuration.source_roots or ()))
    folder = resolved(tree, given, base, roots)
    if folder is None:
        raise complain(f"no folder {shown(given)!r} in the project; correct it, or name the project with --project")
    return folder


def _prepended(tree: Tree, section: Section | None) -> tuple[str, ...]:
    """The folders of `prepend_sys_path` that lie in the project; its default is the folder that Alembic runs in."""
    if section is None:
        return ()
    folder = parent(section.path)
    given = (".",) if section.prepend_sys_path is None else section.prepend_sys_path
    found = (resolved(tree, one, folder, ()) for one in given if ":" not in one)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _root_sections(tree: Tree) -> list[Section]:
    """The histories that files in the project's folder describe, those of alembic.ini first."""
    names = [entry.name for entry in tree.list("") if entry.name.endswith(".ini") and entry.kind in ("file", "link")]
    return _sections(tree, sorted(names, key=lambda one: (one != INI, one)), PYPROJECT)


def _sections_below(tree: Tree) -> list[Section]:
    """The histories that every alembic.ini and pyproject.toml below the project's folder describes."""
    folders = {parent(path) for path in walk(tree, "", INI, on_error=lambda problem: None) if name(path) == INI}
    folders |= {parent(path) for path in walk(tree, "", PYPROJECT, on_error=lambda problem: None)}
    found = []
    for folder in sorted(folders - {""}):
        found += _sections(tree, [under(folder, INI)], under(folder, PYPROJECT))
    return found


def _sections(tree: Tree, inis: list[str], toml: str) -> list[Section]:
    """The sections with a script location of ini files, the first of which Alembic reads with the TOML file."""
    main = toml_section(tree, toml) if tree.exists(toml) else None
    found = []
    for path in inis:
        for section in ini_sections(tree, path) if tree.exists(path) else ():
            if main is not None and name(path) == INI and section.name == MAIN:
                section, main = section.or_else(main), None
            found.append(section)
    given = [*found, *([main] if main else ())]
    return [one for one in given if one.script_location is not None and not _TEMPLATE.search(one.script_location)]


def _sections_of(tree: Tree, configuration: Configuration, folder: str) -> list[Section]:
    """What Alembic's configuration says about a script location that something else chose.

    Those are the sections of the nearest file that names this folder, or the `[alembic]` of an ini file in the folder
    that names none, as Flask-Migrate writes it. Files that cannot be read say nothing.
    """
    for above in upward(folder):
        try:
            sections = ini_sections(tree, under(above, INI)) if tree.exists(under(above, INI)) else []
            toml = toml_section(tree, under(above, PYPROJECT)) if tree.exists(under(above, PYPROJECT)) else None
        except (EnvironmentProblem, TreeError):
            continue
        about = []
        for section in [*sections, toml] if toml else sections:
            roots = (*_prepended(tree, section), *(configuration.source_roots or ()))
            given = section.script_location
            if above == folder if given is None else resolved(tree, given, above, roots) == folder:
                about.append(section)
        if about:
            return about
    return []


def _named(found: list[Location]) -> list[Location]:
    """The histories without repetitions, each with a name of its own: its section, else its script location."""
    single: dict[object, Location] = {}
    for one in found:
        single.setdefault((one.script_location, one.version_locations, one.recursive), one)
    histories = list(single.values())
    for names in ([one.name for one in histories], [one.script_location for one in histories]):
        if len(set(names)) == len(names):
            return [replace(one, name=given) for one, given in zip(histories, names, strict=True)]
    return [replace(one, name=f"{one.ini_path}:{one.section}:{one.script_location}") for one in histories]


def _picked(histories: list[Location], configuration: Configuration) -> list[Location]:
    """The history that `--name` chooses, else all of them."""
    if "name" not in configuration.origins:
        return histories
    wanted = configuration.name
    picked = [one for one in histories if wanted in (one.name, one.section, one.script_location)]
    if not picked:
        raise NoHistory(f"no history is called {wanted!r}; there are: {_names(histories)}")
    return picked


def _names(histories: list[Location]) -> str:
    return ", ".join(one.name for one in histories)


def _complaint(configuration: Configuration, key: str) -> _Complaint:
    """Makes errors at the place where the configuration sets a key."""
    origin = configuration.origins.get(key)
    if origin is None:
        return lambda message: EnvironmentProblem(f"{key}: {message}")
    return lambda message: EnvironmentProblem(f"{key}: {message}", origin.path or origin.source, origin.line)


def _complaint_at(section: Section, option: str) -> _Complaint:
    """Makes errors at the line of an option in Alembic's configuration."""
    return lambda message: section.problem(option, message)
