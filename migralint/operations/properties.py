"""What ALTER TABLE changes of a table as a whole: row security, persistence, storage, and what is not modelled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.details import Detail, Firing
from migralint.operations.inheritance import certain
from migralint.operations.needs import refuse_persistence
from migralint.operations.settings import column_set, fired, with_setting
from migralint.operations.tables import existing
from migralint.schema import Name, Schema, Table


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

    `action` is its name in Alembic's style, such as "owner_to"; `detail` is what it says, where it is known.
    `arguments` are the tablespace or the access method.
    """

    table: Name
    action: str
    column: str | None = None
    detail: Detail | None = None
    arguments: tuple[str, ...] = field(default=(), compare=False)
    only: bool = field(default=False, compare=False)

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
        if self.column is not None:
            return self._on_column(before, table, self.column)
        match self.action:
            case "set_logged" | "set_unlogged":
                persistence = "permanent" if self.action == "set_logged" else "unlogged"
                refuse_persistence(before, table, persistence)
                return before.with_table(replace(table, persistence=persistence))
            case "force_row_security" | "no_force_row_security":
                forced = self.action == "force_row_security"
                return before.with_table(replace(table, row_security_forced=forced))
        if isinstance(self.detail, Firing):
            kind = self.action.rpartition("_")[2]
            self._refuse_trigger(before, table, self.detail.name if kind == "trigger" else None)
            return fired(before, table, kind, self.detail)
        return with_setting(before, table, self.detail) if self.detail is not None else before

    def _on_column(self, before: Schema, table: Table, name: str) -> Schema:
        column = table.column(name)
        if column is None:
            if certain(before, table):
                raise CannotApply("missing", ObjectRef("column", self.table, name), "no such column")
            return before
        virtual = column.generated is not None and not column.generated.stored
        if self.action == "set_statistics" and virtual and certain(before, table):
            raise CannotApply(
                "invalid", self.object, f"{name} is a virtual generated column", condition="feature_not_supported"
            )
        return column_set(before, table, column, self.detail, only=self.only) if self.detail is not None else before

    def _refuse_trigger(self, schema: Schema, table: Table, name: str | None) -> None:
        """A trigger that is not there; a partition has those of its parent too."""
        known = certain(schema, table) and not table.parents
        if name is not None and known and all(trigger.name != name for trigger in table.triggers):
            raise CannotApply("missing", ObjectRef("trigger", self.table, name), "no such trigger")
