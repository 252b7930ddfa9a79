"""The contract of a rule, and the five values it may look at. Rules import only from this module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from migralint.diagnostic import (
    BLOCKING,
    COSMETIC,
    ERROR,
    HIGH,
    INFO,
    INTEGRITY,
    LOW,
    MEDIUM,
    WARNING,
    Diagnostic,
    Related,
)
from migralint.drift.difference import Difference
from migralint.history.revision import ABSENT, ACTS, EMPTY, RAISES, Import, Revision
from migralint.operations import *  # noqa: F403  # the vocabulary of operations is part of the contract
from migralint.operations import ObjectRef, Place
from migralint.operations.paper import CERTAIN, CONDITIONAL, OPAQUE, Assumption, Note, Step
from migralint.schema import *  # noqa: F403  # and so is that of the schema
from migralint.schema import Schema


class History(Protocol):
    """One replayed history, as rules see it."""

    @property
    def name(self) -> str:
        """The history's name: the folder of its script location, relative to the project."""
        ...

    @property
    def revisions(self) -> Mapping[str, Revision]:
        """Revisions by id, in upgrade order."""
        ...

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads, sorted."""
        ...

    @property
    def schema(self) -> Schema:
        """The state after `alembic upgrade heads` on an empty database."""
        ...

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Objects that no revision makes."""
        ...

    def steps(self, revision: str, direction: str = "upgrade") -> tuple[Step, ...]:
        """What the revision does in that direction, in execution order."""
        ...

    def before(self, revision: str) -> Schema:
        """The state before the revision's upgrade."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may ask beside what it judges.

    `history` is the one its subject belongs to. `options` are the rule's own from the configuration, with the
    rule's defaults filled in. `settings` are those of the project that several rules need (`downgrade`,
    `table-sizes`, ...), by the key of the configuration. `notes` are the notices of the engine under this rule's
    code.
    """

    history: History
    options: Mapping[str, object]
    settings: Mapping[str, object]
    notes: tuple[Note, ...] = ()

    def new_in_revision(self, step: Step, table: object) -> bool:
        """Whether the table was made by the revision of this step: then nobody uses it yet."""
        return table not in self.history.before(step.revision or "").tables if step.revision else False


@dataclass(frozen=True, slots=True)
class Example:
    """A mini project. `upgrade` and `downgrade` are bodies of the revision under test;

    `setup` is the upgrade body of the revision before it. `also` are other codes that fire too.
    """

    upgrade: str = "pass"
    downgrade: str | None = None
    setup: str = ""
    files: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


class Rule:
    """A rule. Subclasses set the attributes, write a docstring with the four sections, and override one method.

    `scope` says which: "operation" calls `check_step` for every step of both directions, "revision"
    `check_revision`, "history" `check_history`, "difference" `check_difference`, "notice" yields for each engine
    note of the rule's code through `check_note`.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    scope: ClassVar[str]
    severity: ClassVar[str] = WARNING
    confidence: ClassVar[str] = HIGH
    since: ClassVar[str] = "0.1.0"
    preview: ClassVar[bool] = False
    options: ClassVar[Mapping[str, object]] = {}
    postgresql: ClassVar[tuple[int, int]] = (12, 18)
    bad: ClassVar[tuple[Example, ...]] = ()
    good: ClassVar[tuple[Example, ...]] = ()

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        """Judges one operation."""
        return iter(())

    def check_revision(self, revision: Revision, context: Context) -> Iterator[Diagnostic]:
        """Judges one revision."""
        return iter(())

    def check_history(self, history: History, context: Context) -> Iterator[Diagnostic]:
        """Judges a whole history."""
        return iter(())

    def check_difference(self, difference: Difference, context: Context) -> Iterator[Diagnostic]:
        """Judges one difference between head and a derived side."""
        return iter(())

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(note.message, place=note.place)
