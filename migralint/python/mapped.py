"""Objects of mapped classes that stand for rows which are in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.values import ClassValue, Either, Instance, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class Written:
    """Whether objects that one query gave were changed: a flush sends all that was as one UPDATE."""

    def __init__(self) -> None:
        self._branches: int | None = None  # around the place where they were, the fewest

    def is_new(self, branches: int) -> bool:
        """Whether none was changed before, or only where that is less certain."""
        if self._branches is not None and self._branches <= branches:
            return False
        self._branches = branches
        return True


class MappedRow(Instance):
    """An object that a session has read: what is assigned to its attributes goes to the database."""

    __slots__ = ("written",)

    def __init__(self, cls: ClassValue, attributes: dict[str, Value], written: Written) -> None:
        super().__init__(cls, attributes)
        self.written = written


def mapped_rows(value: Value) -> list[MappedRow]:
    """The object, or those that it may be."""
    choices = value.choices if isinstance(value, Either) else (value,)
    return [choice for choice in choices if isinstance(choice, MappedRow)]


def attribute_assigned(ev: Evaluator, owner: Value, name: str, place: Place) -> None:
    """`owner.name = ...` for what may be a mapped row: an UPDATE, in a branch where it is not known that it is one."""
    from migralint.python.doubt import judging
    from migralint.python.library.orm import row_changed

    for row in mapped_rows(owner):
        if row is owner:
            row_changed(ev, row, name, place)
        elif isinstance(owner, Unknown):
            with judging(ev, owner.reason, place, False):
                row_changed(ev, row, name, place)
