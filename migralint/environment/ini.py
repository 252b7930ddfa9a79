"""What `alembic.ini` and `[tool.alembic]` say about where a history is, read as Alembic reads it.

Alembic's rules are those of its `config.py`: interpolation by configparser with `%(here)s` for the file's folder, the
separators of `path_separator`, and `[tool.alembic]` for what the ini file does not say.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from migralint.configuration.errors import ConfigurationError
from migralint.configuration.toml import line_of, parse
from migralint.environment.errors import EnvironmentProblem
from migralint.tree import Tree
from migralint.tree.paths import parent

INI, PYPROJECT = "alembic.ini", "pyproject.toml"

MAIN = "alembic"
"""The section that Alembic reads without `--name`."""

HERE = "\0here"
"""Stands for `%(here)s` in locations until they are resolved: they would else look relative to the ini's folder."""

_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
_LOCATION = re.compile(r"^script_location[ \t]*[=:]", re.MULTILINE | re.IGNORECASE)
_TABLE = re.compile(r"\[\s*tool\s*\.\s*alembic\s*\]|^\s*alembic\s*[.=]", re.MULTILINE)
_HEADER = re.compile(r"\[(.+)\]")


@dataclass(frozen=True)
class Section:
    """One section of an ini file, or `[tool.alembic]`; None is what it does not say.

    Locations may hold `HERE`. `settings` are the strings that `config.get_main_option()` gives in `env.py`, `others`
    those of the file's other sections; `places` has by option the line (from 1) where it is set. `options` are all that
    the section says, as Alembic itself reads them.
    """

    path: str
    name: str
    script_location: str | None = None
    version_locations: tuple[str, ...] | None = None
    recursive: bool | None = None
    prepend_sys_path: tuple[str, ...] | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)

    def problem(self, option: str, message: str) -> EnvironmentProblem:
        """An error at the line where the option is set."""
        return EnvironmentProblem(f"{option}: {message}", *self.places.get(option, (self.path, None)))

    def or_else(self, other: Section) -> Section:
        """This section, with what it does not say taken from the other."""
        names = ("script_location", "version_locations", "recursive", "prepend_sys_path")
        missing = {name: getattr(other, name) for name in names if getattr(self, name) is None}
        places, options = {**other.places, **self.places}, {**other.options, **self.options}
        return replace(self, places=places, options=options, **missing)


def ini_sections(tree: Tree, path: str) -> list[Section]:
    """The sections of an ini file that describe a history: `[alembic]`, and those with locations.

    Raises EnvironmentProblem for a file with `script_location` that configparser refuses, and TreeError.
    """
    text = tree.text(path)
    parser = configparser.ConfigParser({"here": HERE})
    try:
        parser.read_string(text, path)
    except configparser.Error as error:
        if not _LOCATION.search(text):
            return []
        errors = getattr(error, "errors", None)
        line = errors[0][0] if errors else getattr(error, "lineno", None)
        raise EnvironmentProblem(f"not an ini file: {str(error).splitlines()[0]}", path, line) from None
    lines = _lines(text)
    options = ("script_location", "version_locations")
    described = [name for name in parser.sections() if name == MAIN or any((name, one) in lines for one in options)]
    return [_section(parser, path, name, lines) for name in described]


