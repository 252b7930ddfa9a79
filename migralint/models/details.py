"""What the models say beside their schema: where it stands, and what is done without the database."""

from __future__ import annotations

from dataclasses import dataclass, field

from migralint.operations import ObjectRef, Place
from migralint.python.evaluator import Evaluator
from migralint.python.library.enum_types import EnumItem
from migralint.python.library.home import NotKnown, names
from migralint.python.library.items import ColumnItem, ConstraintItem
from migralint.python.library.tables import TableItem
from migralint.python.library.types import TypeItem, as_type
from migralint.python.values import ClassValue, EnumMember
from migralint.schema import Constraint, EnumType, Index, Name, Schema
from migralint.schema.conversion import user_type
from migralint.schema.types import parse

_FILLS = ("default", "insert_default", "default_factory")


@dataclass
class Details:
    """`places` are those of tables, columns, constraints and indexes.

    `filled` are the columns for which SQLAlchemy sends a value with every INSERT, each with the SQL of the value where
    that is a constant; `members` the name and value of each member of the Python enum behind a column;
    `refused` the constraints and indexes that PostgreSQL does not make.
    """

    places: dict[ObjectRef, Place] = field(default_factory=dict)
    filled: dict[ObjectRef, str | None] = field(default_factory=dict)
    members: dict[ObjectRef, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    guessed: set[Name] = field(default_factory=set)
    unnamed: set[Name] = field(default_factory=set)
    refused: set[ObjectRef] = field(default_factory=set)

    def take(self, ev: Evaluator, table: TableItem, name: Name) -> None:
        """Notes what a table says."""
        self.places[ObjectRef("table", name)] = table.place
        if table.metadata is not None and not table.metadata.names_known:
            self.unnamed.add(name)
        for column in table.columns:
            if not isinstance(column.name, str):
                continue
            ref = ObjectRef("column", name, str(column.name))
            self.places[ref] = column.place
            given = [value for option in _FILLS if (value := column.option(option)) is not None]
            if given or column.generated("Sequence") is not None:
                self.filled[ref] = _constant(given[0]) if given else None
            if found := _members(ev, column):
                self.members[ref] = found

    def take_parts(self, ev: Evaluator, table: TableItem, name: Name, schema: Schema) -> None:
        """Notes where the constraints and indexes stand that the table got."""
        made = schema.tables.get(name)
        if made is None:
            return
        stated = [(item.kind, _columns(ev, item), item.place) for item in table.constraints]
        for column in made.columns:
            kind = user_type(schema, parse(column.type))
            if isinstance(kind, EnumType):
                at = self.places.get(ObjectRef("column", name, column.name), table.place)
                self.places.setdefault(ObjectRef("type", None, str(kind.name)), at)
        parts: list[Constraint | Index] = [*made.constraints, *made.indexes]
        for part in parts:
            place = next((at for kind, columns, at in stated if _is(part, kind, columns)), None)
            if place is None and len(part.columns_used) == 1:
                place = self.places.get(ObjectRef("column", name, part.columns_used[0]))
            if place is not None:
                self.places[ObjectRef("index" if isinstance(part, Index) else "constraint", name, part.name)] = place

    def place_of(self, ref: ObjectRef) -> Place | None:
        """Where the models say it; the place of the table for what has none."""
        return self.places.get(ref) or self.places.get(ObjectRef("table", ref.table))


def _members(ev: Evaluator, column: ColumnItem) -> tuple[tuple[str, str], ...]:
    """The members of the Python enum that a column has as its type, or its items."""
    kind = as_type(ev, column.kind, column.place)
    while isinstance(kind, TypeItem) and not isinstance(kind, EnumItem) and kind.name == "ARRAY":
        kind = as_type(ev, kind.args.get(0, "item_type"), column.place)
    of = kind.args.get(0) if isinstance(kind, EnumItem) else None
    if not isinstance(of, ClassValue):
        return ()
    members = [m for name, m in of.namespace.items() if isinstance(m, EnumMember) and m.name == name]
    return tuple((m.name, m.value) for m in members if isinstance(m.value, str))


_KINDS = {"primary_key": "pk", "unique": "uq", "foreign_key": "fk", "check": "ck", "exclusion": "ex"}


def _is(part: Constraint | Index, kind: str, columns: frozenset[str]) -> bool:
    wanted = "ix" if isinstance(part, Index) else _KINDS[part.kind]
    return kind == wanted and bool(columns) and columns == frozenset(part.columns_used)


def _columns(ev: Evaluator, item: ConstraintItem) -> frozenset[str]:
    items = [item.args.get(0, "columns")] if item.kind == "fk" else item.items
    try:
        return frozenset(names(ev, items))
    except NotKnown:
        return frozenset()


def _constant(value: object) -> str | None:
    """The SQL of a constant."""
    if isinstance(value, EnumMember):
        return _constant(value.name)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else None
