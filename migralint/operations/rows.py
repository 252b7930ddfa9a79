"""What is known of the rows in tables that the history itself made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from migralint.operations.alter_column import AlterColumn
from migralint.operations.base import Operation
from migralint.operations.columns import AddColumn, DropColumn
from migralint.operations.data import Copy, Delete, Insert, Merge, Opaque, Truncate, Update
from migralint.operations.numbers import Numbers
from migralint.operations.programs import AlterSequence
from migralint.operations.tables import CreateTable, DropTable, RenameTable
from migralint.schema import Column, ForeignKey, Name, Schema, Table

LIMIT = 1000
"""Rows kept for one table; a longer one counts as unknown."""

_TEXT = ("text", "character varying", "character", "citext")


class Unsure(Enum):
    """A value that the database chose, or that could not be followed."""

    UNSURE = "unsure"


Row = dict[str, object]


@dataclass(frozen=True)
class Rows:
    """Immutable map from table to its rows; a table that is not in it has unknown rows.

    Triggers are taken to leave rows alone. A row has a value for each column; where that is not known it is
    `Unsure.UNSURE`, or something else that is no plain value. `numbers` are what serial and identity columns give next.
    """

    known: dict[Name, tuple[Row, ...]] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)

    def of(self, table: Name) -> tuple[Row, ...] | None:
        """The rows, or None where they are not known."""
        return self.known.get(table)

    def after(self, operation: Operation, before: Schema) -> Rows:
        """What is known after the operation; `before` is the schema before it."""
        name = operation.table_name
        if isinstance(operation, Opaque) and not operation.has_database:
            return self
        if isinstance(operation, Opaque):  # what was not read may write anywhere
            return self._without(name) if name is not None else Rows()
        if name is None:
            return self if not isinstance(operation, AlterSequence) else self.uncounted()
        table = before.tables.get(name)
        match operation:
            case CreateTable(temporary=True, if_not_exists=True):
                return self._without(name)
            case CreateTable() if name not in self.known or operation.temporary:
                return replace(self._with(name, ()), numbers=self.numbers.fresh(name))
        rows = self.known.get(name)
        if isinstance(operation, Insert | Merge | Copy):
            return self._inserted(operation, name, table, before)
        if rows is None:
            return self
        return replace(self, numbers=self.numbers.after(operation, name, bool(rows)))._changed(
            operation, name, rows, before
        )

    def _changed(self, operation: Operation, name: Name, rows: tuple[Row, ...], before: Schema) -> Rows:
        """After what is no INSERT, for a table whose rows are known."""
        match operation:
            case DropTable():
                return self._without(name)
            case RenameTable():
                return replace(
                    self._without(name)._with(operation.new, rows), numbers=self.numbers.renamed(name, operation.new)
                )
            case Truncate():
                numbers = self.numbers.fresh(name) if operation.restart else self.numbers
                return replace(self._with(name, ()), numbers=numbers)._referring(before, name)
            case Update() | Delete() if rows == ():
                return self
            case Update() | Delete():
                left = operation.rows
                changed = self._without(name) if left is None else self._with(name, tuple(dict(row) for row in left))
                return changed if left is not None and len(left) == len(rows) else changed._referring(before, name)
            case AddColumn():
                value = _absent(operation.column)
                return self._with(name, tuple({operation.column.name: value, **row} for row in rows))
            case DropColumn():
                return self._with(name, tuple({k: v for k, v in row.items() if k != operation.name} for row in rows))
            case AlterColumn():
                return self._with(name, tuple(_altered(row, operation, before.tables.get(name)) for row in rows))
        return self

    def _inserted(self, operation: Insert | Merge | Copy, name: Name, table: Table | None, before: Schema) -> Rows:
        added = operation.rows if isinstance(operation, Insert) else None
        rows, new, numbers = self.known.get(name), [dict(row) for row in added or ()], self.numbers
        if table is not None:
            in_order = isinstance(operation, Insert) and added is not None and operation.in_order
            new, numbers = numbers.drawn(new, table, before, in_order)
        left = replace(self, numbers=numbers)
        if rows is None or added is None or len(new) + len(rows) > LIMIT:
            return left._without(name)
        return left._with(name, (*rows, *(complete(row, table) for row in new)))

    def agreeing(self, other: Rows) -> Rows:
        """What both know alike: what is known where one of them holds."""
        if self is other:
            return self
        known = {name: rows for name, rows in self.known.items() if other.known.get(name) is rows}
        return Rows(known, self.numbers.agreeing(other.numbers))

    def uncounted(self) -> Rows:
        """The same where it is not known what sequences give next."""
        return replace(self, numbers=Numbers())

    def _referring(self, before: Schema, name: Name) -> Rows:
        """Without the tables whose rows may go, or change, with those of a table that their foreign keys reference."""
        left = self
        for table in before.tables.values():
            if table.name in left.known and any(
                isinstance(key, ForeignKey) and key.references == name for key in table.constraints
            ):
                left = left._without(table.name)
        return left

    def _with(self, table: Name, rows: tuple[Row, ...]) -> Rows:
        return Rows({**self.known, table: rows}, self.numbers)

    def _without(self, table: Name) -> Rows:
        return Rows({n: r for n, r in self.known.items() if n != table}, self.numbers.without(table))


def _absent(column: Column) -> object:
    """What a row gets that says nothing of the column."""
    if column.default is None and not column.identity and not column.generated:
        return None
    return Unsure.UNSURE


def complete(row: Row, table: Table | None) -> Row:
    """The row with a value for each column of its table."""
    return {**{column.name: _absent(column) for column in table.columns}, **row} if table is not None else row


def _altered(row: Row, operation: AlterColumn, table: Table | None) -> Row:
    column = table.column(operation.name) if table is not None else None
    if operation.name not in row or column is None:
        return row
    value = row[operation.name]
    new = operation.type
    if isinstance(new, str) and new != column.type and not (new.startswith(_TEXT) and column.type.startswith(_TEXT)):
        value = Unsure.UNSURE
    if operation.using is not None:
        value = Unsure.UNSURE
    name = operation.new_name if isinstance(operation.new_name, str) else operation.name
    return {(name if key == operation.name else key): (value if key == operation.name else v) for key, v in row.items()}
