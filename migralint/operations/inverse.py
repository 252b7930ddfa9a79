"""What undoes an operation, given the schema before it."""

from __future__ import annotations

from dataclasses import replace

from migralint.operations.alter_column import AlterColumn
from migralint.operations.attached import AlterPolicy, AlterTrigger
from migralint.operations.base import CannotApply, Operation
from migralint.operations.closing import Lost, closing
from migralint.operations.constraints import RenameConstraint
from migralint.operations.data import Opaque, RowOperation, Statement
from migralint.operations.details import OwnerTo, Renamed
from migralint.operations.indexes import RenameIndex
from migralint.operations.namespaces import RenameSchema
from migralint.operations.programs import AlterSequence, RenameFunction
from migralint.operations.properties import AlterTable
from migralint.operations.publications import Publication
from migralint.operations.settling import settling
from migralint.operations.statistics import AlterStatistics
from migralint.operations.tables import RenameTable
from migralint.operations.types import AlterDomain, AlterType, AlterTypeRenameValue, RenameType
from migralint.operations.views import RenameView
from migralint.schema import Name, Schema
from migralint.schema.names import cut

_NOT_KNOWN = "what {} changes is not part of the schema that is known"


def undoing(operation: Operation, before: Schema) -> tuple[Operation, ...] | Lost:
    """The operations that restore `before`, but for the order of columns and for rows. See `Operation.inverse`."""
    match operation:
        case Opaque():
            return Lost("it could not be read")
        case RowOperation():
            return Lost("it changes rows, and what they were is not known")
        case Statement(is_held=False):
            return Lost(_NOT_KNOWN.format(operation.operation))
    try:
        state = operation.apply(before)
    except CannotApply as problem:
        return Lost(f"PostgreSQL would refuse it: {problem}")
    if state == before and next(settling(state, before), None) is None:
        unknown = isinstance(operation, AlterDomain | AlterType | AlterSequence) or _unknown(operation)
        return Lost(_NOT_KNOWN.format(operation.operation)) if unknown else ()
    back = _renamed_back(operation, before)
    try:
        for step in back:
            state = step.apply(state)
    except CannotApply as problem:
        return Lost(f"PostgreSQL would refuse to rename it back: {problem}")
    rest = closing(state, before)
    return rest if isinstance(rest, Lost) else (*back, *rest)


def _unknown(operation: Operation) -> bool:
    """Whether ALTER TABLE does something that no schema holds: what it sets is there already otherwise."""
    return isinstance(operation, AlterTable) and (operation.detail is None or isinstance(operation.detail, OwnerTo))


def _renamed_back(operation: Operation, before: Schema) -> list[Operation]:
    """The old name, where the operation gives a new one: otherwise the object would be made anew, without its rows."""
    match operation:
        case AlterColumn(new_name=str(new)):
            return [AlterColumn(operation.table, cut(new), new_name=operation.name, only=operation.only)]
        case RenameTable():
            return [RenameTable(operation.new, operation.table)]
        case RenameView():
            return [RenameView(operation.new, operation.name)]
        case RenameType():
            return [RenameType(operation.new, operation.name)]
        case RenameFunction():
            moved_ones = [f for f in before.functions[operation.name] if operation.arguments in (None, f.arguments)]
            return [RenameFunction(operation.new, operation.name, f.arguments, f.kind) for f in moved_ones]
        case RenameSchema():
            return [RenameSchema(operation.new_name, operation.name)]
        case AlterStatistics(new=Name() as moved):
            return [AlterStatistics(moved, operation.name)]
        case RenameIndex():
            return [RenameIndex(operation.index._replace(name=operation.new_name), operation.index.name)]
        case RenameConstraint():
            return [RenameConstraint(operation.table, operation.new_name, operation.name)]
        case AlterTypeRenameValue():
            return [AlterTypeRenameValue(operation.name, operation.new_value, operation.value)]
        case Statement(statement="alter_rule", table=Name() as table, name=str(name), detail=Renamed(new_name=new)):
            return [replace(operation, name=new, detail=Renamed(name), table=table)]
        case Statement(statement="alter_event_trigger", name=str(name), detail=Renamed(new_name=new)):
            return [replace(operation, name=new, detail=Renamed(name))]
        case Statement(detail=Publication(action="rename", new_name=str(new)) as change):
            return [replace(operation, name=new, detail=replace(change, name=new, new_name=change.name))]
        case AlterTrigger():
            return [AlterTrigger(operation.table, operation.new_name, operation.name)]
        case AlterPolicy(new_name=str(new)):
            return [AlterPolicy(operation.table, new, operation.name)]
        case AlterSequence(after=after) if after is not None and after.name != operation.name:
            return [AlterSequence(after.name, replace(after, name=operation.name))]
    return []
