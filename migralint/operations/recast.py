"""A default after its column has got another type."""

from __future__ import annotations

import re
from decimal import Decimal

from migralint.schema.types import parse

_STRING = re.compile(r"(?P<literal>'(?:[^']|'')*')(?:::(?P<cast>character varying|text))?\Z")
_NUMBER = re.compile(r"'\s*(?P<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*'\Z")
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_LARGEST_EXPONENT = 1000
_TRUTH = dict.fromkeys(("t", "true", "y", "yes", "on", "1"), "true") | dict.fromkeys(
    ("f", "false", "n", "no", "off", "0"), "false"
)
"""What strings mean as a boolean, which is written without quotes."""


def recast(default: str | None, old: str, new: str) -> str | None:
    """A default after the type changed between texts or between numbers: a literal stays of the type it was given in.

    So `'80.'` of a numeric is a number that an integer takes, though as a text it is none.
    """
    before, after = parse(old), parse(new)
    if default is None or before.base == after.base or before.dimensions or after.dimensions:
        return default
    if before.base == "boolean" and (said := _STRING.match(default)) is not None:
        return _TRUTH.get(said["literal"][1:-1].strip().lower(), default)
    if before.base in _NUMBERS and after.base in _NUMBERS and (number := _NUMBER.match(default)):
        value = Decimal(number["value"])
        if abs(value.adjusted()) > _LARGEST_EXPONENT:
            return default
        shown = format(value, "f")
        return shown if before.base == "integer" and value >= 0 else f"'{shown}'::{before.base}"
    textual = all(kind.base in ("text", "character varying") for kind in (before, after))
    if not textual or not (found := _STRING.match(default)):
        return default
    given = found["cast"] or before.base
    return found["literal"] if given == after.base else f"{found['literal']}::{given}"
