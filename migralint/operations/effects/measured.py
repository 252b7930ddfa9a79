"""What the steps of a history do to a server in use, each worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from migralint.operations.columns import AddColumn
from migralint.operations.data import Delete, Truncate
from migralint.operations.effects import course, effects
from migralint.operations.effects.transaction import Transaction
from migralint.operations.effects.values import Effects
from migralint.operations.made import Made
from migralint.operations.steps import CERTAIN, Step
from migralint.operations.tables import RenameTable
from migralint.operations.unfilled import wants_value
from migralint.schema import Name

Key = tuple[str | None, str]
"""A revision and a direction."""


class Measured:
    """The effects of steps, and what their revisions and transactions did before them.

    `steps` gives those of a revision in a direction, `server` is the major version of PostgreSQL.
    """

    def __init__(self, steps: Callable[[str, str], Sequence[Step]], server: int) -> None:
        self._steps = steps
        self._server = server
        self._made: dict[Key, Made] = {}
        self._emptied: dict[Key, list[tuple[Step, dict[Name, int | None]]]] = {}
        self._wanting: dict[Key, list[tuple[int | None, Name]]] = {}
        self._course: dict[Key, dict[int, tuple[Step, Transaction, Effects | None]]] = {}

    def made(self, step: Step) -> frozenset[Name]:
        """The relations that its revision made before it."""
        key = (step.revision, step.direction)
        if key not in self._made:
            self._made[key] = Made(self._steps(step.revision or "", step.direction))
        return self._made[key].in_revision(step)

    def emptied(self, step: Step, *, in_transaction: bool = False) -> frozenset[Name]:
        """The tables of which its revision, or its transaction, has deleted all rows before it, with no condition."""
        key = (step.revision, step.direction)
        if key not in self._emptied:
            self._emptied[key] = list(_emptied(self._steps(step.revision or "", step.direction)))
        before = [state for one, state in self._emptied[key] if one.index < step.index]
        found = before[-1] if before else {}
        return frozenset(name for name, number in found.items() if not in_transaction or number == step.transaction)

    def without_rows(self, step: Step) -> frozenset[Name]:
        """The tables of which its transaction wants that they have no row: it adds a column that none has a value for.

        Not where the transaction has deleted all rows before.
        """
        key = (step.revision, step.direction)
        if key not in self._wanting:
            self._wanting[key] = [
                (one.transaction, one.operation.table)
                for one in self._steps(step.revision or "", step.direction)
                if isinstance(one.operation, AddColumn) and self._wants_no_rows(one, one.operation.table)
            ]
        return frozenset(name for number, name in self._wanting[key] if number == step.transaction is not None)

    def _wants_no_rows(self, step: Step, table: Name) -> bool:
        sure = step.applied and step.certainty == CERTAIN and step.failure is None
        settled = table in self.made(step) or table in self.emptied(step, in_transaction=True)
        return sure and not settled and wants_value(step)

    def transaction(self, step: Step) -> Transaction | None:
        """What its transaction did before it; None for a step that is none of its revision."""
        found = self._found(step)
        return found[1] if found else None

    def effects(self, step: Step) -> Effects | None:
        """What it does in its transaction; `step` may have another operation in the place of its own."""
        found = self._found(step)
        if found is not None and found[0] is step and step.failure is None:
            return found[2]
        return effects(step.operation, step.before, self._server, found[1] if found else None)

    def _found(self, step: Step) -> tuple[Step, Transaction, Effects | None] | None:
        key = (step.revision, step.direction)
        if key not in self._course:
            steps = self._steps(step.revision or "", step.direction)
            self._course[key] = {found[0].index: found for found in course(steps, self._server)}
        return self._course[key].get(step.index)


def _emptied(steps: Iterable[Step]) -> Iterator[tuple[Step, dict[Name, int | None]]]:
    """Each step after which tables are empty for certain that were not before, or have other names: those tables.

    With each the number of the transaction that emptied it.
    """
    empty: dict[Name, int | None] = {}
    for step in steps:
        operation = step.operation
        if step.failure is not None or not step.applied or step.certainty != CERTAIN:
            continue
        if isinstance(operation, RenameTable) and operation.table in empty:
            empty = {operation.new if name == operation.table else name: number for name, number in empty.items()}
        elif isinstance(operation, Truncate) or (isinstance(operation, Delete) and not operation.where):
            empty = {**empty, operation.table: step.transaction}
        else:
            continue
        yield step, empty
