"""What migrations ask `oslo.db`: `oslo_db.sqlalchemy.utils` and the engines of its `enginefacade`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.connection import OtherConnection
from migralint.python.library.inspector import Inspector
from migralint.python.library.registry import known
from migralint.python.values import Arguments, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@known(
    "oslo_db.sqlalchemy.enginefacade.reader.get_engine",
    "oslo_db.sqlalchemy.enginefacade.writer.get_engine",
)
def _get_engine(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return OtherConnection()


@known("oslo_db.sqlalchemy.utils.get_indexes")
def _get_indexes(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _asked(ev, "get_indexes", args, place)


@known("oslo_db.sqlalchemy.utils.index_exists")
def _index_exists(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _has(_asked(ev, "get_indexes", args, place), "name", args.get(2, "index_name"))


@known("oslo_db.sqlalchemy.utils.index_exists_on_columns")
def _index_exists_on_columns(ev: Evaluator, args: Arguments, place: Place) -> Value:
    columns = ev.items(args.get(2, "columns"))
    wanted = columns if columns is not None else Unknown("the columns of an index", place)
    return _has(_asked(ev, "get_indexes", args, place), "column_names", wanted)


@known("oslo_db.sqlalchemy.utils.column_exists")
def _column_exists(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _has(_asked(ev, "get_columns", args, place), "name", args.get(2, "column"))


def _asked(ev: Evaluator, method: str, args: Arguments, place: Place) -> Value:
    """What the inspector says of the table that the second argument names."""
    inspector = Inspector()
    return ev.call(inspector.attribute(ev, method, place), Arguments([args.get(1, "table_name")]), place)


def _has(entries: Value, key: str, wanted: Value) -> Value:
    """Whether one of the entries has the value."""
    if not isinstance(entries, list):
        return entries
    return wanted if isinstance(wanted, Unknown) else any(entry[key] == wanted for entry in entries)
