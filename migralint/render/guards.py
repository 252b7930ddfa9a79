"""Operations in a form that does nothing where they are done already: for databases that are not alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from migralint.operations import (
    AlterColumn,
    AlterSequence,
    AlterType,
    AlterTypeRenameValue,
    AttachPartition,
    CannotApply,
    CreateConstraint,
    CreateFunction,
    CreatePolicy,
    CreateTrigger,
    CreateType,
    CreateView,
    DetachPartition,
    DropConstraint,
    DropSequence,
    DropView,
    Operation,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    RenameType,
    Unset,
    ValidateConstraint,
)
from migralint.render.statement import statements
from migralint.render.verify import awaits_validation, conditions, counts_itself, has_column, has_type, is_view
from migralint.schema import Schema

_ONCE = (
    *(CreateConstraint, DropConstraint, CreatePolicy, CreateTrigger),
    *(RenameTable, RenameConstraint, RenameIndex, RenameType, AlterTypeRenameValue, AttachPartition, DetachPartition),
)
"""What PostgreSQL refuses the second time, and has no words for, or words by which something else can be meant."""


def tolerant(operation: Operation) -> Operation | None:
    """The operation with PostgreSQL's own words for it, IF [NOT] EXISTS or OR REPLACE; None where there are none."""
    name = operation.operation
    if isinstance(operation, CreateFunction) or (isinstance(operation, CreateView) and not operation.view.materialized):
        return replace(operation, or_replace=True)
    if hasattr(operation, "if_not_exists") and name.startswith(("create_", "add_", "alter_type_add")):
        return replace(operation, if_not_exists=True)  # type: ignore[call-arg]  # it has the field
    if hasattr(operation, "if_exists") and name.startswith("drop_"):
        return replace(operation, if_exists=True)  # type: ignore[call-arg]  # it has the field
    return None


def guard(operation: Operation, before: Schema, following: Sequence[Operation] = ()) -> str | None:
    """The block, or statement, that does the operation where it has not been done; None for what can be done twice.

    It asks the catalogs for what the operation changes. Of a type that is put aside for another of its name, which is
    made in `following`, it asks also whether it has the labels that the other lacks.
    """
    try:
        after = operation.apply(before)
    except CannotApply:
        return None
    if isinstance(operation, ValidateConstraint):
        asked = awaits_validation(operation.table, operation.name)
    elif isinstance(operation, DropSequence) and (owner := before.sequences[operation.name].owned_by) is not None:
        asked = counts_itself(*owner)  # the sequence of an identity may have the same name
        operation = replace(operation, if_exists=True)
    elif isinstance(operation, DropView):  # IF EXISTS is not enough where it is one of the other kind
        asked = is_view(operation.name, operation.materialized)
    elif isinstance(operation, AlterType):
        done = conditions(before, after)
        asked = has_type(operation.name) + (f" AND NOT ({' AND '.join(done)})" if done else "")
    elif isinstance(operation, _ONCE) or _renames(operation):
        asked = " AND ".join([*conditions(after, before), *_lost_labels(operation, before, following)])
    elif isinstance(operation, AlterColumn) and operation.generated is None:
        written = statements(operation, after)  # of a column that is not generated it has IF EXISTS
        return written[0] if len(written) == 1 else None
    elif isinstance(operation, AlterColumn) and _twice_differs(operation, before):
        # the sequence of an identity has the name that the server gives it, and may be there without one
        done = conditions(replace(before, sequences=after.sequences), after)
        asked = f"{has_column(operation.table, operation.name)} AND NOT ({' AND '.join(done)})" if done else ""
    else:
        return None
    written = statements(operation, before)
    if not asked or not written or not operation.transactional:
        return None
    mark = "$guard$" if any("$$" in one for one in written) else "$$"
    body = "\n".join(f"        {one};" for one in written)  # further lines of one may belong to a string
    return f"DO {mark} BEGIN\n    IF {asked} THEN\n{body}\n    END IF;\nEND {mark}"


def _lost_labels(operation: Operation, before: Schema, following: Sequence[Operation]) -> list[str]:
    if not isinstance(operation, RenameType):
        return []
    made = (one.definition for one in following if isinstance(one, CreateType))
    other = next((one for one in made if one.name == operation.name), None)
    return conditions(before.with_type(other), before) if other is not None else []


def _renames(operation: Operation) -> bool:
    if isinstance(operation, AlterSequence):
        return operation.after is not None and operation.after.name != operation.name
    return isinstance(operation, AlterColumn) and isinstance(operation.new_name, str)


def _twice_differs(operation: AlterColumn, before: Schema) -> bool:
    """Whether a change of a column is refused, or writes every row, also where nothing is left to change.

    Another type is refused for what uses the column, which has made room only where there is something to change.
    Of an identity column DROP DEFAULT is refused, which is what a column with a sequence becomes.
    """
    if not isinstance(operation.type, Unset) or not isinstance(operation.identity, Unset):
        return True
    column = before.tables[operation.table].column(operation.name)
    return operation.default is None and column is not None and (column.default or "").startswith("nextval(")
