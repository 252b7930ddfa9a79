"""Regular expressions: known patterns over known texts are answered by Python's own `re`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python import bounds
from migralint.python.library.regex_cost import PATTERN, cost
from migralint.python.library.registry import FUNCTIONS, VALUES, known
from migralint.python.reach import is_code
from migralint.python.template import assembled
from migralint.python.text import Text, concat
from migralint.python.values import Arguments, Builtin, Native, PyRaise, Unknown, Value, unknown_in

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_SEARCHES = ("search", "match", "fullmatch", "findall", "finditer")
_METHODS = (*_SEARCHES, "split", "sub", "subn")
_COST = 20_000_000
"""Steps of the matcher for one call, at worst: a fraction of a second."""
_COST_OF_STEP = 200
"""Steps of the matcher that count as one of the evaluator's."""
FLAGS = ("IGNORECASE", "I", "MULTILINE", "M", "DOTALL", "S", "VERBOSE", "X", "ASCII", "A", "UNICODE", "U")

for _flag in FLAGS:
    VALUES[f"re.{_flag}"] = int(getattr(re, _flag))
VALUES["re.NOFLAG"] = 0


class PatternItem(Native):
    """What `re.compile` gives."""

    type_name = "pattern"

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in _METHODS:
            return Builtin(f"re.{name}", lambda ev, args, place: _run(ev, name, self, args, place))
        if name in ("pattern", "flags", "groups", "groupindex"):
            value = getattr(self.pattern, name)
            return dict(value) if name == "groupindex" else value
        return Unknown(f"attribute {name} of a pattern", place)


