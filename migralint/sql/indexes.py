"""CREATE INDEX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import CreateIndex, Database, Operation
from migralint.schema import Index, Key, Name
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.expressions import mentioned
from migralint.sql.options import read_options
from migralint.sql.tokens import OPERATOR, QUOTED, WORD

_AFTER_KEY = ("asc", "desc", "nulls", "collate")


def create_index(cursor: Cursor, database: Database, unique: bool) -> Iterator[Operation]:
    """After `CREATE [UNIQUE] INDEX`."""
    concurrently = cursor.accept("concurrently")
    if_not_exists = cursor.if_not_exists()
    name = "" if cursor.sees("on") else cursor.name().name
    cursor.expect("on")
    only = cursor.accept("only")
    table = names.relation(database, cursor.name())
    method = cursor.identifier() if cursor.accept("using") else "btree"
    keys = tuple(read_key(item, database, table) for item in cursor.group().items())
    include: tuple[str, ...] = ()
    where: str | None = None
    where_columns: tuple[str, ...] = ()
    distinct = True
    options: dict[str, str] = {}
    while not cursor.done:
        if cursor.accept("include"):
            include = cursor.identifiers()
        elif cursor.accept("nulls"):
            distinct = not cursor.accept("not")
            cursor.expect("distinct")
        elif cursor.accept("with"):
            options = read_options(cursor.group())
        elif cursor.accept("tablespace"):
            cursor.identifier()
        else:
            cursor.expect("where")
            condition = cursor.rest().unwrapped()
            where, where_columns = condition.sql(), _columns(condition, database, table)
    index = Index(name, keys, unique, method, include, where, where_columns, not distinct)
    index = replace(index, options=tuple(options.items()))
    yield CreateIndex(table, index, concurrently, if_not_exists, only)


def _columns(expression: Cursor, database: Database, table: Name) -> tuple[str, ...]:
    found = database.ask(table).tables.get(table)
    return mentioned(expression, [c.name for c in found.columns] if found else ())


def read_key(item: Cursor, database: Database, table: Name) -> Key:
    """One key: a column, a function call or an expression in parentheses, with what follows it."""
    token, following = item.peek(), item.peek(1)
    called = following is not None and following.kind == OPERATOR and following.value in ("(", ".")
    column: str | None = None
    expression: str | None = None
    columns: tuple[str, ...] = ()
    if token is not None and token.kind in (WORD, QUOTED) and not called:
        column = item.identifier()
    else:
        start = item.index
        if item.sees("("):
            item.group()
        else:
            item.parts()
            item.group()
        if database.dialect == "sqlite":
            item.until(*_AFTER_KEY)
        inner = Cursor(item.text, item.tokens, start, item.index).unwrapped()
        expression, columns = inner.sql(), _columns(inner, database, table)
        if item.tokens[start].value == "(" and not _is_call(inner):
            expression = f"({expression})"
    collation = item.parts()[-1] if item.accept("collate") else None
    opclass = _opclass(item)
    descending = item.accept_any("asc", "desc") == "desc"
    nulls_first: bool | None = None
    if item.accept("nulls"):
        nulls_first = item.take().value == "first"
    if not item.done:
        raise item.problem("expected a comma")
    return Key(column, expression, columns, opclass, collation, descending, nulls_first)


def _is_call(expression: Cursor) -> bool:
    """Whether the whole expression is one function call: those need no parentheses of their own."""
    probe = expression.copy()
    token = probe.peek()
    if token is None or token.kind not in (WORD, QUOTED):
        return False
    probe.parts()
    if not probe.sees("("):
        return False
    probe.group()
    return probe.done


def _opclass(item: Cursor) -> str | None:
    token = item.peek()
    if token is None or token.kind not in (WORD, QUOTED) or item.sees_any("asc", "desc", "nulls"):
        return None
    name = item.parts()[-1]
    if item.sees("("):
        options = item.group()
        return f"{name} ({options.sql()})"
    return name
