"""The methods of dictionaries, lists and texts, as far as they change what a request says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from migralint.operations import Place
from migralint.python import text as pieces
from migralint.python.text import Text, concat
from migralint.queries.frame import Arguments
from migralint.queries.values import UNKNOWN, Record, Rows, Value, alternatives, either, removed, texts
from migralint.sql.tokens import HOLE

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}!:]*)(?:![rsa])?(?::[^{}]*)?\}")
_PERCENT = re.compile(r"%%|%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdifrgx]")


def formatted(text: Text, given: Sequence[Value], named: Mapping[str, Value], *, percent: bool = False) -> Text:
    """`text.format(...)`, or `text % ...`; what is not known is a hole."""
    out: list[str] = []
    at = number = 0
    keywords = dict(named)
    if percent and len(given) == 1 and isinstance(given[0], Record):
        keywords = {key: entry.value for key, entry in given[0].entries.items()}
    for match in (_PERCENT if percent else _FIELD).finditer(text):
        out.append(text.part(at, match.start()))
        at = match.end()
        if match[0] in ("{{", "}}", "%%"):
            out.append(match[0][0])
            continue
        key = match[1] or ""
        if key.isdigit() or not key:
            position = int(key) if key else number
            number += not key
            value = given[position] if position < len(given) else UNKNOWN
        else:
            value = keywords.get(key, UNKNOWN)
        found = texts(value)
        out.append(found[0] if len(found) == 1 else str(value) if type(value) in (int, float) else HOLE)
    out.append(text.part(at, len(text)))
    return concat(out)


def of_text(value: Text, name: str, given: Arguments) -> Value:
    """A method of a text."""
    if name == "format":
        return formatted(value, given.positional, given.keywords)
    if name == "join":
        found: list[Value] = []
        for one in alternatives(given.first):
            if isinstance(one, Rows):
                said = [(texts(item) or (HOLE,))[0] for item in one.items] + ([HOLE] if one.open else [])
                found.append(pieces.join(value, list(said)))
        return either(found)
    if name in ("strip", "lstrip", "rstrip"):
        chars = given.first if isinstance(given.first, str) else None
        return pieces.strip(value, chars, name != "rstrip", name != "lstrip")
    if name == "replace" and len(texts(given.get(0))) == 1 == len(texts(given.get(1))):
        return pieces.replace(value, texts(given.get(0))[0], texts(given.get(1))[0])
    if name in ("lower", "upper", "title", "capitalize"):
        same = getattr(value, name)()
        return value if same == value else Text(same)
    if name == "split":
        separator = given.first if isinstance(given.first, str) else None
        return Rows([Text(one) for one in str(value).split(separator or None)])
    return UNKNOWN


def of_record(value: Record, name: str, given: Arguments, depth: int, place: Place) -> Value:
    """A method of a dictionary."""
    key, entries = given.get(0), value.entries
    if name in ("get", "pop", "setdefault"):
        found = [entries[one].value for one in texts(key) if one in entries]
        if name == "pop":
            removed(value, key, depth)
        elif name == "setdefault":
            for one in texts(key):
                value.put(str(one), given.get(1), place, maybe=one in entries or depth > value.depth)
            found.append(given.get(1))
        elif not found or len(given.positional) > 1:
            found.append(given.get(1, default=UNKNOWN))
        return either(found)
    if name == "update":
        made = Record(depth=depth)
        if given.positional:
            made.take(given.positional[0])
        for word, one in given.keywords.items():
            made.put(word, one, place)
        made.open = made.open or given.open
        value.take(made, maybe=depth > value.depth)
        return None
    if name in ("copy", "__copy__"):
        return value.copy()
    if name == "items":
        pairs: list[Value] = [Rows([Text(one), entry.value]) for one, entry in entries.items()]
        return Rows(pairs, value.open, ordered=False)
    if name == "keys":
        return Rows([Text(one) for one in entries], value.open)
    if name == "values":
        return Rows([entry.value for entry in entries.values()], value.open)
    if name == "clear" and depth <= value.depth:
        entries.clear()
    return UNKNOWN


def of_rows(value: Rows, name: str, given: Arguments) -> Value:
    """A method of a list or set."""
    if name in ("append", "add", "insert", "appendleft"):
        value.append(given.positional[-1] if given.positional else UNKNOWN)
        return None
    if name in ("extend", "update"):
        for one in alternatives(given.first):
            if isinstance(one, Rows):
                value.extend(one)
            else:
                value.open = True
        return None
    if name == "copy":
        return Rows(list(value.items), value.open, value.ordered)
    if name == "pop":
        return either(value.items)
    return UNKNOWN
