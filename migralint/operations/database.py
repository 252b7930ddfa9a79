"""The protocol of the database on paper: what the readers of SQL and Python call while they follow a migration.

`history/` implements it for replays; tests implement it in a few lines. A reader never changes a `Schema` itself:
it asks for the state, and executes operations.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from migralint.operations.base import Operation
from migralint.schema import Name, Schema


class Place(NamedTuple):
    """Where something stands.

    In SQL files and plain texts `start`/`end` are character offsets into the file and `node` is -1. In Python
    `node` is the number of a lowered node of the file at `path`; when that node is a string literal, `start`/`end`
    (if `end` > 0) are offsets into its value. `callers` are the calls that led there, innermost first.
    """

    path: str
    node: int = -1
    start: int = 0
    end: int = 0
    callers: tuple[Place, ...] = ()


class Branch(Protocol):
    """An attempt on the database on paper whose outcome the reader may keep or drop."""

    @property
    def changed(self) -> bool:
        """Whether an operation inside it changed the schema."""
        ...


class Abort(Protocol):
    """A transaction in which a statement was refused."""

    @property
    def ended(self) -> bool:
        """Whether the code went back to a savepoint from before the statement."""
        ...


class Database(Protocol):
    """A database on paper."""

    @property
    def dialect(self) -> str:
        """SQLAlchemy's name of the dialect, such as "postgresql"."""
        ...

    @property
    def server_version(self) -> int:
        """The major version of PostgreSQL, 12 to 18."""
        ...

    @property
    def others(self) -> frozenset[str]:
        """Schemas that someone else owns: what they have beside what is known is not known."""
        ...

    @property
    def search_path(self) -> tuple[str, ...]:
        """Schemas where unqualified names of SQL are looked up; new objects go to the first."""
        ...

    def set_search_path(self, schemas: tuple[str, ...], *, local: bool = False) -> None:
        """What SET search_path does, with `local` until the transaction ends."""
        ...

    def forget_numbers(self) -> None:
        """What sequences give next is not known from here on."""
        ...

    def ask(self, about: Name | str) -> Schema:
        """The state now. `about` names the object or catalog in question; every question is recorded."""
        ...

    def rows(self, table: Name) -> tuple[dict[str, object], ...] | None:
        """The rows that the history inserted into a table it created, or None when they are not known."""
        ...

    def read(self, table: Name) -> tuple[dict[str, object], ...] | None:
        """The same for a query of the migration's own code, which is recorded: other databases may have other rows."""
        ...

    def execute(self, operation: Operation, place: Place, *, sql: str | None = None, implicit: bool = False) -> bool:
        """Applies the operation and records it; whether the server takes it.

        An operation that cannot be applied is recorded as failing and the replay goes on, except within
        `subtransaction`, where CannotApply is raised. `sql` is the statement's own text where it came from SQL;
        `implicit` marks what SQLAlchemy sends by itself.
        """
        ...

    def note(self, kind: str, message: str, place: Place) -> None:
        """Records something the engine itself notices (an unreadable file, an import of application models)."""
        ...

    def branch(self, reason: str, place: Place, *, keep: bool | None) -> AbstractContextManager[Branch]:
        """What runs inside is recorded as conditional.

        At the end its effect on the state stays when `keep` is true, is dropped when false, and for None stays
        when it changed the schema.
        """
        ...

    def instead_of(self, branch: Branch) -> AbstractContextManager[None]:
        """The state before a branch that was tried, for what runs where it does not; dropped at the end."""
        ...

    def rules_out(self) -> bool:
        """Told that a condition whose answer is known rules statements out.

        True where they are to be followed nonetheless, within `ruled_out`.
        """
        ...

    def ruled_out(self) -> AbstractContextManager[None]:
        """What runs inside is recorded; its effect on the state is dropped, and what is there is not known."""
        ...

    def subtransaction(self, *, waiting: bool | None = None) -> AbstractContextManager[None]:
        """A savepoint: inside, `execute` raises CannotApply; an exception that leaves the block undoes all of it.

        `waiting` tells whether something around it handles that an object is missing, which is then not taken as made
        by somebody else; None where that follows from `watching`.
        """
        ...

    @property
    def waiting(self) -> bool:
        """Whether the code goes on, after a savepoint, where something is missing."""
        ...

    def savepoint(self, name: str) -> None:
        """SAVEPOINT as a statement of a script or migration, until the transaction ends."""
        ...

    def release(self, name: str) -> None:
        """RELEASE as a statement, of a savepoint and those after it."""
        ...

    def roll_back_to(self, name: str) -> bool:
        """ROLLBACK TO as a statement: what came after the savepoint is recorded as undone.

        False where that is not known: there is no such savepoint, or it is not certain that this runs.
        """
        ...

    def aborted(self, reason: str) -> AbstractContextManager[Abort]:
        """After a refused statement: what runs inside is conditional and is dropped, until it rolls back."""
        ...

    def watching(self, place: Place, *, always: bool) -> AbstractContextManager[None]:
        """Code at this place that goes on after failures: `execute` records a failing operation and raises CannotApply.

        Its `aborts` is true where PostgreSQL refuses all that follows in the transaction. Not `always` where the code
        may raise again.
        """
        ...

    def begin(self) -> None:
        """BEGIN as a statement of a script or migration: later operations belong to a new transaction."""
        ...

    def commit(self) -> None:
        """COMMIT as a statement: the transaction ends."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """Statements that the server gets as one: a string of several, a block, a function.

        Outside of a transaction they make one of their own (PostgreSQL docs, 54.2.2.1).
        """
        ...

    def autocommit(self) -> AbstractContextManager[None]:
        """Alembic's `autocommit_block`: inside, every operation runs outside of any transaction."""
        ...
