"""Pieces of SQL that code outside of whole statements hands over: expressions, index keys."""

from __future__ import annotations

from collections.abc import Collection

from migralint.operations import CreateIndex, Database
from migralint.schema import Key, Name
from migralint.schema.names import quote
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.expressions import mentioned
from migralint.sql.splitter import split
from migralint.sql.statements import read
from migralint.sql.tokens import tokenize


def columns_in(expression: str, columns: Collection[str] = ()) -> tuple[str, ...]:
    """The columns that an expression mentions; `columns` are those its table has, where they are known."""
    return mentioned(Cursor(expression, tokenize(expression)), columns)


def index_keys(text: str, database: Database, table: Name) -> tuple[Key, ...]:
    """The keys of an index as they are written between the parentheses of CREATE INDEX.

    A text that cannot be read is one expression without known columns.
    """
    for shown in (text, f"({text})"):
        statement = f"CREATE INDEX ON {quote(table.schema)}.{quote(table.name)} ({shown})"
        try:
            for operation, _ in read(Cursor(statement, tokenize(statement)), database):
                if isinstance(operation, CreateIndex):
                    return operation.index.keys
        except Unreadable:
            continue
    return (Key(None, text),)


def is_query(text: str) -> bool:
    """Whether a text is one statement that gives rows."""
    statements = split(text, psql=False)
    first = statements[0].tokens[0].value if len(statements) == 1 and statements[0].tokens else ""
    return first in ("select", "with", "show", "values", "table")
