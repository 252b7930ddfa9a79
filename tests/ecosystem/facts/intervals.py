"""Intervals by value: `1 hour` is `01:00:00`."""

from __future__ import annotations

import re

_UNITS = {
    "year": (12, 0, 0),
    "mon": (1, 0, 0),
    "month": (1, 0, 0),
    "week": (0, 7, 0),
    "day": (0, 1, 0),
    "hour": (0, 0, 3600),
    "hr": (0, 0, 3600),
    "h": (0, 0, 3600),
    "minute": (0, 0, 60),
    "min": (0, 0, 60),
    "second": (0, 0, 1),
    "sec": (0, 0, 1),
    "s": (0, 0, 1),
    "d": (0, 1, 0),
    "m": (0, 0, 60),
}
_CLOCK = re.compile(r"(-?)(\d+):(\d+)(?::(\d+(?:\.\d+)?))?$")
_SPAN = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*,?\s*")


def interval(text: str) -> str:
    """Months, days and seconds; text that is not understood stays as it is."""
    months = days = seconds = 0.0
    rest = text.strip()
    if clock := _CLOCK.search(rest):
        value = int(clock[2]) * 3600 + int(clock[3]) * 60 + float(clock[4] or 0)
        seconds += -value if clock[1] else value
        rest = rest[: clock.start()].strip()
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", rest):
        seconds += float(rest)
        rest = ""
    while rest:
        span = _SPAN.match(rest)
        unit = span and (_UNITS.get(span[2].lower()) or _UNITS.get(span[2].lower().rstrip("s")))
        if not span or not unit:
            return text
        value = float(span[1])
        months, days, seconds = months + value * unit[0], days + value * unit[1], seconds + value * unit[2]
        rest = rest[span.end() :]
    return f"interval {months:g} months {days:g} days {seconds:g} seconds"
