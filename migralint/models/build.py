"""What `MetaData.create_all` makes, on an empty database on paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from migralint.models.details import Details
from migralint.operations import (
    CannotApply,
    CreateConstraint,
    CreateIndex,
    CreateSchema,
    CreateTable,
    ObjectRef,
    Operation,
    Place,
)
from migralint.operations.paper import Paper
from migralint.python.evaluator import Evaluator
from migralint.python.library import ddl
from migralint.python.library.enum_types import EnumItem
from migralint.python.library.enums import create_enum, enum_in
from migralint.python.library.events import fire
from migralint.python.library.home import NotKnown, flag
from migralint.python.library.metadata import MetaDataItem
from migralint.python.library.references import complete_types
from migralint.python.library.sequences import of_columns, send_sequences
from migralint.python.library.tables import TableItem
from migralint.python.library.types import TypeItem, as_type
from migralint.python.library.versions import newer
from migralint.python.values import Arguments, Exhausted, Unknown
from migralint.schema import ForeignKey, Name, Schema

REFUSED = "MG419"
"""The code of notices about what PostgreSQL refuses to make of the models."""


class Build:
    """Makes the tables of some MetaData on `paper`; what is not known of them is noted there."""

    def __init__(self, ev: Evaluator, paper: Paper) -> None:
        self._ev = ev
        self._paper = paper
        self._later: list[tuple[Name, ForeignKey, Place]] = []
        self._doubtful: set[TableItem] = set()
        self.details = Details()
        self.made: dict[TableItem, Name] = {}

    def create(self, metadata: Iterable[MetaDataItem]) -> None:
        """Everything that `create_all` of each sends."""
        for one in metadata:
            self._settle_schema(one)
            complete_types(self._ev, one)
            self._enum_schemas(one)
        tables = [table for one in metadata for table in one.in_order(self._ev)]
        self._schemas(tables)
        for one in metadata:
            fire(self._ev, one, "before_create")
            for enum in one.types:
                if isinstance(enum, EnumItem):
                    create_enum(self._ev, enum, Arguments([None, True]), Place(""))
            send_sequences(self._ev, one.sequences, "create", Place(""))
        for table in tables:
            send_sequences(self._ev, of_columns(table), "create", table.place)
        for table in tables:
            self._ev.steps = 0
            try:
                self._table(table)
            except Exhausted as bound:
                self._ev.opaque(bound.reason, bound.place or table.place)
        for one in metadata:
            fire(self._ev, one, "after_create")
        for name, key, place in self._later:
            if key.references in self._paper.schema.tables:
                self._add(CreateConstraint(name, key), place)
            else:
                reason = f"{name}: the table {key.references} that it references is in none of the models"
                self._doubt(name, reason, place)

    def _settle_schema(self, metadata: MetaDataItem) -> None:
        """A schema that is not known, because a setting gives it, is taken for the usual one; told once."""
        if isinstance(metadata.schema, Unknown):
            metadata.schema = None
        told: set[str] = set()
        for table in metadata.tables.values():
            if isinstance(table.schema, Unknown):
                reason = f"the schema of tables is not known, the usual one is taken: {table.schema.reason}"
                if reason not in told:
                    told.add(reason)
                    self._paper.note("MG002", reason, table.place)
                table.schema = None
                self._doubtful.add(table)

    def _enum_schemas(self, metadata: MetaDataItem) -> None:
        """Enums without a schema of their own: from SQLAlchemy 2.1 on they are in that of the MetaData."""
        inherits = newer(self._ev, "sqlalchemy", (2, 1))
        for table in metadata.tables.values():
            for column in table.columns:
                enum = enum_in(self._ev, column.kind, column.place)
                if enum is None or enum.schema is not None or "schema" in enum.args.keywords:
                    continue
                of_table = flag(self._ev, enum.args.keywords.get("inherit_schema"))
                home = table.schema if of_table else metadata.schema if inherits else None
                enum.schema = str(home) if isinstance(home, str) else None

    def _schemas(self, tables: Iterable[TableItem]) -> None:
        """Schemas are there: somebody else makes them."""
        for table in tables:
            if isinstance(table.schema, str) and table.schema and table.schema not in self._paper.schema.schemas:
                self._execute(CreateSchema(str(table.schema), True), table.place)

    def _table(self, table: TableItem) -> None:
        ev, place = self._ev, table.place
        unclear: list[str] = []

        def told(problem: NotKnown, part: Place) -> None:
            self._paper.note("MG002", f"table {table.name}: {problem.reason}", part)
            unclear.append(problem.reason)

        try:
            name = table.created(ev)
            if name in self._paper.schema.tables:
                return
            for reason in table.doubts:
                self._paper.note("MG002", f"table {table.name}: {reason}", place)
            made = ddl.definition(ev, table, name, table.convention, place, told)
        except NotKnown as problem:
            ev.opaque(f"a table of the models: {problem.reason}", place)
            return
        ddl.send_types(ev, table, place)
        definition = made.definition
        there = {*self._paper.schema.tables, name}
        late = [key for key in definition.constraints if isinstance(key, ForeignKey) and key.references not in there]
        self._later += [(name, key, place) for key in late]
        kept = tuple(one for one in definition.constraints if one not in late)
        fire(ev, table, "before_create")
        self._execute(self._possible(replace(made, definition=replace(definition, constraints=kept)), place), place)
        self.made[table] = name
        self._unnamed_enums(table, name)
        self.details.take(ev, table, name)
        self._later += [(name, key, place) for key in ddl.put_off(ev, table, name, place, told)]
        for index in ddl.indexes(ev, table, name, table.convention, place, told):
            self._add(CreateIndex(name, index), place)
        self.details.take_parts(ev, table, name, self._paper.schema)
        if table in self._doubtful and not (table.doubts or unclear):
            self.details.guessed.add(name)
        fire(ev, table, "after_create")
        if table.doubts or unclear or table in self._doubtful:
            self._mark(name)

    def _unnamed_enums(self, table: TableItem, name: Name) -> None:
        """Tells of columns with an enum that has no name, which is only fit for other databases."""
        for column in table.columns if self._paper.dialect == "postgresql" else ():
            kind = as_type(self._ev, column.kind, column.place)
            enum = kind.for_dialect(self._ev) if isinstance(kind, TypeItem) else None
            made = self._paper.schema.tables.get(name)
            if not isinstance(enum, EnumItem) or not enum.native or enum.labels is None or enum.enum_name is not None:
                continue
            if made is not None and isinstance(column.name, str) and (of := made.column(column.name)) is not None:
                self._refuse(f"column {name}.{of.name}: an enum of PostgreSQL needs a name", column.place)
                self._paper.schema = self._paper.schema.with_table(made.with_column(replace(of, doubtful=True)))

    def _doubt(self, name: Name, reason: str, place: Place) -> None:
        """Tells why a table may be another."""
        self._paper.note("MG002", reason, place)
        self.details.guessed.discard(name)
        self._mark(name)

    def _mark(self, name: Name) -> None:
        there = self._paper.schema.tables.get(name)
        if there is not None:
            self._paper.schema = self._paper.schema.with_table(replace(there, doubtful=True))

    def _possible(self, made: CreateTable, place: Place) -> CreateTable:
        """The table without constraints that PostgreSQL would refuse: they are told, and the rest of it is known."""
        while (problem := _refusal(made, self._paper.schema)) is not None:
            constraints = made.definition.constraints
            fewer = [tuple(one for one in constraints if one is not left) for left in constraints]
            without = [replace(made, definition=replace(made.definition, constraints=some)) for some in fewer]
            made_without = next((one for one in without if _refusal(one, self._paper.schema) != problem), None)
            if made_without is None:
                break
            kept = made_without.definition.constraints
            left_out = (one for one in constraints if one not in kept)
            self._refuse(problem, place, *(ObjectRef("constraint", made.definition.name, one.name) for one in left_out))
            made = made_without
        return made

    def _add(self, operation: Operation, place: Place) -> None:
        """Adds a part of a table; one that PostgreSQL would refuse is told."""
        problem = _refusal(operation, self._paper.schema)
        if problem is not None:
            self._refuse(problem, place, operation.object)
        else:
            self._execute(operation, place)

    def _refuse(self, problem: str, place: Place, *parts: ObjectRef) -> None:
        """Tells what PostgreSQL would refuse."""
        self._paper.note(REFUSED, f"create_all would fail: {problem}", place)
        self.details.refused.update(parts)

    def _execute(self, operation: Operation, place: Place) -> None:
        """Does it; what PostgreSQL would refuse is told."""
        self._paper.execute(operation, place)
        failure = self._paper.steps[-1].failure
        if failure is not None:
            self._ev.opaque(f"create_all would fail: {failure}", place)


def _refusal(operation: Operation, schema: Schema) -> str | None:
    """Why PostgreSQL would refuse it."""
    try:
        operation.apply(schema)
    except CannotApply as problem:
        return str(problem)
    return None
