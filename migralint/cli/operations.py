"""`migralint operations`."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from migralint.cli.histories import revision
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option
from migralint.cli.output import colour, emit, prefix
from migralint.cli.scripts import is_script, replay
from migralint.cli.unread import tell_of_project
from migralint.cli.values import Common
from migralint.tree import WorkTree

if TYPE_CHECKING:
    from migralint.project import Project
    from migralint.rule import Place, Step
    from migralint.verdict.subject import Replayed


class _Listed(NamedTuple):
    """A step to list, the name of its history (None for one of a script), and what gives the line of its place."""

    history: str | None
    step: Step
    line: Callable[[Place], int]


@click.command("operations")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("--direction", type=click.Choice(["upgrade", "downgrade"]), default="upgrade", help="Which way.")
@format_option("text", "jsonl")
@common
def command(common: Common, sources: tuple[str, ...], direction: str, format: str) -> None:
    """List operations in the order in which they run.

    A SOURCE is a revision id, a migration file or an SQL script, which is replayed on its own from an empty schema.
    Without one, the whole history is listed.
    """
    from migralint.report.entries import entry, lines
    from migralint.report.style import Style
    from migralint.verdict.coverage import listed

    found = find(common)
    project = open_project(common, found)
    steps = _sources(project, sources, direction) if sources else _everything(project, direction)
    entries = [entry(one.history, one.step, one.line) for one in steps if listed(one.step)]
    if not sources or not all(map(is_script, sources)):
        tell_of_project(common, project)
    if format == "jsonl":
        emit("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in entries), machine=True)
    else:
        text = lines(entries, prefix(found.root), Style(colour(common)))
        emit("".join(f"{line}\n" for line in text))


def _everything(project: Project, direction: str) -> Iterator[_Listed]:
    for history in project.histories:
        revisions = list(history.revisions)
        for one in revisions if direction == "upgrade" else reversed(revisions):
            yield from _steps(project, history, one, direction)


def _sources(project: Project, sources: Iterable[str], direction: str) -> Iterator[_Listed]:
    tree = WorkTree(project.root)

    @functools.cache  # scripts need no history
    def files() -> dict[str, tuple[Replayed, str]]:
        return {one.path: (history, one.id) for history in project.histories for one in history.revisions.values()}

    for source in sources:
        if is_script(source):
            script = replay(project, source)
            yield from (_Listed(None, step, script.line) for step in script.paper.steps)
            continue
        path = tree.locate(source)
        if path in files():
            history, known = files()[path]
        elif os.path.exists(source):
            raise click.UsageError(f"{source}: neither a revision of the project nor an SQL script.")
        else:
            history, known = revision(project.histories, source)
        yield from _steps(project, history, known, direction)


def _steps(project: Project, history: Replayed, known: str, direction: str) -> Iterator[_Listed]:
    for step in history.steps(known, direction):
        yield _Listed(history.name, step, lambda place: project.resolve(place).line)
