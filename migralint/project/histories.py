"""The histories of a project."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from migralint.configuration import Configuration
from migralint.environment.errors import EnvironmentProblem
from migralint.environment.locations import Location, discover
from migralint.history.lock import Locked
from migralint.history.reader import Reader
from migralint.history.replay import Replayed
from migralint.history.since import Since
from migralint.operations.steps import Note
from migralint.project.opened import Opened, ProjectError

if TYPE_CHECKING:
    from migralint.drift import LastChange
    from migralint.history.graph import Graph


class Histories(Opened):
    """The histories, replayed."""

    @cached_property
    def locations(self) -> tuple[tuple[Location, Configuration], ...]:
        """Where the histories are, each with its configuration. Raises ProjectError where there is none."""
        out = []
        for configuration in self.configurations:
            try:
                out += [(location, configuration) for location in discover(self.tree, configuration)]
            except EnvironmentProblem as problem:
                raise ProjectError(str(problem)) from problem
        return tuple(out)

    @cached_property
    def histories(self) -> tuple[Replayed, ...]:
        """The replayed histories."""
        histories = tuple(
            Reader(self._files, location, configuration, self._directions).replayed()
            for location, configuration in self.locations
        )
        self._cache.flush()
        return histories

    def replayed_to(self, target: str) -> Replayed:
        """What `alembic upgrade TARGET` does to an empty database; the only history's. Raises TargetError."""
        location, configuration = self.locations[0]
        return Reader(self._files, location, configuration, ("upgrade",)).replayed(target)

    def deployed(self, start: Sequence[str], target: str) -> tuple[Replayed, frozenset[str]]:
        """What `alembic upgrade TARGET` does to a database at the targets `start`, and the revisions that it has.

        Of the only history. Raises TargetError.
        """
        location, configuration = self.locations[0]
        history = Reader(self._files, location, configuration, ("upgrade",)).replayed(target, start)
        graph = history.graph
        return history, frozenset(graph.order_of([one for given in start for one in graph.targets.resolve(given)]))

    def locked(self) -> dict[str, dict[str, Locked]]:
        """The revisions of each history as a lock keeps them. Raises HistoryError."""
        found = {
            location.name: Reader(self._files, location, configuration, ("upgrade",)).locked()
            for location, configuration in self.locations
        }
        self._cache.flush()
        return found

    @cached_property
    def graphs(self) -> tuple[Graph, ...]:
        """The revisions of each history, which is not replayed."""
        return tuple(
            Reader(self._files, location, configuration, ()).graph() for location, configuration in self.locations
        )

    @property
    def unread(self) -> tuple[Note, ...]:
        """What could not be read so far."""
        return tuple(self._files.notes)

    @property
    def history_notes(self) -> tuple[Note, ...]:
        """What the engine noticed in the histories, without a look at the snapshots."""
        notes: dict[Note, None] = {}
        for history in self.histories:
            notes.update(dict.fromkeys(history.notes))
        return (*self._files.notes, *notes)

    def _one_head(self, history: Replayed) -> None:
        if len(history.heads) > 1:
            heads = ", ".join(history.heads)
            raise ProjectError(f'several heads: {heads}; join them first: alembic merge -m "merge heads" heads')

    @cached_property
    def _changes(self) -> dict[str, LastChange]:
        from migralint.drift import LastChange

        return {history.name: LastChange(history.steps_all) for history in self.histories}

    @cached_property
    def _since(self) -> Since:
        return Since(self.histories[0].steps_all())
