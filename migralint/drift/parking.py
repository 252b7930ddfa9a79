"""Columns that hold rows of a table, or values of a composite type, keep them as JSON while that changes.

PostgreSQL does not write such values anew itself. JSON has them by name, whatever is added or taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migralint.operations import AddColumn, AlterColumn, AlterDomain, AlterType, CannotApply, Operation
from migralint.operations.inheritance import below, parents
from migralint.operations.row_types import holding_rows
from migralint.operations.type_names import shown
from migralint.operations.types import holding_inside
from migralint.schema import Column, Schema, Table
from migralint.schema.names import quote
from migralint.schema.types import parse

_BACK = "jsonb_populate_record"

NOTE = "{} has its values as JSON while their type changes; this writes every row of {} anew."


def parking(operation: Operation, state: Schema) -> tuple[Sequence[AlterColumn], Sequence[AlterColumn]]:
    """The steps before and after an operation that such columns stand against; none where they do not, or cannot."""
    users = {(t.name, c.name): (t, c) for t, c in _users(operation, state) if not _follows(state, t, c)}
    if not users or _is_taken(operation, state) or not all(_can(state, c) for _, c in users.values()):
        return (), ()
    aside = [AlterColumn(t.name, c.name, type="jsonb", using=f"to_jsonb({quote(c.name)})") for t, c in users.values()]
    back = [
        AlterColumn(t.name, c.name, type=c.type, using=f"{_BACK}(NULL::{c.type}, {quote(c.name)})")
        for t, c in users.values()
    ]
    return aside, back


def is_back(operation: Operation) -> bool:
    """Whether it gives a column back what it kept as JSON."""
    return isinstance(operation, AlterColumn) and (operation.using or "").startswith(_BACK)


def _users(operation: Operation, state: Schema) -> Iterator[tuple[Table, Column]]:
    """The columns whose values would have to be written anew, or looked at."""
    match operation:
        case AlterColumn(type=str()) | AddColumn():
            for name in (operation.table, *(table.name for table in below(state, operation.table))):
                yield from holding_rows(state, name)
        case AlterType():
            yield from holding_rows(state, operation.name)
        case AlterDomain():
            yield from holding_inside(state, operation.name)


def _follows(state: Schema, table: Table, column: Column) -> bool:
    return any(parent.column(column.name) is not None for parent in parents(state, table))


def _is_taken(operation: Operation, state: Schema) -> bool:
    try:
        operation.apply(state)
    except CannotApply:
        return False
    return True


def _can(state: Schema, column: Column) -> bool:
    """Whether its type is made of JSON as a whole: no array, no domain, and without a default to be cast."""
    kind = parse(column.type)
    plain = not kind.dimensions and column.default is None and column.generated is None
    return plain and all(shown(state, domain.name) != kind.base for domain in state.domains())
