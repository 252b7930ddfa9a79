"""`migralint operations`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from migralint.cli.histories import revision
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option
from migralint.cli.output import colour, emit, prefix
from migralint.cli.scripts import replay
from migralint.cli.values import Common
from migralint.tree import WorkTree

if TYPE_CHECKING:
    from migralint.project import Project
    from migralint.rule import Step
    from migralint.verdict.subject import Replayed


class _Listed(NamedTuple):
    """A step to list, and the name of its history; None for one of a script."""

    history: str | None
    step: Step


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
    steps = _sources(project, found.root, sources, direction) if sources else _everything(project, direction)
    entries = [
        entry(history, step, lambda place: project.resolve(place).line) for history, step in steps if listed(step)
    ]
    if format == "jsonl":
        emit("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in entries), machine=True)
    else:
        text = lines(entries, prefix(found.root), Style(colour(common)))
        emit("".join(f"{line}\n" for line in text))


def _everything(project: Project, direction: str) -> Iterator[_Listed]:
    for history in project.histories:
        revisions = list(history.revisions)
        for one in revisions if direction == "upgrade" else reversed(revisions):
            yield from (_Listed(history.name, step) for step in history.steps(one, direction))


def _sources(project: Project, root: str, sources: Iterable[str], direction: str) -> Iterator[_Listed]:
    tree = WorkTree(root)
    files: dict[str, tuple[Replayed, str]]
    files = {one.path: (history, one.id) for history in project.histories for one in history.revisions.values()}
    for source in sources:
        path = tree.locate(source)
        if source.endswith(".sql") and os.path.isfile(source):
            tree.grant(os.path.abspath(source))
            one = project.configuration
            yield from (_Listed(None, step) for step in replay(tree, path, one.dialect, one.postgresql_version).steps)
            continue
        if path in files:
            history, known = files[path]
        elif os.path.exists(source):
            raise click.UsageError(f"{source}: neither a revision of the project nor an SQL script.")
        else:
            history, known = revision(project.histories, source)
        yield from (_Listed(history.name, step) for step in history.steps(known, direction))
