"""Columns for which no row that is there has a value."""

from __future__ import annotations

from migralint.operations.columns import AddColumn
from migralint.operations.steps import Step
from migralint.schema import Domain, Name, PrimaryKey

_SERIALS = ("smallserial", "serial", "bigserial")


def wants_value(step: Step) -> bool:
    """Whether it adds a NOT NULL column for which nothing gives a value: PostgreSQL refuses where there is a row."""
    operation = step.operation
    if not isinstance(operation, AddColumn) or step.before is step.after:
        return False
    column = operation.column
    not_null = column.not_null or any(isinstance(c, PrimaryKey) for c in operation.constraints)
    if not not_null or column.default is not None or column.identity or column.generated or column.doubtful:
        return False
    kind = step.before.types.get(Name(step.before.default_schema, column.type))
    return column.type not in _SERIALS and not (isinstance(kind, Domain) and kind.default is not None)
