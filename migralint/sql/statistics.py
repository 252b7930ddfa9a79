"""CREATE STATISTICS."""

from __future__ import annotations

from migralint.operations import Database
from migralint.operations.details import Detail, Statistics
from migralint.sql import names
from migralint.sql.cursor import Cursor


def create_statistics(cursor: Cursor, database: Database) -> Detail:
    """After `CREATE STATISTICS`."""
    if_not_exists = cursor.if_not_exists()
    unnamed = cursor.sees("(") or cursor.sees("on")
    name = None if unnamed else names.created(database, cursor.name())
    kinds = cursor.identifiers() if cursor.sees("(") else ()
    cursor.expect("on")
    of = tuple(item.unwrapped().sql() for item in cursor.until("from").items())
    cursor.expect("from")
    table = names.relation(database, cursor.name())
    return Statistics(name, kinds, of, table, if_not_exists)
