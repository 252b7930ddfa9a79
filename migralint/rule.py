"""The contract of a rule, and the five values it may look at. Rules import only from this module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import ClassVar

from migralint import operations as _operations
from migralint import schema as _schema
from migralint.change import EDITED, GONE, MOVED, NEW, SAME, Change, Edit, Meeting, Standing
from migralint.context import Context, History, measured
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
    Fix,
    Kept,
    Related,
    Written,
)
from migralint.drift.difference import (
    MODELS,
    NAMES_FOR_VALUES,
    NOT_IMPORTED,
    NULL_REFUSED,
    QUERIES,
    TWO_DEFAULTS,
    Difference,
)
from migralint.drift.states import Unlike, unlike
from migralint.history.revision import ABSENT, ACTS, EMPTY, RAISES, Import, Revision
from migralint.history.surroundings import Surroundings
from migralint.operations import *  # noqa: F403  # the vocabulary of operations is part of the contract
from migralint.operations import (
    CannotApply,
)
from migralint.operations.effects import MODES, SIZE, Effects, Lock, course
from migralint.operations.effects.values import ACCESS_EXCLUSIVE, SHARE
from migralint.operations.online import key_from_index, proof
from migralint.operations.steps import CERTAIN, CONDITIONAL, OPAQUE, Assumption, Guarded, Note, Step
from migralint.operations.unfilled import wants_value
from migralint.queries import Use
from migralint.render.calls import FORWARD_ONLY, Code, autocommit, call, execute, in_schema, in_sql, type_call
from migralint.render.code import upgrade as upgrade_code
from migralint.render.layout import flat as shown
from migralint.render.layout import node
from migralint.schema import *  # noqa: F403  # and so is that of the schema
from migralint.schema.conversion import conversion, narrowing
from migralint.schema.names import cut, quote, written
from migralint.schema.types import canonical

__all__ = [
    "ABSENT",
    "ACCESS_EXCLUSIVE",
    "ACTS",
    "BLOCKING",
    "CERTAIN",
    "CONDITIONAL",
    "COSMETIC",
    "EDITED",
    "EMPTY",
    "ERROR",
    "FORWARD_ONLY",
    "GONE",
    "HIGH",
    "INFO",
    "INTEGRITY",
    "LOW",
    "MEDIUM",
    "MODELS",
    "MODES",
    "MOVED",
    "NAMES_FOR_VALUES",
    "NEW",
    "NOT_IMPORTED",
    "NULL_REFUSED",
    "OPAQUE",
    "QUERIES",
    "RAISES",
    "SAME",
    "SHARE",
    "SIZE",
    "TWO_DEFAULTS",
    "WARNING",
    "Assumption",
    "Change",
    "Code",
    "Context",
    "Diagnostic",
    "Difference",
    "Edit",
    "Effects",
    "Example",
    "Fix",
    "Guarded",
    "History",
    "Import",
    "Kept",
    "Lock",
    "Meeting",
    "Note",
    "Related",
    "Revision",
    "Rule",
    "Standing",
    "Step",
    "Surroundings",
    "Unlike",
    "Use",
    "Written",
    "at_uses",
    "autocommit",
    "call",
    "canonical",
    "closed",
    "conversion",
    "course",
    "cut",
    "execute",
    "in_schema",
    "in_sql",
    "key_from_index",
    "lowered",
    "measured",
    "narrowing",
    "node",
    "parked",
    "proof",
    "quote",
    "refused",
    "shown",
    "type_call",
    "unlike",
    "upgrades",
    "wants_value",
    "written",
]
__all__ += _operations.__all__
__all__ += _schema.__all__

_PARKED = re.compile(r"(?:^|_)(?:backup|bak|tmp|temp|old|archive|deprecated|unused)(?:_|\d*$)")


def upgrades(step: Step) -> bool:
    """Whether the step is one of an upgrade that PostgreSQL would carry out."""
    return step.direction == "upgrade" and step.failure is None


def parked(name: str) -> bool:
    """Whether a table's name says that it is kept for a while and no longer used: `orders_old`, `orders_backup2`."""
    return _PARKED.search(name) is not None


