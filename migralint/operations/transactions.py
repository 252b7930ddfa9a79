"""In which transaction each statement of a direction runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Transactions:
    """The transactions of one direction of a revision, numbered from 0, which is Alembic's own.

    `current` is None outside of any. With `script` every statement outside BEGIN ... COMMIT is a transaction of its
    own, as psql runs them.
    """

    def __init__(self, script: bool) -> None:
        self._script = script
        self._autocommit = False
        self._together = 0
        self.start()

    def start(self) -> None:
        """A direction begins."""
        self._number = 0
        self.current: int | None = 0
        self._begun = self._committed = False

    @property
    def after_commit(self) -> bool:
        """Whether a COMMIT of the code ended the transaction, and no BEGIN opened the one after it."""
        return self._committed and not self._together and not self._script

    def statement(self) -> None:
        """A statement comes."""
        if self._script and not self._begun:
            self._next()

    def begin(self) -> None:
        """BEGIN as a statement."""
        self._next()
        self._begun, self._committed = True, False

    def commit(self) -> None:
        """COMMIT as a statement."""
        self._begun, self._committed = False, not self._autocommit
        if self._autocommit and not self._together:
            self.current = None
        else:
            self._next()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Statements of one string; see `operations.Database`."""
        if self.current is None:
            self._next()
        self._together += 1
        try:
            yield
        finally:
            self._together -= 1
            if self._autocommit and not self._together and not self._begun:
                self.current = None

    @contextmanager
    def autocommit(self) -> Iterator[None]:
        """Alembic's autocommit_block."""
        self.current, self._autocommit, self._committed = None, True, False
        try:
            yield
        finally:
            self._autocommit = self._begun = False
            self._next()

    def _next(self) -> None:
        self._number += 1
        self.current = self._number
