"""`migralint schema`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from migralint.cli.histories import only
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option
from migralint.cli.output import emit, prefix
from migralint.cli.scripts import is_script, replay
from migralint.cli.unread import tell_of_project, tell_unread
from migralint.cli.values import Common

if TYPE_CHECKING:
    from migralint.rule import Schema


@click.command("schema")
@click.argument("source", metavar="[SOURCE]", default="heads")
@format_option("sql", "json")
@common
def command(common: Common, source: str, format: str) -> None:
    """Print a schema: what `alembic upgrade` leaves on an empty database.

    SOURCE is `heads` (the default), another target of `alembic upgrade` such as a revision id, `label@head` or
    `ab12+1`, or an SQL script, which is replayed on its own. Standard error tells what could not be read.
    """
    schema, heads = _schema(common, source)
    if format == "json":
        from migralint.schema.document import document

        emit(json.dumps(document(schema, heads), indent=2, ensure_ascii=False) + "\n", machine=True)
    else:
        from migralint.render.sql import script

        emit(script(schema))


def _schema(common: Common, source: str) -> tuple[Schema, tuple[str, ...]]:
    """The schema of a source, and the revisions that it is at."""
    if source == "models":
        raise click.UsageError(
            "The schema of the models cannot be printed yet; there are `heads`, revisions and scripts."
        )
    project = open_project(common, find(common))
    if is_script(source):
        made = replay(project, source)
        tell_unread(common, made.paper.steps, made.paper.notes, made.line, prefix(project.root))
        return made.paper.result, ()
    only(project)
    history = project.histories[0] if source == "heads" else project.replayed_to(source)
    tell_of_project(common, project, history.steps_all())
    return history.schema, history.heads
