"""Statements of a script, executed on the database on paper one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from migralint.operations import Database, Insert, Opaque, Operation, Place
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.session import set_search_path
from migralint.sql.splitter import Statement, split
from migralint.sql.statements import creates_by_select, may_change_schema, read
from migralint.sql.tokens import WORD

Locate = Callable[[int, int], Place]

_SHOWN = 80


class Runner:
    """Executes the statements of one text. `place` maps offsets in it to places."""

    def __init__(self, text: str, database: Database, place: Locate) -> None:
        self.text = text
        self.database = database
        self.place = place

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
                self.database.execute(_head(cursor, self.database), place)
            except Unreadable as problem:
                self.opaque(cursor, problem, place, statement.text[:1000])

    def run(self, cursor: Cursor, place: Place) -> None:
        """The statement under the cursor; what is not understood becomes `Opaque`."""
        start = cursor.copy()
        try:
            self._run(cursor, place)
        except Unreadable as problem:
            self.opaque(start, problem, place, start.source())

    def opaque(self, cursor: Cursor, problem: Unreadable, place: Place, sql: str) -> None:
        """Records a statement that could not be read."""
        token = cursor.peek()
        word = token.value if token is not None and token.kind == WORD else ""
        shown = " ".join(sql.split())
        reason = f"{problem.reason} in: {shown[:_SHOWN]}{'...' if len(shown) > _SHOWN else ''}"
        self.database.execute(Opaque(reason, may_change_schema(word)), place, sql=sql)

    def _run(self, cursor: Cursor, place: Place) -> None:
        token = cursor.peek()
        word = token.value if token is not None and token.kind == WORD else ""
        if word in ("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"):
            self._transaction(cursor, word)
        elif word in ("set", "reset"):
            set_search_path(cursor, self.database)
        elif word == "do":
            self._do(cursor, place)
        elif word in ("select", "with", "call", "values"):
            self._query(cursor, place)
        else:
            self._operations(cursor, place)

    def _operations(self, cursor: Cursor, place: Place) -> None:
        whole = cursor.copy()
        head: str | None = None
        for operation, part in read(cursor, self.database):
            sql = part.source()
            if part.index != whole.index:
                if head is None:
                    head = self.text[whole.offset : part.offset]
                sql = head + sql
            self.database.execute(operation, place, sql=sql)

    def _transaction(self, cursor: Cursor, word: str) -> None:
        if word in ("begin", "start"):
            self.database.begin()
        elif word == "rollback" and cursor.has("to"):
            raise Unreadable("what ROLLBACK TO undoes is not followed")
        elif word not in ("savepoint", "release"):
            self.database.commit()

    def _query(self, cursor: Cursor, place: Place) -> None:
        set_search_path(cursor.copy(), self.database) if cursor.sees("select") else None
        table = creates_by_select(cursor.copy(), self.database)
        if table is not None:
            self.database.execute(table, place, sql=cursor.source())
        else:
            self._operations(cursor, place)

    def _do(self, cursor: Cursor, place: Place) -> None:
        raise Unreadable("a DO block")


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


def _head(cursor: Cursor, database: Database) -> Operation:
    """An INSERT that is too long to be read to its end."""
    if not cursor.accept("insert", "into"):
        raise Unreadable("it is too long")
    table = names.relation(database, cursor.name())
    columns: tuple[str, ...] = ()
    if cursor.sees("("):
        columns = tuple(item.identifier() for item in cursor.group().items())
    return Insert(table, columns)


def run(text: str, database: Database, place: Locate, *, psql: bool = False) -> None:
    """Executes every statement of `text` on the database on paper, in order, DO blocks included.

    `place(start, end)` maps character offsets in `text` to a Place. `psql` for files written for psql or by pg_dump:
    lines that begin with a backslash are commands of psql, COPY data follows its statement. What cannot be read
    becomes an `Opaque` operation with its reason; nothing is raised for bad input (CannotApply of `execute` passes
    through where the caller has opened a subtransaction).
    """
    Runner(text, database, place).script(split(text, database.dialect, psql=psql))
