"""Operations that make a column count with a sequence, put as the serial column that people write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migralint.operations import AlterSequence, CannotApply, CreateSequence, CreateTable, Operation
from migralint.operations.closing import first_difference
from migralint.render.tables import Serials, as_serial
from migralint.schema import Name, Schema


def with_serials(operations: Sequence[Operation], before: Schema) -> Sequence[Operation]:
    """The operations, with serial for CREATE SEQUENCE, a default and OWNED BY where that leaves the same schema.

    Only where the column is all of the primary key: SQLAlchemy has no serial columns elsewhere.
    """
    if not any(isinstance(operation, CreateSequence) for operation in operations):
        return operations
    after = _after(operations, before)
    if after is None:
        return operations
    serials, gone, found = Serials(after), set[Name](), list[Operation]()
    for operation in operations:
        key = operation.definition.primary_key if isinstance(operation, CreateTable) else None
        if isinstance(operation, CreateTable) and key is not None and len(key.columns) == 1:
            table = operation.definition
            column = table.column(key.columns[0])
            sequence = serials.sequence(table.name, column) if column is not None else None
            if column is not None and sequence is not None:
                gone.add(sequence.name)
                operation = replace(operation, definition=table.with_column(as_serial(column)))
        found.append(operation)
    found = [operation for operation in found if _sequence(operation) not in gone]
    then = _after(found, before)
    return found if then is not None and first_difference(then, after) is None else operations


def _sequence(operation: Operation) -> Name | None:
    """The sequence that it makes or alters."""
    if isinstance(operation, CreateSequence):
        return operation.sequence.name
    return operation.name if isinstance(operation, AlterSequence) else None


def _after(operations: Sequence[Operation], state: Schema) -> Schema | None:
    """The state after them, None where one cannot be applied."""
    try:
        for operation in operations:
            state = operation.apply(state)
    except CannotApply:
        return None
    return state
