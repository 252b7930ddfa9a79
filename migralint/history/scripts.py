"""SQL scripts replayed on their own, from an empty database."""

from __future__ import annotations

from migralint import sql
from migralint.operations import Place
from migralint.operations.paper import Paper
from migralint.tree import SQL_BYTES, Tree


def replay_script(tree: Tree, path: str, dialect: str, postgresql_version: int) -> Paper:
    """What a script does; outside BEGIN ... COMMIT every statement is its own transaction. Raises TreeError."""
    text = tree.text(path, SQL_BYTES)
    paper = Paper(dialect, postgresql_version, script=True)
    sql.run(text, paper, lambda start, end: Place(path, -1, start, end), psql=True)
    return paper
