"""What a statement names: PostgreSQL looks up all of it before it does anything."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.operations import AddColumn, AlterColumn, CreateTable, Database, ObjectRef, Operation
from migralint.schema.extensions import EXTENSION_TYPES, WITHOUT_TYPES
from migralint.schema.types import SERIALS
from migralint.sql.cursor import Cursor
from migralint.sql.views import without_options

_BEFORE_KIND = ("or", "replace", "global", "local", "temp", "temporary", "unlogged", "materialized")
_QUERY = ("select", "with", "values", "(")


def queries_in(statement: Cursor) -> Iterator[str]:
    """The query of a SELECT, of CREATE ... AS and of INSERT; the condition and values of UPDATE and DELETE as one."""
    cursor = statement.copy()
    if cursor.sees_any("select", "with", "values"):
        yield cursor.sql()
    elif cursor.accept("create"):
        while cursor.accept_any(*_BEFORE_KIND):
            pass
        if (
            cursor.accept_any("view", "table")
            and cursor.find("as")
            and cursor.accept("as")
            and cursor.sees_any(*_QUERY)
        ):
            yield without_options(cursor).sql()
    elif cursor.accept("insert", "into"):
        cursor.name()
        cursor.optional_group()
        if cursor.sees_any("select", "with"):
            yield (
                cursor.until("on", "returning").sql()
                if cursor.has("on", "conflict")
                else cursor.until("returning").sql()
            )
    elif cursor.accept("update"):
        target = cursor.until("set")
        cursor.accept("set")
        values = [value for item in cursor.until("from", "where", "returning").items() if (value := _value(item))]
        yield _over(target, values, cursor, "from")
    elif cursor.accept("delete", "from"):
        yield _over(cursor.until("using", "where", "returning"), [], cursor, "using")


def kind_of(statement: Cursor) -> str:
    """What a statement is, in Alembic's style: "select", "update", "create_view", ..."""
    words = [token.value for token in statement.tokens[statement.index : statement.index + 6]]
    if words[0] != "create":
        return words[0] if words[0] in ("insert", "update", "delete") else "select"
    kind = "table" if "table" in words else "materialized_view" if "materialized" in words else "view"
    return f"create_{kind}"


def missing_type(operation: Operation, database: Database) -> ObjectRef | None:
    """The type of a column that a statement makes, where the server surely has none of that name."""
    from migralint.sql.queries.objects import find

    match operation:
        case AddColumn(column=column):
            types = [column.type]
        case CreateTable(definition=table):
            types = [column.type for column in table.columns]
        case AlterColumn(type=str(type)):
            types = [type]
        case _:
            return None
    if not database.ask("types").extensions.keys() <= {*EXTENSION_TYPES, *WITHOUT_TYPES}:
        return None
    named = (one for one in types if one and one not in SERIALS and not one.startswith("interval"))
    missing = (one for one in named if find("type", one, database) is None)
    return next((ObjectRef("type", None, one) for one in missing), None)


def _value(item: Cursor) -> str:
    """What a column is set to; "" where that is no expression of its own."""
    if item.sees("("):
        return ""
    item.until("=")
    item.accept("=")
    return "" if item.sees("default") else item.sql()


def _over(target: Cursor, values: list[str], rest: Cursor, more: str) -> str:
    """A query with the same names as an UPDATE or DELETE."""
    others = f", {rest.until('where', 'returning').sql()}" if rest.accept(more) else ""
    condition = rest.until("returning").sql() if rest.accept("where") else "true"
    return f"SELECT {', '.join(values) or '1'} FROM {target.sql()}{others} WHERE {condition}"
