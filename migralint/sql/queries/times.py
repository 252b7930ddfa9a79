"""Dates, timestamps and intervals as values, and what is computed with them (PostgreSQL docs, 8.5 and 9.9).

A date is a `datetime.date`, a timestamp a `datetime.datetime`, one with a time zone a `Zoned` in the zone of the
session: that is not known, and so its text is not.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta

from migralint.schema.intervals import parts
from migralint.sql.queries.moments import Interval, Zoned, at_time, plain_time
from migralint.sql.queries.values import UNKNOWN, Unknown

_SECOND = 1_000_000
_LARGEST = 10**12
"""Intervals with more months, days or seconds are not computed with."""
_TYPES = {
    "date": "date",
    "timestamp": "timestamp",
    "timestamp without time zone": "timestamp",
    "timestamptz": "zoned",
    "timestamp with time zone": "zoned",
    "interval": "interval",
}
_TIME = re.compile(r"\s*(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?\s*")
_PATTERN = re.compile(
    r'"[^"]*"|FM|YYYY|IYYY|YY|MM|DDD|DD|HH24|HH12|MI|SS|Month|MONTH|month|Mon|MON|mon|Q|IW|[A-Za-z]|.', re.DOTALL
)
_FIELDS = frozenset("year month day hour minute second quarter week isoyear dow isodow doy".split())
FUNCTIONS = frozenset("make_date make_timestamp make_interval to_char to_date date_trunc extract date_part".split())
_TRUNCATED = ("year", "month", "day", "hour", "minute", "second")


def cast_time(value: object, kind: str) -> object:
    """The value as a date, timestamp or interval; `kind` is the type in lower case, with or without its precision."""
    wanted = _TYPES.get(re.sub(r"\(\d+\)", "", kind).strip())
    if wanted is None:
        return UNKNOWN
    if wanted == "interval":
        return _interval(value) if isinstance(value, str) else value if isinstance(value, Interval) else UNKNOWN
    if isinstance(value, str):
        value = _read(value)
    if not isinstance(value, date):
        return UNKNOWN
    if wanted == "date":
        return date(value.year, value.month, value.day)
    return _zoned(at_time(value)) if wanted == "zoned" else plain_time(value)


def alike(text: str, other: object) -> object:
    """A literal as the type of the value beside it."""
    if isinstance(other, Interval):
        return _interval(text)
    kind = "timestamptz" if isinstance(other, Zoned) else "timestamp" if isinstance(other, datetime) else "date"
    return cast_time(text, kind)


def calculated(operator: str, left: object, right: object) -> object:
    """`left operator right`, of which one is a date, timestamp or interval; UNKNOWN beyond what Python counts."""
    try:
        return _calculated(operator, left, right)
    except OverflowError:
        return UNKNOWN


def _calculated(operator: str, left: object, right: object) -> object:
    if operator == "+" and isinstance(right, date):
        left, right = right, left
    if operator == "*" and isinstance(right, Interval):
        left, right = right, left
    match operator, left, right:
        case "+", datetime(), str():
            return _calculated(operator, left, _interval(right))
        case "-", date(), str():
            return _calculated(operator, left, alike(right, left))
        case "+" | "-", date(), Interval():
            return _moved(left, right, 1 if operator == "+" else -1)
        case "-", datetime(), datetime():
            between = left - right
            return Interval(0, between.days, between.seconds * _SECOND + between.microseconds)
        case "+" | "-", datetime(), _:
            return UNKNOWN
        case "+" | "-", date(), int() if not isinstance(right, bool) and abs(right) < 10**6:
            return left + timedelta(days=right if operator == "+" else -right)
        case "-", date(), date() if not isinstance(right, datetime):
            return (left - right).days
        case "+" | "-", Interval(), Interval():
            sign = 1 if operator == "+" else -1
            sums = (a + sign * b for a, b in zip(left.fields, right.fields, strict=True))
            return Interval(*sums)
        case "*", Interval(), int() if abs(right) < 10**6:
            return Interval(*(field * right for field in left.fields))
    return UNKNOWN


def _moved(start: date, interval: Interval, sign: int) -> object:
    """A date with an interval is a timestamp; months first, then days, then the rest (timestamp_pl_interval)."""
    made = at_time(start)
    months = made.year * 12 + made.month - 1 + sign * interval.months
    year, month = divmod(months, 12)
    if not 1 <= year <= 9998:
        return UNKNOWN
    day = min(made.day, calendar.monthrange(year, month + 1)[1])
    moved = made.replace(year=year, month=month + 1, day=day)
    return moved + sign * timedelta(days=interval.days, microseconds=interval.microseconds)


def series(start: object, end: object, step: object, longest: int) -> list[object] | None:
    """generate_series over timestamps; None where it is not known, or is longer than `longest`."""
    if isinstance(start, date) and isinstance(end, str):
        end = alike(end, start)
    if isinstance(start, date) and isinstance(step, str):
        step = _interval(step)
    if not (isinstance(start, date) and isinstance(end, date) and isinstance(step, Interval)):
        return None
    zoned = isinstance(start, Zoned) or not isinstance(start, datetime)
    kind = "timestamptz" if zoned else "timestamp"
    at, last = cast_time(start, kind), cast_time(end, kind)
    found: list[object] = []
    while isinstance(at, datetime) and isinstance(last, datetime) and at <= last:
        found.append(at)
        following = calculated("+", at, step)
        if not isinstance(following, datetime) or following <= at or len(found) > longest:
            return None
        at = following
    return found


def called(name: str, arguments: list[object], names: tuple[str, ...]) -> object:
    """The functions of this kind whose value follows from their arguments; UNKNOWN for any other."""
    if any(argument is None for argument in arguments):
        return None
    try:
        match name, arguments:
            case "make_date", [int(year), int(month), int(day)]:
                return date(year, month, day)
            case "make_timestamp", [int(year), int(month), int(day), int(hour), int(minute), int(second)]:
                return datetime(year, month, day, hour, minute, second)
            case "make_interval", _ if len(names) == len(arguments) and all(isinstance(a, int) for a in arguments):
                text = " ".join(f"{number} {unit}" for unit, number in zip(names, arguments, strict=True))
                return _interval(text)
            case "to_char", [date() as value, str(pattern)]:
                return _printed(value, pattern)
            case "to_date", [str(text), "YYYY-MM-DD" | "yyyy-mm-dd"]:
                return cast_time(text, "date")
            case "date_trunc", [str(field), date() as value] if field.lower() in _TRUNCATED:
                return _truncated(field.lower(), value)
            case "extract" | "date_part", [str(field), date() as value] if field.lower() in _FIELDS:
                return _field(field.lower(), value)
    except (ValueError, OverflowError):
        pass
    return UNKNOWN


def _truncated(field: str, value: date) -> datetime:
    kept = _TRUNCATED.index(field) + 1
    made = cast_time(value, "timestamptz" if not isinstance(value, datetime) else "timestamp")
    assert isinstance(made, datetime)
    given = (made.year, made.month, made.day, made.hour, made.minute, made.second)
    year, month, day, hour, minute, second = (given[at] if at < kept else int(at in (1, 2)) for at in range(6))
    whole = datetime(year, month, day, hour, minute, second)
    return _zoned(whole) if isinstance(made, Zoned) or isinstance(value, Zoned) else whole


def _field(field: str, value: date) -> object:
    made = at_time(value)
    if made.microsecond and field == "second":
        return UNKNOWN
    special = {
        "quarter": (made.month + 2) // 3,
        "week": made.isocalendar()[1],
        "isoyear": made.isocalendar()[0],
        "dow": made.isoweekday() % 7,
        "isodow": made.isoweekday(),
        "doy": made.timetuple().tm_yday,
    }
    return special[field] if field in special else getattr(made, field)


def _printed(value: date, pattern: str) -> object:
    """to_char (PostgreSQL docs, 9.8)."""
    made = at_time(value)
    month = calendar.month_name[made.month]
    texts = {
        "YYYY": f"{made.year:04}",
        "IYYY": f"{made.isocalendar()[0]:04}",
        "YY": f"{made.year % 100:02}",
        "MM": f"{made.month:02}",
        "DDD": f"{made.timetuple().tm_yday:03}",
        "DD": f"{made.day:02}",
        "HH24": f"{made.hour:02}",
        "HH12": f"{(made.hour - 1) % 12 + 1:02}",
        "MI": f"{made.minute:02}",
        "SS": f"{made.second:02}",
        "Month": f"{month:9}",
        "MONTH": f"{month.upper():9}",
        "month": f"{month.lower():9}",
        "Mon": month[:3],
        "MON": month[:3].upper(),
        "mon": month[:3].lower(),
        "Q": str((made.month + 2) // 3),
        "IW": f"{made.isocalendar()[1]:02}",
    }
    shown, fill = "", True
    for piece in _PATTERN.findall(pattern if any(c.isupper() for c in pattern) else pattern.upper()):
        if piece == "FM":
            fill = False
        elif piece in texts:
            text = texts[piece]
            shown += text if fill else text.strip().lstrip("0") or "0"
            fill = True
        elif piece[:1] == '"':
            shown += piece[1:-1]
        elif piece.isalpha():
            return UNKNOWN
        else:
            shown += piece
    return shown


def _read(text: str) -> object:
    """A literal of a date or timestamp in ISO order; others depend on settings, or on the clock."""
    found = _TIME.fullmatch(text)
    try:
        return UNKNOWN if found is None else datetime.fromisoformat(f"{found[1]} {found[2] or '00:00'}")
    except ValueError:
        return UNKNOWN


def _interval(text: str) -> Interval | Unknown:
    found = parts(text)
    if found is None or max(map(abs, found)) > _LARGEST or any(one != int(one) for one in found[:2]):
        return UNKNOWN
    return Interval(int(found[0]), int(found[1]), round(found[2] * _SECOND))


def _zoned(made: datetime) -> Zoned:
    return Zoned(made.year, made.month, made.day, made.hour, made.minute, made.second, made.microsecond)
