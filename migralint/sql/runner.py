"""Statements of a script, executed on the database on paper one after the other."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

from migralint.operations import Database, Insert, Opaque, Operation, Place
from migralint.operations.data import Lookup
from migralint.schema import Name
from migralint.schema.names import is_cut, told_cut
from migralint.sql import blocks, names, postgis
from migralint.sql.cursor import Cursor, Written
from migralint.sql.errors import SHOWN, Unreadable
from migralint.sql.holes import check_holes, not_known
from migralint.sql.lookups import kind_of, missing_type, queries_in
from migralint.sql.rows import UNBOUND, Bound
from migralint.sql.session import set_search_path
from migralint.sql.splitter import Statement, split
from migralint.sql.statements import creates_by_select, may_change_schema, read
from migralint.sql.tokens import HOLE, QUOTED, WORD

if TYPE_CHECKING:
    from migralint.sql.plpgsql.variables import Variables
    from migralint.sql.queries.context import Budget, Caller

Locate = Callable[[int, int], Place]

_STEPS = 20_000


class State:
    """What the runners of one script share: bounds, and the operation tried last."""

    def __init__(self, hole: str = "", bound: Bound = UNBOUND) -> None:
        self.hole = hole
        self.bound = bound
        self.steps = 0
        self.depth = 0
        self.executed = 0
        self.calls = 0
        self.exhausted = False
        self.guarded = False
        self.budget: Budget | None = None
        self.tried: Operation | None = None
        self.tried_at: tuple[Place, str | None] | None = None

    def step(self) -> None:
        """Counts one statement."""
        self.steps += 1
        if self.steps > _STEPS:
            raise Unreadable("too many steps")


class Runner:
    """Executes the statements of one text. `place` maps offsets in it to places, `names` are variables that it sees."""

    def __init__(self, text: str, database: Database, place: Locate, state: State | None = None) -> None:
        self.text = text
        self.database = database
        self.place = place
        self.state = state or State()
        self.parameters: dict[str, object] = {}
        self.names: Container[str] = ()

    def nested(self, text: str, place: Place, parameters: ChainMap[str, object] | None = None) -> Runner:
        """A runner for a text made at run time; all of it stands at `place`, `parameters` are those of USING."""
        inner = self.over(text, lambda _start, _end: place)
        inner.parameters = {k: v for k, v in parameters.items() if k[:1] == "$"} if parameters is not None else {}
        return inner

    def over(self, text: str, place: Locate) -> Runner:
        """A runner for a text within this one."""
        return Runner(text, self.database, place, self.state)

    def text_script(self) -> None:
        """All statements of the text."""
        self.script(split(self.text, self.database.dialect, psql=False))

    def execute(self, operation: Operation, place: Place, sql: str | None) -> bool:
        """Applies and records one operation; whether the server takes it."""
        self.state.tried, self.state.tried_at = operation, (place, sql)
        self.state.executed += 1
        return self.database.execute(operation, place, sql=sql and sql.replace(HOLE, "..."))

    def script(self, statements: Sequence[Statement]) -> None:
        """All statements; those between BEGIN and ROLLBACK are judged and undone."""
        at = 0
        while at < len(statements):
            end = _rollback_after(statements, at)
            if end is None:
                self.statement(statements[at])
            else:
                place = self.place(statements[at].start, statements[end].end)
                self.database.begin()
                with self.database.branch("it is rolled back", place, keep=False):
                    for inner in statements[at + 1 : end]:
                        self.statement(inner)
                self.database.commit()
                at = end
            at += 1

    def statement(self, statement: Statement) -> None:
        """One statement of the script."""
        place = self.place(statement.start, statement.end)
        cursor = Cursor(self.text, statement.tokens)
        if statement.problem is not None:
            self.opaque(cursor, Unreadable(statement.problem), place, statement.text)
        elif statement.complete:
            self.run(cursor, place)
        else:
            try:
                check_holes(cursor, self.state.hole)
                self.execute(_head(cursor, self.database), place, None)
            except Unreadable as problem:
                self.opaque(cursor, problem, place, statement.text[:1000])

    def run(self, cursor: Cursor, place: Place) -> None:
        """The statement under the cursor; what is not understood becomes `Opaque`."""
        start = cursor.copy()
        if draws := _draws(cursor):
            self.database.forget_numbers()
        try:
            self.state.step()
            check_holes(cursor, self.state.hole)
            self._tell_unknown_default(cursor, place)
            self._run(cursor, place)
            if draws:
                self.database.forget_numbers()
        except Unreadable as problem:
            self.opaque(start, problem, place, start.source())
        except RecursionError:
            self.opaque(start, Unreadable("nested too deeply"), place, start.source())

    def opaque(self, cursor: Cursor, problem: Unreadable, place: Place, sql: str) -> None:
        """Records a statement that could not be read."""
        beginning = cursor.sql()[:100]
        if HOLE in sql:
            problem = not_known(self.state.hole)
            if cursor.sees_any("select", "with"):  # what it calls, or makes, is not known
                beginning = ""
        self.not_known(beginning, sql, problem, place)

    def not_known(self, beginning: str, shown: str, problem: Unreadable, place: Place) -> None:
        """Records what could not be read; `beginning` is how its SQL begins, as far as that is known."""
        shown = " ".join(shown.replace(HOLE, "...").split())
        reason = f"{problem.reason}: {shown[:SHOWN]}{'...' if len(shown) > SHOWN else ''}"
        self.execute(Opaque(reason, may_change_schema(beginning)), place, shown)

    def _run(self, cursor: Cursor, place: Place) -> None:
        token = cursor.peek()
        word = token.value if token is not None and token.kind == WORD else ""
        if word in ("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"):
            self._transaction(cursor, word)
        elif word in ("set", "reset"):
            set_search_path(cursor, self.database, self._parameters())
        elif word == "do":
            blocks.follow(self, cursor, place)
        elif word in ("select", "with", "call", "values"):
            self._query(cursor, place)
        else:
            self._operations(cursor, place)

    def _parameters(self) -> Mapping[str, object]:
        """The values of parameters, where the text is executed once."""
        return self.parameters or (self.state.bound[0] if len(self.state.bound) == 1 else {})

    def _operations(self, cursor: Cursor, place: Place) -> None:
        whole = cursor.copy()
        self._tell_cut_names(whole, place)
        if self._refused(whole, place):
            return
        head: str | None = None
        for operation, part in read(cursor, self.database, (self.parameters,) if self.parameters else self.state.bound):
            sql = part.source()
            if part.index != whole.index:
                if head is None:
                    head = self.text[whole.offset : part.offset if part.head is None else part.head]
                sql = head + sql
            if self.database.waiting and (lacking := missing_type(operation, self.database)) is not None:
                operation = Lookup(operation.operation, lacking)
            self.execute(operation, place, sql)

    def _tell_cut_names(self, cursor: Cursor, place: Place) -> None:
        """Names that PostgreSQL stores shorter than a CREATE or ALTER gives them."""
        if self.database.dialect == "postgresql" and cursor.sees_any("create", "alter"):
            tokens = cursor.tokens[cursor.index : cursor.end]
            for name in {t.value: None for t in tokens if t.kind in (WORD, QUOTED) and is_cut(t.value)}:
                self.database.note("MG341", told_cut(name), place)

    def _tell_unknown_default(self, cursor: Cursor, place: Place) -> None:
        """A default of which a piece is not known is left out of its column."""
        if HOLE in cursor.source() and (cursor.sees("alter", "table") or cursor.sees("create", "table")):
            self.database.note("MG002", f"the default of a column is not known: {self.state.hole}", place)

    def _transaction(self, cursor: Cursor, word: str) -> None:
        if word in ("begin", "start"):
            self.database.begin()
        elif word == "rollback" and cursor.has("to"):
            cursor.until("to")
            if not self.database.roll_back_to(_savepoint(cursor)):
                raise Unreadable("what ROLLBACK TO undoes is not followed")
        elif word == "savepoint":
            self.database.savepoint(_savepoint(cursor))
        elif word == "release":
            self.database.release(_savepoint(cursor))
        else:
            self.database.commit()

    def _query(self, cursor: Cursor, place: Place) -> None:
        if cursor.sees("select"):
            set_search_path(cursor.copy(), self.database, self._parameters())
        table = creates_by_select(cursor.copy(), self.database)
        if table is not None:
            self.execute(table, place, cursor.source())
            return
        if (made := postgis.called(cursor.copy(), self.database)) is not None:
            self.execute(made, place, cursor.source())
        elif not self._followed(cursor, place):
            self._operations(cursor, place)

    def _refused(self, cursor: Cursor, place: Place) -> bool:
        """Whether the server refuses a statement since its queries name what is not there; it is recorded then."""
        from migralint.sql.queries import refused

        lacking = (refused(query, self.database, self.names) for query in queries_in(cursor))
        return any(
            ref is not None and not self.execute(Lookup(kind_of(cursor), ref), place, cursor.source())
            for ref in lacking
        )

    def _followed(self, cursor: Cursor, place: Place) -> bool:
        """Follows the functions of the history that a query calls, once for each of its rows."""
        from migralint.sql.functions import calls_what_changes

        if not calls_what_changes(cursor, self.database):
            return False
        from migralint.sql.plpgsql.variables import Variables

        variables = Variables(self.database, ChainMap(dict(self._parameters())), self.caller(place))

        def body() -> None:
            before = self.state.calls
            procedure = cursor.sees("call")
            result = None if procedure else variables.select(cursor.sql())
            if (result is None or not result.known) and self.state.calls == before:
                self.calls(cursor, place, variables, certain=procedure)

        blocks.guarded(self, body, place)
        return True

    def caller(self, place: Place) -> Caller:
        """What follows the functions of the history that a query at this place calls."""
        from migralint.sql.functions import called
        from migralint.sql.queries.context import Budget, Caller

        if self.state.budget is None:
            self.state.budget = Budget()
        return Caller(lambda overloads, arguments: called(self, overloads, arguments, place), self.state.budget)

    def calls(self, cursor: Cursor, place: Place, variables: Variables, *, certain: bool) -> None:
        """Follows the functions that a statement calls, in order; not `certain`: it is not known how often."""
        from migralint.sql.functions import follow_mentioned

        follow_mentioned(self, cursor, place, variables, certain)

    def relation(self, written: Written) -> Name:
        """The relation that a name means."""
        return names.relation(self.database, written)


def _savepoint(cursor: Cursor) -> str:
    """The name after SAVEPOINT, RELEASE [SAVEPOINT] or ROLLBACK TO [SAVEPOINT]."""
    cursor.accept_any("savepoint", "release", "to")
    cursor.accept("savepoint")
    return cursor.identifier()


def _rollback_after(statements: Sequence[Statement], at: int) -> int | None:
    """The index of the ROLLBACK that ends the transaction which begins here, or None."""
    if not _is(statements[at], "begin") and not _is(statements[at], "start"):
        return None
    for end in range(at + 1, len(statements)):
        if _is(statements[end], "commit") or _is(statements[end], "end"):
            return None
        if _is(statements[end], "rollback") or _is(statements[end], "abort"):
            return None if any(token.value == "to" for token in statements[end].tokens) else end
    return None


def _is(statement: Statement, word: str) -> bool:
    return bool(statement.tokens) and statement.tokens[0].kind == WORD and statement.tokens[0].value == word


def _draws(cursor: Cursor) -> bool:
    """Whether a statement, or a string in it that is code, takes a number from a sequence or sets one."""
    if cursor.sees_any("create", "alter"):
        return False
    return any(
        "nextval" in token.value or "setval" in token.value for token in cursor.tokens[cursor.index : cursor.end]
    )


def _head(cursor: Cursor, database: Database) -> Operation:
    """An INSERT that is too long to be read to its end."""
    if not cursor.accept("insert", "into"):
        raise Unreadable("it is too long")
    table = names.relation(database, cursor.name())
    columns: tuple[str, ...] = ()
    if cursor.sees("("):
        columns = tuple(item.identifier() for item in cursor.group().items())
    return Insert(table, columns)


def run(
    text: str, database: Database, place: Locate, *, psql: bool = False, hole: str = "", bound: Bound = UNBOUND
) -> None:
    """Executes every statement of `text` on the database on paper, in order, DO blocks included.

    `place(start, end)` maps character offsets in `text` to a Place. `psql` for files written for psql or by pg_dump:
    lines that begin with a backslash are commands of psql, COPY data follows its statement. `hole` is why the pieces
    are not known for which a `tokens.HOLE` stands, `bound` are the values of parameters by name, for each time that the
    text is executed, empty where that is not known. What cannot be read becomes an `Opaque` operation with its reason;
    nothing is raised for bad input (CannotApply of `execute` passes through where the caller has opened a
    subtransaction).
    """
    text = text.encode("utf-8", "replace").decode()  # lone surrogates, which Python strings may hold, become "?"
    statements = split(text, database.dialect, psql=psql)
    with database.together() if len(statements) > 1 and not psql else nullcontext():
        Runner(text, database, place, State(hole, bound)).script(statements)
