"""The database on paper: keeps the state, applies each operation before the next question, records all of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.constraints import refuse_name_of_not_null
from migralint.operations.data import Lookup, Opaque, RowOperation
from migralint.operations.database import Branch, Place
from migralint.operations.presumed import Presumed, doubted
from migralint.operations.publications import refuse_generated_identity
from migralint.operations.query_texts import outdated
from migralint.operations.rows import Rows
from migralint.operations.steps import CERTAIN, CONDITIONAL, OPAQUE, Assumption, Note, Step
from migralint.operations.transactions import Transactions
from migralint.operations.undoing import Moment, Undoing, undone
from migralint.schema import Column, Name, PrimaryKey, Schema, Table
from migralint.schema.names import TEMPORARY
from migralint.schema.table import NAMED_NOT_NULL


class Attempt:
    """A branch being tried: what it recorded since it began."""

    def __init__(self, paper: Paper, saved: Moment) -> None:
        self._paper = paper
        self._start = paper.changes
        self.saved = saved

    @property
    def changed(self) -> bool:
        """Whether an operation inside it changed the schema."""
        return self._paper.changes > self._start


class Paper(Undoing):
    """Implements `operations.Database`.

    `assumable` decides whether a missing table, column or type may be taken as made by somebody else, where the code
    waits for a failure only one of `present`;
    `version_tables` are there from the start, as Alembic makes them before the first revision; what is written to
    them is not recorded, and `result` is without them. What the schemas `others` have is not known. With `script`,
    every statement outside BEGIN ... COMMIT is a transaction of its own, as psql runs them; `spanning` where all
    revisions are one.
    """

    def __init__(
        self,
        dialect: str = "postgresql",
        server_version: int = 15,
        schema: Schema | None = None,
        *,
        assumable: Callable[[ObjectRef], bool] = lambda _: False,
        present: Collection[ObjectRef] = (),
        version_tables: frozenset[str] = frozenset(),
        others: frozenset[str] = frozenset(),
        script: bool = False,
        spanning: bool = False,
    ) -> None:
        super().__init__()
        self.dialect = dialect
        self.server_version = server_version
        self.others = others
        self.schema = schema if schema is not None else Schema.empty(dialect)
        for name in version_tables:
            self.schema = self.schema.with_table(_version_table(Name(self.schema.default_schema, name)))
        self._first_path: tuple[str, ...] = (self.schema.default_schema,)
        self.search_path: tuple[str, ...] = self._first_path
        self._session_path: tuple[str, ...] = self._first_path
        self.steps: list[Step] = []
        self.notes: list[Note] = []
        self.assumptions: list[Assumption] = []
        self.asked: list[str] = []
        self.queried: list[Name] = []
        self.revision: str | None = None
        self.direction = "upgrade"
        self.presumed = Presumed(assumable, present)
        self._version_tables = version_tables
        self._transactions = Transactions(script)
        self._spanning = spanning
        self._reasons: list[str] = []
        self._watching: list[tuple[Place, bool]] = []
        self.passed_over = 0
        self._curious = False
        self._rows = Rows()
        self._gone: frozenset[ObjectRef] = frozenset()
        self._index = 0
        self._opaque: set[tuple[object, ...]] = set()
        self.changes = 0
        """How many operations changed the schema."""

    @property
    def result(self) -> Schema:
        """The state now, without the version tables and what is temporary: that leaves with the session."""
        schema = self.schema
        for name in self._version_tables:
            schema = schema.without_table(Name(schema.default_schema, name))
        return replace(
            schema,
            tables={name: table for name, table in schema.tables.items() if name.schema != TEMPORARY},
            views={name: view for name, view in schema.views.items() if name.schema != TEMPORARY},
            sequences={name: sequence for name, sequence in schema.sequences.items() if name.schema != TEMPORARY},
            functions={name: functions for name, functions in schema.functions.items() if name.schema != TEMPORARY},
            types={name: kind for name, kind in schema.types.items() if name.schema != TEMPORARY},
        )

    def prepare(self, operations: Iterable[Operation], search_path: tuple[str, ...]) -> None:
        """What is done before the first revision, unless it is there, and the `search_path` of each session, if any."""
        for operation in operations:
            with suppress(CannotApply):
                self.schema = operation.apply(self.schema)
        self._first_path = self.search_path = self._session_path = search_path or self._first_path

    def start(self, revision: str | None, direction: str, *, apart: bool = False) -> None:
        """Begins a revision: numbering starts anew; `apart` in another session than those before."""
        self.revision, self.direction = revision, direction
        self._index = 0
        self._transactions.start()
        self._savepoints = []
        if apart:
            self._session_path = self._first_path
        if apart or not self._spanning:
            self.search_path = self._session_path

    # the protocol ----------------------------------------------------------------------------------------------
    def set_search_path(self, schemas: tuple[str, ...], *, local: bool = False) -> None:
        """What SET search_path does: without `local` also for the revisions that follow in the same session."""
        self.search_path = schemas or (self.schema.default_schema,)
        if not local:
            self._session_path = self.search_path

    def forget_numbers(self) -> None:
        """What sequences give next is not known from here on."""
        self._rows = self._rows.uncounted()

    def ask(self, about: Name | str) -> Schema:
        """The state now."""
        self.asked.append(str(about))
        return self.schema

    def rows(self, table: Name) -> tuple[dict[str, object], ...] | None:
        """The rows that the history inserted, or None where they are not known."""
        return self._rows.of(table)

    def read(self, table: Name) -> tuple[dict[str, object], ...] | None:
        """The same for a query of the migration's own code."""
        self.queried.append(table)
        return self.rows(table)

    def execute(self, operation: Operation, place: Place, *, sql: str | None = None, implicit: bool = False) -> bool:
        """Applies and records one operation; see `operations.Database`."""
        if isinstance(operation, RowOperation) and operation.table.name in self._version_tables:
            return True
        failure: CannotApply | None = None
        after: Schema | None = None
        try:
            after = self._applied(operation, place)
        except CannotApply as problem:
            failure = problem
            if isinstance(operation, Lookup) and self._read_elsewhere(problem.object):
                return True
        before = self.schema  # with what was assumed: it was there before
        if after is not None:
            self.schema = after
            self._rows = self._rows.after(operation, before)
            for view in outdated(before, after):
                self.note("MG002", f"the query of view {view} keeps the old name of what it reads", place)
            if self._reasons:
                self.schema = doubted(self.schema, operation)
        elif self.steps and self.steps[-1].operation is operation and not self.steps[-1].applied:
            self.steps.pop()  # it is tried again, now that its subtransaction is undone
        self.changes += operation.changes_schema and failure is None
        if isinstance(operation, Opaque) and self._told_before(operation, place, before):
            return True
        self._transactions.statement()
        certainty = OPAQUE if isinstance(operation, Opaque) else CONDITIONAL if self._reasons else CERTAIN
        reason = operation.reason if isinstance(operation, Opaque) else self._reasons[-1] if self._reasons else None
        self.steps.append(
            Step(
                operation,
                place,
                before,
                self.schema,
                certainty=certainty,
                reason=reason,
                implicit=implicit,
                transaction=self._transactions.current,
                sql=sql,
                failure=failure,
                caught=self._caught(),
                after_commit=self._transactions.after_commit,
                revision=self.revision,
                direction=self.direction,
                index=self._index,
            )
        )
        self._index += 1
        if failure is not None and (self._watching or self._raising):
            in_transaction = self.dialect == "postgresql" and self._transactions.current is not None
            failure.aborts = in_transaction and not self._raising
            if self._raising:  # also where the code handles it inside and rolls back to the savepoint itself
                self.steps[-1] = undone(self.steps[-1], failure)
            raise failure
        return failure is None

    def _read_elsewhere(self, ref: ObjectRef) -> bool:
        """Whether a query may read what is missing: a table of which only queries tell is not put in."""
        return ref.kind == "table" and ref not in self._gone and self.presumed.allows(ref, self.waiting)

    def _told_before(self, opaque: Opaque, place: Place, before: Schema) -> bool:
        """Whether the direction met the same code before, as in a loop, and has told of it."""
        key = (self.revision, self.direction, opaque, place, bool(self._reasons))
        before_too = key in self._opaque and (before.opaque or not opaque.may_change_schema)
        self._opaque.add(key)
        return before_too

    def _applied(self, operation: Operation, place: Place) -> Schema:
        """The state after it; missing objects that may be assumed are assumed, a bounded number of times."""
        for _ in range(64):
            try:
                if self.server_version < NAMED_NOT_NULL:
                    refuse_name_of_not_null(self.schema, operation)
                elif self.schema.publications:
                    refuse_generated_identity(self.schema, operation)
                after = operation.apply(self.schema)
                self._gone = self._gone.union(_lost(self.schema, after))
                return after
            except CannotApply as problem:
                if problem.kind != "missing" or problem.object in self._gone or isinstance(operation, Lookup):
                    raise
                with_it = self.presumed.state(self.schema, problem.object, self.waiting)
                if with_it is None:
                    raise
                self.schema = with_it
                self.assumptions.append(Assumption(problem.object, place, self.revision, self.direction))
        return operation.apply(self.schema)

    def note(self, kind: str, message: str, place: Place) -> None:
        """Records something the engine itself notices."""
        self.notes.append(Note(kind, message, place, self.revision, self.direction))

    @contextmanager
    def branch(self, reason: str, place: Place, *, keep: bool | None) -> Iterator[Attempt]:
        """What runs inside is conditional; see `operations.Database`."""
        saved, start = self.moment(), len(self.steps)
        attempt = Attempt(self, saved)
        self._reasons.append(reason)
        try:
            yield attempt
        finally:
            self._reasons.pop()
            rows = self._rows.agreeing(saved.rows)
            if not (attempt.changed if keep is None else keep):
                self.restore(saved)
                self.steps[start:] = [replace(s, applied=False) for s in self.steps[start:]]
            self._rows = rows

    @contextmanager
    def instead_of(self, attempt: Branch) -> Iterator[None]:
        """The state before that branch, for what runs where the branch does not; afterwards the state is as it was."""
        saved = self.moment()
        if isinstance(attempt, Attempt):
            self.restore(attempt.saved)
        try:
            yield
        finally:
            self.restore(saved)

    def rules_out(self) -> bool:
        """A condition rules something out; whether that is followed nonetheless."""
        self.passed_over += 1
        return self._curious

    @contextmanager
    def ruled_out(self) -> Iterator[None]:
        """What a condition rules out, followed nonetheless; see `operations.Database`."""
        saved, watching, raising, awaits = self.moment(), self._watching, self._raising, self._awaits
        self._curious, self._watching, self._raising, self._awaits = False, [], 0, False
        self.schema = replace(self.schema, opaque=True)
        try:
            yield
        finally:
            self.restore(saved)
            self._curious, self._watching, self._raising, self._awaits = True, watching, raising, awaits

    @contextmanager
    def back_at(self, moment: Moment) -> Iterator[None]:
        """What runs inside begins at an earlier point and leaves no trace; what conditions rule out is followed.

        Nothing is assumed there.
        """
        assumable = self.presumed.assumable
        with self.unrecorded():
            self.restore(moment)
            self._curious, self.presumed.assumable = True, lambda _: False
            try:
                yield
            finally:
                self._curious, self.presumed.assumable = False, assumable

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What runs inside is recorded, and its effect on the state dropped at the end (a downgrade)."""
        saved = self.moment()
        try:
            yield
        finally:
            self.restore(saved)

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """What runs inside leaves no trace."""
        saved, steps, notes, assumptions = self.moment(), len(self.steps), len(self.notes), len(self.assumptions)
        try:
            yield
        finally:
            self.restore(saved)
            del self.steps[steps:], self.notes[notes:], self.assumptions[assumptions:]

    @contextmanager
    def watching(self, place: Place, *, always: bool) -> Iterator[None]:
        """A `try` of the code around statements: failures are recorded and raised."""
        self._watching.append((place, always))
        try:
            yield
        finally:
            self._watching.pop()

    def begin(self) -> None:
        """BEGIN as a statement."""
        self._leave()
        self._transactions.begin()

    def commit(self) -> None:
        """COMMIT as a statement."""
        self._leave()
        self._transactions.commit()

    def _leave(self) -> None:
        """What ends with a transaction: its savepoints and SET LOCAL, not the temporary tables that were seen."""
        self._savepoints = []
        front = (TEMPORARY,) if TEMPORARY in self.search_path else ()
        self.search_path = (*front, *(one for one in self._session_path if one != TEMPORARY))

    def together(self) -> AbstractContextManager[None]:
        """Statements of one string; see `operations.Database`."""
        return self._transactions.together()

    def autocommit(self) -> AbstractContextManager[None]:
        """Alembic's autocommit_block."""
        self._leave()
        return self._transactions.autocommit()

    # helpers ---------------------------------------------------------------------------------------------------
    def _caught(self) -> Place | None:
        """Where the code swallows a failure at this point: outside of transactions also where it may raise it again."""
        if self._raising or not self._watching:
            return None
        place, always = self._watching[-1]
        return place if always or self._transactions.current is None else None


def _version_table(name: Name) -> Table:
    """The table in which Alembic keeps the revisions that a database has."""
    key = PrimaryKey(f"{name.name}_pkc", ("version_num",))
    return Table(name, (Column("version_num", "character varying(32)", not_null=True),), (key,))


def _lost(before: Schema, after: Schema) -> Iterator[ObjectRef]:
    """The tables, types, views and sequences that were there before and are not after."""
    if before.tables is not after.tables:
        yield from (ObjectRef("table", name) for name in before.tables.keys() - after.tables.keys())
    for kind, one, other in (
        ("type", before.types, after.types),
        ("view", before.views, after.views),
        ("sequence", before.sequences, after.sequences),
        ("function", before.functions, after.functions),
    ):
        if one is not other:
            yield from (ObjectRef(kind, None, str(name)) for name in set(one) - set(other))
