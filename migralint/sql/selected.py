"""The columns that a simple query over one table yields."""

from __future__ import annotations

from migralint.operations import Database
from migralint.schema import Column, Table
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.tokens import QUOTED, WORD


def selected_columns(query: Cursor, database: Database) -> tuple[Column, ...] | None:
    """Names and types of `SELECT list FROM table ...` or `TABLE t`, or None where they cannot be told."""
    query = query.unwrapped()
    if query.accept("table"):
        table = _table(query, database)
        return tuple(Column(c.name, c.type) for c in table.columns) if table else None
    if not query.accept("select"):
        return None
    query.accept("distinct")
    listed = query.until("from")
    if not query.accept("from"):
        return None
    table = _table(query, database)
    if table is None or query.has("join") or query.has("union") or query.sees(","):
        return None
    columns: list[Column] = []
    for item in listed.items():
        if item.accept("*") and item.done:
            columns += [Column(c.name, c.type) for c in table.columns]
            continue
        column = _item(item, table)
        if column is None:
            return None
        columns.append(column)
    return tuple(columns)


def _table(query: Cursor, database: Database) -> Table | None:
    token = query.peek()
    if token is None or token.kind not in (WORD, QUOTED):
        return None
    name = names.relation(database, query.name())
    table = database.ask(name).tables.get(name)
    return None if table is None or table.assumed else table


def _item(item: Cursor, table: Table) -> Column | None:
    """One plain column, renamed or not."""
    token = item.peek()
    if token is None or token.kind not in (WORD, QUOTED):
        return None
    source = table.column(item.parts()[-1])
    if source is None:
        return None
    item.accept("as")
    name = source.name if item.done else item.identifier()
    return Column(name, source.type) if item.done else None
