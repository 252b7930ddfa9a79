"""Operations on triggers and policies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.inheritance import certain
from migralint.operations.tables import existing
from migralint.schema import Name, Policy, Schema, Trigger, View


@dataclass(frozen=True, slots=True)
class CreateTrigger(Operation):
    """CREATE [OR REPLACE] TRIGGER on a table or view; `origin` is the table after FROM of a constraint trigger."""

    operation: ClassVar[str] = "create_trigger"
    table: Name
    trigger: Trigger
    or_replace: bool = False
    origin: Name | None = field(default=None, compare=False)

    @property
    def object_name(self) -> str:
        return self.trigger.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("trigger", self.table, self.trigger.name)

    def apply(self, before: Schema) -> Schema:
        owner = before.views.get(self.table) or existing(before, self.table)
        others = tuple(t for t in owner.triggers if t.name != self.trigger.name)
        trigger = self.trigger
        if len(others) != len(owner.triggers):
            if not self.or_replace:
                raise CannotApply("exists", self.object, "the trigger already exists")
            trigger = replace(trigger, comment=next(t for t in owner.triggers if t not in others).comment)
        if isinstance(owner, View):
            return before.with_view(replace(owner, triggers=(*others, trigger)))
        for column in self.trigger.columns if certain(before, owner) else ():
            if owner.column(column) is None:
                raise CannotApply("missing", ObjectRef("column", self.table, column), "no such column")
        return before.with_table(replace(owner, triggers=(*others, trigger)))


@dataclass(frozen=True, slots=True)
class AlterTrigger(Operation):
    """ALTER TRIGGER ... RENAME TO."""

    operation: ClassVar[str] = "alter_trigger"
    object_kind: ClassVar[str] = "trigger"
    table: Name
    name: str
    new_name: str

    def apply(self, before: Schema) -> Schema:
        owner = before.views.get(self.table) or existing(before, self.table)
        found = next((t for t in owner.triggers if t.name == self.name), None)
        if found is None:
            raise CannotApply("missing", self.object, "no such trigger")
        if any(t.name == self.new_name != self.name for t in owner.triggers):
            raise CannotApply("exists", ObjectRef("trigger", self.table, self.new_name), "the trigger already exists")
        triggers = tuple(replace(t, name=self.new_name) if t is found else t for t in owner.triggers)
        if isinstance(owner, View):
            return before.with_view(replace(owner, triggers=triggers))
        return before.with_table(replace(owner, triggers=triggers))


@dataclass(frozen=True, slots=True)
class DropTrigger(Operation):
    """DROP TRIGGER."""

    operation: ClassVar[str] = "drop_trigger"
    object_kind: ClassVar[str] = "trigger"
    table: Name
    name: str
    if_exists: bool = False

    def apply(self, before: Schema) -> Schema:
        owner = before.tables.get(self.table) or before.views.get(self.table)
        if owner is None or not any(t.name == self.name for t in owner.triggers):
            if self.if_exists or (owner is not None and getattr(owner, "assumed", False)):
                return before
            raise CannotApply("missing", self.object, "no such trigger")
        kept = tuple(t for t in owner.triggers if t.name != self.name)
        if isinstance(owner, View):
            return before.with_view(replace(owner, triggers=kept))
        return before.with_table(replace(owner, triggers=kept))


@dataclass(frozen=True, slots=True)
class CreatePolicy(Operation):
    """CREATE POLICY; `reads` are other relations in its conditions."""

    operation: ClassVar[str] = "create_policy"
    table: Name
    policy: Policy
    reads: tuple[Name, ...] = field(default=(), compare=False)

    @property
    def object_name(self) -> str:
        return self.policy.name

    @property
    def object(self) -> ObjectRef:
        return ObjectRef("policy", self.table, self.policy.name)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        if any(p.name == self.policy.name for p in table.policies):
            raise CannotApply("exists", self.object, "the policy already exists")
        _refuse_conditions(before, self.object, self.policy.command, self.policy.using, self.policy.check)
        return before.with_table(replace(table, policies=(*table.policies, self.policy)))


@dataclass(frozen=True, slots=True)
class AlterPolicy(Operation):
    """ALTER POLICY: rename, or what None does not leave alone. `columns` are those that its conditions read."""

    operation: ClassVar[str] = "alter_policy"
    object_kind: ClassVar[str] = "policy"
    table: Name
    name: str
    new_name: str | None = None
    roles: tuple[str, ...] | None = None
    using: str | None = None
    check: str | None = None
    reads: tuple[Name, ...] = field(default=(), compare=False)
    columns: tuple[tuple[Name, str], ...] = field(default=(), compare=False)

    def apply(self, before: Schema) -> Schema:
        table = existing(before, self.table)
        found = next((p for p in table.policies if p.name == self.name), None)
        if found is None:
            raise CannotApply("missing", self.object, "no such policy")
        if any(p.name == self.new_name for p in table.policies):
            raise CannotApply("exists", ObjectRef("policy", self.table, self.new_name), "the policy already exists")
        _refuse_conditions(before, self.object, found.command, self.using, self.check)
        after = replace(
            found,
            name=self.new_name or found.name,
            roles=self.roles or found.roles,
            using=self.using or found.using,
            check=self.check or found.check,
            reads=self.columns if self.using and self.check else tuple(dict.fromkeys((*found.reads, *self.columns))),
        )
        policies = tuple(after if p is found else p for p in table.policies)
        return before.with_table(replace(table, policies=policies))


def _refuse_conditions(schema: Schema, policy: ObjectRef, command: str, using: str | None, check: str | None) -> None:
    """Rows that come have a WITH CHECK, rows that are there a USING (PostgreSQL docs, CREATE POLICY)."""
    if certain(schema) and using is not None and command == "INSERT":
        raise CannotApply("invalid", policy, "a policy for INSERT has only WITH CHECK", condition="syntax_error")
    if certain(schema) and check is not None and command in ("SELECT", "DELETE"):
        raise CannotApply("invalid", policy, f"a policy for {command} has only USING")


@dataclass(frozen=True, slots=True)
class DropPolicy(Operation):
    """DROP POLICY."""

    operation: ClassVar[str] = "drop_policy"
    object_kind: ClassVar[str] = "policy"
    table: Name
    name: str
    if_exists: bool = False

    def apply(self, before: Schema) -> Schema:
        table = before.tables.get(self.table)
        if table is None or not any(p.name == self.name for p in table.policies):
            if self.if_exists or (table is not None and table.assumed):
                return before
            raise CannotApply("missing", self.object, "no such policy")
        return before.with_table(replace(table, policies=tuple(p for p in table.policies if p.name != self.name)))