def refused(step: Step, kind: str) -> CannotApply | None:
    """What PostgreSQL answers to a step that the replay ran, of this kind ("missing", "exists", "depends").

    None where the code swallows it, and after something that could not be read.
    """
    failure = step.failure
    if failure is None or failure.kind != kind or not step.applied or step.before.opaque or step.caught:
        return None
    return failure


def lowered(step: Step, confidence: str = HIGH) -> str:
    """The confidence, one lower for a step that may not run."""
    if step.certainty == CERTAIN and step.applied:
        return confidence
    return MEDIUM if confidence == HIGH else LOW


def closed(difference: Difference, context: Context) -> str | None:
    """Help that shows the body of the migration after which the history has what the models have."""
    if not difference.closing:
        return None
    body = dedent(upgrade_code(difference.closing, context.history.schema).text)
    if difference.derived is None:
        return f"declare it in the models, or drop it in a new revision:\n{body}"
    return f"to bring the history to the models, in a new revision:\n{body}"


def at_uses(difference: Difference, help: str | None = None) -> Iterator[Diagnostic]:
    """What to say of a difference from queries, at each place in code that needs what the head lacks."""
    if help is None and difference.instead is not None:
        help = (
            f"it is called {difference.instead} at head"
            if difference.renamed_from
            else f"is {difference.instead} meant?"
        )
    for use in difference.uses:
        said = f"{use.source}: " if use.source.startswith("function ") else ""
        message = f"{said}{_DOING.get(use.how, use.how)}: {difference.message}"
        yield Diagnostic(message, help=help, place=use.place, confidence=use.confidence)


_DOING = {"select": "reads", "filter": "filters", "order": "orders", "insert": "inserts", "update": "updates"}
_DOING |= {"upsert": "upserts", "delete": "deletes", "rpc": "calls", "call": "calls", "embed": "embeds"}
_DOING |= {"on_conflict": "upserts", "label": "names a label", "truncate": "truncates", "merge": "merges"}


@dataclass(frozen=True, slots=True)
class Example:
    """A mini project. `upgrade` and `downgrade` are bodies of the revision under test;

    `setup` is the upgrade body of the revision before it. `models` are the tables of the module that has the
    `metadata` which `env.py` gives to Alembic. `also` are other codes that fire too. With `base`, the project is judged
    against a merge base that has these files instead (None: it lacks the file); `ahead` are files that the base branch
    has gained since.
    """

    upgrade: str = "pass"
    downgrade: str | None = None
    setup: str = ""
    files: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    base: tuple[tuple[str, str | None], ...] | None = None
    ahead: tuple[tuple[str, str], ...] = ()
    models: str = ""


class Rule:
    """A rule. Subclasses set the attributes, write a docstring with the four sections, and override one method.

    `scope` says which: "operation" calls `check_step` for every step of both directions, "revision"
    `check_revision`, "history" `check_history`, "difference" `check_difference`, "change" `check_change` where there is
    a merge base to compare with, "notice" nothing but `check_note`, which every rule has for the engine's notes under
    its code. With `once`, what an "operation" or "difference" rule says of several objects at one place, as in a loop,
    is one finding that names them. `covers` are the codes of rules which say less of the same object at the same place:
    they are silent where this one is heard.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    scope: ClassVar[str]
    severity: ClassVar[str] = WARNING
    confidence: ClassVar[str] = HIGH
    since: ClassVar[str] = "0.1.0"
    preview: ClassVar[bool] = False
    once: ClassVar[bool] = False
    covers: ClassVar[tuple[str, ...]] = ()
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

    def check_change(self, change: Change, context: Context) -> Iterator[Diagnostic]:
        """Judges what became of a history since the merge base."""
        return iter(())

    def check_note(self, note: Note, context: Context) -> Iterator[Diagnostic]:
        """Reports a notice of the engine."""
        yield Diagnostic(note.message, place=note.place)
