"""A rehearsal: pending revisions on the database of an environment as its dump shows it, and what is left then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from migralint.drift import LastChange
from migralint.drift.difference import Difference
from migralint.drift.environments import environment_drift
from migralint.history.replay import Replayed
from migralint.operations.steps import Step
from migralint.plan.standing import Side
from migralint.schema import Schema

THERE, RULED_OUT = "it is done already", "a condition is false here"
"""Why a step is skipped: it says IF [NOT] EXISTS or the like; the code asks first."""


@dataclass(frozen=True)
class Rehearsal:
    """`history` is what the pending revisions did there; `remaining` is how the database differs afterwards."""

    history: Replayed
    remaining: tuple[Difference, ...]


def rehearsal(ran: Replayed, before: Side, wanted: Schema, called: str, changes: LastChange) -> Rehearsal:
    """The rehearsal that `ran` is; `wanted` is the schema that it should lead to, and `called` so."""
    after = replace(before, schema=ran.schema)
    return Rehearsal(ran, environment_drift(wanted, after, changes, called))


def skipped(ran: Sequence[Step], fresh: Sequence[Step]) -> Iterator[tuple[Step, str]]:
    """The steps of a revision that change a database which the history makes and do nothing to this one, and why.

    A step that fails, or that the replay only judged, is not skipped.
    """
    mine: dict[tuple[object, ...], list[Step]] = {}
    for step in ran:
        mine.setdefault(key(step), []).append(step)
    for step in fresh:
        if not _acts(step):
            continue
        same = mine.get(key(step), [])
        if not same:
            yield replace(step, applied=False, transaction=None), RULED_OUT
        elif (one := same.pop(0)).failure is None and one.applied and one.before is one.after:
            yield one, THERE


def _acts(step: Step) -> bool:
    return step.operation.changes_schema and step.applied and step.failure is None and step.before is not step.after


def key(step: Step) -> tuple[object, ...]:
    """What a step has in common with itself on another database."""
    return step.operation.operation, step.operation.object, step.place


def by_revision(ran: Replayed, fresh: Replayed) -> Mapping[str, Sequence[tuple[Step, str]]]:
    """What is skipped of each revision that ran."""
    return {one: tuple(skipped(ran.steps(one), fresh.steps(one))) for one in ran.upgrades}
