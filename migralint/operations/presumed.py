"""What the database on paper holds without being certain of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from migralint.operations.base import ObjectRef, Operation
from migralint.operations.columns import AddColumn
from migralint.operations.tables import CreateTable
from migralint.operations.types import CreateType
from migralint.operations.views import CreateView
from migralint.schema import EnumType, Function, Name, Publication, Schema, Sequence, Table, View


class Presumed:
    """Which missing objects are taken as made by somebody else, and which were not since the code waits for a failure.

    `assumable` decides. Where the code waits for a failure only those of `present` are: something else in the history
    cannot run without them. `awaited` are the others.
    """

    def __init__(self, assumable: Callable[[ObjectRef], bool], present: Collection[ObjectRef]) -> None:
        self.assumable = assumable
        self._present = present
        self.awaited: set[ObjectRef] = set()

    def allows(self, ref: ObjectRef, waiting: bool) -> bool:
        """Whether a missing object is taken as there; `waiting` for a failure."""
        if not self.assumable(ref):
            return False
        if waiting and ref not in self._present:
            self.awaited.add(ref)
            return False
        return True

    def state(self, schema: Schema, ref: ObjectRef, waiting: bool) -> Schema | None:
        """The state with a missing object, None where it stays missing."""
        return assumed(schema, ref) if self.allows(ref, waiting) else None


def assumed(schema: Schema, ref: ObjectRef) -> Schema | None:
    """The state with the missing object put in as doubtful; None for what cannot be assumed."""
    if ref.kind == "table" and ref.table is not None:
        if ref.table.schema not in schema.schemas:
            schema = replace(schema, schemas=(*schema.schemas, ref.table.schema))
        return schema.with_table(Table(ref.table, assumed=True, doubtful=True))
    if ref.kind == "schema" and ref.name is not None:
        return replace(schema, schemas=(*schema.schemas, ref.name))
    if ref.kind == "publication" and ref.name is not None:
        return replace(schema, publications={**schema.publications, ref.name: Publication(ref.name, assumed=True)})
    if ref.table is None and ref.name is not None and "." in ref.name:
        name = Name(*ref.name.split("(")[0].split(".", 1))
        match ref.kind:
            case "type":
                return schema.with_type(EnumType(name, (), doubtful=True, partial=True))
            case "view":
                return schema.with_view(View(name, "", doubtful=True))
            case "sequence":
                return schema.with_sequence(Sequence(name, doubtful=True))
            case "function":
                return schema.with_functions(name, (Function(name, doubtful=True),))
    return None


def doubted(schema: Schema, operation: Operation) -> Schema:
    """The state with what a conditional operation made marked as doubtful."""
    match operation:
        case CreateTable() if operation.table_name in schema.tables:
            return schema.with_table(replace(schema.tables[operation.table_name], doubtful=True))
        case AddColumn() if (table := schema.tables.get(operation.table)) is not None:
            if column := table.column(operation.column.name):
                return schema.with_table(table.with_column(replace(column, doubtful=True)))
        case CreateView() if operation.view.name in schema.views:
            return schema.with_view(replace(schema.views[operation.view.name], doubtful=True))
        case CreateType() if operation.definition.name in schema.types:
            return schema.with_type(replace(schema.types[operation.definition.name], doubtful=True))
    return schema
