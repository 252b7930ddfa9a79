"""Operations on rows, and statements whose effect on the schema is nothing or not known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.comments import commented
from migralint.operations.details import CommentOn, Detail, Dropped, Firing, InSchema, Maintained, Renamed, Rule
from migralint.operations.event_triggers import (
    NewEventTrigger,
    altered_event_trigger,
    with_event_trigger,
    without_event_trigger,
)
from migralint.operations.inheritance import certain
from migralint.operations.namespaces import moved_extension
from migralint.operations.publications import Publication, published, refuse_unidentified, without_publication
from migralint.operations.rewrite_rules import renamed_rule, with_rule, without_rule
from migralint.operations.tables import existing
from migralint.operations.views import refuse_unpopulated
from migralint.schema import Name, Schema
from migralint.schema.names import SYSTEM_SCHEMAS

Rows = tuple[tuple[tuple[str, object], ...], ...]
"""Rows of one table: for each, pairs of a column and its value."""


@dataclass(frozen=True, slots=True)
class RowOperation(Operation):
    """A statement that changes rows; the table (or view) has to exist. `reads` are other relations that it reads."""

    changes_schema: ClassVar[bool] = False
    table: Name
    reads: tuple[Name, ...] = field(default=(), compare=False, kw_only=True)

    def apply(self, before: Schema) -> Schema:
        if self.table.schema in SYSTEM_SCHEMAS:
            return before
        if self.table not in before.views:
            table = existing(before, self.table)
            if isinstance(self, Insert | Update) and self.written and certain(before, table):
                for column in self.columns:
                    if table.column(column) is None:
                        raise CannotApply("missing", ObjectRef("column", self.table, column), "no such column")
            if isinstance(self, Update | Delete) and before.publications:
                refuse_unidentified(before, table, self.operation, self.over)
        return before


@dataclass(frozen=True, slots=True)
class Insert(RowOperation):
    """INSERT. `rows` are the values where they are all known, by column; None where not.

    `written` columns stand in SQL: those of SQLAlchemy may be parameters with names of their own. `in_order`: the
    server takes the rows in this order, and no others with them that it then leaves out.
    """

    operation: ClassVar[str] = "insert"
    columns: tuple[str, ...] = ()
    rows: Rows | None = None
    written: bool = field(default=False, compare=False)
    in_order: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class BulkInsert(Insert):
    """Alembic's bulk_insert."""

    operation: ClassVar[str] = "bulk_insert"


@dataclass(frozen=True, slots=True)
class Update(RowOperation):
    """UPDATE; `where` tells whether there is a condition (or a join that limits the rows); `written` as for Insert.

    `rows` are all that the table holds afterwards, None where that is not known. `constants` are the columns that get
    the same literal in each row, with it as SQL. `over` are the names in the condition.
    """

    operation: ClassVar[str] = "update"
    columns: tuple[str, ...] = ()
    where: bool = False
    written: bool = field(default=False, compare=False)
    rows: Rows | None = field(default=None, compare=False)
    constants: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    over: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Delete(RowOperation):
    """DELETE; `where`, `rows` and `over` as for Update."""

    operation: ClassVar[str] = "delete"
    where: bool = False
    rows: Rows | None = field(default=None, compare=False)
    over: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Truncate(RowOperation):
    """TRUNCATE of one table; `restart` is RESTART IDENTITY."""

    operation: ClassVar[str] = "truncate"
    cascade: bool = False
    only: bool = field(default=False, compare=False)
    restart: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Merge(RowOperation):
    """MERGE."""

    operation: ClassVar[str] = "merge"


@dataclass(frozen=True, slots=True)
class Copy(RowOperation):
    """COPY ... FROM."""

    operation: ClassVar[str] = "copy"


@dataclass(frozen=True, slots=True)
class Lookup(Operation):
    """A statement that names a table, column or type which is surely not there, and fails before it does anything.

    `statement` is what it is in Alembic's style; the column may be one of a query.
    """

    changes_schema: ClassVar[bool] = False
    statement: str
    lacking: ObjectRef

    @property
    def operation(self) -> str:  # type: ignore[override]  # the name depends on the statement
        return self.statement

    @property
    def object(self) -> ObjectRef:
        return self.lacking

    def apply(self, before: Schema) -> Schema:
        table = self.lacking.table
        if table is not None and not before.relation_exists(table):
            raise CannotApply("missing", ObjectRef("table", table), "no such table")
        if self.lacking.kind == "type":
            raise CannotApply("missing", self.lacking, "no such type")
        found = before.relation(table) if table is not None else None
        columns = [column.name for column in found.columns] if found is not None else []
        if self.lacking.kind == "column" and self.lacking.name not in columns:
            raise CannotApply("missing", self.lacking, "no such column")
        return before


