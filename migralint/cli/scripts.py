"""SQL scripts of the command line, replayed on their own."""

from __future__ import annotations

import click

from migralint.operations import Place
from migralint.operations.paper import Paper
from migralint.tree import SQL_BYTES, Tree, TreeError


def replay(tree: Tree, path: str, dialect: str, postgresql_version: int) -> Paper:
    """What a script does to an empty database; outside BEGIN ... COMMIT every statement is its own transaction."""
    from migralint import sql

    try:
        text = tree.text(path, SQL_BYTES)
    except TreeError as error:
        raise click.UsageError(str(error)) from None
    paper = Paper(dialect, postgresql_version, script=True)
    sql.run(text, paper, lambda start, end: Place(path, -1, start, end), psql=True)
    return paper
