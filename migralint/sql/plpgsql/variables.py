"""The variables of a block of PL/pgSQL, and values computed from them."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator
from contextlib import contextmanager

from migralint.operations import Database
from migralint.schema import OtherType, Table
from migralint.schema.types import parse
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.plpgsql.nodes import Declaration
from migralint.sql.queries import UNKNOWN, Caller, Fails, Result, Unknown, evaluate, select
from migralint.sql.queries.casts import cast
from migralint.sql.queries.functions import ITEMS
from migralint.sql.queries.objects import written_name
from migralint.sql.queries.texts import concatenated
from migralint.sql.queries.values import compare
from migralint.sql.rows import literal
from migralint.sql.tokens import PARAMETER, STRING, WORD


class Variables:
    """Variables by lower-case name, in nested scopes; a record is a dict.

    `strict`: a question about an object that is not there fails, since a handler waits for that. Elsewhere its answer
    is unknown: a history that cannot run without the object has it from somewhere else.
    """

    def __init__(self, database: Database, values: ChainMap[str, object], caller: Caller | None = None) -> None:
        self._database = database
        self._values = values
        self._types: ChainMap[str, str] = ChainMap()
        self._labels: tuple[tuple[str, int], ...] = ()
        self.cursors: ChainMap[str, Declaration] = ChainMap()
        self.caller = caller
        self.strict = False

    @contextmanager
    def block(self, label: str = "") -> Iterator[None]:
        """A scope of its own; the label names its variables where an inner one hides them."""
        outer = self._values, self._types, self.cursors, self._labels
        self._values, self._types = self._values.new_child(), self._types.new_child()
        self.cursors = self.cursors.new_child()
        if label:
            self._labels = (*self._labels, (label, len(self._values.maps)))
        try:
            yield
        finally:
            self._values, self._types, self.cursors, self._labels = outer

    def __contains__(self, name: object) -> bool:
        return name in self.visible

    @property
    def visible(self) -> ChainMap[str, object]:
        """The variables, and the labels of the blocks around as records of theirs."""
        if not self._labels:
            return self._values
        maps = self._values.maps
        labels: dict[str, object] = {label: dict(maps[len(maps) - depth]) for label, depth in self._labels}
        return ChainMap(*maps, labels)

    def declare(self, declaration: Declaration) -> None:
        """A variable of this scope with its initial value, or a cursor."""
        kind = self._resolved(declaration.type)
        value = self.value(declaration.value) if declaration.value is not None else self._empty(kind)
        self._types[declaration.name] = kind
        if declaration.query is not None:
            self.cursors[declaration.name] = declaration
        self.set(declaration.name, value, new=True)

    def _resolved(self, kind: str) -> str:
        """The type behind `variable%TYPE` and `table.column%TYPE`."""
        if not kind.endswith("%type"):
            return kind
        written, known = kind.removesuffix("%type"), ""
        if written in self._types:
            return self._types[written]
        owner, _, column = written.rpartition(".")
        table = self._table(owner)
        if table is not None and (found := table.column(column.strip('"'))) is not None:
            known = found.type
        return known

    def _table(self, text: str) -> Table | None:
        written = written_name(text) if text else None
        if written is None:
            return None
        name = names.relation(self._database, written)
        return self._database.ask(name).tables.get(name)

    def _empty(self, kind: str) -> object:
        """What a variable holds before anything is assigned: NULL, and a row of it for a table's type."""
        table = self._table(kind.removesuffix("%rowtype"))
        if table is not None and not table.assumed:
            return {column.name: None for column in table.columns}
        written = written_name(kind)
        name = names.user_type(self._database, written) if written else None
        found = self._database.ask(name).types.get(name) if name else None
        return {attribute: None for attribute, _ in found.attributes} if isinstance(found, OtherType) else None

    def set(self, target: str, value: object, *, new: bool = False) -> None:
        """Sets a variable where it is declared, or a field of a record."""
        name, _, field = target.partition(".")
        for label, depth in self._labels:
            if label == name and name not in self._values:
                self._values.maps[len(self._values.maps) - depth][field] = value
                return
        scope = self._values.maps[0] if new else next((m for m in self._values.maps if name in m), self._values.maps[0])
        if not field:
            scope[name] = self._typed(name, value)
        elif isinstance(record := scope.get(name), dict):
            scope[name] = {**record, field: value}

    def set_element(self, target: str, indexes: list[object], value: object) -> None:
        """`target[i] := value`, within the array or right after its end."""
        array = self._values.get(target)
        index = indexes[0] if len(indexes) == 1 else None
        if array is None:
            array = []
        if isinstance(array, list) and isinstance(index, int) and 1 <= index <= min(len(array) + 1, ITEMS):
            kind = self._types.get(target, "").partition("[")[0]
            self.set(target, [*array[: index - 1], self.cast(value, kind) if kind else value, *array[index:]])
        else:
            self.set(target, UNKNOWN)

    def _typed(self, name: str, value: object) -> object:
        """The value as the type of the variable."""
        kind = self._types.get(name, "")
        if not kind or isinstance(value, (dict, Unknown, list)) or value is None:
            return value  # an array has been made of values of their types
        if isinstance(value, str) and _too_long(value, kind):
            if self.strict:
                raise Fails("string_data_right_truncation")
            return UNKNOWN
        return self.cast(value, kind)

    def cast(self, value: object, kind: str) -> object:
        """The value as a type; with `strict`, raises Fails where the server would report an error."""
        try:
            return cast(value, kind.lower(), self._database)
        except Fails:
            if self.strict:
                raise
            return UNKNOWN

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
            return evaluate(cursor.sql(), self._database, self.visible, self.caller)
        except Fails:
            if self.strict:
                raise
            return UNKNOWN

    def select(self, query: str) -> Result | None:
        """The rows of a query with their certainty, None where it cannot be answered."""
        try:
            visible = self.visible
            return select(query, self._database, visible, visible, self.caller)
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
                if not known or isinstance(value, float):
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


def _too_long(value: str, kind: str) -> bool:
    """Whether a text does not fit into a type with a length: an assignment cuts nothing but blanks."""
    parsed = parse(kind)
    limited = parsed.base in ("character varying", "character") and not parsed.dimensions
    modifier = parsed.modifiers[0] if limited and parsed.modifiers else ""
    return modifier.isdigit() and len(value.rstrip(" ")) > int(modifier)
