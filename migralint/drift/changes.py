"""Where the history last changed an object, and which objects it renamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterTypeAddValue,
    AlterTypeRenameValue,
    CreateTable,
    CreateType,
    ObjectRef,
    Operation,
    Place,
    RenameTable,
    RenameType,
)
from migralint.operations.steps import Step
from migralint.schema import EnumType, Name


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
        """The name that tables, qualified, columns and labels have now whose old name nothing has any more.

        Columns are under the table's name of now, labels under that of their type (`label`).
        """
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
                _move(renamed, "column", operation.table, operation.new)
                _rename(renamed, ObjectRef("table", operation.table), str(operation.table), str(operation.new))
            elif isinstance(operation, AlterColumn) and isinstance(operation.new_name, str):
                _rename(renamed, operation.object, operation.name, operation.new_name)
            elif isinstance(operation, RenameType):
                _move(renamed, "label", operation.name, operation.new)
            elif isinstance(operation, AlterTypeRenameValue):
                label = ObjectRef("label", operation.name, operation.value)
                _rename(renamed, label, operation.value, operation.new_value)
            for ref in _changed(operation):
                changes[ref] = change
            for ref in _made(operation):
                renamed.pop(ref, None)
        return changes, renamed


def _move(renamed: dict[ObjectRef, str], kind: str, old: Name, new: Name) -> None:
    """What was renamed within a table or type, under its new name."""
    for ref in [ref for ref in renamed if (ref.kind, ref.table) == (kind, old)]:
        renamed[replace(ref, table=new)] = renamed.pop(ref)


def _rename(renamed: dict[ObjectRef, str], ref: ObjectRef, old: str, new: str) -> None:
    """Another name, also of what had got the old one before."""
    for earlier, name in renamed.items():
        if name == old and earlier.kind == ref.kind and (ref.name is None or earlier.table == ref.table):
            renamed[earlier] = new
    renamed[ref] = new


def _changed(operation: Operation) -> Iterator[ObjectRef]:
    """The objects that an operation makes or changes, under both names where it renames them."""
    yield operation.object
    yield from _made(operation)


def _made(operation: Operation) -> Iterator[ObjectRef]:
    """The objects that an operation makes, or gives their name: of CREATE also columns, constraints and labels."""
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
        case CreateType(definition=EnumType() as made):
            yield from (ObjectRef("label", made.name, label) for label in made.labels)
        case AlterTypeAddValue(value=label) | AlterTypeRenameValue(new_value=label):
            yield ObjectRef("label", operation.name, label)
