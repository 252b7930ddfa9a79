"""ALTER TABLE ... ALTER [COLUMN]."""

from __future__ import annotations

from migralint.operations import AlterColumn, AlterTable, Database, Operation
from migralint.operations.details import Compression, StatisticsTarget, Storage
from migralint.schema import Generated, Name
from migralint.sql.columns import column_type, compression, default_text
from migralint.sql.cursor import Cursor
from migralint.sql.options import set_or_reset
from migralint.sql.sequences import identity_sequence
from migralint.sql.statistics import statistics_target


def alter_column(cursor: Cursor, database: Database, table: Name) -> Operation:
    """After `ALTER [COLUMN]`: one action on one column."""
    if cursor.peek() is not None and cursor.peek().kind == "number":  # type: ignore[union-attr]  # asked just before
        cursor.rest()
        return AlterTable(table, "alter_column")
    name = cursor.identifier()
    if cursor.accept("set", "not", "null"):
        return AlterColumn(table, name, not_null=True)
    if cursor.accept("drop", "not", "null"):
        return AlterColumn(table, name, not_null=False)
    if cursor.accept("set", "default"):
        return AlterColumn(table, name, default=default_text(cursor.rest(), database) or "NULL")
    if cursor.accept("drop", "default"):
        return AlterColumn(table, name, default=None)
    if cursor.accept("set", "data", "type") or cursor.accept("type"):
        return _type(cursor, database, table, name)
    if cursor.accept("add", "generated"):
        identity = "always" if cursor.accept("always") else "by default"
        cursor.accept("by", "default")
        cursor.expect("as", "identity")
        found = database.ask(table).tables.get(table)
        column = found.column(name) if found else None
        sequence, options = identity_sequence(cursor, database, column.type if column else "bigint")
        return AlterColumn(table, name, identity=identity, sequence=sequence, sequence_options=options, verb="ADD")
    if cursor.accept("set", "generated"):
        identity = "always" if cursor.accept("always") else "by default"
        cursor.rest()
        return AlterColumn(table, name, identity=identity, verb="SET")
    if cursor.accept("drop", "identity"):
        cursor.if_exists()
        return AlterColumn(table, name, identity=None)
    if cursor.accept("drop", "expression"):
        cursor.if_exists()
        return AlterColumn(table, name, generated=None)
    if cursor.accept("set", "expression", "as"):
        found = database.ask(table).tables.get(table)
        column = found.column(name) if found else None
        stored = column is None or column.generated is None or column.generated.stored
        return AlterColumn(table, name, generated=Generated(cursor.group().sql(), stored))
    if cursor.accept("set", "storage"):
        return AlterTable(table, "set_storage", name, detail=Storage(cursor.take().value.upper()))
    if cursor.accept("set", "statistics"):
        return AlterTable(table, "set_statistics", name, detail=StatisticsTarget(statistics_target(cursor)))
    if cursor.accept("set", "compression"):
        return AlterTable(table, "set_compression", name, detail=Compression(compression(cursor)))
    if cursor.sees("set", "(") or cursor.sees("reset", "("):
        action = f"{cursor.take().value}_column_options"
        return AlterTable(table, action, name, detail=set_or_reset(cursor))
    for words, action in (
        (("set",), "set_sequence_options"),
        (("restart",), "restart_identity"),
        (("options",), "column_options"),
    ):
        if cursor.accept(*words):
            cursor.index = cursor.end
            return AlterTable(table, action, name)
    raise cursor.problem("not an action of ALTER COLUMN that is known")


def _type(cursor: Cursor, database: Database, table: Name, name: str) -> Operation:
    kind = column_type(cursor, database)
    collation = cursor.parts()[-1] if cursor.accept("collate") else None
    using = cursor.rest().sql() if cursor.accept("using") else None
    return AlterColumn(table, name, type=kind, using=using, collation=collation)
