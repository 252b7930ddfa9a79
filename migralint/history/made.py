"""What operations make."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.operations import (
    CreateFunction,
    CreateSequence,
    CreateTable,
    CreateType,
    CreateView,
    ObjectRef,
    Operation,
    RenameTable,
    RenameType,
    RenameView,
)


def made_by(operation: Operation) -> Iterator[ObjectRef]:
    """The objects that stand for themselves which an operation makes or renames into being."""
    match operation:
        case CreateTable():
            yield ObjectRef("table", operation.table_name)
        case RenameTable():
            yield ObjectRef("table", operation.new)
        case CreateType() | CreateView() | CreateSequence() | CreateFunction():
            yield ObjectRef(operation.object.kind, None, operation.object_name)
            if isinstance(operation, CreateView):
                yield ObjectRef("table", operation.view.name)
        case RenameType() | RenameView():
            yield ObjectRef(operation.object.kind, None, str(operation.new))
