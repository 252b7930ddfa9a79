"""Since when the head lacks an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from migralint.operations import (
    AlterColumn,
    ObjectRef,
    Operation,
    Place,
    RenameFunction,
    RenameTable,
    RenameView,
)
from migralint.operations.steps import Step
from migralint.schema import Name, Schema


class Gone(NamedTuple):
    """The revision that dropped an object, or gave it the name `new`."""

    revision: str
    place: Place
    new: str | None = None


class Since:
    """Answers for one history; `steps` are all that it did."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = steps

    def gone(self, ref: ObjectRef) -> Gone | None:
        """What made the object go, None for one that never was."""
        return self._gone.get(ref)

    @property
    def functions_gone(self) -> frozenset[str]:
        """The names of functions that went."""
        return frozenset(ref.name for ref in self._gone if ref.kind == "function" and ref.name)

    @cached_property
    def _gone(self) -> dict[ObjectRef, Gone]:
        found: dict[ObjectRef, Gone] = {}
        for step in self._steps:
            if step.direction == "upgrade" and step.applied and step.before is not step.after:
                new = dict(_renamed(step.operation))
                for ref in _lost(step.before, step.after, step.operation.table_name):
                    found[ref] = Gone(step.revision or "", step.place, new.get(ref))
        return found


def _renamed(operation: Operation) -> Iterator[tuple[ObjectRef, str]]:
    match operation:
        case RenameTable() | RenameView():
            old = operation.table if isinstance(operation, RenameTable) else operation.name
            yield ObjectRef("table", old), str(operation.new)
        case AlterColumn(new_name=str(new)):
            yield ObjectRef("column", operation.table, operation.name), new
        case RenameFunction():
            yield ObjectRef("function", None, str(operation.name)), str(operation.new)


def _lost(before: Schema, after: Schema, table: Name | None) -> Iterator[ObjectRef]:
    """What the first state has and the second does not: relations, functions, and columns of one table."""
    if before.tables is not after.tables:
        yield from (ObjectRef("table", name) for name in before.tables if name not in after.tables)
    if before.views is not after.views:
        yield from (ObjectRef("table", name) for name in before.views if name not in after.views)
    if before.functions is not after.functions:
        yield from (ObjectRef("function", None, str(n)) for n in before.functions if n not in after.functions)
    one, other = (before.tables.get(table), after.tables.get(table)) if table is not None else (None, None)
    if one is not None and other is not None and one is not other:
        kept = {column.name for column in other.columns}
        yield from (ObjectRef("column", one.name, c.name) for c in one.columns if c.name not in kept)
