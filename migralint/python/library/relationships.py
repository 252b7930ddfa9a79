"""Attributes of mapped classes that are no columns, and the rows that a relationship writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Delete, Insert, Place
from migralint.python.library.items import ColumnItem
from migralint.python.library.registry import known
from migralint.python.library.tables import TableItem
from migralint.python.values import Arguments, Builtin, ClassValue, Instance, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.library.metadata import MetaDataItem

_ADDING = ("append", "extend", "add", "update", "insert")
_TAKING = ("remove", "discard", "clear", "pop")


class MappedProperty(Native):
    """An attribute of a mapped class that is no column: `relationship(...)`, `synonym(...)` and the like.

    `secondary` is the table of a many-to-many relationship, None for others, `target` the class, or its name.
    """

    type_name = "mapped property"

    def __init__(self, target: Value = None, secondary: Value = None) -> None:
        self.secondary = secondary
        self._target = target
        self._metadata: MetaDataItem | None = None

    def mapped(self, metadata: MetaDataItem) -> None:
        """It is that of a class whose table is in this MetaData."""
        self._metadata = metadata

    @property
    def table(self) -> TableItem | None:
        """The table of the class that it leads to."""
        if isinstance(self._target, ClassValue):
            found = self._target.lookup("__table__")[1]
            return found if isinstance(found, TableItem) else None
        known = self._metadata.classes if self._metadata is not None else {}
        return known.get(self._target) if isinstance(self._target, str) else None

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if self.secondary is not None and name in (*_ADDING, *_TAKING):
            return Builtin(name, lambda ev, args, place: self._written(ev, name in _ADDING, place))
        return super().attribute(ev, name, place)

    def assigned(self, ev: Evaluator, value: Value, place: Place) -> None:
        """An object that is, or will be, in the database gets others: a many-to-many relationship writes rows."""
        if self.secondary is not None and value is not None and ev.items(value) != []:
            self._written(ev, True, place)

    def _written(self, ev: Evaluator, adds: bool, place: Place) -> Value:
        from migralint.python.library.orm import send

        table = self.secondary
        if isinstance(table, str):
            table = TableItem(table, None, None, place)
        send(ev, table, lambda name: Insert(name) if adds else Delete(name, True), place)
        return None


def class_mapped(cls: ClassValue, table: TableItem) -> None:
    """Relationships find a mapped class by its name, those of the class others."""
    if table.metadata is not None:
        table.metadata.classes[cls.name] = table
        for value in cls.namespace.values():
            if isinstance(value, MappedProperty):
                value.mapped(table.metadata)


def property_of(owner: ClassValue, name: str) -> MappedProperty | None:
    """The relationship, synonym, ... of this name that a class has."""
    found = owner.lookup(name)[1]
    return found if isinstance(found, MappedProperty) else None


def links(ev: Evaluator, instance: Instance, place: Place) -> None:
    """The rows that the relationships of a new object write."""
    for name, value in list(instance.attributes.items()):
        found = property_of(instance.cls, name)
        if found is not None and not isinstance(value, Unknown):
            found.assigned(ev, value, place)


@known(
    "sqlalchemy.orm.relationship", "sqlalchemy.orm.relation", "sqlalchemy.orm.dynamic_loader", "sqlalchemy.orm.backref",
    "sqlalchemy.orm.synonym", "sqlalchemy.orm.column_mapped_collection", "sqlmodel.Relationship",
    "sqlmodel.main.Relationship", "sqlalchemy.orm.with_polymorphic",
)  # fmt: skip
def _property(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return MappedProperty(args.get(0, "argument"), args.get(1, "secondary"))


@known("sqlalchemy.orm.column_property", "sqlalchemy.orm.deferred", "sqlalchemy.orm.query_expression")
def _column_property(ev: Evaluator, args: Arguments, place: Place) -> Value:
    first = args.get(0)
    if not isinstance(first, ColumnItem):
        return MappedProperty()
    first.mapped = False  # its annotation is that of the property
    return first
