"""`migralint schema`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from migralint.cli.histories import only, revision
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option
from migralint.cli.output import emit
from migralint.cli.scripts import replay
from migralint.cli.values import Common
from migralint.tree import WorkTree

if TYPE_CHECKING:
    from migralint.rule import Schema


@click.command("schema")
@click.argument("source", metavar="[SOURCE]", default="heads")
@format_option("sql", "json")
@common
def command(common: Common, source: str, format: str) -> None:
    """Print a schema: what `alembic upgrade` leaves on an empty database.

    SOURCE is `heads` (the default), a revision id, or an SQL script, which is replayed on its own.
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
    found = find(common)
    if source.endswith(".sql") and os.path.isfile(source):
        project = open_project(common, found)
        tree, configuration = WorkTree(found.root), project.configuration
        tree.grant(os.path.abspath(source))
        return replay(tree, tree.locate(source), configuration.dialect, configuration.postgresql_version).schema, ()
    project = open_project(common, found)
    history = only(project)
    if source in ("head", "heads"):
        return history.schema, history.heads
    history, target = revision(project.histories, source)
    return project.schema_at(target), (target,)
