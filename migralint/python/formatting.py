"""`format`, `%` and f-strings, with the pieces of texts kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python import bounds
from migralint.python.template import assembled
from migralint.python.text import Text
from migralint.python.values import Arguments, Drawn, EnumMember, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_PERCENT = re.compile(
    r"%(?:\((?P<key>[^)]*)\))?(?P<flags>[-#0 +]*)(?P<width>\d*)(?:\.(?P<precision>\d+))?(?P<kind>[sdrifxXeEgGcu%a])"
)
_FIELD = re.compile(r"\{\{|\}\}|\{(?P<field>[^{}:!]*)(?:!(?P<conversion>[rsa]))?(?::(?P<spec>[^{}]*))?\}")


def shown(ev: Evaluator, value: Value, place: Place) -> str | Unknown:
    """`str(value)`, pieces kept; Unknown for what has no text that could be known."""
    if isinstance(value, str):
        return value
    if isinstance(value, Drawn):
        ev.not_followed(value.reason, place, has_database=False)  # so that it is told that names may be others
        return value.text
    if isinstance(value, Unknown):
        return value
    if isinstance(value, EnumMember):
        return str(value.value) if value.shows_value else f"{value.cls.name}.{value.name}"
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)
    if isinstance(value, Native):
        text = value.attribute(ev, "__str__", place)
        return text if isinstance(text, str) else Unknown(f"the text of {value.type_name}", place)
    if isinstance(value, (list, tuple, dict)) and _plain(value):
        return _settled(str(value))
    return Unknown("the text of something that is not known", place)


def _settled(text: str) -> str | Unknown:
    result: str | Unknown = bounds.settled(text)
    return result


def _plain(value: Value) -> bool:
    if not bounds.small(value):
        return False
    if isinstance(value, (list, tuple)):
        return all(_plain(v) for v in value)
    if isinstance(value, dict):
        return all(_plain(k) and _plain(v) for k, v in value.items())
    return value is None or isinstance(value, (str, bool, int, float))


def formatted(ev: Evaluator, value: Value, conversion: str | None, spec: Value, place: Place) -> str | Unknown:
    """One replacement field of an f-string."""
    if isinstance(spec, Unknown):
        return spec
    if conversion == "r":
        return _repr(value, place)
    if spec and not isinstance(value, (Unknown, Native, EnumMember)):
        if not bounds.numbers_fit(str(spec)):
            return Unknown(bounds.REASON, place)
        try:
            return _settled(format(value, spec))
        except Exception:  # whatever Python says of a specification that does not fit
            return Unknown("a format that does not fit its value", place)
    if spec and isinstance(value, Native):
        text = ev.call(value.attribute(ev, "__format__", place), Arguments([spec]), place)
        return text if isinstance(text, (str, Unknown)) else Unknown(f"a format of {value.type_name}", place)
    text = shown(ev, value, place)
    return _unlike(text) if spec and isinstance(text, Unknown) else text


def _unlike(value: Unknown) -> Unknown:
    """What a conversion makes of an unknown value: it may differ from what is known of its text."""
    return Unknown(value.reason, value.place)


def _repr(value: Value, place: Place) -> str | Unknown:
    if isinstance(value, Unknown):
        return _unlike(value)
    if isinstance(value, str):
        return _settled(repr(str(value)))
    return _settled(repr(value)) if _plain(value) else Unknown("a repr", place)


def percent(ev: Evaluator, template: str, values: Value, place: Place) -> str | Unknown:
    """`template % values`; what is not known of the values leaves holes."""
    text = template if isinstance(template, Text) else Text(template)
    queue = list(values) if isinstance(values, tuple) else [values]
    parts: list[str | Unknown] = []
    at = 0
    for match in _PERCENT.finditer(text):
        parts.append(text.part(at, match.start()))
        at = match.end()
        ev.steps += 1
        if match["kind"] == "%":
            parts.append("%")
            continue
        if match["key"] is not None:
            if isinstance(values, dict):
                value = values.get(match["key"], values.get("?"))
                if value is None and match["key"] not in values:
                    return Unknown("a value that % does not find", place)
            elif isinstance(values, Unknown):
                value = values
            else:
                return Unknown("a value that % does not find", place)
        elif isinstance(values, Unknown):  # one value, or as many as there are fields
            value = values
        elif queue:
            value = queue.pop(0)
        else:
            return Unknown("too few values for %", place)
        if match["kind"] in "sa" and not match["width"] and match["precision"] is None:
            piece = shown(ev, value, place)
        elif match["kind"] == "r":
            piece = _repr(value, place)
        elif isinstance(value, (int, float, str)):
            if not bounds.numbers_fit(match[0]):
                return Unknown(bounds.REASON, place)
            try:
                # without the key, which chose the value
                piece = _settled(("%" + match[0].rpartition(")")[2].removeprefix("%")) % value)
            except Exception:  # whatever Python says of a format that does not fit
                return Unknown("a format that does not fit its value", place)
        else:
            piece = _unlike(value) if isinstance(value, Unknown) else Unknown("a number that is not known", place)
        parts.append(piece)
    parts.append(text.part(at, len(text)))
    return assembled(parts, place)


def brace(ev: Evaluator, template: str, args: Arguments, place: Place) -> str | Unknown:
    """`template.format(*args, **keywords)`; what is not known of the arguments leaves holes."""
    text = template if isinstance(template, Text) else Text(template)
    missing = Unknown("format with arguments that are not known", place) if args.open else None
    parts: list[str | Unknown] = []
    at = number = 0
    for match in _FIELD.finditer(text):
        parts.append(text.part(at, match.start()))
        at = match.end()
        ev.steps += 1
        if match[0] in ("{{", "}}"):
            parts.append(match[0][0])
            continue
        first, *path = re.split(r"\.|\[", match["field"])
        if first == "" or (first.isdecimal() and len(first) < 6):
            index = int(first) if first else number
            number += 1
            value = args.positional[index] if index < len(args.positional) else missing
            if index >= len(args.positional) and missing is None:
                return Unknown("too few values for format", place)
        elif first in args.keywords or missing is not None:
            value = args.keywords.get(first, missing)
        else:
            return Unknown(f"format does not find {first}", place)
        for step in path:
            if step.endswith("]"):
                key = step[:-1]
                from migralint.python.operators import item

                value = item(ev, value, int(key) if key.isdecimal() and len(key) < 6 else key, place)
            else:
                value = ev.attribute(value, step, place)
        parts.append(formatted(ev, value, match["conversion"], match["spec"] or "", place))
    parts.append(text.part(at, len(text)))
    return assembled(parts, place)
