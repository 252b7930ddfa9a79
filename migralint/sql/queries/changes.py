"""The rows that a table holds after UPDATE, DELETE or INSERT ... SELECT, where those before it are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migralint.operations import Database
from migralint.operations.data import Rows
from migralint.operations.rows import Unsure
from migralint.schema import Name
from migralint.schema.names import quote
from migralint.sql.errors import Unreadable
from migralint.sql.queries.select import Result, Selector
from migralint.sql.queries.select_parser import parse_expression, parse_query
from migralint.sql.queries.values import Fails, Unknown, truth


def updated(
    database: Database,
    table: Name,
    values: Mapping[str, str | None],
    where: str | None,
    alias: str | None = None,
    parameters: Mapping[str, object] | None = None,
) -> Rows | None:
    """After `UPDATE table SET ... WHERE ...`; `values` are expressions, None for one that is not known.

    `parameters` are the bound ones, here and below.

    None where it cannot be known which rows are changed.
    """
    readable = {
        column: text if text is not None and _readable(text, database) else "NULL" for column, text in values.items()
    }
    unsure = {column: Unsure.UNSURE for column, text in values.items() if readable[column] != text}
    return _changed(database, table, alias, where, readable, unsure, parameters)


def deleted(
    database: Database,
    table: Name,
    where: str | None,
    alias: str | None = None,
    parameters: Mapping[str, object] | None = None,
) -> Rows | None:
    """After `DELETE FROM table WHERE ...`. None where it cannot be known."""
    return _changed(database, table, alias, where, None, {}, parameters)


def inserted(
    database: Database, columns: Sequence[str], query: str, parameters: Mapping[str, object] | None = None
) -> Rows | None:
    """The rows that `INSERT INTO table (columns) query` adds. None where they cannot be known."""
    result = _result(query, database, parameters)
    if result is None or len(result.columns) != len(columns):
        return None
    return tuple(tuple(zip(columns, (row.values.get(c) for c in result.columns), strict=True)) for row in result.rows)


def computed(database: Database, expression: str, parameters: Mapping[str, object]) -> object:
    """The value of an expression that sees no rows, `Unsure.UNSURE` where that is not known."""
    result = _result(f"SELECT ({expression}) AS value", database, parameters)
    value = result.rows[0].values["value"] if result is not None and len(result.rows) == 1 else Unsure.UNSURE
    return Unsure.UNSURE if isinstance(value, Unknown) else value


def _readable(expression: str, database: Database) -> bool:
    try:
        parse_expression(expression, database.dialect)
    except (Unreadable, RecursionError):
        return False
    return True


def _result(
    query: str, database: Database, parameters: Mapping[str, object] | None, changed: Name | None = None
) -> Result | None:
    selector = Selector(database, None, parameters)
    selector.changed = changed
    try:
        result = selector.query(parse_query(query, database.dialect), None)
    except (Unreadable, Fails, RecursionError):
        return None
    return result if result.known else None


def _changed(
    database: Database,
    table: Name,
    alias: str | None,
    where: str | None,
    values: Mapping[str, str] | None,
    unsure: Mapping[str, object],
    parameters: Mapping[str, object] | None,
) -> Rows | None:
    known = database.rows(table)
    if known is None:
        return None
    wanted = [where or "true", *(values or {}).values()]
    items = ", ".join(f"({text}) AS c{number}" for number, text in enumerate(wanted))
    source = ".".join(quote(part) for part in (table.schema, table.name))
    result = _result(f"SELECT {items} FROM {source} AS {quote(alias or table.name)}", database, parameters, table)
    if result is None or len(result.rows) != len(known):
        return None
    rows: list[tuple[tuple[str, object], ...]] = []
    for row, found in zip(known, result.rows, strict=True):
        hit = truth(found.values.get("c0"))
        if isinstance(hit, Unknown):
            return None
        if hit is not True:
            rows.append(tuple(row.items()))
        elif values is not None:
            new = {column: found.values.get(f"c{number}") for number, column in enumerate(values, 1)}
            rows.append(tuple({**row, **new, **unsure}.items()))
    return tuple(rows)
