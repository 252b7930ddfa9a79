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
    from migralint.configuration import Configuration
    from migralint.project import Project
    from migralint.rule import Effects, Place, Step
    from migralint.verdict.subject import Replayed


class _Listed(NamedTuple):
    """A step to list, the name of its history (None for one of a script), and what gives the line of its place."""

    history: str | None
    step: Step
    line: Callable[[Place], int]
    effects: Effects | None


@click.command("operations")
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option("--direction", type=click.Choice(["upgrade", "downgrade"]), default="upgrade", help="Which way.")
@click.option("--effects", is_flag=True, help="Also what each does to a PostgreSQL in use: locks, rewrites, scans.")
@format_option("text", "jsonl")
@common
def command(common: Common, sources: tuple[str, ...], direction: str, effects: bool, format: str) -> None:
    """List operations in the order in which they run.

    A SOURCE is a revision id, a migration file or an SQL script, which is replayed on its own from an empty schema.
    Without one, the whole history is listed.
    """
    from migralint.report.effects import described, effect_lines
    from migralint.report.entries import entry, lines
    from migralint.report.style import Style
    from migralint.verdict.coverage import listed

    place = find(common)
    project = open_project(common, place)
    if effects:
        _refuse_other_dialects(project)
    steps = _sources(project, sources, direction) if sources else _everything(project, direction)
    found = [one for one in steps if listed(one.step, effects)]
    entries = [entry(one.history, one.step, one.line) for one in found]
    if effects:
        entries = [{**data, "effects": described(one.effects)} for data, one in zip(entries, found, strict=True)]
    if not sources or not all(map(is_script, sources)):
        tell_of_project(common, project)
    if format == "jsonl":
        emit("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in entries), machine=True)
    else:
        style = Style(colour(common))
        below = [effect_lines(one.effects, style) for one in found] if effects else None
        text = lines(entries, prefix(place.root), style, below)
        emit("".join(f"{line}\n" for line in text))


def _refuse_other_dialects(project: Project) -> None:
    """Effects are measured on PostgreSQL; a usage error where a history is for another database."""
    dialects = {history.configuration.dialect for history in project.histories} or {project.configuration.dialect}
    if other := sorted(dialects - {"postgresql"}):
        raise click.UsageError(f"--effects is about PostgreSQL, and the dialect of this project is {other[0]}.")


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
            yield from _listed(None, script.paper.steps, script.line, project.configuration)
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
    def line(place: Place) -> int:
        return project.resolve(place).line

    yield from _listed(history.name, history.steps(known, direction), line, history.configuration)


def _listed(
    history: str | None, steps: Iterable[Step], line: Callable[[Place], int], configuration: Configuration
) -> Iterator[_Listed]:
    """The steps with their effects, which belong to PostgreSQL."""
    from migralint.rule import course

    for step, _, effects in course(steps, configuration.postgresql_version):
        yield _Listed(history, step, line, effects)
