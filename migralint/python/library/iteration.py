"""`itertools` over what is known: every iterator is a list."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from migralint.operations import Place
from migralint.python import bounds
from migralint.python.library.registry import FUNCTIONS, known
from migralint.python.values import Arguments, Unknown, Value, unknown_in

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_ITEMS = 10_000
"""Items of a result."""
_FEW = 200


def _of_known(name: str, make: Callable[..., Iterable[Any]], size: Callable[..., int]) -> None:
    """Registers a function of iterables and plain numbers; `size` is a bound for its items, from their lengths."""

    def run(ev: Evaluator, args: Arguments, place: Place) -> Value:
        unknown = unknown_in(args.all())
        numbers = [value for value in args.all() if value is None or isinstance(value, int)]
        given = [value if value is None or isinstance(value, int) else ev.items(value) for value in args.positional]
        if args.open or len([g for g in given if g is None]) > len([n for n in numbers if n is None]):
            return unknown or Unknown(f"{name} of something that is not known", place)
        lists = [len(value) for value in given if isinstance(value, list)]
        whole = [value for value in numbers if value is not None]
        if any(number < 0 for number in whole) or size(lists, whole) > _ITEMS:
            return Unknown(bounds.REASON, place)
        ev.steps += size(lists, whole) // 16
        try:
            return list(make(*given, **args.keywords))
        except Exception:  # whatever Python says of arguments that do not fit
            return Unknown(f"{name} of values it does not fit", place)

    FUNCTIONS[f"itertools.{name}"] = run


def _power(lists: list[int], numbers: list[int]) -> int:
    times = max(numbers, default=1)
    return int(math.prod(lists) ** min(times, 64)) * max(times, 1)


def _orders(lists: list[int], numbers: list[int]) -> int:
    """Of permutations, and more than of combinations; beyond `_FEW` items there are too many anyway."""
    few = min(sum(lists), _FEW)
    return max(sum(lists), math.perm(few, min(few, *numbers, _FEW)))


for _name in ("chain", "islice", "pairwise", "zip_longest"):
    _of_known(_name, getattr(itertools, _name), lambda lists, _: sum(lists))
_of_known("product", itertools.product, _power)
_of_known("combinations", itertools.combinations, _orders)
_of_known("permutations", itertools.permutations, _orders)


@known("itertools.chain.from_iterable")
def _chained(ev: Evaluator, args: Arguments, place: Place) -> Value:
    parts = ev.items(args.get(0))
    if parts is None:
        return unknown_in([args.get(0)]) or Unknown("a chain of things that are not known", place)
    return FUNCTIONS["itertools.chain"](ev, Arguments(parts), place)


@known("itertools.repeat")
def _repeat(ev: Evaluator, args: Arguments, place: Place) -> Value:
    times = args.get(1, "times")
    if not isinstance(times, int) or times > bounds.ITEMS:
        return Unknown("an endless repetition", place)
    return [args.get(0)] * max(times, 0)


@known("itertools.groupby")
def _groupby(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """Pairs of a key and a list; neighbours whose keys cannot be compared make the groups unknown."""
    items, function = ev.items(args.get(0, "iterable")), args.get(1, "key")
    if items is None or args.open:
        return unknown_in(args.all()) or Unknown("groups of something that is not known", place)
    groups: list[tuple[Value, list[Value]]] = []
    for item in items:
        key = item if function is None else ev.call(function, Arguments([item]), place)
        if isinstance(key, Unknown):
            return Unknown(f"groups by a key that is not known ({key.reason})", place)
        if not bounds.small(key):
            return Unknown(bounds.REASON, place)
        if groups and groups[-1][0] == key:
            groups[-1][1].append(item)
        else:
            groups.append((key, [item]))
    return groups


def _filtered(name: str, keep: Callable[[list[bool]], list[bool]]) -> None:
    """Registers a function that chooses by a predicate."""

    def run(ev: Evaluator, args: Arguments, place: Place) -> Value:
        items = ev.items(args.get(1))
        if items is None or args.open:
            return unknown_in(args.all()) or Unknown(f"{name} of something that is not known", place)
        test = args.get(0)
        answers = [ev.truth(item if test is None else ev.call(test, Arguments([item]), place)) for item in items]
        known_answers = [answer for answer in answers if answer is not None]
        if len(known_answers) < len(answers):
            return Unknown(f"{name} by a condition that is not known", place)
        return list(itertools.compress(items, keep(known_answers)))

    FUNCTIONS[f"itertools.{name}"] = run


def _first_false(answers: list[bool]) -> int:
    return answers.index(False) if False in answers else len(answers)


_filtered("filterfalse", lambda answers: [not answer for answer in answers])
_filtered("takewhile", lambda answers: [at < _first_false(answers) for at in range(len(answers))])
_filtered("dropwhile", lambda answers: [at >= _first_false(answers) for at in range(len(answers))])


@known("itertools.starmap")
def _starmap(ev: Evaluator, args: Arguments, place: Place) -> Value:
    given = ev.items(args.get(1))
    rows = [row for item in given or [] if (row := ev.items(item)) is not None]
    if given is None or len(rows) < len(given):
        return unknown_in(args.all()) or Unknown("starmap of something that is not known", place)
    return [ev.call(args.get(0), Arguments(row), place) for row in rows]