UNMADE = "which neither a revision nor base-schema creates"
"""How a reason ends that comes from a table which was there before the first revision."""

_HELD = frozenset(
    """create_rule alter_rule drop_rule create_publication alter_publication drop_publication create_event_trigger
    alter_event_trigger drop_event_trigger""".split()
)
"""Statements whose effect `Schema` holds, beside comments and the schema of an extension."""

_ALONE = frozenset("vacuum alter_system create_database drop_database create_tablespace drop_tablespace".split())
"""Statements that PostgreSQL refuses in a transaction block in every form."""


@dataclass(frozen=True, slots=True)
class Statement(Operation):
    """A statement that no operation of its own is for: GRANT, REFRESH, COMMENT ON, those on rules, publications, ...

    `statement` is its name in Alembic's style: "grant", "create_publication", "refresh_materialized_view".
    `whole` is true where it goes over more than one relation: REINDEX SCHEMA, CLUSTER without a table.
    `detail` is what the statement says, None where no more than its name is known; `empties` belongs to REFRESH ...
    WITH NO DATA; `maintains` is what LOCK, VACUUM and their like work on.
    """

    statement: str
    table: Name | None = None
    name: str | None = None
    concurrently: bool = False
    whole: bool = False
    detail: Detail | None = None
    empties: bool = False
    maintains: Maintained | None = field(default=None, compare=False)

    @property
    def operation(self) -> str:  # type: ignore[override]  # the name depends on the statement
        return self.statement

    @property
    def transactional(self) -> bool:
        if self.statement == "reindex":
            return not (self.concurrently or self.whole)
        return self.statement not in _ALONE and not (self.statement == "cluster" and self.whole)

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("table", self.table) if self.table else ObjectRef("statement", None, self.name)

    @property
    def changes_schema(self) -> bool:  # type: ignore[override]  # it depends on the statement
        return self.statement in _HELD

    @property
    def is_held(self) -> bool:
        """Whether `Schema` holds what it does."""
        return self.statement in _HELD or isinstance(self.detail, CommentOn)

    def apply(self, before: Schema) -> Schema:
        match self.statement, self.detail:
            case "refresh_materialized_view", _:
                return self._refreshed(before)
            case "comment", CommentOn(target=target, text=text):
                return commented(before, target, text)
            case "create_rule", Rule() | None as said if self.table is not None and self.name is not None:
                return with_rule(before, self.table, self.name, said)
            case "alter_rule", Renamed(new_name=new) if self.table is not None and self.name is not None:
                return renamed_rule(before, self.table, self.name, new)
            case "create_publication" | "alter_publication", Publication() as change:
                return published(before, change)
            case "create_event_trigger", NewEventTrigger(trigger=trigger):
                return with_event_trigger(before, trigger)
            case "alter_event_trigger", Firing() | Renamed() as change if self.name is not None:
                return altered_event_trigger(before, self.name, change)
            case "alter_extension", InSchema(schema=schema) if self.name is not None:
                return moved_extension(before, self.name, schema)
            case "drop_rule" | "drop_publication" | "drop_event_trigger", Dropped() as dropped:
                return self._without(before, dropped)
        return before

    def _without(self, before: Schema, dropped: Dropped) -> Schema:
        for target in dropped.targets:
            name = str(target.name)
            match target.kind:
                case "rule" if target.on is not None:
                    before = without_rule(before, target.on, name, dropped.if_exists)
                case "publication":
                    before = without_publication(before, name, dropped.if_exists)
                case "event_trigger":
                    before = without_event_trigger(before, name, dropped.if_exists)
        return before

    def _refreshed(self, before: Schema) -> Schema:
        view = next((v for v in before.views.values() if v.materialized and str(v.name) == self.name), None)
        if view is None:
            return before
        if not self.empties:
            refuse_unpopulated(before, view, ObjectRef("view", None, self.name))
        return before.with_view(replace(view, populated=not self.empties)) if view.populated == self.empties else before


@dataclass(frozen=True, slots=True)
class Opaque(Operation):
    """What could not be read. `may_change_schema` is false for data code that was not followed.

    `has_database` is false for what was not given the migration's connection, and so is only counted. `stops` is true
    where the code fails for certain: nothing of the revision comes after it.
    """

    operation: ClassVar[str] = "opaque"
    reason: str
    may_change_schema: bool = True
    table: Name | None = None
    has_database: bool = True
    stops: bool = False

    @property
    def changes_schema(self) -> bool:  # type: ignore[override]  # it depends on what was not read
        return self.may_change_schema

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("code", self.table, None)

    def apply(self, before: Schema) -> Schema:
        return replace(before, opaque=True) if self.may_change_schema else before
