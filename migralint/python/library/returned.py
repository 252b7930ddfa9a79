"""What an INSERT gives back: the rows of RETURNING, and the primary key of the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.dml_rows import items_of, rows_of
from migralint.python.library.rows import Result
from migralint.python.values import Value
from migralint.schema import Name, PrimaryKey
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.library.dml import Dml


def inserting(ev: Evaluator, statement: Dml, table: Name, insert: Callable[[], object], place: Place) -> Result:
    """The result of an INSERT as SQLAlchemy has it, which `insert` sends."""
    items = items_of(ev, statement.returned, place) if statement.returned else []
    rows = _added(ev, table, insert)
    result = Result(None, place)
    if rows and items:
        result.rows = _of_last(ev, table, ", ".join(items), rows, place)
    found = ev.database.ask(table).tables.get(table)
    key = next(iter(found.of_kind(PrimaryKey)), None) if found is not None else None
    if key is not None and rows == 1:
        known = _of_last(ev, table, ", ".join(map(quote, key.columns)), rows, place)
        result.key = tuple(known[0].values()) if known else None
    return result


def inserting_text(ev: Evaluator, text: str, run: Callable[[], None], place: Place) -> list[dict[str, Value]] | None:
    """The rows of the text of one `INSERT ... RETURNING`, which `run` sends; None for any other, or not known."""
    from migralint.sql.rows import returning

    found = returning(text, ev.database)
    if found is None:
        run()
        return None
    rows = _added(ev, found.table, run)
    return _of_last(ev, found.table, found.items, rows, place, found.alias) if rows is not None else None


def _added(ev: Evaluator, table: Name, insert: Callable[[], object]) -> int | None:
    """How many rows the table has more, where that is known."""
    before = ev.database.rows(table)
    insert()
    after = ev.database.rows(table)
    return len(after) - len(before) if before is not None and after is not None else None


def _of_last(
    ev: Evaluator, table: Name, items: str, count: int, place: Place, alias: str | None = None
) -> list[dict[str, Value]] | None:
    source = ".".join(quote(part) for part in (table.schema, table.name))
    rows = rows_of(ev, f"SELECT {items} FROM {source} AS {quote(alias or table.name)}", place)
    return rows[len(rows) - count :] if rows is not None else None
