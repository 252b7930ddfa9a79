"""Effects of statements about what `Schema` does not hold."""

from __future__ import annotations

from migralint.operations.data import Statement
from migralint.operations.details import CommentOn, Dropped, OwnerTo, Rule, Target
from migralint.operations.effects.maintenance import maintenance
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ACCESS_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
    strongest,
)
from migralint.operations.privileges import Grant
from migralint.operations.publications import Publication
from migralint.schema import Name, Schema

_ON_TABLES = ("constraint", "trigger", "policy", "rule")
_RELATIONS = ("table", "foreign_table", "view", "materialized_view", "column")
_TOUCH_NOTHING = ("alter", "create", "drop", "do", "security", "set")
"""How the names of statements begin that lock no table, where nothing else is known of them."""

_UNKNOWN = ("alter_extension",)
"""Statements that lock tables which they do not name."""


def statement(operation: Statement, before: Schema, server: int) -> Effects | None:
    """What is known of the statement: None where it may lock relations that its text does not name."""
    detail, name = operation.detail, operation.statement
    if operation.maintains is not None:
        return maintenance(operation, operation.maintains, before, server)
    if isinstance(detail, OwnerTo) and detail.target.kind in _RELATIONS and isinstance(detail.target.name, Name):
        return Effects(locked(ACCESS_EXCLUSIVE, [detail.target.name]))
    match name:
        case "comment":
            return _comment(detail.target, before) if isinstance(detail, CommentOn) else Effects()
        case "grant" | "revoke":
            return _grant(detail, server) if isinstance(detail, Grant) else Effects()
        case "create_publication" | "alter_publication":
            tables = [one.table for one in detail.tables] if isinstance(detail, Publication) else []
            return Effects(locked(SHARE_UPDATE_EXCLUSIVE, tables))
        case "create_rule" | "alter_rule" | "drop_rule":
            return _rule(operation, before)
        case "alter_view" | "alter_materialized_view" if operation.name is not None:
            mode = ACCESS_EXCLUSIVE if name == "alter_view" else SHARE_UPDATE_EXCLUSIVE
            return Effects(locked(mode, [_named(operation.name)]))
        case "alter_table":  # of one that is not there, or of all in a tablespace
            return Effects() if operation.table is not None else None
    cascades = isinstance(detail, Dropped) and detail.cascade
    if cascades or name in _UNKNOWN or name.split("_")[0] not in _TOUCH_NOTHING:
        return None
    return Effects(transactional=operation.transactional)


def _rule(operation: Statement, before: Schema) -> Effects | None:
    """CREATE, ALTER and DROP RULE; the first opens what its actions name, as they do.

    A missing one is not looked for under a lock.
    """
    if operation.table is None:
        return None
    missing_ok = isinstance(operation.detail, Dropped) and operation.detail.if_exists
    table = before.tables.get(operation.table)
    if missing_ok and table is not None and all(rule.name != operation.name for rule in table.rules):
        return Effects()
    locks = locked(ACCESS_EXCLUSIVE, [operation.table])
    if isinstance(detail := operation.detail, Rule):
        read = [name for name in detail.uses if name not in detail.writes and before.relation(name) is not None]
        locks += locked(ROW_EXCLUSIVE, detail.writes) + locked(ACCESS_SHARE, read)
    return Effects(strongest(locks))


def _named(name: str) -> Name:
    return Name(*name.split(".", 1)) if "." in name else Name("public", name)


def _grant(detail: Grant, server: int) -> Effects:
    """GRANT and REVOKE on tables open them, from 18 on."""
    opened = detail.objects if server >= 18 and detail.kind == "table" else ()
    return Effects(locked(ACCESS_SHARE, [target.name for target in opened if isinstance(target.name, Name)]))


def _comment(target: Target, before: Schema) -> Effects:
    """COMMENT ON what stands on a table only opens it; a composite type is no relation that anybody reads."""
    if target.on is not None and target.on in before.types and before.relation(target.on) is None:
        return Effects()
    if target.kind in _ON_TABLES and target.on is not None:
        return Effects(locked(ACCESS_SHARE, [target.on]))
    relation = target.on if target.kind == "column" else target.name
    if target.kind not in _RELATIONS or not isinstance(relation, Name):
        return Effects()
    return Effects(locked(SHARE_UPDATE_EXCLUSIVE, [relation]))
