"""How the sides of a project differ."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from migralint.history.replay import Replayed
from migralint.operations import ObjectRef, Place
from migralint.operations.steps import Note
from migralint.project.environments import Environments

if TYPE_CHECKING:
    from migralint.drift.difference import Difference
    from migralint.schema import Schema
    from migralint.snapshots import Snapshot


class Compared(NamedTuple):
    """`differences` are those from the history, `extras` what only the snapshot has."""

    differences: tuple[Difference, ...]
    extras: tuple[str, ...]


class Comparisons(Environments):
    """The differences between the head and what is derived from it."""

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """How models, snapshots and what queries need differ from the head.

        The models of each history from its own, the others from the first history's; environments from what their
        revisions make.
        """
        from migralint.drift import lacking, models_drift
        from migralint.drift.cascades import relied_upon
        from migralint.drift.difference import SNAPSHOT
        from migralint.drift.environments import snapshot_drift
        from migralint.queries.collect import lacked_by_both

        if self.environment is not None:
            return self._of_environments
        out: list[Difference] = []
        for history, models in zip(self.histories, self.models_of_histories, strict=True):
            if not isinstance(models, Exception):
                out += models_drift(history.schema, models, self._changes[history.name])
        history = self.histories[0]
        changes = self._changes[history.name]
        for snapshot in self.snapshots:
            found = snapshot_drift(history.schema, snapshot, changes)
            out += (replace(one, wins=self.configuration.truth == SNAPSHOT) for one in found)
        out = [*relied_upon([*out, *self._of_environments], self.queries.uses)]
        sides = [(snapshot.path, snapshot.schema) for snapshot in self.snapshots]
        managed = self.configuration.managed_schemas
        bodies = [
            use for one in self.snapshots for use in lacked_by_both(one.schema, history.schema, managed, one.place_of)
        ]
        out += lacking([*self.queries.uses, *bodies], history.schema, self._since.gone, changes.place, sides)
        return tuple(out)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the engine noticed."""
        from migralint.plan.standing import standing_notes

        unread = [note for snapshot in self._files_of_sql for note in snapshot.unread]
        self.differences  # what is left out of them is known only then  # noqa: B018
        asked = self.models_of_histories if self.environment is None else ()
        read = [models for models in asked if not isinstance(models, Exception)]
        unread += standing_notes(self.environments, self.histories[0].heads)
        unread += self._outcomes
        return (*self.history_notes, *unread, *dict.fromkeys(note for models in read for note in models.unread))

    @property
    def _files_of_sql(self) -> list[Snapshot]:
        """The snapshots, and the dumps of environments."""
        dumps = [one.dumped.snapshot for one in self.environments if one.dumped.snapshot is not None]
        return dumps if self.environment is not None else [*self.snapshots, *dumps]

    def compared(self, schema: Schema, snapshot: Snapshot, written: Snapshot, history: Replayed | None) -> Compared:
        """How a snapshot differs from a schema; `written` is what a new snapshot with this schema holds.

        If migralint wrote the snapshot, `written` is spelled alike: it takes the place of the schema, and every
        definition is compared. What `history` ever made is none of the snapshot's own.
        """
        from migralint.drift import LastChange, beside, drift, extras

        alike, where = snapshot.header is not None, LastChange(history.steps_all) if history else _nowhere
        found = drift(written.schema if alike else schema, snapshot, where)
        other = beside(written.schema, snapshot, where, alike=alike)
        states = [*(history.states.values() if history else ()), schema]
        more = extras(states, snapshot.schema, snapshot.managed, snapshot.steps, found)
        return Compared((*found, *(d for d in other if d.sides[0][1] is not None)), tuple(more))

    def changes(self, before: Schema, after: Schema) -> tuple[Difference, ...]:
        """What is another in the second schema, both of which migralint has spelled."""
        from migralint.drift import beside, drift

        side = _Side("after", after, frozenset(self.configuration.managed_schemas))
        found = drift(before, side, _nowhere)
        told = {d.object for d in found} | {replace(d.object, name=d.renamed_from) for d in found}
        other = beside(before, side, _nowhere, alike=True, enums=True)
        return (*found, *(d for d in other if d.object not in told))


class _Side(NamedTuple):
    """A schema that is compared with another."""

    path: str
    schema: Schema
    managed: frozenset[str]

    def place_of(self, ref: ObjectRef) -> Place:
        """Nowhere in particular."""
        return Place(self.path)


def _nowhere(ref: ObjectRef) -> None:
    """Where the history changed an object, when nobody asks."""
