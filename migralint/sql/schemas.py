"""CREATE SCHEMA."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migralint.operations import CreateSchema, Database, Operation
from migralint.sql.cursor import Cursor

Read = Callable[[Cursor, Database], Iterator[Operation]]
_ELEMENTS = ("sequence", "table", "view", "index", "trigger")
"""What CREATE SCHEMA makes in this order, whatever order it is written in (`transformCreateSchemaStmtElements`)."""


def create_schema(cursor: Cursor, database: Database, read: Read) -> Iterator[Operation]:
    """After `CREATE SCHEMA`, with the statements in it, which have no semicolons between them."""
    if_not_exists = cursor.if_not_exists()
    name = "" if cursor.sees("authorization") else cursor.identifier()
    if cursor.accept("authorization"):
        if not name and cursor.sees_any("current_role", "current_user", "session_user"):
            raise cursor.problem("the schema is named after the role that runs it")
        role = cursor.identifier()
        name = name or role
    yield CreateSchema(name, if_not_exists)
    elements: list[Cursor] = []
    while not cursor.done:
        start = cursor.index
        cursor.take()
        cursor.until("create", "grant")
        elements.append(Cursor(cursor.text, cursor.tokens, start, cursor.index))
    path = database.search_path
    database.set_search_path((name, *path), local=True)
    try:
        for element in sorted(elements, key=_element_order):
            yield from read(element, database)
            if not element.done:
                raise element.problem("did not expect more")
    finally:
        database.set_search_path(path, local=True)


def _element_order(element: Cursor) -> int:
    words = [token.value for token in element.tokens[element.index : element.index + 4]]
    return next((n for n, kind in enumerate(_ELEMENTS) if kind in words), len(_ELEMENTS))
