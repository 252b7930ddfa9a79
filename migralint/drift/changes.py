"""Where the history last changed an object, and which objects it renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from migralint.operations import (
    AddColumn,
    AlterColumn,
    CreateTable,
    ObjectRef,
    Operation,
    Place,
    RenameTable,
)
from migralint.operations.steps import Step


class Change(NamedTuple):
    """A change of the history. `exact` is false where it is that of the table which the object belongs to."""

    place: Place
    revision: str | None
    operation: str
    exact: bool = True


Where = Callable[[ObjectRef], Change | None]


class LastChange:
    """The last change of each object, which is under the name that it has afterwards, and under the one before.

    `steps` gives those of the history, in their order.
    """

    def __init__(self, steps: Callable[[], Iterable[Step]]) -> None:
        self._steps = steps

    def __call__(self, ref: ObjectRef) -> Change | None:
        """The last change of the object, else of its table."""
        found = self._changes.get(ref)
        if found is None and ref.table is not None:
            of_table = self._changes.get(ObjectRef("table", ref.table))
            found = of_table._replace(exact=False) if of_table is not None else None
        return found

    def place(self, ref: ObjectRef) -> Place | None:
        """Where the object was last changed, else its table."""
        found = self(ref)
        return found.place if found is not None else None

    @property
    def renamed(self) -> Mapping[ObjectRef, str]:
        """The new name of tables, qualified, and columns that were renamed and that nothing has the old name of now."""
        return self._read[1]

    @property
    def _changes(self) -> Mapping[ObjectRef, Change]:
        return self._read[0]

    @cached_property
    def _read(self) -> tuple[dict[ObjectRef, Change], dict[ObjectRef, str]]:
        changes: dict[ObjectRef, Change] = {}
        renamed: dict[ObjectRef, str] = {}
        for step in self._steps():
            operation = step.operation
            if step.direction != "upgrade" or not step.applied or not operation.changes_schema:
                continue
            change = Change(step.place, step.revision, operation.operation)
            if isinstance(operation, RenameTable):
                for ref in [ref for ref in changes if ref.table == operation.table]:
                    changes[replace(ref, table=operation.new)] = changes[ref]
                renamed[ObjectRef("table", operation.table)] = str(operation.new)
            elif isinstance(operation, AlterColumn) and isinstance(operation.new_name, str):
                renamed[operation.object] = operation.new_name
            for ref in _changed(operation):
                changes[ref] = change
            for ref in _made(operation):
                renamed.pop(ref, None)
        return changes, renamed


def _changed(operation: Operation) -> Iterator[ObjectRef]:
    """The objects that an operation makes or changes, under both names where it renames them."""
    yield operation.object
    yield from _made(operation)


def _made(operation: Operation) -> Iterator[ObjectRef]:
    """The objects that an operation makes, or gives their name: of CREATE TABLE also the columns and constraints."""
    match operation:
        case CreateTable(definition=definition):
            yield ObjectRef("table", definition.name)
            yield from (ObjectRef("column", definition.name, c.name) for c in definition.columns)
            yield from (ObjectRef("constraint", definition.name, c.name) for c in definition.constraints if c.name)
        case AddColumn():
            yield operation.object
        case RenameTable():
            yield ObjectRef("table", operation.new)
        case AlterColumn(new_name=str() as name):
            yield ObjectRef("column", operation.table, name)
