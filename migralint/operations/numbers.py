"""The numbers that serial and identity columns give to rows, as long as all that drew some is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from migralint.operations.alter_column import AlterColumn
from migralint.operations.base import KEEP, Operation
from migralint.operations.columns import AddColumn, DropColumn
from migralint.operations.properties import AlterTable
from migralint.schema import Column, Name, Schema, Table
from migralint.schema.names import counted

Drawn = Mapping[str, int | None]
"""The next number of columns of a table: 1 for one that is not in it, None where it is not known."""


@dataclass(frozen=True)
class Numbers:
    """Immutable: what the sequences of tables give next that were made in this history; of others it is not known.

    Sequences go on counting where rows are rolled back, so whoever goes back forgets.
    """

    next: Mapping[Name, Drawn] = field(default_factory=dict)

    def fresh(self, table: Name) -> Numbers:
        """With a table that was just made."""
        return Numbers({**self.next, table: {}})

    def without(self, table: Name) -> Numbers:
        """Without a table."""
        return Numbers({name: drawn for name, drawn in self.next.items() if name != table})

    def agreeing(self, other: Numbers) -> Numbers:
        """What both know alike."""
        return Numbers({name: drawn for name, drawn in self.next.items() if other.next.get(name) == drawn})

    def renamed(self, table: Name, new: Name) -> Numbers:
        """With the table under its new name."""
        return Numbers({new if name == table else name: drawn for name, drawn in self.next.items()})

    def after(self, operation: Operation, table: Name, filled: bool) -> Numbers:
        """After an operation that is no INSERT and changes how columns count; `filled` where the table has rows."""
        match operation:
            case AlterColumn() if {operation.new_name, operation.default, operation.identity} != {KEEP}:
                new = operation.new_name if isinstance(operation.new_name, str) else operation.name
                return self._set(table, None, operation.name, new)
            case AddColumn():
                return self._set(table, None if filled else 1, operation.column.name)
            case DropColumn():
                return self._set(table, 1, operation.name)
            case AlterTable(action="restart_identity", column=str() as column):
                return self._set(table, None, column)
        return self

    def _set(self, table: Name, number: int | None, *columns: str) -> Numbers:
        drawn = self.next.get(table)
        return self if drawn is None else Numbers({**self.next, table: {**drawn, **dict.fromkeys(columns, number)}})

    def drawn(
        self, rows: Sequence[dict[str, object]], table: Table, before: Schema, in_order: bool
    ) -> tuple[list[dict[str, object]], Numbers]:
        """The rows of an INSERT with the numbers that they get, and what comes after; `in_order` as `Insert` says."""
        known, out, numbers = self.next.get(table.name, None), [dict(row) for row in rows], self
        for column in table.columns:
            owner = _owner(before, table, column)
            if owner is None:
                continue
            if owner != (table.name, column.name) or known is None:
                numbers = numbers._set(owner[0], None, owner[1])
                continue
            number = known.get(column.name, 1) if in_order and _plain(before, owner) else None
            for row in out:
                if column.name not in row and number is not None:
                    row[column.name] = number
                    number += 1
                elif not isinstance(row.get(column.name), int):  # it may have drawn one
                    number = None
            numbers = numbers._set(table.name, number, column.name)
        return out, numbers


def _owner(schema: Schema, table: Table, column: Column) -> tuple[Name, str] | None:
    """The column that owns the sequence with which a column counts; None for one that does not count."""
    if column.identity is not None:
        mine = (one.owned_by for one in schema.sequences.values() if one.owned_by == (table.name, column.name))
        parent = next(iter(table.parents), table.name)
        return next(mine, (parent, column.name))
    sequence = counted(column.default, schema.default_schema) if column.default is not None else None
    found = schema.sequences.get(sequence) if sequence is not None else None
    return found.owned_by if found is not None else None


def _plain(schema: Schema, owner: tuple[Name, str]) -> bool:
    """Whether the sequence that a column owns counts 1, 2, 3."""
    found = (one for one in schema.sequences.values() if one.owned_by == owner)
    return all({name for name, _ in one.options} <= {"type"} and not one.doubtful for one in found)
