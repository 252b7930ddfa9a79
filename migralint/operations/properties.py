"""What ALTER TABLE changes of a table as a whole: row security, persistence, storage, and what is not modelled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.details import Detail, Storage
from migralint.operations.inheritance import below, certain
from migralint.operations.needs import refuse_persistence
from migralint.operations.tables import existing
from migralint.schema import Column, Name, Schema
from migralint.schema.conversion import fixed
from migralint.schema.types import parse


@dataclass(frozen=True, slots=True)
class SetRowSecurity(Operation):
    """ENABLE or DISABLE ROW LEVEL SECURITY (FORCE does not change `row_security`)."""

    operation: ClassVar[str] = "alter_table_row_security"
    table: Name
    enabled: bool

    def apply(self, before: Schema) -> Schema:
        return before.with_table(replace(existing(before, self.table), row_security=self.enabled))


@dataclass(frozen=True, slots=True)
class AlterTable(Operation):
    """An ALTER TABLE action that changes no column and no constraint (OWNER TO, SET (...), ENABLE TRIGGER, ...).

    `action` is its name in Alembic's style, such as "owner_to". SET LOGGED, SET UNLOGGED and FORCE ROW LEVEL SECURITY
    change the table on paper; the others nothing that `Schema` models: `detail` is what they say, where it is known.
    `arguments` are the options of SET (...) and RESET (...) by name, and the tablespace or access method; `trigger` is
    the one that it enables or disables.
    """

    table: Name
    action: str
    column: str | None = None
    detail: Detail | None = None
    arguments: tuple[str, ...] = field(default=(), compare=False)
    only: bool = field(default=False, compare=False)
    trigger: str | None = None

    @property
    def object_name(self) -> str | None:
        return self.column

    @property
    def operation(self) -> str:  # type: ignore[override]  # the name depends on the action
        return f"alter_table_{self.action}"

    def apply(self, before: Schema) -> Schema:
        if self.table in before.views or self.table in before.sequences:
            return before
        table = existing(before, self.table)
        column = table.column(self.column) if self.column is not None else None
        if self.column is not None and column is None and certain(before, table):
            raise CannotApply("missing", ObjectRef("column", self.table, self.column), "no such column")
        known = certain(before, table) and not table.parents  # a partition has those of its parent too
        if self.trigger is not None and known and all(t.name != self.trigger for t in table.triggers):
            raise CannotApply("missing", ObjectRef("trigger", self.table, self.trigger), "no such trigger")
        match self.action:
            case "set_storage" if column is not None and isinstance(self.detail, Storage):
                if self.detail.kind not in ("PLAIN", "DEFAULT") and certain(before, table) and not column.doubtful:
                    self._refuse_stored(before, column)
                return self._stored(before, column, self.detail.kind)
            case "set_statistics" if column is not None and column.generated is not None:
                if not column.generated.stored and certain(before, table):
                    raise CannotApply("invalid", self.object, f"{self.column} is a virtual generated column")
            case "set_logged" | "set_unlogged":
                persistence = "permanent" if self.action == "set_logged" else "unlogged"
                refuse_persistence(before, table, persistence)
                return before.with_table(replace(table, persistence=persistence))
            case "force_row_security" | "no_force_row_security":
                forced = self.action == "force_row_security"
                return before.with_table(replace(table, row_security_forced=forced))
        return before

    def _refuse_stored(self, schema: Schema, column: Column) -> None:
        """Values of a fixed size are stored as they are."""
        if fixed(schema, column.type):
            reference = ObjectRef("column", self.table, self.column)
            raise CannotApply("invalid", reference, f"values of {column.type} are stored PLAIN only")

    def _stored(self, schema: Schema, column: Column, kind: str) -> Schema:
        """The column with its storage, in the tables below too; what its type has by itself is none."""
        own = kind == "DEFAULT" or (kind == "EXTENDED" and parse(column.type).base in ("text", "character varying"))
        for table in (schema.tables[self.table], *below(schema, self.table)):
            if (found := table.column(column.name)) is not None:
                schema = schema.with_table(table.with_column(replace(found, storage=None if own else kind)))
        return schema
