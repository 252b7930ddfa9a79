"""The columns that a query gives to what is made of it."""

from __future__ import annotations

from dataclasses import replace

from migralint.operations import Database
from migralint.schema import Column
from migralint.sql.cursor import Cursor
from migralint.sql.queries.shape import UNKNOWN_TYPE, Shape, shape


def selected(query: Cursor, database: Database, listed: tuple[str, ...] = ()) -> Shape:
    """The shape of a query whose first columns are called as `listed`."""
    found = shape(query.unwrapped(), database)
    if not listed:
        return found
    columns = found.columns
    if columns is None:
        return found._replace(columns=tuple(Column(name, UNKNOWN_TYPE, doubtful=True) for name in listed))
    named = [replace(c, name=listed[n]) if n < len(listed) else c for n, c in enumerate(columns)]
    return found._replace(columns=tuple(named))
