"""The contract of a rule, and the five values it may look at. Rules import only from this module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from textwrap import dedent
from typing import ClassVar, Protocol

from migralint import operations as _operations
from migralint import schema as _schema
from migralint.change import EDITED, GONE, MOVED, NEW, SAME, Change, Edit, Meeting, Standing
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
    AddColumn,
    AlterColumn,
    CannotApply,
    ObjectRef,
    Opaque,
    RenameTable,
    RowOperation,
    Statement,
    Update,
)
from migralint.operations.effects import MODES, SIZE, Effects, Lock, course
from migralint.operations.effects.measured import Measured
from migralint.operations.effects.values import ACCESS_EXCLUSIVE, SHARE
from migralint.operations.online import key_from_index, proof
from migralint.operations.steps import CERTAIN, CONDITIONAL, OPAQUE, Assumption, Guarded, Note, Step
from migralint.queries import Use
from migralint.render.calls import FORWARD_ONLY, Code, autocommit, call, execute, in_schema, in_sql, type_call
from migralint.render.code import upgrade as upgrade_code
from migralint.render.layout import flat as shown
from migralint.render.layout import node
from migralint.schema import *  # noqa: F403  # and so is that of the schema
from migralint.schema import Name, Schema
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
    "written",
]
__all__ += _operations.__all__
__all__ += _schema.__all__

SMALL = 10_000
"""Rows up to which a table counts as small: locked for well under a second by what takes time per row."""


_PARKED = re.compile(r"(?:^|_)(?:backup|bak|tmp|temp|old|archive|deprecated|unused)(?:_|\d*$)")


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
    def surroundings(self) -> Surroundings:
        """What `env.py` and `alembic.ini` say about how it is run."""
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

    def restored(self, revision: str) -> Schema | None:
        """The state after the revision's upgrade and downgrade, if that was followed."""
        ...

    def guarded(self, revision: str) -> tuple[Guarded, ...]:
        """Changes that a condition rules out on a new database because what they change is made later."""
        ...

    def queried(self, revision: str) -> frozenset[Name]:
        """The tables whose rows the revision's upgrade looks at, in code or by a subquery, not only to change them."""
        ...

    def again(self, revision: str) -> tuple[Step, ...]:
        """What the upgrade does after the downgrade, where that left another state than the upgrade found.

        After a downgrade that acts only with a policy under which downgrades are run: `required` and `any`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may ask beside what it judges.

    `history` is the one its subject belongs to. `options` are the rule's own from the configuration, with the
    rule's defaults filled in. `settings` are those of the project that several rules need (`downgrade`,
    `table-sizes`, ...), by the key of the configuration. `notes` are the notices of the engine under this rule's
    code. `measured` is shared between rules; without it, this context has its own.
    `skipped` are the revisions up to `start-after`, which are replayed but not judged. `uses` gives the places in code
    that use an object.
    """

    history: History
    options: Mapping[str, object]
    settings: Mapping[str, object]
    notes: tuple[Note, ...] = ()
    measured: Measured | None = field(default=None, repr=False, compare=False)
    skipped: frozenset[str] = frozenset()
    uses: Callable[[ObjectRef], tuple[Use, ...]] = field(default=lambda _: (), repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.measured is None:
            object.__setattr__(self, "measured", measured(self.history, self.settings))

    def new_in_revision(self, step: Step, table: Name | None) -> bool:
        """Whether the revision made the table before this step: then nobody uses it yet."""
        return table is not None and table in self._measured.made(step)

    def new_column(self, step: Step, table: Name, column: str) -> bool:
        """Whether the revision added the column, or made its table, before this step."""
        if self.new_in_revision(step, table):
            return True
        for earlier in reversed(self.history.steps(step.revision or "", step.direction)[: step.index]):
            operation = earlier.operation
            if isinstance(operation, AlterColumn) and operation.table == table and operation.new_name == column:
                column = operation.name
            if isinstance(operation, AddColumn) and operation.table == table and operation.column.name == column:
                return earlier.before is not earlier.after
        return False

    def filled(self, step: Step, table: Name, column: str) -> str | None:
        """The one literal, as SQL, that the revision sets a column to in its rows, if it is that."""
        steps = self.history.steps(step.revision or "", step.direction)
        updates = [one.operation for one in steps if isinstance(one.operation, Update) and one.operation.table == table]
        values = {dict(update.constants).get(column) for update in updates if column in update.columns}
        return values.pop() if len(values) == 1 else None

    def renamed(self, step: Step, table: Name) -> bool:
        """Whether the revision has given the table its name before the step: no code that runs knows it by that."""
        earlier = self.history.steps(step.revision or "", step.direction)[: step.index]
        return any(isinstance(one.operation, RenameTable) and one.operation.new == table for one in earlier)

    def carried(self, step: Step, table: Name) -> bool:
        """Whether the revision may put values of the table elsewhere before the step.

        Code or a subquery looks at its rows, others are made of them, or an UPDATE computes a column.
        """
        if table in self.history.queried(step.revision or ""):
            return True
        earlier = self.history.steps(step.revision or "", step.direction)[: step.index]
        changes = [one.operation for one in earlier if isinstance(one.operation, RowOperation)]
        updates = (one for one in changes if isinstance(one, Update) and one.table == table)
        computed = any(set(one.columns) - dict(one.constants).keys() for one in updates)
        return computed or any(table in one.reads for one in changes)

    def of_table(self, step: Step, like: Callable[[Step], bool]) -> str:
        """A cause for what is said of one table of a revision: the place of the first step that is like this one."""
        steps = self.history.steps(step.revision or "", step.direction)
        same = (one for one in steps if one.operation.table_name == step.operation.table_name and like(one))
        return str(next(same, step).place._replace(callers=()))

    def with_default(self, step: Step, table: Name, columns: Iterable[str]) -> str | None:
        """Help that adds columns with a server default, where the revision adds them and fills each with one value."""
        after = self.history.steps(step.revision or "", step.direction)[-1].after
        owner, lines = after.tables.get(table), []
        for name in columns:
            column, value = owner.column(name) if owner else None, self.filled(step, table, name)
            if column is None or value is None or not self.new_column(step, table, name):
                return None
            kind, default = type_call(column.type, after), Code(f"sa.text({value!r})")
            added = call("sa.Column", name, kind, nullable=False if column.not_null else None, server_default=default)
            schema = in_schema(table, after.default_schema)
            lines.append(call("op.add_column", table.name, Code(added), schema=schema))
        return (
            "\n".join(["# a constant default is stored in the catalog: no UPDATE, no scan", *lines]) if lines else None
        )

    def effects(self, step: Step) -> Effects | None:
        """What the step does to a server in use; None where that was not measured."""
        return self._measured.effects(step)

    def busy(self, step: Step, table: Name | None) -> bool:
        """Whether what takes time for each row of a table, or locks it, is felt when the step comes.

        Not where the revision made the table or deleted all of its rows before, and not where it is declared small.
        """
        if table is None or self.small(table) or self.new_in_revision(step, table):
            return False
        return table not in self._measured.emptied(step)

    def apart(self, step: Step) -> str | None:
        """Why it is not safe to run the step outside of its transaction: what else is committed without the rest then.

        None where nothing else happens in the transaction.
        """
        for other in self.history.steps(step.revision or "", step.direction):
            if other.index == step.index or other.transaction != step.transaction or step.transaction is None:
                continue
            counts = isinstance(other.operation, Opaque | RowOperation | Statement)
            if other.applied and other.failure is None and (counts or other.before is not other.after):
                return (
                    f"the same revision has {other.operation.operation} of {other.operation.object}, which is then "
                    "in another transaction: what ran before a failure stays, and the revision cannot be run again"
                )
        return None

    def emptied(self, step: Step, table: Name) -> bool:
        """Whether the step's own transaction has deleted all rows of the table before it."""
        return table in self._measured.emptied(step, in_transaction=True)

    def shut(self, step: Step) -> tuple[Name, ...]:
        """The busy tables that the step's transaction has locked before so that nobody can read them."""
        held = transaction.held if (transaction := self._measured.transaction(step)) else ()
        return tuple(
            lock.relation
            for lock in held
            if lock.mode == ACCESS_EXCLUSIVE and lock.relation in step.before.tables and self.busy(step, lock.relation)
        )

    def small(self, table: Name | None) -> bool:
        """Whether `table-sizes` declares the table small: a number of rows up to 10,000, or "small"."""
        sizes = self.settings.get("table-sizes")
        if table is None or not isinstance(sizes, Mapping):
            return False
        for pattern, size in sizes.items():
            if fnmatchcase(str(table), pattern) or fnmatchcase(table.name, pattern):
                return size == "small" or (isinstance(size, int) and size <= SMALL)
        return False

    @property
    def _measured(self) -> Measured:
        assert self.measured is not None
        return self.measured


def measured(history: History, settings: Mapping[str, object]) -> Measured:
    """The effects of a history's steps, to be shared by the contexts of its rules."""
    version = settings.get("postgresql-version")
    return Measured(history.steps, version if isinstance(version, int) else 15)


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
