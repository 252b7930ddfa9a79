"""Sessions of SQLAlchemy's ORM, as far as revisions use them for rows and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Delete, Insert, Place, Update
from migralint.python.doubt import judging
from migralint.python.library.connection import ConnectionItem
from migralint.python.library.dml import Dml, table_of
from migralint.python.library.orm import entity_of, inserted, send
from migralint.python.library.query import QueryItem, result_of
from migralint.python.library.registry import known
from migralint.python.library.relationships import MappedProperty
from migralint.python.library.rows import Result, nothing
from migralint.python.library.tables import TableItem
from migralint.python.mapped import mapped_rows
from migralint.python.values import Arguments, Builtin, Instance, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class SessionItem(ConnectionItem):
    """An ORM session on the migration's connection."""

    type_name = "session"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "query":
                return Builtin(name, lambda ev, args, place: QueryItem.of(ev, args.positional, place))
            case "add" | "merge" | "delete":
                return Builtin(name, lambda ev, args, place: _write(ev, [args.get(0)], name, place))
            case "add_all" | "bulk_save_objects":
                return Builtin(name, lambda ev, args, place: _write(ev, ev.items(args.get(0)) or [], name, place))
            case "bulk_insert_mappings" | "bulk_update_mappings":
                return Builtin(name, lambda ev, args, place: _rows(ev, args, name == "bulk_insert_mappings", place))
            case "get" | "get_one":
                return Builtin(
                    name, lambda ev, args, place: QueryItem.of(ev, args.positional[:1], place).get(ev, args, place)
                )
            case "refresh" | "expunge" | "expunge_all" | "expire" | "rollback" | "no_autoflush":
                return Builtin(name, nothing)
            case "connection":
                return Builtin(name, lambda ev, args, place: ConnectionItem())
        return super().attribute(ev, name, place)

    def _sent(self, ev: Evaluator, statement: Value, parameters: Value, place: Place) -> Result:
        if isinstance(statement, Dml) and statement.kind == "select" and any(map(entity_of, statement.columns)):
            return result_of(ev, statement, place, alone=False)
        return super()._sent(ev, statement, parameters, place)


def _write(ev: Evaluator, objects: list[Value], kind: str, place: Place) -> Value:
    for value in objects:
        rows = mapped_rows(value)
        if rows and kind != "delete":  # they are there already
            continue
        if rows and isinstance(value, Unknown):
            with judging(ev, value.reason, place, False):
                _write(ev, list(rows), kind, place)
            continue
        table = value.cls.lookup("__table__")[1] if isinstance(value, Instance) else None
        if isinstance(value, MappedProperty) and kind == "delete" and value.table is not None:
            send(ev, value.table, lambda name: Delete(name, True), place)
        elif isinstance(value, Instance) and isinstance(table, TableItem):
            if kind == "delete":
                send(ev, table, lambda name: Delete(name, True), place)
            elif kind == "merge":
                send(ev, table, lambda name: Insert(name), place)
            else:
                inserted(ev, value, table, place)
        elif not isinstance(value, Unknown):
            ev.opaque("an object whose table is not known is written", place, may_change_schema=False)
    return objects[0] if objects else None


def _rows(ev: Evaluator, args: Arguments, inserts: bool, place: Place) -> Value:
    """`bulk_insert_mappings(model, rows)` and `bulk_update_mappings`: nothing is sent for no rows."""
    if ev.items(args.get(1, "mappings")) != []:
        send(
            ev,
            table_of(args.get(0, "mapper")),
            lambda name: Insert(name) if inserts else Update(name, (), True),
            place,
        )
    return None


@known("sqlalchemy.orm.Session", "sqlalchemy.Session", "sqlmodel.Session")
def _session(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return SessionItem()


class SessionFactory(Native):
    """`sessionmaker(...)`, and `scoped_session(...)`, which is a session itself."""

    type_name = "session factory"
    reaches_database = True

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        return SessionItem()

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("configure", "remove", "close_all"):
            return Builtin(name, nothing)
        return SessionItem().attribute(ev, name, place)


@known("sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.scoped_session")
def _sessionmaker(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return SessionFactory()
