"""Statements of SQL inside PL/pgSQL: EXECUTE, PERFORM, INTO, cursors, and what GET DIAGNOSTICS tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from migralint.operations import Delete, Insert, Operation, Update
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.plpgsql.conditions import Raised, message_of, state_of
from migralint.sql.plpgsql.flow import short
from migralint.sql.plpgsql.machine import Machine
from migralint.sql.plpgsql.nodes import Declaration, Diagnostics, Execute, Fetch, Node, Open, Perform, Return, Sql
from migralint.sql.queries import Result
from migralint.sql.queries.functions import ITEMS
from migralint.sql.queries.values import UNKNOWN, Unknown

_QUESTIONS = ("select", "with", "values", "table", "show")
_CHANGES = ("insert", "update", "delete", "merge", "with")
ROW_COUNT, RETURNED = " row count", " returned"
"""Variables that no block can name: what GET DIAGNOSTICS gives, and the rows that the function returned so far."""
_NO_ROW = Raised("no_data_found", "query returned no rows")
_ROWS = Raised("too_many_rows", "query returned more than one row")


class SqlStatements(Machine):
    """Follows statements of SQL."""

    @contextmanager
    def _using(self, values: list[Cursor]) -> Iterator[None]:
        """USING: the values are $1 and so on."""
        found = [self._value(value) for value in values]
        with self._variables.block():
            for number, value in enumerate(found, 1):
                self._variables.set(f"${number}", value, new=True)
            yield

    def _execute(self, node: Execute) -> None:
        text = self._value(node.text)
        if text is None:
            raise Raised("null_value_not_allowed", "query string argument of EXECUTE is null")
        if not isinstance(text, str):
            prefix = text.prefix if isinstance(text, Unknown) else ""
            problem = Unreadable("EXECUTE of text that is not known")
            self._runner.not_known(prefix, short(node.text), problem, self._place(node))
            for target in node.targets:
                self._variables.set(target, UNKNOWN)
            return
        with self._using(node.using):
            if node.targets and _asks(text):
                result = self._variables.select(text)
            else:
                self._runner.nested(text, self._place(node), self._variables.visible).text_script()
                result = None
        if node.targets:
            self._into(node.targets, result, node.strict)
        else:
            self._count(UNKNOWN)

    def _into(self, targets: list[str], result: Result | None, strict: bool) -> None:
        """The first row of a query goes to variables."""
        if result is None or not result.known:
            found = UNKNOWN if result is None else result.exists()
            self._variables.assign(targets, UNKNOWN)
            self._count(UNKNOWN)
        else:
            if strict and len(result.rows) != 1:
                raise _NO_ROW if not result.rows else _ROWS
            row = result.rows[0].values if result.rows else dict.fromkeys(result.columns)
            self._variables.assign(targets, dict(row))
            found = bool(result.rows)
            self._count(len(result.rows[:1]))
        self._variables.set("found", found)

    def _perform(self, node: Perform) -> None:
        """PERFORM or CALL."""
        if node.query.sees("call"):
            self._runner.calls(node.query, self._place(node), self._variables, certain=True)
            return
        query = f"SELECT {node.query.sql()}"
        result = self._asked(query, node.query, node)
        self._count(len(result.rows) if result is not None and result.known else UNKNOWN)
        self._variables.set("found", result.exists() if result is not None else UNKNOWN)

    def _asked(self, query: str, written: Cursor, node: Node) -> Result | None:
        """The rows of a query; functions of the history that it calls without its rows being known are followed."""
        before = self._runner.state.calls
        result = self._variables.select(query)
        if (result is None or not result.known) and self._runner.state.calls == before:
            self._runner.calls(written, self._place(node), self._variables, certain=False)
        return result

    def _sql(self, node: Sql) -> None:
        statement = node.statement
        if node.targets and statement.sees_any("select", "with", "values", "table"):
            self._into(node.targets, self._asked(statement.sql(), statement, node), node.strict)
            return
        if statement.sees_any("select", "values", "table"):
            raise Raised("syntax_error", "query has no destination for result data")
        changes = statement.sees_any(*_CHANGES)
        known = self._known_rows(statement) if changes else None
        tried = self._runner.state.tried
        self._runner.run(statement.copy(), self._place(node))
        if not changes:
            return
        operation = self._runner.state.tried
        count = _affected(operation, known) if operation is not tried else UNKNOWN
        self._count(count)
        self._variables.set("found", count > 0 if isinstance(count, int) else UNKNOWN)
        if node.targets:
            row = _returned(operation, statement.copy()) if count == 1 else UNKNOWN
            self._variables.assign(node.targets, None if count == 0 else row)

    def _known_rows(self, statement: Cursor) -> tuple[dict[str, object], ...] | None:
        """The rows of the table that UPDATE or DELETE works on, where they are known."""
        cursor = statement.copy()
        verb = cursor.take().value
        if verb not in ("update", "delete"):
            return None
        cursor.accept("from")
        cursor.accept("only")
        return self._database.rows(self._runner.relation(cursor.name()))

    def _count(self, rows: object) -> None:
        self._variables.set(ROW_COUNT, rows)

    def _all_rows(self, query: str) -> list[object] | None:
        """All rows of a query, or None where they are not known."""
        result = self._variables.select(query)
        return [dict(row.values) for row in result.rows] if result is not None and result.known else None

    # cursors -------------------------------------------------------------------------------------------------------
    def _cursor_rows(self, declaration: Declaration, arguments: list[Cursor]) -> list[object] | None:
        assert declaration.query is not None
        values = [self._value(argument) for argument in arguments]
        with self._variables.block():
            for name, value in zip(declaration.arguments, values, strict=False):
                self._variables.set(name, value, new=True)
            return self._all_rows(declaration.query.sql())

    def _open(self, node: Open) -> None:
        declaration = self._variables.cursors.get(node.name)
        if node.query is None:
            bound = declaration is not None and declaration.query is not None
            rows = self._cursor_rows(declaration, node.arguments) if declaration and bound else None
        else:
            text = self._value(node.query) if node.dynamic else node.query.sql()
            with self._using(node.using):
                rows = self._all_rows(text) if isinstance(text, str) else None
        self._variables.set(_rows_of(node.name), rows)

    def _fetch(self, node: Fetch) -> None:
        rows = self._variables.visible.get(_rows_of(node.name))
        if not isinstance(rows, list) or not node.forward:
            self._variables.set(_rows_of(node.name), None)
            self._variables.assign(node.targets, UNKNOWN)
            self._variables.set("found", UNKNOWN)
            return
        self._variables.set(_rows_of(node.name), rows[1:])
        self._variables.assign(node.targets, rows[0] if rows else None)
        self._variables.set("found", bool(rows))

    # the rest ------------------------------------------------------------------------------------------------------
    def _diagnostics(self, node: Diagnostics) -> None:
        for target, item in node.items:
            value: object = UNKNOWN
            if item == "row_count" and not node.stacked:
                value = self._variables.visible.get(ROW_COUNT, UNKNOWN)
            elif node.stacked and self._handling is not None:
                if item == "returned_sqlstate":
                    value = state_of(self._condition(self._handling))
                elif item == "message_text":
                    value = message_of(self._handling)
            self._variables.set(target, value)

    def _return_rows(self, node: Return) -> None:
        """RETURN NEXT and RETURN QUERY."""
        found: list[object] | None = None
        if node.kind == "next":
            found = [self._value(node.value) if node.value is not None else self._outputs()]
        elif node.value is not None:
            text = self._value(node.value) if node.kind == "execute" else node.value.sql()
            with self._using(node.using):
                found = self._all_rows(text) if isinstance(text, str) else None
        before = self._variables.visible.get(RETURNED)
        returned: object = UNKNOWN
        if isinstance(before, list) and found is not None and len(before) + len(found) <= ITEMS:
            returned = [*before, *found]
        self._variables.set(RETURNED, returned)

    def _outputs(self) -> object:
        """The OUT arguments as a row."""
        return {name: self._variables.visible.get(name) for name in self._output_names}


def _rows_of(cursor: str) -> str:
    """The variable that holds the rows which a cursor still has."""
    return f" rows of {cursor}"


def _asks(text: str) -> bool:
    first = text.split(None, 1)[:1]
    return bool(first) and first[0].lower().lstrip("(") in _QUESTIONS


def _affected(operation: Operation | None, before: tuple[dict[str, object], ...] | None) -> object:
    """How many rows a statement changed."""
    match operation:
        case Insert(rows=rows) if rows is not None:
            return len(rows)
        case Update() | Delete() if before is not None and (not before or not operation.where):
            return len(before)
        case Delete(rows=left) if before is not None and left is not None:
            return len(before) - len(left)
    return UNKNOWN


def _returned(operation: Operation | None, statement: Cursor) -> object:
    """What RETURNING gives of the only row that was inserted."""
    if not isinstance(operation, Insert) or operation.rows is None or not statement.find("returning"):
        return UNKNOWN
    statement.take()
    row = dict(operation.rows[0])
    found: dict[str, object] = {}
    for item in statement.items():
        name = item.parts()[-1] if not item.sees("*") else ""
        if not name or not item.done:
            return UNKNOWN
        found[name] = row.get(name, UNKNOWN)
    return found
