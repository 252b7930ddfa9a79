"""What mapped classes have by themselves, and the rows that their objects stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from migralint.operations import Insert, Operation, Place, Update
from migralint.python.library.declarative_base import (
    DeclarativeBase,
    RegistryItem,
    is_declarative,
    metadata_of,
    types_of,
)
from migralint.python.library.dml import table_of
from migralint.python.library.home import NotKnown
from migralint.python.library.items import ColumnItem
from migralint.python.library.relationships import links, property_of
from migralint.python.library.tables import TableItem
from migralint.python.mapped import MappedRow, Written
from migralint.python.values import Builtin, ClassValue, Instance, Unknown, Value
from migralint.schema import Name

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


def entity_of(column: Value) -> ClassValue | None:
    """The mapped class whose objects a query of it gives, or None where it gives values."""
    if not isinstance(column, ClassValue):
        return None
    return column if column.inherits_unread or isinstance(table_of(column), TableItem) else None


def objects_of(cls: ClassValue, rows: list[dict[str, Value]]) -> list[MappedRow]:
    """Objects for rows, each with its values by column."""
    written = Written()
    names = {name: column.name for name, column in _columns(cls).items()}
    return [
        MappedRow(cls, {name: row[key] for name, key in names.items() if isinstance(key, str) and key in row}, written)
        for row in rows
    ]


def _columns(cls: ClassValue) -> dict[str, ColumnItem]:
    """The columns of a mapped class by the names of its attributes."""
    table = table_of(cls)
    found = {
        name: member
        for base in reversed(cls.mro())
        if isinstance(base, ClassValue)
        for name, member in base.namespace.items()
        if isinstance(member, ColumnItem)
    }
    own = {c.name: c for c in table.columns if isinstance(c.name, str)} if isinstance(table, TableItem) else {}
    named = {member.name or name for name, member in found.items()}
    return {**{name: column for name, column in own.items() if name not in named}, **found}


def row_changed(ev: Evaluator, row: MappedRow, name: str, value: Value, place: Place) -> None:
    """An attribute of an object that stands for a row was set: the next flush sends it."""
    if (linked := property_of(row.cls, name)) is not None:
        linked.assigned(ev, value, place)
        return
    column, table = _columns(row.cls).get(name), table_of(row.cls)
    if (column is None and isinstance(table, TableItem)) or not row.written.is_new(ev.judging):
        return
    written = str(column.name or name) if column is not None else name
    send(ev, table, lambda found: Update(found, (written,), True), place)


def inserted(ev: Evaluator, instance: Instance, table: TableItem, place: Place) -> None:
    """A new object is written: its row has what its attributes say, and what Python or the database add."""
    row: dict[str, Value] = {}
    for name, column in _columns(instance.cls).items():
        key = column.name or name
        if not isinstance(key, str):
            continue
        value = instance.attributes.get(name)
        if name in instance.attributes and not (value is None and ev.truth(column.option("primary_key"))):
            row[key] = value
        elif column.option("default") is not None or table.foreign_keys(ev, column):  # a relationship may give it
            row[key] = Unknown("a value that is made when the row is", place)
    columns = tuple(row)
    send(ev, table, lambda name: Insert(name, columns, (tuple(row.items()),)), place)
    _read_key(ev, instance, table, place)
    links(ev, instance, place)


def _read_key(ev: Evaluator, instance: Instance, table: TableItem, place: Place) -> None:
    """Gives a new object the primary key that its row got."""
    try:
        rows = ev.database.rows(table.qualified(ev))
    except NotKnown:
        rows = None
    for name, column in _columns(instance.cls).items():
        if ev.truth(column.option("primary_key")) is not False and instance.attributes.get(name) is None:
            value = rows[-1].get(str(column.name or name)) if rows else None
            known = isinstance(value, int | str)
            instance.attributes[name] = value if known else Unknown("a value that is made when the row is", place)


def send(ev: Evaluator, table: Value, operation: Callable[[Name], Operation], place: Place) -> None:
    """Executes an operation on rows of a table, which is told as not read where its name is not known."""
    try:
        if not isinstance(table, TableItem):
            raise NotKnown("rows of a table that is not known are written")
        name = table.qualified(ev)
    except NotKnown as problem:
        ev.opaque(problem.reason, place, may_change_schema=False)
        return
    ev.database.execute(operation(name), place)
