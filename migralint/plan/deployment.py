"""The deployment of some revisions to a server in use: their steps, and what has to be known of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from migralint.history.revision import Revision
from migralint.operations.effects import Effects, course
from migralint.operations.made import after
from migralint.operations.steps import CONDITIONAL, Step
from migralint.plan.backup import backup
from migralint.plan.undo import undo
from migralint.render.verify import verification
from migralint.schema import Name


@dataclass(frozen=True, slots=True)
class Planned:
    """One step. `step.transaction` numbers the transactions of the whole deployment, None is outside any.

    `effects` are None where they are not known. `backup` are commands to run before, `verify` is a query that is true
    after it, `undo` the corrective code; `fails` is what PostgreSQL answers instead of doing it. `skipped` says why it
    does nothing to this database, though it does to one that the history makes.
    """

    step: Step
    effects: Effects | None
    backup: str | None
    verify: str | None
    undo: str
    fails: str | None
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A revision that is deployed; `version` is what the version table holds after it."""

    revision: Revision
    steps: tuple[Planned, ...]
    version: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """The stages in order. `base` is what the version table holds before.

    `apart` tells whether each revision has a transaction of its own: otherwise locks are kept over revisions.
    """

    base: tuple[str, ...]
    stages: tuple[Stage, ...]
    apart: bool

    @property
    def version(self) -> tuple[str, ...]:
        """What the version table holds at the end."""
        return self.stages[-1].version if self.stages else self.base

    @property
    def steps(self) -> Iterator[Planned]:
        """Every step."""
        return (planned for stage in self.stages for planned in stage.steps)


def deployment(
    base: Iterable[str],
    stages: Iterable[tuple[Revision, Iterable[Step]]],
    parents: Mapping[str, Iterable[str]],
    *,
    server: int,
    apart: bool,
    listed: Callable[[Step], bool],
    skipped: Mapping[str, Sequence[tuple[Step, str]]] | None = None,
) -> Deployment:
    """The plan for these revisions with their steps, from a database at `base`.

    `skipped` are the steps of each revision that do nothing there, and why; those that do not even run are told at its
    end.

    `parents` are what each revision builds and depends on, `server` is PostgreSQL's major version, `listed` chooses the
    steps to show; the others count for the transactions all the same.
    """
    version = set(base)
    start = tuple(sorted(version))
    given = [(revision, tuple(steps)) for revision, steps in stages]
    steps = _numbered([step for _, found in given for step in found], apart)
    planned = _planned(steps, server, listed)
    done: list[Stage] = []
    for revision, found in given:
        version = version.difference(parents[revision.id]) | {revision.id}
        idle = {id(step): (step, why) for step, why in (skipped or {}).get(revision.id, ())}
        mine = []
        for step in found:
            one, known = next(planned), idle.pop(id(step), None)
            if one is not None:
                mine.append(one if known is None else replace(one, verify=None, undo="", skipped=known[1]))
        mine += [Planned(step, None, None, None, "", None, why) for step, why in idle.values() if listed(step)]
        done.append(Stage(revision, tuple(mine), tuple(sorted(version))))
    return Deployment(start, tuple(done), apart)


def _planned(steps: list[Step], server: int, listed: Callable[[Step], bool]) -> Iterator[Planned | None]:
    """Each step of the deployment as it is planned, None for those that are not shown."""
    new = frozenset[Name]()
    for step, _, effects in course(steps, server):
        if not listed(step):
            yield None
        else:
            saved = backup(step, new) if step.failure is None else None
            checked = verification(step.before, step.after) if step.applied else None
            fails = str(step.failure) if step.failure is not None and step.applied and not unsure(step) else None
            yield Planned(step, effects, saved, checked, undo(step, saved), fails)
        if step.failure is None and step.applied:
            new = after(new, step.operation, step.before)


def unsure(step: Step) -> bool:
    """Whether a step need not stop the deployment: it may not run, or what it misses may have been made by something
    that was not read, or the code goes on after its failure and no transaction is lost by it.
    """
    missing = step.failure is not None and step.failure.kind == "missing"
    swallowed = step.caught is not None and step.transaction is None
    return step.certainty == CONDITIONAL or swallowed or (step.before.opaque and missing)


def _numbered(steps: list[Step], apart: bool) -> list[Step]:
    """The steps with transactions of the deployment: Alembic keeps one over all revisions, unless told otherwise.

    Its `autocommit_block` ends the one before and begins another after it.
    """
    result: list[Step] = []
    current = -1
    last: Step | None = None
    for step in steps:
        if step.transaction is None:
            last = step
            result.append(step)
            continue
        if last is None or last.transaction is None:
            joined = False
        elif last.revision == step.revision:
            joined = last.transaction == step.transaction
        else:
            joined = not apart and step.transaction == 0
        current += not joined
        last = step
        result.append(replace(step, transaction=current))
    return result
