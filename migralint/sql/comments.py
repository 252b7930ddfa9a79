"""COMMENT ON and SECURITY LABEL."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.operations import (
    AlterColumn,
    CreateTableComment,
    Database,
    DropTableComment,
    Operation,
    Statement,
)
from migralint.operations.details import CommentOn, Detail, SecurityLabel
from migralint.schema import Name
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.details import attempted
from migralint.sql.drops import kind_of
from migralint.sql.targets import read_target
from migralint.sql.tokens import HOLE, is_holed_string


def comment(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `COMMENT`: those of tables and columns are kept in the schema."""
    cursor.expect("on")
    if cursor.accept("table"):
        table = names.relation(database, cursor.name())
        cursor.expect("is")
        if cursor.accept("null"):
            yield DropTableComment(table)
        else:
            yield CreateTableComment(table, _string(cursor))
    elif cursor.accept("column"):
        target = read_target(cursor, database, "column")
        cursor.expect("is")
        text, table, schema = _text(cursor), target.on or Name("", ""), database.ask(str(target.on))
        if table not in schema.views and (table in schema.tables or table not in schema.types):
            yield AlterColumn(table, str(target.name), comment=text)
        else:
            yield Statement("comment", detail=CommentOn(target, text))
    else:
        yield Statement("comment", detail=attempted(cursor, lambda rest: _on_other(rest, database)))


def security_label(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `SECURITY`."""
    yield Statement("security_label", detail=attempted(cursor, lambda rest: _label(rest, database)))


def _on_other(cursor: Cursor, database: Database) -> Detail:
    target = read_target(cursor, database, kind_of(cursor))
    cursor.expect("is")
    return CommentOn(target, _text(cursor))


def _label(cursor: Cursor, database: Database) -> Detail:
    cursor.expect("label")
    provider = None
    if cursor.accept("for"):
        token = cursor.peek()
        provider = cursor.string() if token is not None and token.kind == "string" else cursor.identifier()
    cursor.expect("on")
    target = read_target(cursor, database, kind_of(cursor))
    cursor.expect("is")
    return SecurityLabel(target, provider, _text(cursor))


def _text(cursor: Cursor) -> str | None:
    return None if cursor.accept("null") else _string(cursor)


def _string(cursor: Cursor) -> str:
    """The text, with "..." for a piece that is not known."""
    token = cursor.peek()
    if not is_holed_string(token):
        return cursor.string()
    text = cursor.take()
    return cursor.text[text.start : text.end].strip("'").replace(HOLE, "...")
