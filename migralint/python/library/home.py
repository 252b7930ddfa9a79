"""The table that schema items belong to, and the parts of them that have to be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.items import column_name
from migralint.python.library.naming import Subject, resolved
from migralint.python.library.sqltext import as_sql
from migralint.python.values import Unknown, Value
from migralint.schema import Name
from migralint.schema.names import cut
from migralint.sql import names as names_in_sql
from migralint.sql.cursor import Written

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class NotKnown(Exception):
    """A part without which the operation cannot be told."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Home:
    """The table that items belong to, and the conventions for its names.

    `schema` is that which the table is given with; `own` are the columns of a table that is being made;
    `referenced_schema` is that of tables which foreign keys name without one: that of the MetaData.
    """

    ev: Evaluator
    table: Name
    convention: Mapping[str, Value]
    place: Place
    schema: Value = None
    own: tuple[str, ...] = ()
    referenced_schema: str | None = None

    def has(self, column: str) -> bool:
        """Whether the table, made or being made, has such a column."""
        if self.own:
            return column in self.own
        table = self.ev.database.ask(self.table).tables.get(self.table)
        return table is not None and table.column(column) is not None

    def name(
        self,
        kind: str,
        given: Value,
        columns: list[str],
        target: str = "",
        targets: tuple[str, ...] = (),
        *,
        unique: bool = False,
    ) -> str:
        """The constraint's name in the DDL; "" where the server chooses."""
        schema = str(self.schema) if isinstance(self.schema, str) else ""
        subject = Subject(kind, self.table.name, columns, target, targets, schema, unique)
        name = resolved(self.ev, self.convention, subject, given, self.place)
        if isinstance(name, Unknown):
            raise NotKnown(name.reason)
        return name


def text(value: Value, what: str) -> str:
    """A text that has to be known."""
    if isinstance(value, str):
        return str(value)
    raise NotKnown(value.reason if isinstance(value, Unknown) else f"{what} is not known")


def flag(ev: Evaluator, value: Value, default: bool = False) -> bool:
    """A truth value; `default` where it is None or not known."""
    known = ev.truth(value) if value is not None else default
    return default if known is None else known


def qualified(ev: Evaluator, name: Value, schema: Value, what: str = "the table's name") -> Name:
    """A relation's name with its schema: where none is given, that in which the search path finds it."""
    if isinstance(schema, Unknown):
        raise NotKnown(schema.reason)
    return names_in_sql.relation(
        ev.database, Written(str(schema) if isinstance(schema, str) and schema else None, cut(text(name, what)))
    )


def created(ev: Evaluator, name: Value, schema: Value, what: str = "the table's name") -> Name:
    """The name of what a CREATE makes: where no schema is given, in the one that the search path has for new ones."""
    if isinstance(schema, Unknown):
        raise NotKnown(schema.reason)
    return names_in_sql.created(
        ev.database, Written(str(schema) if isinstance(schema, str) and schema else None, cut(text(name, what)))
    )


def names(ev: Evaluator, values: list[Value]) -> tuple[str, ...]:
    """Column names given as texts, columns or lists of either."""
    out: list[str] = []
    for value in values:
        inner = ev.items(value) if isinstance(value, (list, tuple)) else [value]
        for entry in inner or []:
            name = column_name(entry)
            if name is None:
                raise NotKnown("a column's name is not known")
            out.append(name)
    return tuple(out)


def mentioned(home: Home, expression: str) -> tuple[str, ...]:
    """Columns of the table that an SQL text mentions."""
    from migralint.sql.parts import columns_in

    return tuple(c for c in columns_in(expression, home.own) if home.has(c))


def as_text(ev: Evaluator, value: Value, place: Place) -> str:
    """The SQL text of a text or an expression."""
    if isinstance(value, str):
        return str(value)
    result = as_sql(ev, value, place)
    if isinstance(result, Unknown):
        raise NotKnown(result.reason)
    return result.text
