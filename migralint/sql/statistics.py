"""CREATE STATISTICS and ALTER STATISTICS."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.operations import AlterStatistics, CreateStatistics, Database, Operation, Statement
from migralint.operations.details import Target
from migralint.schema import Name, Statistics
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.details import attempted, owner
from migralint.sql.indexes import read_key


def create_statistics(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `CREATE STATISTICS`."""
    if_not_exists = cursor.if_not_exists()
    unnamed = cursor.sees("(") or cursor.sees("on")
    name = None if unnamed else names.created(database, cursor.name())
    kinds = cursor.identifiers() if cursor.sees("(") else ()
    cursor.expect("on")
    of = cursor.until("from")
    cursor.expect("from")
    table = names.relation(database, cursor.name())
    keys = tuple(read_key(item, database, table) for item in of.items())
    yield CreateStatistics(table, Statistics(name or Name(table.schema, ""), keys, kinds), if_not_exists)


def alter_statistics(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `ALTER STATISTICS`."""
    if_exists = cursor.if_exists()
    name = names.relation(database, cursor.name())
    if cursor.accept("rename", "to"):
        yield AlterStatistics(name, Name(name.schema, cursor.identifier()))
    elif cursor.accept("set", "schema"):
        new = Name(cursor.identifier(), name.name)
        yield Statement("alter_statistics", name=str(name)) if new == name else AlterStatistics(name, new)
    elif cursor.accept("set", "statistics"):
        yield AlterStatistics(name, target=statistics_target(cursor), if_exists=if_exists)
    else:
        said = attempted(cursor, owner(Target("statistics", name)))
        yield Statement("alter_statistics", name=str(name), detail=said)


def statistics_target(cursor: Cursor) -> int | None:
    """After SET STATISTICS: None for DEFAULT, which -1 is too."""
    negative = cursor.accept("-")
    token = cursor.take()
    if token.value == "default" or negative:
        return None
    if not token.value.isdigit():
        raise cursor.problem("expected a number")
    return int(token.value)