def toml_section(tree: Tree, path: str) -> Section | None:
    """`[tool.alembic]`, None where there is none. Raises EnvironmentProblem and TreeError."""
    text = tree.text(path)
    if not _TABLE.search(text):
        return None
    try:
        tool = parse(text, path).get("tool")
    except ConfigurationError as error:
        raise EnvironmentProblem(error.message, path, error.line) from None
    table = tool.get("alembic") if isinstance(tool, dict) else None
    if not isinstance(table, dict):
        return None
    places = {str(option): (path, line_of(text, ("tool", "alembic", str(option)))) for option in table}
    section = Section(path, MAIN, places=places)

    def strings(option: str, one: bool = False) -> tuple[str, ...] | None:
        value = table.get(option)
        values = [value] if one and value is not None else value
        if values is None:
            return None
        if not isinstance(values, list) or not all(isinstance(item, str) for item in values):
            raise section.problem(option, "expected a string" if one else "expected a list of strings")
        try:
            return tuple(item % {"here": HERE} for item in values)
        except (KeyError, ValueError, TypeError):
            raise section.problem(option, "cannot be interpolated; write %% for %, only %(here)s is known") from None

    recursive = table.get("recursive_version_locations")
    if recursive is not None and not isinstance(recursive, bool):
        raise section.problem("recursive_version_locations", "expected true or false")
    return replace(
        section,
        options={str(option): _filled(value) for option, value in table.items() if isinstance(value, str | int)},
        script_location=(strings("script_location", one=True) or (None,))[0],
        version_locations=strings("version_locations"),
        recursive=recursive,
        prepend_sys_path=strings("prepend_sys_path"),
    )


def _filled(value: str | int) -> str:
    """An option of `[tool.alembic]` as text; Alembic stops at one that cannot be interpolated."""
    try:
        return str(value) % {"here": HERE} if isinstance(value, str) else str(value)
    except (KeyError, ValueError, TypeError):
        return str(value)


def _section(parser: configparser.ConfigParser, path: str, name: str, lines: Mapping[tuple[str, str], int]) -> Section:
    places = {option: (path, lines.get((name, option), lines.get(("DEFAULT", option)))) for option in parser[name]}
    section = Section(path, name, places=places)

    def value(option: str) -> str | None:
        try:
            return parser.get(name, option, fallback=None) or None
        except configparser.InterpolationError as error:
            message = str(error).splitlines()[0]
            raise section.problem(option, f"{message}; write %% for %") from None

    versions, paths = value("version_locations"), value("prepend_sys_path")
    settings = _settings(parser, path, name)
    recursive = value("recursive_version_locations")
    return replace(
        section,
        script_location=value("script_location"),
        version_locations=_split(section, versions, value, r", *| +", "version_path_separator") if versions else None,
        recursive=None if recursive is None else recursive == "true",
        prepend_sys_path=_split(section, paths, value, r", *| +|:") if paths else None,
        settings=settings,
        options=settings,
        others={one: _settings(parser, path, one) for one in parser.sections() if one != name},
    )


def _settings(parser: configparser.ConfigParser, path: str, name: str) -> dict[str, str]:
    """The options of a section as code gets them."""
    settings: dict[str, str] = {}
    for option in parser[name]:
        try:
            settings[option] = parser.get(name, option)
        except configparser.InterpolationError:
            # Alembic stops when it needs the value; here only env.py can, on paper.
            settings[option] = parser.get(name, option, raw=True)
    return {option: text.replace(HERE, parent(path) or ".") for option, text in settings.items()}


def _split(
    section: Section, text: str, value: Callable[[str], str | None], legacy: str, older: str | None = None
) -> tuple[str, ...]:
    """A list as Alembic splits it; without a separator, as its versions before 1.7 did for every file."""
    for option in ("path_separator", *((older,) if older else ())):
        given = value(option)
        if given is not None:
            break
    else:
        return tuple(item for part in re.split(legacy, text) if (item := part.strip()))
    # Templates of Alembic 1.7 to 1.13 have a comment behind the value, which configparser takes for a part of it.
    separator = _SEPARATORS.get(given.split("#")[0].strip())
    if separator is None:
        raise section.problem(option, f"expected one of {', '.join(_SEPARATORS)}, not {given!r}")
    return tuple(item for part in text.split(separator) if (item := part.strip()))


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The line (from 1) of each option, by section and option."""
    lines: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            section = header[1]
        elif line[:1] not in ("", " ", "\t", "#", ";", "\r"):
            option = re.split(r"[=:]", line, maxsplit=1)[0].strip().lower()
            lines.setdefault((section, option), number)
    return lines
