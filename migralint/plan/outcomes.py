"""Revisions whose outcome depends on how a database came to be: from the history, or from a snapshot or a dump."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migralint.drift.difference import Difference
from migralint.history.replay import Replayed
from migralint.operations import ObjectRef
from migralint.operations.steps import Note, Step
from migralint.plan.deployment import unsure
from migralint.plan.rehearsal import Rehearsal, key, skipped

TWO_SCHEMAS, FAILS = "MG517", "MG518"
"""The codes of notices: a guard leads to two schemas at one head; a pending revision fails in an environment."""


def two_schemas(found: Rehearsal, fresh: Replayed, origin: str) -> Iterator[Note]:
    """Guarded steps that act on one of two databases only, and leave them different; `origin` is what one came from."""
    about = _by_object(found.remaining)
    told: set[tuple[object, ...]] = set()
    for revision in found.history.upgrades:
        ran, made = found.history.steps(revision), fresh.steps(revision)
        for only_fresh, steps in ((True, skipped(ran, made)), (False, skipped(made, ran))):
            for step, _ in steps:
                different = about.get(step.operation.object)
                if different is not None and key(step) not in told:
                    told.add(key(step))
                    message = _message(step, different, origin, only_fresh=only_fresh)
                    yield Note(TWO_SCHEMAS, message, step.place, revision)


def failing(found: Rehearsal, fresh: Replayed, environment: str) -> Iterator[Note]:
    """The first step of each pending revision that PostgreSQL would refuse in an environment, and not on a new one."""
    for revision in found.history.upgrades:
        anyway = {key(step) for step in fresh.steps(revision) if step.failure is not None}
        for step in found.history.steps(revision):
            failure = step.failure
            if failure is None or not step.applied or step.caught or unsure(step) or key(step) in anyway:
                continue
            message = f"{step.operation.operation} of {step.operation.object} fails in {environment}: {failure}"
            yield Note(FAILS, message, step.place, revision)
            break


_Objects = dict[ObjectRef, Difference]


def _by_object(differences: Sequence[Difference]) -> _Objects:
    """The differences by their object; by its table for the first one of a table."""
    found: _Objects = {}
    for one in differences:
        found.setdefault(one.object, one)
        if one.object.table is not None:
            found.setdefault(ObjectRef("table", one.object.table), one)
    return found


def _message(step: Step, different: Difference, origin: str, *, only_fresh: bool) -> str:
    (_, made), (_, there) = different.sides
    acts = f"on a new database and not on {origin}" if only_fresh else f"on {origin} and not on a new database"
    return (
        f"{step.operation.operation} of {step.operation.object} acts {acts}, where {different.object} ends as "
        f"{there or 'nothing'}, not as {made or 'nothing'}: two schemas at one head"
    )
