"""Two states of a project: which history is which, and the change of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from migralint.change.change import Change
from migralint.change.edits import Side
from migralint.history.graph import Graph
from migralint.history.reads import content
from migralint.history.replay import Replayed
from migralint.snapshots import Snapshot
from migralint.tree import TreeError


class State(Protocol):
    """A project in one state."""

    @property
    def histories(self) -> tuple[Replayed, ...]:
        """The replayed histories."""
        ...

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The SQL files that claim to be the schema of the first history."""
        ...

    def modelled(self, history: str) -> Side | None:
        """The models of a history, None where they cannot be read."""
        ...

    def source(self, path: str) -> str:
        """The text of a file. Raises TreeError."""
        ...


def changes(base: str, now: State, before: State | None, tips: Mapping[str, Graph]) -> tuple[Change, ...]:
    """The change of each history; `base` is what the merge base is called, `tips` what its branch has by now."""
    return tuple(
        Change(
            base,
            known := _counterpart(now.histories, history, before.histories if before is not None else ()),
            history,
            tips.get(history.name) or (next(iter(tips.values())) if len(tips) == len(now.histories) == 1 else None),
            (_Contents(before or now), _Contents(now)),
            _Sides(now, before, history, known),
        )
        for history in now.histories
    )


def _counterpart(all: Sequence[Replayed], one: Replayed, others: Sequence[Replayed]) -> Replayed | None:
    """The history of another state that is this one: of its name, or each the only one."""
    named = next((other for other in others if other.name == one.name), None)
    return named or (others[0] if len(all) == len(others) == 1 else None)


class _Contents:
    """What counts of the text of files."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __call__(self, path: str) -> str:
        try:
            return content(path, self._state.source(path))
        except TreeError:
            return ""


class _Sides:
    """The models and snapshots of a history, before and now."""

    def __init__(self, now: State, before: State | None, history: Replayed, known: Replayed | None) -> None:
        self._now = now
        self._before = before
        self._history = history
        self._known = known

    def __call__(self) -> Iterator[tuple[Side, Side]]:
        if self._before is None or self._known is None:
            return
        models = self._now.modelled(self._history.name)
        were = self._before.modelled(self._known.name) if models is not None else None
        if models is not None and were is not None:
            yield were, models
        if self._history is not self._now.histories[0]:
            return
        before = {one.path: one for one in self._before.snapshots}
        for snapshot in self._now.snapshots:
            was = before.get(snapshot.path)
            if was is not None:
                yield _side(was), _side(snapshot)


def _side(snapshot: Snapshot) -> Side:
    places = {ref.table: place for ref, place in snapshot.places.items() if ref.kind == "table" and ref.table}
    return Side(snapshot.path, snapshot.schema, snapshot.managed, places)
