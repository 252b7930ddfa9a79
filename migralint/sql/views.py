"""CREATE VIEW and CREATE MATERIALIZED VIEW, and what ALTER does to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import AlterColumn, AlterView, CreateView, Database, Operation, RenameView, Statement
from migralint.operations.details import Maintained, Target
from migralint.schema import Name, View
from migralint.schema.names import TEMPORARY, quote
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.details import attempted, owner
from migralint.sql.options import read_options, set_and_reset
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
    listed = cursor.identifiers() if cursor.sees("(") else ()
    options = _options(cursor)
    cursor.expect("as")
    rest = cursor.rest()
    query = without_options(rest)
    if (check := _check_option(rest)) is not None:
        options["check_option"] = check
    if recursive:
        query = _recursive(name, listed, query)
    uses = tuple(dict.fromkeys(names.relation(database, used) for used in read_relations(query)))
    found = selected(query, database, listed)
    text, expanded = (names.found_by_path(one, query, database) for one in (query.sql(), _expanded(query, found.stars)))
    view = View(name, text, materialized, uses, columns=found.columns or (), reads=found.reads)
    view = replace(view, options=tuple(sorted(options.items())), expanded=expanded)
    view = replace(view, populated=not materialized or _last_words(rest) != ("with", "no", "data"))
    yield CreateView(view, or_replace, if_not_exists)


def _expanded(query: Cursor, stars: tuple[tuple[int, int, str], ...]) -> str:
    """The query with the columns in place of each star; "" where there is none."""
    if not stars:
        return ""
    text, at = "", query.offset
    for start, end, columns in stars:
        text, at = text + query.text[at:start] + columns, end
    text += query.text[at : query.tokens[query.end - 1].end]
    return Cursor(text, tokenize(text)).sql()


def _options(cursor: Cursor) -> dict[str, str]:
    """WITH (option = value, ...), and what else stands before the query: USING, TABLESPACE."""
    options: dict[str, str] = {}
    while not cursor.done and not cursor.sees("as"):
        if cursor.accept("with"):
            options |= read_options(cursor.group())
        else:
            cursor.take()
    return options


def _recursive(name: Name, listed: tuple[str, ...], query: Cursor) -> Cursor:
    """The query of CREATE RECURSIVE VIEW (PostgreSQL docs, CREATE VIEW)."""
    columns = ", ".join(map(quote, listed))
    own = quote(name.name)
    text = f"WITH RECURSIVE {own} ({columns}) AS ({query.sql()}) SELECT {columns} FROM {own}"
    return Cursor(text, tokenize(text))


_DATA = (("with", "no", "data"), ("with", "data"))
_CHECKS = {
    ("with", "check", "option"): "cascaded",
    ("with", "cascaded", "check", "option"): "cascaded",
    ("with", "local", "check", "option"): "local",
}


def without_options(query: Cursor) -> Cursor:
    """The query without WITH [NO] DATA and WITH CHECK OPTION at its end."""
    words = _last_words(query)
    return Cursor(query.text, query.tokens, query.index, query.end - len(words))


def _check_option(query: Cursor) -> str | None:
    return _CHECKS.get(_last_words(query))


def _last_words(query: Cursor) -> tuple[str, ...]:
    found = (words for words in (*_DATA, *_CHECKS) if query.sees(*words, ahead=query.end - query.index - len(words)))
    return next(found, ())


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
        new = Name(cursor.identifier(), name.name)
        same = Statement(statement, name=str(name), maintains=Maintained("materialized_view", (name,)))
        yield same if new == name else RenameView(name, new, if_exists)
    elif cursor.sees("set", "(") or cursor.sees("reset", "("):
        said, others = set_and_reset(cursor)
        view = database.ask(name).views.get(name)
        yield AlterView(name, tuple(sorted(said.after(view.options if view else ()))), if_exists)
        if others:
            yield Statement(statement, name=str(name))
    else:
        target = Target(statement.removeprefix("alter_"), name)
        moves = cursor.sees("set", "tablespace") or cursor.sees("set", "access")
        work = Maintained("materialized_view", (name,), full=True) if moves else None
        yield Statement(statement, name=str(name), detail=attempted(cursor, owner(target)), maintains=work)
