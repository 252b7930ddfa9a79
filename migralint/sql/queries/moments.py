"""The values of dates, timestamps and intervals: a `datetime.date`, a `datetime.datetime`, and what Python lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


class Zoned(datetime):
    """A timestamp with a time zone, in that of the session."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval as PostgreSQL keeps it."""

    months: int
    days: int
    microseconds: int

    @property
    def fields(self) -> tuple[int, int, int]:
        """Its three numbers."""
        return self.months, self.days, self.microseconds

    def __str__(self) -> str:
        """As `IntervalStyle` postgres prints it."""
        years, months = (abs(self.months) // 12, abs(self.months) % 12)
        sign = -1 if self.months < 0 else 1
        units = ((sign * years, "year"), (sign * months, "mon"), (self.days, "day"))
        shown = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in units if number]
        if self.microseconds or not shown:
            seconds, rest = divmod(abs(self.microseconds), 1_000_000)
            clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            clock += f".{rest:06}".rstrip("0") if rest else ""
            shown.append(f"-{clock}" if self.microseconds < 0 else clock)
        return " ".join(shown)


def at_time(value: date) -> datetime:
    """A timestamp as it is, a date as the midnight that it begins with."""
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)


def plain_time(value: date) -> datetime:
    """The same without a time zone, so that dates and timestamps compare."""
    made = at_time(value)
    return datetime(made.year, made.month, made.day, made.hour, made.minute, made.second, made.microsecond)
