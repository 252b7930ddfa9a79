"""SQL scripts of the command line, replayed on their own."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import click

from migralint.tree import SQL_BYTES, Lines, TreeError, WorkTree

if TYPE_CHECKING:
    from migralint.project import Paper, Project
    from migralint.rule import Place


class Script(NamedTuple):
    """A script after its replay from an empty database; `line` gives the line of a place in it."""

    paper: Paper
    line: Callable[[Place], int]


def is_script(source: str) -> bool:
    """Whether a source of the command line is a script; a usage error for one that is not there."""
    if not source.endswith(".sql"):
        return False
    if not os.path.isfile(source):
        raise click.UsageError(f"{source}: no such file.")
    return True


def replay(project: Project, source: str) -> Script:
    """The script of the command line, which need not lie in the project; a usage error where it cannot be read."""
    from migralint.project import replay_script

    configuration = project.configuration
    tree = WorkTree(project.root)
    tree.grant(os.path.abspath(source))
    path = tree.locate(source)
    try:
        lines = Lines(tree.text(path, SQL_BYTES))
        paper = replay_script(tree, path, configuration.dialect, configuration.postgresql_version)
    except TreeError as error:
        raise click.UsageError(str(error)) from None
    return Script(paper, lambda place: lines.position(place.start)[0])
