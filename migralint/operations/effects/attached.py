"""Effects of operations on triggers, policies and statistics."""

from __future__ import annotations

from migralint.operations.attached import (
    AlterPolicy,
    AlterTrigger,
    CreatePolicy,
    CreateTrigger,
    DropPolicy,
    DropTrigger,
)
from migralint.operations.effects.reach import partitions
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ACCESS_SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
)
from migralint.operations.statistics import CreateStatistics, DropStatistics
from migralint.schema import Name, Schema, Trigger


def create_trigger(operation: CreateTrigger, before: Schema, server: int) -> Effects:
    """CREATE TRIGGER stops writes; one for each row is made in the partitions as well."""
    locks = locked(SHARE_ROW_EXCLUSIVE, _with_partitions(before, operation.table, operation.trigger))
    return Effects(locks + locked(ACCESS_SHARE, [operation.origin] if operation.origin else ()))


def drop_trigger(operation: DropTrigger, before: Schema, server: int) -> Effects:
    """DROP TRIGGER; a missing one is not looked for under a lock."""
    found = _trigger(before, operation.table, operation.name)
    if found is None:
        return Effects() if operation.if_exists else Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))
    return Effects(locked(ACCESS_EXCLUSIVE, _with_partitions(before, operation.table, found)))


def alter_trigger(operation: AlterTrigger, before: Schema, server: int) -> Effects:
    """ALTER TRIGGER ... RENAME."""
    return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))


def create_statistics(operation: CreateStatistics, before: Schema, server: int) -> Effects:
    """CREATE STATISTICS."""
    return Effects(locked(SHARE_UPDATE_EXCLUSIVE, [operation.table]))


def drop_statistics(operation: DropStatistics, before: Schema, server: int) -> Effects:
    """DROP STATISTICS."""
    table = before.statistics_of(operation.name)
    return Effects(locked(SHARE_UPDATE_EXCLUSIVE, [table.name])) if table is not None else Effects()


def change_policy(operation: CreatePolicy | AlterPolicy, before: Schema, server: int) -> Effects:
    """CREATE and ALTER POLICY, which opens what the conditions read."""
    opened = [name for name in operation.reads if name in before.tables or name in before.views]
    return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]) + locked(ACCESS_SHARE, opened))


def drop_policy(operation: DropPolicy, before: Schema, server: int) -> Effects:
    """DROP POLICY; as for a trigger."""
    table = before.tables.get(operation.table)
    there = table is not None and any(p.name == operation.name for p in table.policies)
    return Effects(locked(ACCESS_EXCLUSIVE, [operation.table])) if there or not operation.if_exists else Effects()


def _trigger(before: Schema, table: Name, name: str) -> Trigger | None:
    owner = before.tables.get(table) or before.views.get(table)
    return next((t for t in owner.triggers if t.name == name), None) if owner else None


def _with_partitions(before: Schema, table: Name, trigger: Trigger) -> list[Name]:
    return partitions(before, table) if trigger.level == "ROW" else [table]
