"""Functions of PostGIS that run DDL when a query calls them (PostGIS manual, "Geometry Table Management")."""

from __future__ import annotations

from migralint.operations import AddColumn, Database, DropColumn, DropTable, Opaque, Operation
from migralint.schema import Column, Name
from migralint.sql import names
from migralint.sql.cursor import Cursor, Written
from migralint.sql.errors import Unreadable
from migralint.sql.rows import literal

_FUNCTIONS = ("addgeometrycolumn", "dropgeometrycolumn", "dropgeometrytable")
_DIMENSIONS = {3: "Z", 4: "ZM"}


def called(cursor: Cursor, database: Database) -> Operation | None:
    """The operation of `SELECT AddGeometryColumn(...)` and its like, None for another query."""
    if not cursor.accept("select"):
        return None
    if not any(token.value in _FUNCTIONS for token in cursor.tokens[cursor.index : cursor.end]):
        return None
    function = cursor.name().name
    if function not in _FUNCTIONS or not cursor.sees("("):
        return None
    found = [literal(item) for item in cursor.group().items()]
    if not all(known for known, _ in found):
        return Opaque(f"an argument of {function} is not known")
    try:
        return _operation(function, [value for _, value in found], database)
    except Unreadable as problem:
        return Opaque(problem.reason)


def _operation(function: str, values: list[object], database: Database) -> Operation:
    """Raises Unreadable for arguments that do not fit."""
    texts = [str(value) for value in values if isinstance(value, str)]
    if function == "dropgeometrytable":
        return DropTable(_table(database, texts))
    if function == "dropgeometrycolumn" and texts:
        return DropColumn(_table(database, texts[:-1]), texts[-1])
    at = next((number for number, value in enumerate(values) if isinstance(value, int)), 0)
    if at < 2 or len(values) < at + 3 or not isinstance(values[at + 1], str):
        raise Unreadable(f"the arguments of {function} do not fit")
    kind, dimensions = str(values[at + 1]), values[at + 2]
    suffix = _DIMENSIONS.get(dimensions, "") if isinstance(dimensions, int) and not kind.upper().endswith("M") else ""
    column = Column(str(values[at - 1]), names.type_text(database, f"geometry({kind}{suffix},{values[at]})"))
    return AddColumn(_table(database, [str(value) for value in values[: at - 1]]), column)


def _table(database: Database, given: list[str]) -> Name:
    """The table that is named by itself, with its schema, or with a catalog too."""
    if not given:
        raise Unreadable("the table of a geometry column is not named")
    return names.relation(database, Written(given[-2] if len(given) > 1 else None, given[-1]))
