"""SQL → operations: splitting, the token reader, PL/pgSQL, questions to the catalogs."""

from __future__ import annotations

from collections.abc import Mapping

from migralint.operations import Database
from migralint.sql.runner import run
from migralint.sql.splitter import Statement, split
from migralint.sql.tokens import comments

__all__ = ["Statement", "answer", "comments", "run", "split"]


def answer(
    query_text: str, database: Database, parameters: Mapping[str, object] | None = None
) -> list[dict[str, object]] | None:
    """The rows of a query by column name, or None where they cannot all be known; see `queries.answer`."""
    from migralint.sql import queries

    return queries.answer(query_text, database, parameters)
