"""The rows that a statement of SQLAlchemy reads or leaves, where those of its table are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.operations.data import Rows
from migralint.python.library.home import NotKnown, qualified
from migralint.python.library.items import ColumnItem, column_name
from migralint.python.library.rows import WHY, Result
from migralint.python.library.sqltext import SUBQUERY, Sql, as_sql
from migralint.python.library.tables import TableItem
from migralint.python.template import assembled
from migralint.python.values import ClassValue, Unknown, Value
from migralint.schema import Name
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.library.dml import Dml


def run_select(ev: Evaluator, statement: Dml, place: Place) -> Result:
    """The rows of a SELECT: none from tables known to be empty, else those that it picks of one table."""
    names: list[Name] = []
    for table in statement.tables:
        if not isinstance(table, TableItem):
            return Result(None, place)
        try:
            names.append(qualified(ev, table.name, table.schema))
        except NotKnown:
            return Result(None, place)
    aggregate = not statement.grouped and any(isinstance(c, Sql) and "(" in c.text for c in statement.columns)
    known = [ev.database.read(n) for n in names]
    empty = [rows == () for rows in known]
    if names and not aggregate and (all(empty) if statement.outer else any(empty)):
        return Result([], place)
    if len(names) == 1 and known[0] is not None and statement.followed:
        text = _text_of(ev, statement, names[0], place)
        rows = rows_of(ev, text, place) if text is not None else None
        return Result(rows, place)
    return Result(None, place)


def rows_of(
    ev: Evaluator, text: str, place: Place, parameters: dict[str, Value] | None = None
) -> list[dict[str, Value]] | None:
    """The rows of a query, with Unknown for a value that is not known; None where it is not known which there are."""
    from migralint.sql import queries

    found = queries.rows_of(text, ev.database, parameters)
    if found is None:
        return None
    return [{k: _said(v, place) for k, v in row.items()} for row in found]


def _said(value: object, place: Place) -> Value:
    """A value of a query; of a text that is not known it may be known what it holds."""
    from migralint.sql import queries

    if not queries.unsaid(value):
        return value
    unknown = Unknown(WHY, place)
    pieces = [piece for part in queries.held(value) for piece in (part, unknown)]
    return assembled([unknown, *pieces], place) if pieces else unknown


def updated(ev: Evaluator, statement: Dml, table: Name, values: dict[str, Value] | None) -> Rows | None:
    """What the table of an UPDATE holds afterwards."""
    from migralint.sql.queries import changes

    where = _where(ev, statement)
    if where is None or not values or any(isinstance(value, list) for value in values.values()):
        return None
    texts: dict[str, str | None] = {}
    for key, value in values.items():
        name, text = column_name(key), as_sql(ev, value, statement.place)
        if name is None:
            return None
        texts[name] = None if isinstance(text, Unknown) or SUBQUERY in text.text else text.text
    return changes.updated(ev.database, table, texts, where)


def deleted(ev: Evaluator, statement: Dml, table: Name) -> Rows | None:
    """What the table of a DELETE holds afterwards."""
    from migralint.sql.queries import changes

    where = _where(ev, statement)
    return changes.deleted(ev.database, table, where) if where is not None else None


def _where(ev: Evaluator, statement: Dml) -> str | None:
    """All conditions of a statement on one table, None where they do not tell which rows it is about."""
    if not statement.followed or len(statement.tables) > 1:
        return None
    texts: list[str] = []
    for condition in statement.conditions:
        text = as_sql(ev, condition, statement.place)
        if isinstance(text, Unknown) or SUBQUERY in text.text:
            return None
        texts.append(f"({text.text})")
    return " AND ".join(texts) or "true"


def select_text(ev: Evaluator, statement: Dml, place: Place) -> str | None:
    """The SELECT of one table, or of none, as text; None where a part of it is not known."""
    names: list[Name] = []
    for table in statement.tables:
        if not isinstance(table, TableItem):
            return None
        try:
            names.append(qualified(ev, table.name, table.schema))
        except NotKnown:
            return None
    return _text_of(ev, statement, names[0] if names else None, place) if len(names) < 2 else None


def _text_of(ev: Evaluator, statement: Dml, table: Name | None, place: Place) -> str | None:
    where = _where(ev, statement)
    items = items_of(ev, statement.columns or statement.tables, place)
    order = _texts(ev, statement.order, place)
    limits = _texts(ev, list(statement.limits.values()), place)
    if where is None or items is None or order is None or limits is None:
        return None
    text = f"SELECT {'DISTINCT ' if statement.distinct else ''}{', '.join(items)}"
    if table is not None:
        text += f" FROM {'.'.join(quote(part) for part in (table.schema, table.name))}"
    text += f" WHERE {where}"
    if order:
        text += f" ORDER BY {', '.join(order)}"
    for word, value in zip(statement.limits, limits, strict=True):
        text += f" {word.upper()} {value}"
    return text


def items_of(ev: Evaluator, values: list[Value], place: Place) -> list[str] | None:
    """What stands between SELECT and FROM: a table means its columns, as the code lists them."""
    items: list[str] = []
    for value in values:
        found = value.lookup("__table__")[1] if isinstance(value, ClassValue) else value
        if isinstance(found, TableItem):
            items += [quote(c.name) for c in found.columns if isinstance(c.name, str)] or ["*"]
            continue
        text = as_sql(ev, found, place)
        if isinstance(text, Unknown) or SUBQUERY in text.text:
            return None
        name = found.name if isinstance(found, ColumnItem) else text.named
        items.append(f"{text.text} AS {quote(name)}" if isinstance(name, str) else text.text)
    return items


def _texts(ev: Evaluator, values: list[Value], place: Place) -> list[str] | None:
    texts: list[str] = []
    for value in values:
        text = as_sql(ev, value, place)
        if isinstance(text, Unknown):
            return None
        texts.append(f"{text.text} {text.ordering}".strip())
    return texts
