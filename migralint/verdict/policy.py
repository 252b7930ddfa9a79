"""What decides which findings count, and what of it a change relaxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from migralint.configuration import Configuration
from migralint.rule import Note, Place, Rule
from migralint.tree import Lines, TreeError
from migralint.verdict.finding import CONFIDENCES, SEVERITIES
from migralint.verdict.suppressions import Suppression

RELAXED = "MG354"
"""The code of notices about what a change relaxes."""

_CLASSES = ("cosmetic", "integrity", "blocking")
_STRICTER = {("any", "forward-only"), ("any", "forward-only-or-empty"), ("any", "required")}
_STRICTER |= {("forward-only-or-empty", "forward-only")}
"""Changes of the key `downgrade` after which less is accepted."""

_NAMED = 5


class Policy(NamedTuple):
    """`configurations` and `passed_over`, the revisions up to `start-after`, are those of each history.

    `selected` are the codes that run, `severity` and `drift_class` what the configuration makes of them, `accepted` the
    fingerprints of the baseline. `rules` are all that there are.
    """

    configurations: Mapping[str, Configuration]
    passed_over: Mapping[str, frozenset[str]]
    selected: frozenset[str]
    severity: Mapping[str, str]
    drift_class: Mapping[str, str]
    accepted: frozenset[str]
    rules: Mapping[str, type[Rule]]


Source = Callable[[str], str]


def relaxed(before: Policy, now: Policy, source: Source) -> Iterator[Note]:
    """What the configuration accepts now and did not; `source` gives the text of a file, or raises TreeError."""
    was, configuration = next(iter(before.configurations.values())), next(iter(now.configurations.values()))
    place = _Places(was, configuration, source)
    off = sorted((before.selected - now.selected) & now.rules.keys())
    if off:
        names = _named(f"{now.rules[code].name} ({code})" for code in off)
        yield _note(f"rules that ran before do not run any more: {names}", place("ignore", "select", "extend-select"))
    for pattern, codes in configuration.per_file_ignores.items():
        more = [code for code in codes if code not in was.per_file_ignores.get(pattern, ())]
        if more:
            yield _note(f"{', '.join(more)} no longer counts in {pattern}", place("per-file-ignores"))
    for code in sorted(before.selected & now.selected):
        rule = now.rules[code]
        old, new = (policy.severity.get(code, rule.severity) for policy in (before, now))
        if SEVERITIES.index(new) < SEVERITIES.index(old):
            yield _note(f"{rule.name} ({code}) is {new} and was {old}", place("severity"))
        old, new = (policy.drift_class.get(code, "") for policy in (before, now))
        if new and new != old and (not old or _CLASSES.index(new) < _CLASSES.index(old)):
            yield _note(f"{rule.name} ({code}) counts as {new}", place("drift-class"))
    for key, levels, old, new in (
        ("min-confidence", CONFIDENCES, was.min_confidence, configuration.min_confidence),
        ("fail-on", SEVERITIES, was.fail_on, configuration.fail_on),
    ):
        if levels.index(new) > levels.index(old):
            yield _note(f"{key} is {new} and was {old}", place(key))
    more_accepted = len(now.accepted - before.accepted)
    if more_accepted:
        what = "one finding" if more_accepted == 1 else f"{more_accepted} findings"
        yield _note(f"the baseline accepts {what} more", place("baseline"))
    for name, one in now.configurations.items():
        earlier = before.configurations.get(name)
        if earlier is not None:
            passed_over = now.passed_over[name] - before.passed_over[name]
            yield from _of_history(earlier, one, passed_over, _Places(earlier, one, source))


def _of_history(was: Configuration, now: Configuration, passed_over: frozenset[str], place: _Places) -> Iterator[Note]:
    if passed_over:
        message = f"start-after passes over {_named(sorted(passed_over))}, which would be linted before"
        yield _note(message, place("start-after"))
    if was.downgrade != now.downgrade and (was.downgrade, now.downgrade) not in _STRICTER:
        yield _note(f"downgrade is {now.downgrade} and was {was.downgrade}", place("downgrade"))
    if now.lock_timeout_set and not was.lock_timeout_set:
        yield _note(
            "lock-timeout-set says that timeouts are set where migralint cannot see it", place("lock-timeout-set")
        )
    if isinstance(now.table_sizes, Mapping) and isinstance(was.table_sizes, Mapping):
        sizes = [table for table, size in now.table_sizes.items() if was.table_sizes.get(table) != size]
        if sizes:
            yield _note(f"table-sizes says something else of {_named(sizes)}", place("table-sizes"))
    elif now.table_sizes != was.table_sizes:
        yield _note("table-sizes come from elsewhere", place("table-sizes"))
    schemas = [one for one in now.managed_schemas if one not in was.managed_schemas]
    if schemas:
        yield _note(f"nothing is compared in {_named(schemas)} any more", place("managed-schemas"))


def suppressed(now: Iterable[Suppression], before: Callable[[str], Iterable[Suppression]]) -> Iterator[Note]:
    """The suppressions that a change adds; `before` gives those of a file, by its path now, at the merge base."""
    known: dict[str, Counter[tuple[object, ...]]] = {}
    for one in now:
        if one.problem is not None:
            continue
        if one.path not in known:
            known[one.path] = Counter(map(_meaning, before(one.path)))
        if known[one.path][_meaning(one)]:
            known[one.path][_meaning(one)] -= 1
            continue
        where = " in the whole file" if one.whole_file else ""
        message = f"a new comment suppresses {', '.join(one.codes)}{where}: {one.reason or 'it gives no reason'}"
        yield _note(message, Place(one.path, -1, one.comment.start, one.comment.end))


def _meaning(one: Suppression) -> tuple[object, ...]:
    return one.whole_file, tuple(one.codes), one.until


class _Places:
    """Where a configuration says something; where it says nothing any more, the file that did."""

    def __init__(self, was: Configuration, now: Configuration, source: Source) -> None:
        self._origins = [*now.origins.items()], [*was.origins.items()]
        self._source = source

    def __call__(self, *keys: str) -> Place:
        for origins in self._origins:
            for key, origin in origins:
                if key in keys and origin.path is not None:
                    return self._at(origin.path, origin.line if origins is self._origins[0] else None)
        return Place("")

    def _at(self, path: str, line: int | None) -> Place:
        try:
            start = Lines(self._source(path)).offset(line or 1, 1)
        except (TreeError, ValueError):
            start = 0
        return Place(path, -1, start, start)


def _note(message: str, place: Place) -> Note:
    return Note(RELAXED, message, place, None)


def _named(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more
