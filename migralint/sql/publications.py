"""CREATE PUBLICATION, ALTER PUBLICATION."""

from __future__ import annotations

from dataclasses import replace

from migralint.operations import Database
from migralint.operations.details import Detail
from migralint.operations.publications import Publication, PublishedTable
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.expressions import mentioned


def create_publication(cursor: Cursor, database: Database) -> Detail:
    """After `CREATE PUBLICATION`."""
    found = Publication("create", cursor.identifier())
    if cursor.accept("for"):
        everything = cursor.accept("all", "tables")
        found = replace(found, all_tables=True) if everything else _objects(cursor, database, found)
    if cursor.accept("with"):
        found = replace(found, options=settings(cursor.group()))
    return found


def alter_publication(cursor: Cursor, database: Database) -> Detail:
    """After `ALTER PUBLICATION`, but for its owner."""
    found = Publication("rename", cursor.identifier())
    if cursor.accept("rename", "to"):
        return replace(found, new_name=cursor.identifier())
    if cursor.sees("set", "("):
        cursor.take()
        return replace(found, action="set_options", options=settings(cursor.group()))
    action = cursor.accept_any("add", "set", "drop")
    if action is None:
        raise cursor.problem("expected ADD, SET, DROP or RENAME")
    return _objects(cursor, database, replace(found, action=action))


def _objects(cursor: Cursor, database: Database, found: Publication) -> Publication:
    """`TABLE a, b, TABLES IN SCHEMA c, d`: an item without a kind is of the kind before it."""
    tables: list[PublishedTable] = []
    schemas: list[str | None] = []
    of_schemas = False
    while True:
        if cursor.accept("tables", "in", "schema"):
            of_schemas = True
        elif cursor.accept("table"):
            of_schemas = False
        if of_schemas:
            schemas.append(None if cursor.accept("current_schema") else cursor.identifier())
        else:
            tables.append(_table(cursor, database))
        if not cursor.accept(","):
            return replace(found, tables=tuple(tables), schemas=tuple(schemas))


def _table(cursor: Cursor, database: Database) -> PublishedTable:
    only = cursor.accept("only")
    inner = cursor.optional_group() if only else None
    name = names.relation(database, (inner or cursor).name())
    cursor.accept("*")
    columns = cursor.identifiers() if cursor.sees("(") else ()
    if not cursor.accept("where"):
        return PublishedTable(name, only, columns)
    where = cursor.group().unwrapped()
    found = database.ask(name).tables.get(name)
    known = [column.name for column in found.columns] if found else []
    return PublishedTable(name, only, columns, where.sql(), mentioned(where, known))


def settings(group: Cursor) -> tuple[tuple[str, str], ...]:
    """`name = value` between commas, names with dots; what has no value is "true"."""
    found: list[tuple[str, str]] = []
    for item in group.items():
        name = ".".join(item.parts())
        value = ""
        if item.accept("="):
            value = item.string() if (token := item.peek()) and token.kind == "string" else item.rest().sql()
        if not item.done:
            raise item.problem("expected a comma")
        found.append((name, value or "true"))
    return tuple(found)
