"""CREATE VIEW and CREATE MATERIALIZED VIEW, and what ALTER does to them."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.operations import AlterColumn, CreateView, Database, Operation, RenameView, Statement
from migralint.schema import Name, View
from migralint.schema.names import TEMPORARY, quote
from migralint.sql import names
from migralint.sql.columns import identifiers
from migralint.sql.cursor import Cursor
from migralint.sql.relations import read_relations
from migralint.sql.selected import selected
from migralint.sql.tokens import tokenize


def create_view(
    cursor: Cursor,
    database: Database,
    *,
    materialized: bool,
    or_replace: bool,
    temporary: bool,
    recursive: bool,
) -> Iterator[Operation]:
    """After `CREATE ... VIEW`."""
    if_not_exists = cursor.if_not_exists()
    written = cursor.name()
    name = Name(TEMPORARY, written.name) if temporary else names.created(database, written)
    listed = identifiers(cursor) if cursor.sees("(") else ()
    cursor.until("as")
    cursor.expect("as")
    query = without_options(cursor.rest())
    if recursive:
        query = _recursive(name, listed, query)
    uses = tuple(dict.fromkeys(names.relation(database, used) for used in read_relations(query)))
    found = selected(query, database, listed)
    view = View(name, query.sql(), materialized, uses, columns=found.columns or (), reads=found.reads)
    yield CreateView(view, or_replace, if_not_exists)


def _recursive(name: Name, listed: tuple[str, ...], query: Cursor) -> Cursor:
    """The query of CREATE RECURSIVE VIEW (PostgreSQL docs, CREATE VIEW)."""
    columns = ", ".join(map(quote, listed))
    own = quote(name.name)
    text = f"WITH RECURSIVE {own} ({columns}) AS ({query.sql()}) SELECT {columns} FROM {own}"
    return Cursor(text, tokenize(text))


def without_options(query: Cursor) -> Cursor:
    """The query without WITH [NO] DATA and WITH CHECK OPTION at its end."""
    for words in (
        ("with", "no", "data"),
        ("with", "data"),
        ("with", "check", "option"),
        ("with", "cascaded", "check", "option"),
        ("with", "local", "check", "option"),
    ):
        if query.sees(*words, ahead=query.end - query.index - len(words)):
            return Cursor(query.text, query.tokens, query.index, query.end - len(words))
    return query


def alter_view(cursor: Cursor, database: Database, statement: str) -> Iterator[Operation]:
    """After `ALTER [MATERIALIZED] VIEW`."""
    if_exists = cursor.if_exists()
    name = names.relation(database, cursor.name())
    if cursor.accept("rename", "to"):
        yield RenameView(name, Name(name.schema, cursor.identifier()), if_exists)
    elif cursor.accept("rename"):
        if not cursor.sees("to", ahead=1):
            cursor.accept("column")
        old = cursor.identifier()
        cursor.expect("to")
        yield AlterColumn(name, old, new_name=cursor.identifier())
    elif cursor.accept("set", "schema"):
        yield RenameView(name, Name(cursor.identifier(), name.name), if_exists)
    else:
        cursor.rest()
        yield Statement(statement, name=str(name))
