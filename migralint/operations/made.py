"""Which relations a revision, or one of its transactions, made before a step."""

from __future__ import annotations

from collections.abc import Sequence

from migralint.operations.paper import Step
from migralint.operations.tables import CreateTable, DropTable, RenameTable
from migralint.operations.views import CreateView
from migralint.schema import Name


class Made:
    """The relations made so far, for each step of one direction of a revision."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._revision: dict[int, frozenset[Name]] = {}
        self._transaction: dict[int, frozenset[Name]] = {}
        revision = transaction = frozenset[Name]()
        number: int | None = None
        for step in steps:
            if step.transaction is None or step.transaction != number:
                transaction = frozenset()
            number = step.transaction
            self._revision[step.index], self._transaction[step.index] = revision, transaction
            if step.failure is None:
                revision, transaction = _after(revision, step), _after(transaction, step)

    def in_revision(self, step: Step) -> frozenset[Name]:
        """What the revision made before the step."""
        return self._revision.get(step.index, frozenset())

    def in_transaction(self, step: Step) -> frozenset[Name]:
        """What the transaction of the step made before it."""
        return self._transaction.get(step.index, frozenset())


def _after(made: frozenset[Name], step: Step) -> frozenset[Name]:
    operation = step.operation
    match operation:
        case CreateTable() if operation.table_name not in step.before.tables:
            return made | {operation.table_name}
        case CreateView() if operation.view.name not in step.before.views:
            return made | {operation.view.name}
        case RenameTable() if operation.table in made:
            return made - {operation.table} | {operation.new}
        case DropTable() if operation.table in made:
            return made - {operation.table}
    return made
