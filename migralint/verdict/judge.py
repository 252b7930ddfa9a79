"""Runs the rules over a project: what they say, where, and in which order. Nothing is filtered here but history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from migralint.diagnostic import Diagnostic, Related
from migralint.rule import Change, Context, Difference, Note, ObjectRef, Place, Revision, Rule, Step, measured
from migralint.verdict import sizes
from migralint.verdict.errors import RuleError, VerdictError
from migralint.verdict.subject import Replayed, Subject

T = TypeVar("T")

_NAMED = 3
"""How many of the other objects are named that one finding stands for."""


class Judgement(NamedTuple):
    """A diagnostic with what it was said about; `place` and `object` are filled in.

    `also` are the differences of others that it stands for.
    """

    rule: Rule
    diagnostic: Diagnostic
    place: Place
    object: ObjectRef | None
    history: Replayed
    revision: str | None = None
    direction: str | None = None
    operation: str | None = None
    drift_class: str | None = None
    difference: Difference | None = None
    also: tuple[Difference, ...] = ()


class Judge:
    """Rules of a project, ready to run. `rules` are those selected, by code."""

    def __init__(self, subject: Subject, rules: Mapping[str, type[Rule]]) -> None:
        self._subject = subject
        self._rules = [rules[code]() for code in rules]
        self._options = {
            rule.code: _options(rule, subject.configuration.rules.get(rule.code, {})) for rule in self._rules
        }
        self._settings = {history.name: self._settings_of(history) for history in subject.histories}
        self._measured = {
            history.name: measured(history, self._settings[history.name]) for history in subject.histories
        }
        self._skipped = {history.name: replayed_only(history) for history in subject.histories}
        self._notes: dict[str, list[Note]] = {}
        for note in subject.notes:
            self._notes.setdefault(note.kind, []).append(note)

    def _settings_of(self, history: Replayed) -> Mapping[str, object]:
        configuration = history.configuration
        if isinstance(configuration.table_sizes, str):
            configuration = replace(
                configuration, table_sizes=sizes.read(self._subject.tree, configuration.table_sizes)
            )
        return configuration.to_data()

    def run(self) -> Iterator[Judgement]:
        """Every judgement: history by history in upgrade order, then differences, then the engine's notices.

        A statement that is judged twice, as in two branches of a condition, counts once for each object.
        Raises RuleError for a rule that fails.
        """
        for history in self._subject.histories:
            yield from self._history(history)
        first = self._subject.histories[0]
        for rule in self._of("difference"):
            context = self._context(rule, first)
            yield from _merged(
                _judgement(rule, diagnostic, one.place, one.object, first)._replace(
                    drift_class=diagnostic.drift_class or one.drift_class, difference=one
                )
                for one in self._subject.differences
                for diagnostic in _ask(rule, rule.check_difference, one, context)
            )
        yield from self._changes()
        owner = {note: history for history in self._subject.histories for note in history.notes}
        for rule in self._rules:  # the engine may notice what a rule of another scope is about
            yield from self.notices(rule, self._notes.get(rule.code, []), owner)

    def notices(
        self, rule: Rule, notes: list[Note], owner: Mapping[Note, Replayed] | None = None
    ) -> Iterator[Judgement]:
        """What a rule makes of notices under its code; `owner` tells the history of those that have one."""
        first = self._subject.histories[0]
        for note in notes:
            history = (owner or {}).get(note, first)
            if note.direction not in _judged(history):
                continue
            for diagnostic in _ask(rule, rule.check_note, note, self._context(rule, history)):
                yield _judgement(rule, diagnostic, note.place, None, history, note.revision)

    def rule(self, code: str) -> Rule | None:
        """The rule of this code, if it is selected."""
        return next((rule for rule in self._rules if rule.code == code), None)

    def _of(self, scope: str) -> list[Rule]:
        return [rule for rule in self._rules if rule.scope == scope]

    def _context(self, rule: Rule, history: Replayed) -> Context:
        return Context(
            history,
            self._options[rule.code],
            self._settings[history.name],
            tuple(self._notes.get(rule.code, ())),
            self._measured[history.name],
            self._skipped[history.name],
            self._subject.uses,
        )

    def _history(self, history: Replayed) -> Iterator[Judgement]:
        skipped = self._skipped[history.name]
        linted = [revision for revision in history.revisions.values() if revision.id not in skipped]
        yield from self._steps(history, linted)
        for rule in self._of("revision"):
            context = self._context(rule, history)
            for revision in linted:
                for diagnostic in _ask(rule, rule.check_revision, revision, context):
                    yield _judgement(rule, diagnostic, revision.place, None, history, revision.id)
        paths = {revision.path: revision.id for revision in history.revisions.values()}
        newest = list(history.revisions.values())[-1:]
        place = newest[0].place if newest else Place(history.name)
        for rule in self._of("history"):
            for diagnostic in _ask(rule, rule.check_history, history, self._context(rule, history)):
                one = _judgement(rule, diagnostic, place, None, history)
                revision_id = paths.get(one.place.path)
                if revision_id not in skipped:
                    yield one._replace(revision=revision_id)

    def _changes(self) -> Iterator[Judgement]:
        rules = self._of("change")
        for change in self._subject.since if rules else ():
            history = next(one for one in self._subject.histories if one is change.now)
            paths = {one.revision.path: one.revision.id for one in change.revisions}
            for rule in rules:
                for diagnostic in _ask(rule, rule.check_change, change, self._context(rule, history)):
                    one = _judgement(rule, diagnostic, Place(history.name), None, history)
                    yield one._replace(revision=paths.get(one.place.path))

    def _steps(self, history: Replayed, linted: Iterable[Revision]) -> Iterator[Judgement]:
        rules = [(rule, rule.check_step, self._context(rule, history)) for rule in self._of("operation")]
        seen: set[tuple[object, ...]] = set()
        for revision in linted:
            judged: list[Judgement] = []
            for step in (step for direction in _judged(history) for step in history.steps(revision.id, direction)):
                found = []
                for rule, check, context in rules:
                    for diagnostic in _ask(rule, check, step, context):
                        one = _judgement(rule, diagnostic, step.place, step.operation.object, history, step.revision)
                        found.append(one._replace(direction=step.direction, operation=step.operation.operation))
                judged += [one for one in found if _key(one) not in seen]
                seen.update(map(_key, found))
            yield from _merged(judged)


def _judged(history: Replayed) -> tuple[str, ...]:
    """The directions that are judged step by step: no downgrades where the policy wants none, which is MG310."""
    return ("upgrade", "downgrade") if history.configuration.runs_downgrades else ("upgrade",)


def replayed_only(history: Replayed) -> frozenset[str]:
    """The revisions up to `start-after`: they are replayed, not judged. Raises VerdictError for one that is unknown."""
    skipped: set[str] = set()
    waiting: list[str] = []
    for given in history.configuration.start_after:
        matching = [known for known in history.revisions if known.startswith(given)]
        exact = [given] if given in history.revisions else matching
        if len(exact) != 1:
            problem = "is ambiguous" if exact else "is no revision"
            heads = ", ".join(history.heads) or "none"
            raise VerdictError(f"start-after: {given!r} {problem} of {history.name}; its heads are: {heads}")
        waiting += exact
    while waiting:
        revision = history.revisions.get(waiting.pop())
        if revision is not None and revision.id not in skipped:
            skipped.add(revision.id)
            waiting += (*revision.down_revision, *revision.depends_on)
    return frozenset(skipped)


def _ask(
    rule: Rule, check: Callable[[T, Context], Iterable[Diagnostic]], about: T, context: Context
) -> list[Diagnostic]:
    """What the rule says about one thing. Raises RuleError where the rule fails."""
    try:
        return list(check(about, context))
    except Exception as error:  # a rule may fail with anything; say which one, and where
        raise RuleError(rule.code, type(rule).__module__, _where(about), error) from error


def _where(about: object) -> str:
    match about:
        case Step():
            return f"{about.place.path}, {about.operation.operation} {about.operation.object}"
        case Change():
            return f"the change since {about.base}"
        case Revision() | Difference() | Note():
            return about.place.path
        case _:
            return "the history"


def _judgement(
    rule: Rule,
    diagnostic: Diagnostic,
    place: Place,
    about: ObjectRef | None,
    history: Replayed,
    revision: str | None = None,
) -> Judgement:
    """The judgement, with the place and the object of the diagnostic in front of those of what was judged."""
    return Judgement(
        rule,
        diagnostic,
        diagnostic.place or place,
        diagnostic.object or about,
        history,
        revision,
        drift_class=diagnostic.drift_class,
    )


def _key(one: Judgement) -> tuple[object, ...]:
    """What two judgements of different steps share when they are one."""
    return one.rule.code, one.revision, one.direction, one.place, one.object


def _merged(judged: Iterable[Judgement]) -> list[Judgement]:
    """One judgement for each place and rule, where the rule says so: a loop over tables is one line to correct."""
    groups: dict[tuple[object, ...], list[Judgement]] = {}
    for number, one in enumerate(judged):
        own: object = one.place._replace(callers=()) if one.rule.once else number
        own = one.diagnostic.cause if one.diagnostic.cause is not None else own
        weight = one.diagnostic.severity, one.drift_class
        groups.setdefault((one.rule.code, one.direction, own, *weight), []).append(one)
    return [_with_others(group[0], group[1:]) for group in groups.values()]


def _with_others(one: Judgement, others: Sequence[Judgement]) -> Judgement:
    """The judgement with the objects of the others that it stands for."""
    names = list(dict.fromkeys(str(other.object) for other in others if other.object != one.object))
    one = one._replace(also=tuple(other.difference for other in others if other.difference is not None))
    if not names:
        return one
    more = f", {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    places = {other.place._replace(callers=()): str(other.object) for other in reversed(others)}
    elsewhere = [Related(place, name) for place, name in places.items() if place != one.place._replace(callers=())]
    said = "the same revision does so to" if elsewhere else "the same code does so to"
    said = "so it is with" if one.rule.scope == "difference" else said
    message = f"{one.diagnostic.message}; {said} {', '.join(names[:_NAMED])}{more}"
    related = (
        (*one.diagnostic.related, *reversed(elsewhere)) if one.rule.scope == "operation" else one.diagnostic.related
    )
    return one._replace(diagnostic=replace(one.diagnostic, message=message, related=related))


def _options(rule: Rule, given: Mapping[str, object]) -> Mapping[str, object]:
    """The rule's options with those of the configuration in place of its defaults. Raises VerdictError."""
    for name, value in given.items():
        if name not in rule.options:
            known = ", ".join(rule.options) or "none"
            raise VerdictError(f"rules.{rule.code}.{name}: the rule has no such option; its options: {known}")
        default = rule.options[name]
        wanted = list if isinstance(default, tuple | list) else type(default)
        if default is not None and not (
            isinstance(value, wanted) and isinstance(value, bool) == isinstance(default, bool)
        ):
            raise VerdictError(f"rules.{rule.code}.{name}: expected a {wanted.__name__} as in {default!r}")
    return {**rule.options, **given}
