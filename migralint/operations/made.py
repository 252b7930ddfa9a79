"""Which relations a revision, or one of its transactions, made before a step."""

from __future__ import annotations

from collections.abc import Sequence

from migralint.operations.base import Operation
from migralint.operations.programs import AlterSequence, CreateSequence
from migralint.operations.steps import Step
from migralint.operations.tables import CreateTable, DropTable, RenameTable
from migralint.operations.views import CreateView, DropView, RenameView
from migralint.schema import Name, Schema


class Made:
    """The relations that a revision made so far, for each step of one direction of it."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._before: dict[int, frozenset[Name]] = {}
        made = frozenset[Name]()
        for step in steps:
            self._before[step.index] = made
            if step.failure is None:
                made = after(made, step.operation, step.before)

    def in_revision(self, step: Step) -> frozenset[Name]:
        """What the revision made before the step."""
        return self._before.get(step.index, frozenset())


def after(made: frozenset[Name], operation: Operation, before: Schema) -> frozenset[Name]:
    """What is new after the operation, where `made` was before it."""
    match operation:
        case CreateTable() if operation.table_name not in before.tables:
            return made | {operation.table_name}
        case CreateView() if operation.view.name not in before.views:
            return made | {operation.view.name}
        case CreateSequence() if operation.sequence.name not in before.sequences:
            return made | {operation.sequence.name}
        case RenameTable() if operation.table in made:
            return made - {operation.table} | {operation.new}
        case RenameView() if operation.name in made:
            return made - {operation.name} | {operation.new}
        case AlterSequence(after=renamed) if renamed is not None and operation.name in made:
            return made - {operation.name} | {renamed.name}
        case DropTable() if operation.table in made:
            return made - {operation.table}
        case DropView() if operation.name in made:
            return made - {operation.name}
    return made
