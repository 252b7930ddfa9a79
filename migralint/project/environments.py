"""The databases that run a project."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from migralint.history.reader import Reader
from migralint.operations.steps import Note
from migralint.project.changed import Changed

if TYPE_CHECKING:
    from migralint.drift.difference import Difference
    from migralint.plan import Rehearsal
    from migralint.plan.standing import Standing
    from migralint.schema import Schema
    from migralint.snapshots import Snapshot


class Environments(Changed):
    """Where each environment stands, how it differs, and what a deployment does to it."""

    @cached_property
    def environments(self) -> tuple[Standing, ...]:
        """The databases that someone runs, and where each stands in the first history; only one where that is asked."""
        return tuple(one for one in self._all_environments if self.environment in (None, one.name))

    @cached_property
    def _all_environments(self) -> tuple[Standing, ...]:
        from migralint.plan.standing import standing
        from migralint.snapshots import environments

        graph = self.histories[0].graph
        return tuple(standing(one, graph) for one in environments(self.tree, self.configuration))

    @property
    def _of_environments(self) -> tuple[Difference, ...]:
        from migralint.plan.standing import environment_differences

        history = self.histories[0]
        found = (environment_differences(one, self._made(one), history) for one in self.environments)
        truth = self.configuration.truth
        return tuple(replace(one, wins=one.side == truth) for each in found for one in each)

    @cached_property
    def _outcomes(self) -> tuple[Note, ...]:
        """What becomes of revisions on databases that the history did not make: environments, copies of snapshots."""
        from migralint.plan.outcomes import failing, two_schemas
        from migralint.schema.header import Header

        if self.histories[0].graph.problems or self.configuration.dialect != "postgresql":
            return ()
        notes: list[Note] = []
        fresh = self.histories[0]
        for one in self.environments:
            if one.known and one.pending and one.dumped.snapshot is not None:
                found = self._rehearsal(one.name, one.dumped.snapshot, one.there, one.pending)
                notes += [*two_schemas(found, fresh, one.name), *failing(found, fresh, one.name)]
        for snapshot in self.snapshots if self.environment is None else ():
            header = snapshot.header or Header((), "")
            there = fresh.graph.order_of([one for one in header.revisions if one in fresh.revisions])
            pending = [one for one in fresh.revisions if one not in set(there)]
            if pending and not snapshot.schema.opaque:
                found = self._rehearsal(snapshot.path, snapshot, there, pending)
                notes += two_schemas(found, fresh, f"a copy of {snapshot.path}")
        return tuple(notes)

    def rehearsed(self, one: Standing, start: Sequence[str], target: str) -> Rehearsal:
        """What `alembic upgrade TARGET` does to an environment, which is at the targets `start`.

        What remains is told against the truth. Raises TargetError.
        """
        graph, snapshot = self.histories[0].graph, one.dumped.snapshot
        assert snapshot is not None  # nothing can be rehearsed without a schema
        there = graph.order_of([revision for given in start for revision in graph.targets.resolve(given)])
        pending = [revision for revision in graph.order_to(target) if revision not in set(there)]
        return self._rehearsal(one.name, snapshot, there, pending, self._wanted({*there, *pending}))

    def _rehearsal(
        self,
        name: str,
        snapshot: Snapshot,
        there: Sequence[str],
        pending: Sequence[str],
        wanted: tuple[str, Schema] | None = None,
    ) -> Rehearsal:
        """What pending revisions do to the database of a snapshot; `wanted`, or else the head, is what it should be."""
        from migralint.plan.rehearsal import rehearsal
        from migralint.plan.standing import Side

        location, configuration = self.locations[0]
        reader = Reader(self._files, location, configuration, ("upgrade",))
        ran = reader.rehearsed(snapshot.schema, pending, snapshot.managed)
        called, schema = wanted or ("head", self.histories[0].schema)
        side = Side(name, snapshot.schema, snapshot.managed, snapshot)
        return rehearsal(ran, side, schema, called, self._changes[location.name])

    def _after_pending(self, name: str, snapshot: Snapshot) -> Schema:
        """The schema of an environment after its pending revisions; of a snapshot that is stamped with the head."""
        standing = next((one for one in self._all_environments if one.name == name), None)
        if standing is None or not standing.pending:
            return snapshot.schema
        return self._rehearsal(name, snapshot, standing.there, standing.pending).history.schema

    def _wanted(self, revisions: Set[str]) -> tuple[str, Schema]:
        """What a deployment should lead to, by the truth: what these revisions make, a snapshot or an environment."""
        truth, history = self.configuration.truth, self.histories[0]
        if truth == "snapshot" and self.snapshots:
            return self.snapshots[0].path, self.snapshots[0].schema
        for one in self._all_environments:
            if one.name == truth and one.dumped.snapshot is not None:
                return one.name, self._after_pending(one.name, one.dumped.snapshot)
        if revisions == set(history.revisions):
            return "head", history.schema
        location, configuration = self.locations[0]
        reader = Reader(self._files, location, configuration, ("upgrade",))
        heads = [one for one in revisions if not any(one in history.graph.parents[other] for other in revisions)]
        return "head", reader.reached(sorted(heads)).schema

    def _made(self, one: Standing) -> Schema:
        """What the revisions of an environment make; the head where they are not known."""
        history, ran = self.histories[0], list(self.histories[0].upgrades)
        number = len(one.there)
        if not one.pending:
            return history.schema
        if tuple(ran[:number]) == one.there:
            return history.states[ran[number]]
        location, configuration = self.locations[0]
        return Reader(self._files, location, configuration, ("upgrade",)).reached(one.there).schema
