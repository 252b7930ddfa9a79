"""Operations on views."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.dependents import policies_reading, without_policies
from migralint.operations.inheritance import certain
from migralint.operations.needs import refuse_schema
from migralint.operations.renaming import move_view
from migralint.operations.rewrite_rules import rules_over, without_rules
from migralint.operations.row_types import refuse_type_of
from migralint.operations.type_users import refuse_users, without_users
from migralint.schema import Name, Schema, View


def refuse_unpopulated(schema: Schema, view: View, reference: ObjectRef) -> None:
    """Rows read from a materialized view that has none since WITH NO DATA, through other views too."""
    pending, seen = list(view.uses), set[Name]()
    while pending:
        name = pending.pop()
        source = schema.views.get(name)
        if source is None or name in seen:
            continue
        seen.add(name)
        if source.materialized and not source.populated and not source.doubtful and certain(schema):
            raise CannotApply("invalid", reference, f"{name} has not been populated: it was made WITH NO DATA")
        pending += [] if source.materialized else source.uses


@dataclass(frozen=True, slots=True)
class CreateView(Operation):
    """CREATE [OR REPLACE] [MATERIALIZED] VIEW."""

    view: View
    or_replace: bool = False
    if_not_exists: bool = False

    @property
    def operation(self) -> str:  # type: ignore[override]  # two statements share this class
        return "create_materialized_view" if self.view.materialized else "create_view"

    @property
    def object_name(self) -> str:
        return str(self.view.name)

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("view", None, str(self.view.name))

    def apply(self, before: Schema) -> Schema:
        old = before.views.get(self.view.name)
        if old is not None and self.or_replace:
            if old.materialized and certain(before):
                raise CannotApply(
                    "invalid",
                    self.object,
                    "it is a materialized view, which OR REPLACE does not replace",
                    condition="wrong_object_type",
                )
            self._refuse_other_columns(before, old)
            kept = {"comment": old.comment, "column_comments": old.column_comments, "rules": old.rules}
            return before.with_view(replace(self.view, triggers=old.triggers, **kept))  # type: ignore[arg-type]
        if before.relation_exists(self.view.name):
            if self.if_not_exists:
                return before
            raise CannotApply("exists", self.object, "the relation already exists")
        refuse_schema(before, self.view.name)
        refuse_type_of(before, self.view.name, self.object)
        if self.view.materialized and self.view.populated:
            refuse_unpopulated(before, self.view, self.object)
        return before.with_view(self.view)

    def _refuse_other_columns(self, before: Schema, old: View) -> None:
        """A replaced view keeps its columns and may have more behind them."""
        now = self.view.columns
        if not certain(before) or old.doubtful or not now or (not old.columns):
            return
        for number, column in enumerate(old.columns):
            if number >= len(now):
                raise CannotApply("invalid", self.object, f"OR REPLACE would drop column {column.name}")
            if now[number].name != column.name:
                detail = f"OR REPLACE would rename column {column.name} to {now[number].name}"
                raise CannotApply("invalid", self.object, detail)
            if now[number].type != column.type and not (column.doubtful or now[number].doubtful):
                detail = f"OR REPLACE would change the type of {column.name} to {now[number].type}"
                raise CannotApply("invalid", self.object, detail)


@dataclass(frozen=True, slots=True)
class DropView(Operation):
    """DROP [MATERIALIZED] VIEW."""

    object_kind: ClassVar[str] = "view"
    name: Name
    materialized: bool = False
    if_exists: bool = False
    cascade: bool = False

    @property
    def operation(self) -> str:  # type: ignore[override]  # two statements share this class
        return "drop_materialized_view" if self.materialized else "drop_view"

    def apply(self, before: Schema) -> Schema:
        if self.name not in before.views:
            if self.if_exists and not (before.relation_exists(self.name) and certain(before)):
                return before
            raise CannotApply("missing", self.object, "no such view")
        if before.views[self.name].materialized != self.materialized and certain(before):
            raise CannotApply(
                "invalid",
                self.object,
                f"it is {'not ' if self.materialized else ''}materialized",
                condition="wrong_object_type",
            )
        users = [v.name for v in before.views.values() if self.name in v.uses and v.name != self.name]
        if users and not self.cascade:
            raise CannotApply("depends", self.object, f"view {users[0]} uses it")
        rules = rules_over(before, self.name)
        if rules and not self.cascade:
            raise CannotApply("depends", self.object, f"rule {rules[0][1].name} of {rules[0][0]} uses it")
        policies = policies_reading(before, self.name)
        if policies and not self.cascade:
            raise CannotApply("depends", self.object, f"policy {policies[0][1].name} of {policies[0][0]} reads it")
        if not self.cascade:
            refuse_users(before, self.name, self.object)
        schema = without_rules(without_policies(before.without_view(self.name), policies), rules)
        schema = without_users(schema, self.name)
        for user in users:
            if user in schema.views:
                schema = DropView(user, schema.views[user].materialized, cascade=True).apply(schema)
        return schema


@dataclass(frozen=True, slots=True)
class RenameView(Operation):
    """ALTER VIEW ... RENAME TO or SET SCHEMA."""

    operation: ClassVar[str] = "alter_view_rename"
    object_kind: ClassVar[str] = "view"
    name: Name
    new: Name
    if_exists: bool = False

    def apply(self, before: Schema) -> Schema:
        if self.name not in before.views:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such view")
        refuse_schema(before, self.new)
        if before.relation_exists(self.new):
            raise CannotApply("exists", ObjectRef("view", None, str(self.new)), "the relation already exists")
        refuse_type_of(before, self.new, ObjectRef("view", None, str(self.new)))
        return move_view(before, self.name, self.new)


@dataclass(frozen=True, slots=True)
class AlterView(Operation):
    """ALTER VIEW ... SET or RESET options; `options` are those afterwards."""

    operation: ClassVar[str] = "alter_view"
    object_kind: ClassVar[str] = "view"
    name: Name
    options: tuple[tuple[str, str], ...]
    if_exists: bool = False

    def apply(self, before: Schema) -> Schema:
        view = before.views.get(self.name)
        if view is None:
            if self.if_exists:
                return before
            raise CannotApply("missing", self.object, "no such view")
        return before.with_view(replace(view, options=self.options))
