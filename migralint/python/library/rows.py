"""Results of queries: rows where they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.containers import Unsure, taken
from migralint.python.mapped import Row
from migralint.python.template import Template
from migralint.python.values import Arguments, Builtin, Native, PyRaise, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

WHY = "it depends on rows in the database"


class Result(Native):
    """What `execute` gives; `rows` None when they are not known.

    `objects` are what a session makes of rows where mapped classes are asked for; of rows that are not known it is one.
    """

    type_name = "result"

    def __init__(self, rows: list[dict[str, Value]] | None, place: Place) -> None:
        self.rows = rows
        self.place = place
        self.objects: list[Value] | None = None
        self.key: tuple[Value, ...] | None = None
        """The primary key of the row that was inserted."""

    def _items(self) -> list[Value]:
        """The rows or objects, with a mark for those that are not known."""
        if self.objects is None:
            return [Row(r) for r in self.rows] if self.rows is not None else [Unsure(WHY)]
        return _known(self.objects, self.rows is not None)

    def _all(self) -> Value:
        return self._items() if self.rows is not None or self.objects is not None else Unknown(WHY, self.place)

    def _first(self, column: bool, strict: bool = False) -> Value:
        if self.rows is None:
            found = self._scalars() if column else self._items()
            return taken(found[0]) if isinstance(found, list) else found
        if not self.rows:
            if strict:
                raise PyRaise("NoResultFound", "no row was found", self.place)
            return None
        return _first_of(self._items()[0]) if column else self._items()[0]

    def _scalars(self) -> Value:
        if self.objects is not None:
            return _known([_first_of(one) for one in self.objects], self.rows is not None)
        if self.rows is None:
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
            case "inserted_primary_key" if self.key is not None:
                return self.key
            case "lastrowid" if self.key is not None:
                return self.key[0]
            case "keys":
                return Builtin(name, lambda ev, args, place: list(self.rows[0]) if self.rows else Unknown(WHY, place))
            case "close":
                return Builtin(name, lambda ev, args, place: None)
        return Unknown(WHY, place)

    def iterate(self, ev: Evaluator) -> list[Value] | None:
        return self._items() if self.rows is not None else None

    def listed(self, ev: Evaluator) -> Value:
        return self._items() if self.objects is not None else self


def _known(objects: list[Value], known: bool) -> list[Value]:
    """The objects, or what stands for those that are not known."""
    return list(objects) if known else [Unsure(WHY, tuple(objects))]


def _first_of(item: Value) -> Value:
    """What stands first in a row; an object that is no row is itself meant."""
    first = next(iter(item.values.values()), None) if isinstance(item, Row) else item
    return Template(first.text, first.reason, first.place) if isinstance(first, Template) else first  # the call's own


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
        return list(self.result._scalars()) if self.result.rows is not None else None

    def listed(self, ev: Evaluator) -> Value:
        return self.result._scalars() if self.result.objects is not None else self


def nothing(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """A call without a result that matters."""
    return None
