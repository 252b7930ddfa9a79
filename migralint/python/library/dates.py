"""`datetime` and `dateutil.relativedelta`: dates, times and the distances between them, as partitions are made of."""

from __future__ import annotations

import calendar
import datetime
import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from migralint.operations import Place
from migralint.python.library.registry import VALUES, Handler, known
from migralint.python.library.sqltext import Sql, quoted
from migralint.python.operators import Expressive
from migralint.python.values import Arguments, Builtin, Native, Symbol, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_KINDS: dict[str, type] = {
    "date": datetime.date,
    "datetime": datetime.datetime,
    "time": datetime.time,
    "timedelta": datetime.timedelta,
}
_PARTS = frozenset("year month day hour minute second microsecond days seconds microseconds".split())
_METHODS = frozenset(
    """strftime isoformat replace date time weekday isoweekday toordinal timestamp total_seconds isocalendar
    astimezone __format__""".split()
)
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
_FORMAT = re.compile(r"(?:[^%]|%[A-Za-z%]|%-[A-Za-z]){0,200}\Z", re.DOTALL)
"""Formats without widths, which some C libraries would fill."""


class DateItem(Expressive):
    """A date, a time, both, or the distance between two."""

    def __init__(self, value: Any) -> None:
        self.value = value

    @property
    def type_name(self) -> str:  # type: ignore[override]  # that of what it holds
        return type(self.value).__name__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateItem) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: DateItem) -> bool:
        return bool(self.value < other.value)

    def operate(self, ev: Evaluator, op: str, other: Value, place: Place, *, swapped: bool) -> Value:
        if isinstance(other, Unknown):
            return other
        if isinstance(other, Relative):
            return other.applied(self.value, op, place)
        left, right = self.value, other.value if isinstance(other, DateItem) else other
        if op == "neg":
            left, op, right = datetime.timedelta(0), "-", self.value
        function = _OPERATIONS.get(op)
        if function is None or not (right is None or isinstance(right, (int, float, *_KINDS.values()))):
            return Unknown(f"{op} of a {self.type_name}", place)
        try:
            return _item(function(right, left) if swapped else function(left, right))
        except (TypeError, ValueError, ArithmeticError):
            return Unknown(f"{op} of a {self.type_name} and what does not fit it", place)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "__str__":
            return str(self.value)
        if name in _PARTS and hasattr(self.value, name):
            return getattr(self.value, name)
        if name in _METHODS and hasattr(self.value, name):
            return Builtin(name, lambda ev, args, place: _called(getattr(self.value, name), name, args, place))
        if name in _KINDS or name in ("fromisoformat", "strptime", "fromordinal", "today", "now"):
            return Unknown(f"attribute {name} of a {self.type_name}", place)
        return super().attribute(ev, name, place)

    def as_sql(self, ev: Evaluator, place: Place) -> Sql:
        """The literal that SQLAlchemy writes for it."""
        return Sql(quoted(str(self.value)))

    def truth(self) -> bool | None:
        return bool(self.value)


def _item(value: Any) -> Value:
    return DateItem(value) if isinstance(value, tuple(_KINDS.values())) else value


def _plain(value: Value) -> Any:
    if isinstance(value, DateItem):
        return value.value
    if isinstance(value, Symbol) and value.tail.lower() == "utc":
        return datetime.UTC
    return value


def _called(function: Callable[..., Any], name: str, args: Arguments, place: Place) -> Value:
    """What Python's own function gives for arguments that are known."""
    unknown = next((value for value in args.all() if isinstance(value, Unknown)), None)
    if unknown is not None or args.open:
        return unknown or Unknown(f"{name} with arguments that are not known", place)
    if name in ("strftime", "strptime", "__format__"):
        pattern = args.get(1 if name == "strptime" else 0, "format")
        if not isinstance(pattern, str) or not _FORMAT.match(pattern):
            return Unknown("a date in a format that is not known", place)
    positional = [_plain(value) for value in args.positional]
    keywords = {key: _plain(value) for key, value in args.keywords.items()}
    try:
        return _item(function(*positional, **keywords))
    except Exception:  # whatever Python says of arguments that do not fit
        return Unknown(f"{name} of what does not fit it", place)


def _making(function: Callable[..., Any], name: str) -> Handler:
    return lambda ev, args, place: _called(function, name, args, place)


for _name, _kind in _KINDS.items():
    known(f"datetime.{_name}")(_making(_kind, _name))
    for _method in ("fromisoformat", "strptime", "fromordinal", "combine"):
        if hasattr(_kind, _method):
            known(f"datetime.{_name}.{_method}")(_making(getattr(_kind, _method), _method))
VALUES["datetime.timezone.utc"] = VALUES["datetime.UTC"] = Symbol("datetime.timezone.utc")


@known("calendar.monthrange")
def _monthrange(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _called(lambda year, month: tuple(map(int, calendar.monthrange(year, month))), "monthrange", args, place)


_SHIFTS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
_FIXED = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class Relative(Native):
    """`relativedelta(...)`: months of the calendar, and parts of a date that are set."""

    type_name = "relativedelta"

    def __init__(self, given: dict[str, int]) -> None:
        self.months = 12 * given.get("years", 0) + given.get("months", 0)
        self.rest = datetime.timedelta(**{key: given[key] for key in _SHIFTS[2:] if key in given})
        self.fixed = {key: given[key] for key in _FIXED if key in given}

    def applied(self, value: Any, op: str, place: Place) -> Value:
        """`value + self` or `value - self`."""
        if op not in ("+", "-") or not isinstance(value, datetime.date):
            return Unknown(f"{op} of a relativedelta", place)
        sign = 1 if op == "+" else -1
        try:
            parts = {"year": value.year, "month": value.month, "day": value.day, **self.fixed}
            year, month = divmod(12 * parts["year"] + parts["month"] - 1 + sign * self.months, 12)
            last = calendar.monthrange(year, month + 1)[1]
            parts |= {"year": year, "month": month + 1, "day": min(parts["day"], last)}
            return DateItem(value.replace(**parts) + sign * self.rest)
        except (TypeError, ValueError, ArithmeticError):
            return Unknown("a date beyond what can be told", place)


@known("dateutil.relativedelta.relativedelta")
def _relativedelta(ev: Evaluator, args: Arguments, place: Place) -> Value:
    given = args.keywords
    fits = not args.positional and not args.open and set(given) <= {*_SHIFTS, *_FIXED}
    if fits and all(isinstance(number, int) and abs(number) < 1_000_000 for number in given.values()):
        return Relative(given)
    return Unknown("a relativedelta of what is not known", place)
