"""What mapped classes have by themselves, and sessions, as far as revisions use them for rows and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Delete, Insert, Place, Update
from migralint.python.library.connection import ConnectionItem
from migralint.python.library.convert import NotKnown
from migralint.python.library.declarative_base import (
    DeclarativeBase,
    RegistryItem,
    is_declarative,
    metadata_of,
    types_of,
)
from migralint.python.library.dml import table_of
from migralint.python.library.items import ColumnItem
from migralint.python.library.registry import known
from migralint.python.library.rows import nothing
from migralint.python.library.tables import TableItem
from migralint.python.values import Arguments, Builtin, ClassValue, Instance, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def class_attribute(ev: Evaluator, cls: ClassValue, name: str, place: Place) -> Value:
    """An attribute that only the library gives: `metadata` of a declarative base, `as_mutable` of a mutable type."""
    if name == "as_mutable" and any(s.path.startswith("sqlalchemy.ext.mutable.") for s in cls.symbols()):
        return Builtin(name, lambda ev, args, place: args.get(0, "sqltype"))
    if name == "metadata":
        found = metadata_of(ev, cls)
        if found is not None:
            return found
    if name == "registry" and is_declarative(cls):
        return RegistryItem(DeclarativeBase(metadata_of(ev, cls), types_of(cls)))
    return Unknown(f"attribute {name} of {cls.name}", place)


class SessionItem(ConnectionItem):
    """An ORM session on the migration's connection."""

    type_name = "session"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "query":
                return Builtin(name, lambda ev, args, place: QueryItem(args.positional))
            case "add" | "merge" | "delete":
                return Builtin(name, lambda ev, args, place: _write(ev, [args.get(0)], name, place))
            case "add_all" | "bulk_save_objects":
                return Builtin(name, lambda ev, args, place: _write(ev, ev.items(args.get(0)) or [], name, place))
            case "bulk_insert_mappings":
                return Builtin(name, lambda ev, args, place: _rows(ev, args, "insert", place))
            case "bulk_update_mappings":
                return Builtin(name, lambda ev, args, place: _rows(ev, args, "update", place))
            case "get":
                return Builtin(name, lambda ev, args, place: QueryItem(args.positional[:1]).first(ev, place))
            case "refresh" | "expunge" | "expunge_all" | "expire" | "rollback" | "no_autoflush":
                return Builtin(name, nothing)
            case "connection":
                return Builtin(name, lambda ev, args, place: ConnectionItem())
        return super().attribute(ev, name, place)


def _write(ev: Evaluator, objects: list[Value], kind: str, place: Place) -> Value:
    for value in objects:
        cls = value.cls if isinstance(value, Instance) else None
        found, table = cls.lookup("__table__") if cls is not None else (False, None)
        if found and isinstance(table, TableItem):
            _row_operation(ev, table, "delete" if kind == "delete" else "insert", place, where=True)
        elif not isinstance(value, Unknown):
            ev.opaque("an object whose table is not known is written", place, may_change_schema=False)
    return objects[0] if objects else None


def _rows(ev: Evaluator, args: Arguments, kind: str, place: Place) -> Value:
    """`bulk_insert_mappings(model, rows)` and `bulk_update_mappings`: nothing is sent for no rows."""
    table = table_of(args.get(0, "mapper"))
    if ev.items(args.get(1, "mappings")) == []:
        return None
    if isinstance(table, TableItem):
        _row_operation(ev, table, kind, place, where=True)
    else:
        ev.opaque("rows of a table that is not known are written", place, may_change_schema=False)
    return None


def _row_operation(ev: Evaluator, table: TableItem, kind: str, place: Place, *, where: bool) -> None:
    try:
        name = table.qualified(ev)
    except NotKnown as problem:
        ev.opaque(problem.reason, place, may_change_schema=False)
        return
    operation = (
        Insert(name) if kind == "insert" else Update(name, (), where) if kind == "update" else Delete(name, where)
    )
    ev.database.execute(operation, place)


class QueryItem(Native):
    """`session.query(...)`."""

    type_name = "query"

    def __init__(self, entities: list[Value]) -> None:
        self.entities = entities
        self.where = False

    def _table(self) -> TableItem | None:
        for entity in self.entities:
            table = entity.table if isinstance(entity, ColumnItem) else table_of(entity)
            if isinstance(table, TableItem):
                return table
        return None

    def _empty(self, ev: Evaluator) -> bool:
        table = self._table()
        if table is None:
            return False
        try:
            return ev.database.rows(table.qualified(ev)) == ()
        except NotKnown:
            return False

    def first(self, ev: Evaluator, place: Place) -> Value:
        """The first row: None where the table is known to be empty."""
        return None if self._empty(ev) else Unknown("it depends on rows in the database", place)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "filter" | "filter_by" | "where":
                return Builtin(name, self._filter)
            case "update" | "delete":
                return Builtin(name, lambda ev, args, place: self._change(ev, name, place))
            case "all":
                return Builtin(
                    name,
                    lambda ev, args, place: (
                        [] if self._empty(ev) else Unknown("it depends on rows in the database", place)
                    ),
                )
            case "first" | "one_or_none" | "scalar" | "get" | "one":
                return Builtin(name, lambda ev, args, place: self.first(ev, place))
            case "count":
                return Builtin(
                    name,
                    lambda ev, args, place: (
                        0 if self._empty(ev) else Unknown("it depends on rows in the database", place)
                    ),
                )
        return Builtin(name, lambda ev, args, place: self)

    def _filter(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        self.where = True
        return self

    def _change(self, ev: Evaluator, kind: str, place: Place) -> Value:
        table = self._table()
        if table is None:
            ev.opaque(f"a query whose table is not known does {kind}", place, may_change_schema=False)
        else:
            _row_operation(ev, table, kind, place, where=self.where)
        return Unknown("a number of rows", place)

    def iterate(self, ev: Evaluator) -> list[Value] | None:
        return [] if self._empty(ev) else None

    def truth(self) -> bool | None:
        return True


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
