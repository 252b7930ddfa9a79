"""What is known of the rows in tables that the history itself made."""

from __future__ import annotations

from dataclasses import dataclass, field

from migralint.operations.base import Operation
from migralint.operations.data import Delete, Insert, RowOperation, Truncate, Update
from migralint.operations.tables import CreateTable, DropTable, RenameTable
from migralint.schema import Name

LIMIT = 1000
"""Rows kept for one table; a longer one counts as unknown."""


@dataclass(frozen=True)
class Rows:
    """Immutable map from table to its rows; a table that is not in it has unknown rows."""

    known: dict[Name, tuple[dict[str, object], ...]] = field(default_factory=dict)

    def of(self, table: Name) -> tuple[dict[str, object], ...] | None:
        """The rows, or None where they are not known."""
        return self.known.get(table)

    def after(self, operation: Operation) -> Rows:
        """What is known after the operation."""
        table = operation.table_name
        if table is None:
            return self
        match operation:
            case CreateTable(temporary=False) if table not in self.known:
                return self._with(table, ())
            case DropTable():
                return self._without(table)
            case RenameTable() if table in self.known:
                return self._without(table)._with(operation.new, self.known[table])
            case Truncate() if table in self.known:
                return self._with(table, ())
            case Insert() if table in self.known:
                rows = operation.rows
                if rows is None or len(rows) + len(self.known[table]) > LIMIT:
                    return self._without(table)
                return self._with(table, (*self.known[table], *(dict(row) for row in rows)))
            case Update() | Delete() if self.known.get(table) == ():
                return self
            case RowOperation():
                return self._without(table)
        return self

    def _with(self, table: Name, rows: tuple[dict[str, object], ...]) -> Rows:
        return Rows({**self.known, table: rows})

    def _without(self, table: Name) -> Rows:
        return Rows({n: r for n, r in self.known.items() if n != table})
