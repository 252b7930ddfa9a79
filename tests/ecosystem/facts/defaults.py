"""What a column's default is worth, whichever way it is spelled."""

from __future__ import annotations

import datetime
import decimal
import json
import re
from collections.abc import Callable

from tests.ecosystem.facts.expressions import expression
from tests.ecosystem.facts.intervals import interval
from tests.ecosystem.facts.text import bare, name
from tests.ecosystem.facts.types import BOOLEAN, INTERVAL, JSON, MOMENT, NUMERIC, TEXTUAL

_NEXTVAL = re.compile(
    r"(?is)^(?:pg_catalog\.)?nextval\(\s*\(?'((?:[^']|'')+)'(?:\s*::\s*(?:text|regclass|character varying))?\)?"
    r"(?:::regclass)?\s*\)$"
)
_TRUTHS = {"t", "true", "y", "yes", "on", "1"}
_UNTRUTHS = {"f", "false", "n", "no", "off", "0"}


def default(text: str | None, type_: str, dialect: str, owned: Callable[[str], bool]) -> str | None:
    """None where there is no default; `owned` says whether a column owns the sequence of that name."""
    if text is None or not text.strip():
        return None
    text = bare(text)
    if sequence := _NEXTVAL.match(text):
        called = name(sequence[1].replace("''", "'"))
        return "serial" if owned(called) else f"nextval({called})"
    if re.fullmatch(r"(?i)null(\s*::.*)?", text):
        return None
    value = expression(text, dialect)
    literal = re.fullmatch(r"'((?:[^']|'')*)'", value)
    body = literal[1] if literal else value
    of_array = "[" in type_
    if BOOLEAN.match(type_) and body.strip().lower() in _TRUTHS | _UNTRUTHS:
        return "true" if body.strip().lower() in _TRUTHS else "false"
    number = re.sub(r"^- ", "-", body.strip().lstrip("+"))
    if NUMERIC.match(type_) and not of_array and re.fullmatch(r"-?\d+(\.\d+)?", number):
        return _number(number)
    if literal:
        return _literal(body, value, type_.strip())
    if TEXTUAL.match(type_) and re.fullmatch(r"-?\d+(\.\d+)?|true|false", value):
        return f"'{value}'"
    return value.replace("- ", "-") if re.fullmatch(r"- \d.*", value) else value


def _number(text: str) -> str:
    value = decimal.Decimal(text).normalize()
    return format(value or decimal.Decimal(0), "f")


def _literal(body: str, value: str, type_: str) -> str:
    if MOMENT.match(type_) and "[" not in type_:
        try:
            moment = datetime.datetime.fromisoformat(body.strip())
        except ValueError:
            return value
        if moment.tzinfo:
            moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
        return f"'{moment.isoformat(' ')}'"
    if INTERVAL.match(type_):
        return f"'{interval(body)}'"
    if JSON.match(type_):
        try:
            return "json:" + json.dumps(json.loads(body.replace("''", "'")), sort_keys=True, ensure_ascii=False)
        except ValueError:
            return value
    return value
