"""Results of queries: rows where they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.containers import Unsure, taken
from migralint.python.mapped import MappedRow
from migralint.python.values import Arguments, Builtin, Native, PyRaise, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

WHY = "it depends on rows in the database"


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


class Result(Native):
    """What `execute` gives; `rows` None when they are not known.

    `objects` are what a session makes of the rows of a mapped class; of rows that are not known it is one.
    """

    type_name = "result"

    def __init__(self, rows: list[dict[str, Value]] | None, place: Place) -> None:
        self.rows = rows
        self.place = place
        self.objects: list[MappedRow] | None = None

    def _items(self) -> list[Value]:
        """The rows or objects, with a mark for those that are not known."""
        if self.objects is None:
            return [Row(r) for r in self.rows] if self.rows is not None else [Unsure(WHY)]
        return list(self.objects) if self.rows is not None else [Unsure(WHY, tuple(self.objects))]

    def _all(self) -> Value:
        return self._items() if self.rows is not None or self.objects is not None else Unknown(WHY, self.place)

    def _first(self, column: bool, strict: bool = False) -> Value:
        if self.rows is None:
            return taken(self._items()[0])
        if not self.rows:
            if strict:
                raise PyRaise("NoResultFound", "no row was found", self.place)
            return None
        if column and self.objects is None:
            return next(iter(self.rows[0].values()), None)
        return self._items()[0]

    def _scalars(self) -> Value:
        if self.objects is not None or self.rows is None:
            return self._all()
        return [next(iter(r.values()), None) for r in self.rows]

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match name:
            case "fetchall" | "all" | "fetchmany" | "partitions":
                return Builtin(name, lambda ev, args, place: self._all())
            case "fetchone" | "first" | "one_or_none":
                return Builtin(name, lambda ev, args, place: self._first(False))
            case "one":
                return Builtin(name, lambda ev, args, place: self._first(False, True))
            case "scalar" | "scalar_one_or_none":
                return Builtin(name, lambda ev, args, place: self._first(True))
            case "scalar_one":
                return Builtin(name, lambda ev, args, place: self._first(True, True))
            case "scalars":
                return Builtin(name, lambda ev, args, place: Scalars(self))
            case "mappings" | "unique" | "tuples" | "yield_per" | "columns" | "execution_options":
                return Builtin(name, lambda ev, args, place: self)
            case "rowcount":
                return len(self.rows) if self.rows is not None else Unknown(WHY, place)
            case "keys":
                return Builtin(name, lambda ev, args, place: list(self.rows[0]) if self.rows else Unknown(WHY, place))
            case "close":
                return Builtin(name, lambda ev, args, place: None)
        return Unknown(WHY, place)

    def iterate(self, ev: Evaluator) -> list[Value] | None:
        return self._items() if self.rows is not None else None


class Scalars(Native):
    """`result.scalars()`."""

    type_name = "scalars"

    def __init__(self, result: Result) -> None:
        self.result = result

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("all", "fetchall"):
            return Builtin(name, lambda ev, args, place: self.result._scalars())
        if name in ("first", "one_or_none", "one"):
            return Builtin(name, lambda ev, args, place: self.result._first(True))
        if name in ("unique", "yield_per"):
            return Builtin(name, lambda ev, args, place: self)
        return Unknown(WHY, place)

    def iterate(self, ev: Evaluator) -> list[Value] | None:
        values = self.result._scalars()
        return values if isinstance(values, list) else None


def nothing(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """A call without a result that matters."""
    return None
