"""Which folder is the project, and which files configure it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from migralint.configuration.errors import ConfigurationError
from migralint.tree import PYTHON_BYTES, MissingError, NotAFileError, Tree, TreeError, WorkTree, decode

OWN_FILE = "migralint.toml"
PYPROJECT = "pyproject.toml"

ALEMBIC_INI = "alembic.ini"

_HEADER = rb"^[ \t]*\[{1,2}[ \t]*tool[ \t]*\.[ \t]*%s[ \t]*[.\]]"
_LOCATION = re.compile(rb"^script_location[ \t]*[=:]", re.MULTILINE | re.IGNORECASE)


class Found(NamedTuple):
    """The project and the sources of its configuration, the weakest first.

    `root` is the project's absolute folder, without links; `files` are paths in its tree; `pairs` are the TOML pairs of
    the command line.
    """

    root: str
    files: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()

    @property
    def outside(self) -> tuple[str, ...]:
        """The files outside the project, which the command line named: a work tree needs them granted."""
        return tuple(file for file in self.files if os.path.isabs(file))


def discover(folder: str, project: str | None = None, config: Sequence[str] = ()) -> Found:
    """The project that `folder` lies in.

    With `project` (`--project`) it is that folder. Otherwise it is the nearest folder with a configuration, from
    `folder` up to the root of its repository; without one, the nearest of the repository where Alembic is configured;
    else it is `folder`. Each of `config` (`--config`) is a file, seen from `folder`, or a TOML pair; files there stand
    in place of the one found. Raises ConfigurationError.
    """
    start = os.path.realpath(folder if project is None else os.path.join(folder, project))
    if not os.path.isdir(start):
        raise ConfigurationError("no such folder; check --project", project or folder)
    folders = list(_upward(start)) if project is None else [start]
    root, files = next(((one, found) for one in folders if (found := _configured(one))), (None, ()))
    if root is None:
        # Outside of a repository nothing says how far up the project may begin.
        above = folders if os.path.exists(os.path.join(folders[-1], ".git")) else folders[:1]
        root = next((one for one in above if _alembic(one)), start)
    tree = WorkTree(root)
    given = [argument for argument in config if os.path.isfile(os.path.join(folder, argument))]
    pairs = tuple(argument for argument in config if argument not in given)
    for pair in pairs:
        if "=" not in pair:
            raise ConfigurationError(
                "--config takes a file or a pair such as 'fail-on = \"error\"'; no such file", pair
            )
    if given:
        files = tuple(tree.locate(os.path.join(folder, file)) for file in given)
    return Found(tree.root, files, pairs)


def configured(tree: Tree) -> tuple[str, ...]:
    """The files in a tree's own folder that configure migralint, the weakest first. Raises ConfigurationError."""
    pyproject = b""
    with suppress(MissingError, NotAFileError):
        pyproject = tree.read(PYPROJECT)
    return _chosen(tree.kind(OWN_FILE) == "file", _says(pyproject, PYPROJECT, "migralint"), PYPROJECT)


def _upward(folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return
        folder = above


def _configured(folder: str) -> tuple[str, ...]:
    own = os.path.isfile(os.path.join(folder, OWN_FILE))
    path = os.path.join(folder, PYPROJECT)
    return _chosen(own, _declares(path, "migralint"), path)


def _chosen(own: bool, pyproject: bool, path: str) -> tuple[str, ...]:
    """Which of the two files configures migralint; `path` is for the error about both."""
    if own and pyproject:
        raise ConfigurationError(f"{OWN_FILE} beside it configures migralint too; keep one of the two", path)
    return (OWN_FILE,) if own else (PYPROJECT,) if pyproject else ()


def _alembic(folder: str) -> bool:
    """Whether Alembic is configured in a folder; an ini file without a script location lies in that location itself."""
    ini = _read(os.path.join(folder, ALEMBIC_INI))
    return _LOCATION.search(ini) is not None or _declares(os.path.join(folder, PYPROJECT), "alembic")


def _declares(file: str, tool: str) -> bool:
    """Whether a pyproject.toml has a table of a tool."""
    return _says(_read(file), file, tool)


def _says(data: bytes, file: str, tool: str) -> bool:
    """Whether the text of a pyproject.toml has a table of a tool; parsed only where its header is not plainly there."""
    if re.search(_HEADER % tool.encode(), data, re.MULTILINE):
        return True
    if tool.encode() not in data:
        return False
    from migralint.configuration.toml import parse

    try:
        tools = parse(decode(data, file), file).get("tool")
    except TreeError as error:
        raise ConfigurationError(f"{error.problem}; {error.remedy}", file, error.line) from None
    return isinstance(tools, dict) and tool in tools


def _read(file: str) -> bytes:
    """The beginning of a file, nothing where there is none."""
    if not os.path.isfile(file):
        return b""
    try:
        with open(file, "rb") as stream:
            return stream.read(PYTHON_BYTES)
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", file) from None
