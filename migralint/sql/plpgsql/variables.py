"""The variables of a block of PL/pgSQL, and values computed from them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from contextlib import contextmanager

from migralint.operations import Database
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.plpgsql.nodes import Declaration
from migralint.sql.queries import UNKNOWN, Fails, Result, Unknown, evaluate, select
from migralint.sql.queries.functions import concatenated
from migralint.sql.queries.values import array_of, compare
from migralint.sql.rows import literal
from migralint.sql.tokens import PARAMETER, STRING, WORD


class Variables:
    """Variables by lower-case name, in nested scopes; a record is a dict.

    `strict`: a question about an object that is not there fails, since a handler waits for that. Elsewhere its answer
    is unknown: a history that cannot run without the object has it from somewhere else.
    """

    def __init__(self, database: Database, values: ChainMap[str, object]) -> None:
        self._database = database
        self._values = values
        self._types: ChainMap[str, str] = ChainMap()
        self.strict = False

    @contextmanager
    def block(self) -> Iterator[None]:
        """A scope of its own."""
        outer, types = self._values, self._types
        self._values, self._types = outer.new_child(), types.new_child()
        try:
            yield
        finally:
            self._values, self._types = outer, types

    def declare(self, declaration: Declaration) -> None:
        """A variable of this scope with its initial value."""
        value = self.value(declaration.value) if declaration.value is not None else None
        if declaration.type.endswith("]") and isinstance(value, str):
            value = array_of(value)
        self.set(declaration.name, value, new=True)
        self._types[declaration.name] = declaration.type

    def set(self, target: str, value: object, *, new: bool = False) -> None:
        """Sets a variable where it is declared, or a field of a record."""
        name, _, field = target.partition(".")
        scope = self._values.maps[0] if new else next((m for m in self._values.maps if name in m), self._values.maps[0])
        if not field:
            scope[name] = value
        elif isinstance(record := scope.get(name), dict):
            scope[name] = {**record, field: value}

    def assign(self, targets: list[str], row: object) -> None:
        """A row to its targets: to one record as a whole, else column by column."""
        if isinstance(row, dict):
            columns = list(row.values())
            if len(targets) == 1 and (len(columns) != 1 or self._is_record(targets[0])):
                self.set(targets[0], row)
                return
            for number, target in enumerate(targets):
                self.set(target, columns[number] if number < len(columns) else None)
            return
        for target in targets:
            self.set(target, row)

    def _is_record(self, target: str) -> bool:
        kind = self._types.get(target, "record")
        return kind == "record" or kind.endswith("%rowtype")

    def state(self) -> list[dict[str, object]]:
        """The values of all scopes now."""
        return [dict(scope) for scope in self._values.maps]

    def restore(self, state: list[dict[str, object]]) -> None:
        """The values of an earlier state of the same scopes."""
        for scope, values in zip(self._values.maps, state, strict=True):
            scope.clear()
            scope.update(values)

    def join(self, states: list[list[dict[str, object]]]) -> None:
        """The values where it is not known which of several states it is: UNKNOWN where they differ."""
        for number, scope in enumerate(self._values.maps):
            found = [state[number] for state in states]
            for name in {name for values in found for name in values}:
                value = found[0].get(name, UNKNOWN)
                same = all(type(v.get(name)) is type(value) and v.get(name) == value for v in found)
                scope[name] = value if same else UNKNOWN

    # values --------------------------------------------------------------------------------------------------------
    def value(self, cursor: Cursor) -> object:
        """The value of an expression; with `strict`, raises Fails where the server would report an error."""
        found = self._simple(cursor)
        if found is not None:
            return found[0]
        try:
            return evaluate(cursor.sql(), self._database, self._values)
        except Fails:
            if self.strict:
                raise
            return UNKNOWN

    def _select(self, query: str) -> Result | None:
        try:
            return select(query, self._database, self._values, self._values)
        except Unreadable:
            return None
        except Fails:
            if self.strict:
                raise
            return None

    def _simple(self, cursor: Cursor) -> tuple[object] | None:
        """A literal, a variable, or such things joined by `||`."""
        parts: list[object] = []
        probe = cursor.copy()
        while True:
            token = probe.peek()
            if token is None:
                return None
            if token.kind == STRING and probe.index + 1 == probe.end and not parts:
                return (token.value,)
            item = probe.until("||")
            if item.end != item.index + 1:
                return None
            if token.kind in (WORD, PARAMETER) and token.value in self._values:
                parts.append(self._values[token.value])
            else:
                known, value = literal(item)
                if not known:
                    return None
                parts.append(value)
            if probe.done:
                break
            probe.take()
        if len(parts) == 1:
            return (parts[0],)
        if any(not isinstance(part, (str, int, Unknown)) or isinstance(part, bool) for part in parts):
            return None
        return (concatenated(parts),)

    @staticmethod
    def equal(left: object, right: object) -> object:
        """`left = right`."""
        return compare("=", left, right)

    def rows(self, query: str) -> list[object] | None:
        """All rows of a query, or None where they are not known."""
        result = self._select(query)
        return [dict(row.values) for row in result.rows] if result is not None and result.known else None

    def first(self, query: str) -> tuple[object, object]:
        """The first row of a query and whether there is one: None and False without rows."""
        result = self._select(query)
        if result is None:
            return UNKNOWN, UNKNOWN
        if result.known:
            return (dict(result.rows[0].values), True) if result.rows else (None, False)
        return UNKNOWN, result.exists()

    def exists(self, query: str) -> object:
        """Whether a query has rows."""
        result = self._select(query)
        return result.exists() if result is not None else UNKNOWN