class MatchItem(Native):
    """A match in a text; what is taken out of the text keeps its places."""

    type_name = "match"

    def __init__(self, match: re.Match[str], text: str) -> None:
        self.match = match
        self.text = text

    def group(self, which: Value) -> Value:
        """One group by number or name."""
        return _part(self.text, *self.match.span(which)) if self.match.start(which) >= 0 else None

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        match self.match, name:
            case _, "group" | "__getitem__":
                return Builtin(name, lambda ev, args, place: self._asked(args.positional or [0], self.group, place))
            case _, "start" | "end" | "span":
                ask = getattr(self.match, name)
                return Builtin(name, lambda ev, args, place: self._asked([args.get(0, default=0)], ask, place))
            case found, "groups":
                numbers = range(1, found.re.groups + 1)
                return Builtin(
                    name, lambda ev, args, place: tuple(self._or(n, args.get(0, "default")) for n in numbers)
                )
            case found, "groupdict":
                return Builtin(
                    name,
                    lambda ev, args, place: {n: self._or(n, args.get(0, "default")) for n in found.re.groupindex},
                )
            case found, "re":
                return PatternItem(found.re)
            case found, "string":
                return self.text
            case found, "lastgroup" | "lastindex" | "pos" | "endpos":
                return getattr(found, name)
        return Unknown(f"attribute {name} of a match", place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        return self._asked([key], self.group, place)

    def _or(self, which: int | str, default: Value) -> Value:
        found = self.group(which)
        return default if found is None else found

    def _asked(self, groups: list[Value], ask: Callable[[Value], Value], place: Place) -> Value:
        unknown = unknown_in(groups)
        if unknown is not None:
            return unknown
        try:
            found = tuple(ask(which) for which in groups)
        except (IndexError, TypeError):
            raise PyRaise("IndexError", "no such group", place) from None
        return found[0] if len(found) == 1 else found


def _part(text: str, start: int, end: int) -> str:
    return text.part(start, end) if isinstance(text, Text) else text[start:end]


@known("re.compile")
def _compile(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _pattern(ev, args.get(0, "pattern"), args.get(1, "flags", default=0), place)


def _pattern(ev: Evaluator, pattern: Value, flags: Value, place: Place) -> PatternItem | Unknown:
    if isinstance(pattern, PatternItem):
        return pattern
    for value in (pattern, flags):
        if isinstance(value, Unknown):
            return value
    if not isinstance(pattern, str) or not isinstance(flags, int):
        return Unknown("a regular expression that is not known", place)
    if len(pattern) > PATTERN:
        return Unknown(bounds.REASON, place)
    ev.steps += len(pattern)
    try:
        return PatternItem(re.compile(str(pattern), flags))
    except (re.error, ValueError, OverflowError, RecursionError) as problem:
        raise PyRaise("error", str(problem), place) from None


def _function(name: str) -> Callable[[Evaluator, Arguments, Place], Value]:
    at = 2 if name in _SEARCHES else 3 if name == "split" else 4
    words = {"string": "string", "repl": "repl", "count": "count", "maxsplit": "maxsplit"}

    def run(ev: Evaluator, args: Arguments, place: Place) -> Value:
        pattern = _pattern(ev, args.get(0, "pattern"), args.get(at, "flags", default=0), place)
        if isinstance(pattern, Unknown):
            ev.touch(args, place, pattern.reason)
            return pattern
        keywords = {word: value for word, value in args.keywords.items() if word in words}
        return _run(ev, name, pattern, Arguments(args.positional[1:at], keywords, args.open), place)

    return run


for _name in _METHODS:
    FUNCTIONS[f"re.{_name}"] = _function(_name)


@known("re.escape")
def _escape(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0, "pattern")
    if not isinstance(value, str):
        return value if isinstance(value, Unknown) else Unknown("an escaped text", place)
    return bounds.settled(re.escape(value)) if len(value) < bounds.TEXT // 2 else Unknown(bounds.REASON, place)


def _run(ev: Evaluator, name: str, item: PatternItem, args: Arguments, place: Place) -> Value:
    """One of the methods of a pattern."""
    changes = name in ("sub", "subn")
    text = args.get(1 if changes else 0, "string")
    limit = args.get(2 if changes else 1, "count", "maxsplit", default=0)
    if not isinstance(text, str) or not isinstance(limit, int) or args.open:
        unknown = unknown_in([text, limit]) or Unknown("a regular expression on something that is not known", place)
        ev.touch(args, place, unknown.reason)
        return unknown
    if name in _SEARCHES and (args.has(1) or args.keywords.keys() - {"string"}):
        return Unknown("a regular expression on a part of a text", place)
    needed = cost(item.pattern, len(text), anchored=name in ("match", "fullmatch"))
    if needed > _COST or not _fits(text):
        ev.touch(args, place, "a regular expression that may take long")
        return Unknown("a regular expression that may take long", place)
    ev.steps += needed // _COST_OF_STEP
    if changes:
        return _replaced(ev, name, item.pattern, args.get(0, "repl"), text, limit, place)
    match name:
        case "search" | "match" | "fullmatch":
            found = getattr(item.pattern, name)(text)
            return MatchItem(found, text) if found is not None else None
        case "finditer":
            return [MatchItem(match, text) for match in item.pattern.finditer(text)]
        case "findall":
            return _all(item.pattern, text)
    return _split(item.pattern, text, limit)


def _fits(text: str) -> bool:
    return len(text) <= bounds.ITEMS


def _all(pattern: re.Pattern[str], text: str) -> list[Value]:
    found: list[Value] = []
    for match in pattern.finditer(text):
        groups = [_part(text, *match.span(n)) if match.start(n) >= 0 else "" for n in range(pattern.groups + 1)]
        found.append(groups[min(pattern.groups, 1)] if pattern.groups < 2 else tuple(groups[1:]))
    return found


def _split(pattern: re.Pattern[str], text: str, limit: int) -> list[Value]:
    parts: list[Value] = []
    at = 0
    for number, match in enumerate(pattern.finditer(text) if limit >= 0 else ()):
        if limit and number >= limit:
            break
        parts.append(_part(text, at, match.start()))
        parts += [_part(text, *match.span(n)) if match.start(n) >= 0 else None for n in range(1, pattern.groups + 1)]
        at = match.end()
    return [*parts, _part(text, at, len(text))]


def _replaced(
    ev: Evaluator, name: str, pattern: re.Pattern[str], new: Value, text: str, limit: int, place: Place
) -> Value:
    """`sub` and `subn`: the replacement is a text with references to groups, or a function of the match."""
    called = is_code(new) or isinstance(new, Builtin)
    if not called and not isinstance(new, str):
        return new if isinstance(new, Unknown) else Unknown("a text changed by a regular expression", place)
    if not called and 2 * (len(new) + 1) * (len(text) + 1) > bounds.TEXT:
        return Unknown(bounds.REASON, place)
    parts: list[str | Unknown] = []
    at = number = 0
    for match in pattern.finditer(text) if limit >= 0 else ():
        if limit and number >= limit:
            break
        number += 1
        parts.append(_part(text, at, match.start()))
        at = match.end()
        if not called:
            parts.append(_expanded(match, new, place))
            continue
        value = ev.call(new, Arguments([MatchItem(match, text)]), place)
        if not isinstance(value, (str, Unknown)):
            return Unknown("a text changed by a regular expression", place)
        parts.append(value)
    parts.append(_part(text, at, len(text)))
    result = assembled(parts, place)
    return (result, number) if name == "subn" else result


def _expanded(match: re.Match[str], new: str, place: Place) -> str | Unknown:
    if "\\" not in new:
        return new
    try:
        result: str | Unknown = bounds.settled(concat([match.expand(new)]))
    except (re.error, IndexError) as problem:
        raise PyRaise("error", str(problem), place) from None
    return result
