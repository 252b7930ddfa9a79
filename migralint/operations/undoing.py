"""What the database on paper goes back to: savepoints, subtransactions, and what follows a refused statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from migralint.operations.base import ObjectRef
from migralint.operations.database import Place
from migralint.operations.rows import Rows
from migralint.operations.steps import CERTAIN, CONDITIONAL, Step
from migralint.schema import Schema


class Moment(NamedTuple):
    """What the database on paper holds at one point."""

    schema: Schema
    search_path: tuple[str, ...]
    session_path: tuple[str, ...]
    rows: Rows
    gone: frozenset[ObjectRef]


class Aborted:
    """A transaction in which a statement was refused; `ended` where the code went back to a savepoint."""

    def __init__(self) -> None:
        self.ended = False


class Undoing:
    """A state that can go back to earlier moments, with the steps that led there."""

    schema: Schema
    search_path: tuple[str, ...]
    steps: list[Step]
    _session_path: tuple[str, ...]
    _rows: Rows
    _gone: frozenset[ObjectRef]
    _reasons: list[str]
    _watching: list[tuple[Place, bool]]

    def __init__(self) -> None:
        self._savepoints: list[tuple[str, Moment, int]] = []
        self._aborted: list[Aborted] = []
        self._raising = 0
        self._awaits = False

    def moment(self) -> Moment:
        """What it holds now."""
        return Moment(self.schema, self.search_path, self._session_path, self._rows, self._gone)

    def restore(self, saved: Moment) -> None:
        """Goes to the state of another point; what was recorded stays."""
        self.schema, self.search_path, self._session_path, self._rows, self._gone = saved

    def _go_back(self, saved: Moment) -> None:
        """Undoes what came after another point, but for the numbers that were drawn from sequences."""
        self.restore(saved)
        self._rows = self._rows.uncounted()

    @contextmanager
    def subtransaction(self, *, waiting: bool | None = None) -> Iterator[None]:
        """A savepoint; see `operations.Database`."""
        saved, start, outer = self.moment(), len(self.steps), self._awaits
        self._awaits = outer or (bool(self._watching) if waiting is None else waiting)
        self._raising += 1
        try:
            yield
        except BaseException as problem:
            self._go_back(saved)
            self.steps[start:] = [undone(step, problem) for step in self.steps[start:]]
            raise
        finally:
            self._raising -= 1
            self._awaits = outer

    @property
    def waiting(self) -> bool:
        """Whether the code goes on, after a savepoint, where something is missing."""
        return self._awaits or bool(self._watching and self._savepoints)

    def savepoint(self, name: str) -> None:
        """SAVEPOINT as a statement."""
        self._savepoints.append((name, self.moment(), len(self.steps)))

    def release(self, name: str) -> None:
        """RELEASE as a statement, of a savepoint and those after it."""
        at = self._savepoint(name)
        if at is not None:
            del self._savepoints[at:]

    def roll_back_to(self, name: str) -> bool:
        """ROLLBACK TO as a statement; false where what it undoes is not known."""
        at = self._savepoint(name)
        if at is None or len(self._reasons) > len(self._aborted):
            return False
        _, saved, start = self._savepoints[at]
        del self._savepoints[at + 1 :]
        self._go_back(saved)
        self.steps[start:] = [undone(step, "it is rolled back") for step in self.steps[start:]]
        for aborted in self._aborted:
            aborted.ended = True
        self._aborted, self._reasons = [], []
        return True

    def _savepoint(self, name: str) -> int | None:
        """Where the last savepoint of this name stands."""
        return next((at for at in reversed(range(len(self._savepoints))) if self._savepoints[at][0] == name), None)

    @contextmanager
    def aborted(self, reason: str) -> Iterator[Aborted]:
        """After a refused statement: what runs inside is conditional and is dropped, until it rolls back."""
        saved, start, aborted = self.moment(), len(self.steps), Aborted()
        self._aborted.append(aborted)
        self._reasons.append(reason)
        try:
            yield aborted
        finally:
            if not aborted.ended:
                self._aborted.pop()
                self._reasons.pop()
                self.restore(saved)
                self.steps[start:] = [replace(s, applied=False) for s in self.steps[start:]]


def undone(step: Step, why: object) -> Step:
    """A step of a subtransaction that failed or was rolled back: it ran, and leaves nothing."""
    certainty = CONDITIONAL if step.certainty == CERTAIN else step.certainty
    return replace(step, certainty=certainty, reason=step.reason or f"undone: {why}", applied=False, failure=None)
