"""Which folder is the project, and which files configure it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from migralint.configuration.errors import ConfigurationError
from migralint.tree import PYTHON_BYTES, TreeError, WorkTree, decode

OWN_FILE = "migralint.toml"
PYPROJECT = "pyproject.toml"

_HEADER = re.compile(rb"^[ \t]*\[{1,2}[ \t]*tool[ \t]*\.[ \t]*migralint[ \t]*[.\]]", re.MULTILINE)


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
    `folder` up to the root of its repository; without one, it is `folder`. Each of `config` (`--config`) is a file,
    seen from `folder`, or a TOML pair; files there stand in place of the one found. Raises ConfigurationError.
    """
    start = os.path.realpath(folder if project is None else os.path.join(folder, project))
    if not os.path.isdir(start):
        raise ConfigurationError("no such folder; check --project", project or folder)
    root, files = start, tuple[str, ...]()
    for candidate in _upward(start) if project is None else (start,):
        files = _configured(candidate)
        if files:
            root = candidate
            break
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


def _upward(folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder or os.path.exists(os.path.join(folder, ".git")):
            return
        folder = above


def _configured(folder: str) -> tuple[str, ...]:
    own = os.path.isfile(os.path.join(folder, OWN_FILE))
    pyproject = _declares(os.path.join(folder, PYPROJECT))
    if own and pyproject:
        message = f"{OWN_FILE} beside it configures migralint too; keep one of the two"
        raise ConfigurationError(message, os.path.join(folder, PYPROJECT))
    return (OWN_FILE,) if own else (PYPROJECT,) if pyproject else ()


def _declares(file: str) -> bool:
    """Whether a pyproject.toml has a table `tool.migralint`; parsed only where its header is not plainly there."""
    if not os.path.isfile(file):
        return False
    try:
        with open(file, "rb") as stream:
            data = stream.read(PYTHON_BYTES)
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", file) from None
    if _HEADER.search(data):
        return True
    if b"migralint" not in data:
        return False
    from migralint.configuration.toml import parse

    try:
        tool = parse(decode(data, file), file).get("tool")
    except TreeError as error:
        raise ConfigurationError(f"{error.problem}; {error.remedy}", file, error.line) from None
    return isinstance(tool, dict) and "migralint" in tool
