"""What a rule may ask beside what it judges: the history around it, and what other rules need too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol

from migralint.history.revision import Revision
from migralint.history.surroundings import Surroundings
from migralint.operations import (
    AddColumn,
    AlterColumn,
    ObjectRef,
    Opaque,
    RenameTable,
    RowOperation,
    Statement,
    Update,
)
from migralint.operations.effects import Effects
from migralint.operations.effects.measured import Measured
from migralint.operations.effects.values import ACCESS_EXCLUSIVE
from migralint.operations.steps import Assumption, Guarded, Note, Step
from migralint.queries import Use
from migralint.render.calls import Code, call, in_schema, type_call
from migralint.schema import Name, Schema

SMALL = 10_000
"""Rows up to which a table counts as small: locked for well under a second by what takes time per row."""


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

        Not where the revision made the table or deleted all of its rows before, not where it is declared small, and not
        where the transaction stops if there is a row: it adds a column that no row has a value for (MG203).
        """
        if table is None or self.small(table) or self.new_in_revision(step, table):
            return False
        return table not in self._measured.emptied(step) and table not in self._measured.without_rows(step)

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
