"""Where each environment stands in the history: at which revisions, and how far behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from migralint.drift import LastChange
from migralint.drift.difference import Difference
from migralint.drift.environments import environment_drift
from migralint.history.graph import Graph
from migralint.history.replay import Replayed
from migralint.history.targets import TargetError
from migralint.operations import ObjectRef, Place
from migralint.operations.steps import Note
from migralint.schema import Schema
from migralint.snapshots import Dumped, Snapshot

UNKNOWN, ELSEWHERE, BEHIND = "MG513", "MG514", "MG515"
"""The codes of notices: nothing tells the revision, the history does not have it, there are newer ones."""

_NAMED = 3


@dataclass(frozen=True)
class Standing:
    """An environment and its place in the history.

    `revisions` are what its version table holds, by their full ids; None where that is not known. `unknown` are those
    of them that the history does not have. `there` are the revisions that have run on it and `pending` those that have
    not, both in upgrade order; with a revision that is not known both are empty.
    """

    dumped: Dumped
    revisions: tuple[str, ...] | None
    unknown: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the environment."""
        return self.dumped.name

    @property
    def known(self) -> bool:
        """Whether the history tells what its database should look like."""
        return self.revisions is not None and not self.unknown

    @property
    def compared(self) -> bool:
        """Whether its schema is known, so that it is compared with what its revisions make."""
        return self.dumped.snapshot is not None

    @property
    def behind(self) -> int | None:
        """How many revisions it lacks; None where that is not known."""
        return len(self.pending) if self.known else None

    @property
    def revision(self) -> str | None:
        """Its revisions as one text; None where nothing tells."""
        return None if self.revisions is None else ", ".join(self.revisions) or "base"


def standing(dumped: Dumped, graph: Graph) -> Standing:
    """Where an environment stands in a history."""
    if dumped.revisions is None:
        return Standing(dumped, None)
    found: list[str] = []
    unknown: list[str] = []
    for one in dumped.revisions:
        try:
            found += graph.targets.resolve(one)
        except TargetError:
            unknown.append(one)
    if unknown:
        return Standing(dumped, dumped.revisions, tuple(unknown))
    there = graph.order_of(found)
    ran = set(there)
    pending = tuple(one for one in graph.revisions if one not in ran)
    return Standing(dumped, tuple(dict.fromkeys(found)), (), tuple(there), pending)


@dataclass(frozen=True)
class Side:
    """The database of an environment as one side of a comparison."""

    path: str
    schema: Schema
    managed: frozenset[str]
    snapshot: Snapshot | None = field(default=None, repr=False)

    def place_of(self, ref: ObjectRef) -> Place:
        """Where its dump says it."""
        return self.snapshot.place_of(ref) if self.snapshot is not None else Place("")


def environment_differences(one: Standing, made: Schema, history: Replayed) -> tuple[Difference, ...]:
    """How an environment differs from `made`, what its revisions make; one whose revision is not known, from the head.

    What is not the history's own, and what it takes for granted, counts as made.
    """
    snapshot = one.dumped.snapshot
    if snapshot is None:
        return ()
    revisions = one.there if one.known else tuple(history.revisions)
    changes = LastChange(lambda: (step for revision in revisions for step in history.steps(revision)))
    called = "head" if not one.pending else f"revision {one.revision}"
    side = Side(one.name, snapshot.schema, snapshot.managed, snapshot)
    return environment_drift(_with_assumed(made, history.schema), side, changes, called)


def _with_assumed(made: Schema, head: Schema) -> Schema:
    """The schema with the tables that no revision makes: they were there when a later revision used them."""
    for name, table in head.tables.items():
        if table.assumed and name not in made.tables:
            made = made.with_table(table)
    return made


def standing_notes(all: Iterable[Standing], heads: Iterable[str]) -> Iterator[Note]:
    """What is to be said of where the environments stand."""
    head = ", ".join(heads) or "base"
    for one in all:
        if one.revisions is None:
            instead = f": its schema is compared with the head, {head}" if one.compared else ""
            message = f"the revision of {one.name} is not known{instead}"
            yield Note(UNKNOWN, message, one.dumped.place, None)
        elif one.unknown:
            message = f"{one.name} is at {', '.join(one.unknown)}, which the history does not have"
            yield Note(ELSEWHERE, message, one.dumped.place, None)
        elif one.pending:
            number = len(one.pending)
            more = f" and {number - _NAMED} more" if number > _NAMED else ""
            lacks = f"{', '.join(one.pending[:_NAMED])}{more}"
            message = f"{one.name} is at {one.revision}, the history at {head}: it lacks {lacks}"
            yield Note(BEHIND, message, one.dumped.place, None)
