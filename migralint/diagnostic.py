"""What a rule says: a diagnostic, where it belongs, and how it could be fixed."""

from __future__ import annotations

from dataclasses import dataclass

from migralint.operations import ObjectRef, Place
from migralint.render.layout import Call

__all__ = [
    "BLOCKING",
    "COSMETIC",
    "ERROR",
    "HIGH",
    "INFO",
    "INTEGRITY",
    "LOW",
    "MEDIUM",
    "SEVERITY_OF_CLASS",
    "WARNING",
    "Call",
    "Diagnostic",
    "Fix",
    "Kept",
    "Place",
    "Related",
    "Written",
]

BLOCKING, INTEGRITY, COSMETIC = "blocking", "integrity", "cosmetic"
"""The classes of schema governance: breaks runtime, integrity risk, cosmetic."""

ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITY_OF_CLASS = {BLOCKING: ERROR, INTEGRITY: WARNING, COSMETIC: INFO}
HIGH, MEDIUM, LOW = "high", "medium", "low"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that belongs to a finding, and why."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The statement that a fix is for, in its place.

    `arguments` are added to its call, or to the only call in it of a function that `to` names; where a whole file is
    judged, to every call of such a function. In its SQL, `word` is put after the first one that matches `after`, and
    `clause` at its end. `alone` puts it in an `autocommit_block`.
    """

    arguments: tuple[tuple[str, object], ...] = ()
    to: tuple[str, ...] = ()
    after: str = ""
    word: str = ""
    clause: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """New statements, all of them calls of `op`; `alone` puts them in an `autocommit_block`."""

    calls: tuple[Call, ...]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """How what a finding is about can be corrected, as data: `migralint.fix` makes edits of it, where it can.

    `title` says what is done, in the imperative. `put` takes the place of the statement at `place` (by default the one
    that was judged). `body` takes the place of the body of the function there. `later` is the upgrade of a new
    revision with the message `message`, after the head of the branch. `unsafe` says why somebody has to look at it
    first; None where nothing that works can stop working.
    """

    title: str
    put: tuple[Kept | Written, ...] = ()
    unsafe: str | None = None
    place: Place | None = None
    body: str | None = None
    later: Written | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What a rule yields. What is None is filled in from the rule and from what it was given to judge.

    `help` is the Alembic code to write instead. `drift_class` is one of the three classes and gives the default
    severity. What a rule says of several objects with the same `cause` is one finding that names them.
    """

    message: str
    help: str | None = None
    place: Place | None = None
    object: ObjectRef | None = None
    related: tuple[Related, ...] = ()
    severity: str | None = None
    confidence: str | None = None
    drift_class: str | None = None
    fix: Fix | None = None
    cause: str | None = None
