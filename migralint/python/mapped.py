"""Rows that a query gave, and objects of mapped classes that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.values import Builtin, ClassValue, Either, Instance, Native, PyRaise, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class Row(Native):
    """A row: items by position and name, attributes by name."""

    type_name = "row"

    def __init__(self, values: dict[str, Value]) -> None:
        self.values = values

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in self.values:
            return self.values[name]
        if name in ("_mapping", "_asdict"):
            return dict(self.values) if name == "_mapping" else Builtin(name, lambda ev, args, place: dict(self.values))
        if name in ("keys", "values", "items"):
            return Builtin(name, lambda ev, args, place: list(getattr(self.values, name)()))
        if name == "get":
            return Builtin(name, lambda ev, args, place: self.values.get(args.get(0), args.get(1)))
        return Unknown(f"the column {name} of a row", place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        if isinstance(key, str):
            return self.values.get(key, Unknown(f"the column {key} of a row", place))
        items = list(self.values.values())
        if isinstance(key, (int, slice)):
            try:
                return items[key]
            except IndexError:
                raise PyRaise("IndexError", "index out of range", place) from None
        name = getattr(key, "name", None)
        return (
            self.values.get(name, Unknown("a column of a row", place))
            if isinstance(name, str)
            else Unknown("a column of a row", place)
        )

    def iterate(self, ev: Evaluator) -> list[Value] | None:
        return list(self.values.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Row, tuple)) and (
            tuple(self.values.values()) == (tuple(other.values.values()) if isinstance(other, Row) else other)
        )

    __hash__ = None  # type: ignore[assignment]  # rows compare by value


class Written:
    """Whether objects that one query gave were changed: a flush sends all that was as one UPDATE."""

    def __init__(self) -> None:
        self._branches: int | None = None  # around the place where they were, the fewest

    def is_new(self, branches: int) -> bool:
        """Whether none was changed before, or only where that is less certain."""
        if self._branches is not None and self._branches <= branches:
            return False
        self._branches = branches
        return True


class MappedRow(Instance):
    """An object that a session has read: what is assigned to its attributes goes to the database."""

    __slots__ = ("written",)

    def __init__(self, cls: ClassValue, attributes: dict[str, Value], written: Written) -> None:
        super().__init__(cls, attributes)
        self.written = written


def stands_for_rows(value: Value) -> bool:
    """Whether it is an object whose attributes are a row's values, or a row that has such objects."""
    return isinstance(value, MappedRow) or (
        isinstance(value, Row) and any(isinstance(one, MappedRow) for one in value.values.values())
    )


def mapped_rows(value: Value) -> list[MappedRow]:
    """The object, or those that it may be."""
    choices = value.choices if isinstance(value, Either) else (value,)
    return [choice for choice in choices if isinstance(choice, MappedRow)]


def attribute_assigned(ev: Evaluator, owner: Value, name: str, value: Value, place: Place) -> None:
    """`owner.name = value` for what may be a mapped row: it is written, in a branch where that is not known."""
    from migralint.python.doubt import judging
    from migralint.python.library.orm import row_changed

    for row in mapped_rows(owner):
        if row is owner:
            row_changed(ev, row, name, value, place)
        elif isinstance(owner, Unknown):
            with judging(ev, owner.reason, place, False):
                row_changed(ev, row, name, value, place)
