"""Intervals as PostgreSQL keeps them: months, days and seconds apart."""

from __future__ import annotations

import math
import re

_UNITS = {
    "microsecond": (0, 0, 0.000001),
    "millisecond": (0, 0, 0.001),
    "second": (0, 0, 1),
    "sec": (0, 0, 1),
    "s": (0, 0, 1),
    "minute": (0, 0, 60),
    "min": (0, 0, 60),
    "m": (0, 0, 60),
    "hour": (0, 0, 3600),
    "h": (0, 0, 3600),
    "day": (0, 1, 0),
    "d": (0, 1, 0),
    "week": (0, 7, 0),
    "w": (0, 7, 0),
    "month": (1, 0, 0),
    "mon": (1, 0, 0),
    "year": (12, 0, 0),
    "y": (12, 0, 0),
}
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_PART = re.compile(r"\s*(?:([+-]?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?|([+-]?\d+(?:\.\d+)?)\s*([a-z]+?)s?(?![a-z]))")


def canonical(text: str) -> str:
    """`1 hour` and `01:00:00` in one spelling; what is no such interval stays as it is."""
    found = parts(text)
    return text if found is None else "{:g} months {:g} days {:.6f} seconds".format(*found)


def parts(text: str) -> tuple[float, float, float] | None:
    """The months, days and seconds of an interval; None for what is none, and beyond all numbers."""
    lower = text.strip().lower()
    if _NUMBER.fullmatch(lower):
        lower += " seconds"  # PostgreSQL docs, 8.5.4
    months = days = seconds = 0.0
    at = 0
    while at < len(lower):
        part = _PART.match(lower, at)
        if part is None:
            return None
        at = part.end()
        sign, hours, minutes, rest, number, unit = part.groups()
        if unit is None:
            clock = int(hours) * 3600 + int(minutes) * 60 + float(rest or 0)
            seconds += -clock if sign == "-" else clock
            continue
        if unit not in _UNITS:
            return None
        one = _UNITS[unit]
        months, days, seconds = (
            kept + float(number) * each for kept, each in zip((months, days, seconds), one, strict=True)
        )
    return (months, days, seconds) if lower and all(map(math.isfinite, (months, days, seconds))) else None
