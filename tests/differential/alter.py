"""ALTER TABLE and its relatives: pglast's trees as expected operations."""

from __future__ import annotations

from typing import Any

from pglast import ast, enums

from migralint.operations import (
    KEEP,
    AddColumn,
    AlterColumn,
    AlterConstraint,
    AlterIndex,
    AlterSequence,
    AlterTable,
    AlterType,
    AlterView,
    AttachIndex,
    AttachPartition,
    CreateConstraint,
    DetachPartition,
    DropColumn,
    DropConstraint,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    RenameView,
    SetRowSecurity,
    ValidateConstraint,
)
from migralint.schema import PrimaryKey, Schema, Unique
from tests.differential import details, settings
from tests.differential.expected import Either, Expect, Outside
from tests.differential.tables import (
    Initially,
    bound,
    column_definition,
    constraint,
    default,
    sequence_name,
    setting,
)
from tests.differential.trees import Expression, Kind, Ref, ref, texts

_SUBTYPE = enums.AlterTableType
_CONSTRAINT = enums.ConstrType
_OBJECT = enums.ObjectType
_ACTIONS = {
    _SUBTYPE.AT_SetStatistics: "set_statistics",
    _SUBTYPE.AT_SetOptions: "set_column_options",
    _SUBTYPE.AT_ResetOptions: "reset_column_options",
    _SUBTYPE.AT_SetStorage: "set_storage",
    _SUBTYPE.AT_SetCompression: "set_compression",
    _SUBTYPE.AT_AlterColumnGenericOptions: "column_options",
    _SUBTYPE.AT_ChangeOwner: "owner_to",
    _SUBTYPE.AT_ClusterOn: "cluster_on",
    _SUBTYPE.AT_DropCluster: "set_without_cluster",
    _SUBTYPE.AT_DropOids: "set_without",
    _SUBTYPE.AT_SetAccessMethod: "set_access_method",
    _SUBTYPE.AT_SetTableSpace: "set_tablespace",
    _SUBTYPE.AT_SetRelOptions: "set_options",
    _SUBTYPE.AT_ResetRelOptions: "reset_options",
    _SUBTYPE.AT_ReplicaIdentity: "replica_identity",
    _SUBTYPE.AT_GenericOptions: "options",
    _SUBTYPE.AT_AddOf: "of",
    _SUBTYPE.AT_DropOf: "not_of",
    _SUBTYPE.AT_DetachPartitionFinalize: "detach_partition_finalize",
    **{getattr(_SUBTYPE, f"AT_Enable{kind}Trig"): "enable_trigger" for kind in ("", "Always", "Replica")},
    **{getattr(_SUBTYPE, f"AT_EnableTrig{kind}"): "enable_trigger" for kind in ("All", "User")},
    **{getattr(_SUBTYPE, f"AT_DisableTrig{kind}"): "disable_trigger" for kind in ("", "All", "User")},
    **{getattr(_SUBTYPE, f"AT_Enable{kind}Rule"): "enable_rule" for kind in ("", "Always", "Replica")},
    _SUBTYPE.AT_DisableRule: "disable_rule",
}
"""Subcommands that are known by their name and by what they set."""

_STATES = {
    _SUBTYPE.AT_SetLogged: "set_logged",
    _SUBTYPE.AT_SetUnLogged: "set_unlogged",
    _SUBTYPE.AT_ForceRowSecurity: "force_row_security",
    _SUBTYPE.AT_NoForceRowSecurity: "no_force_row_security",
}
_OTHER_RELATIONS = {
    _OBJECT.OBJECT_INDEX: "alter_index",
    _OBJECT.OBJECT_VIEW: "alter_view",
    _OBJECT.OBJECT_MATVIEW: "alter_materialized_view",
    _OBJECT.OBJECT_SEQUENCE: "alter_sequence",
}


def alter_table(node: ast.AlterTableStmt) -> list[Any]:
    """ALTER TABLE, and ALTER of other relations that the parser reads with it."""
    table = ref(node.relation)
    if node.objtype == _OBJECT.OBJECT_TYPE:
        return [_composite(node)]
    found = [_subcommand(cmd, node, table) for cmd in node.cmds]
    return found[:1] if node.objtype in _OTHER_RELATIONS and all(isinstance(one, Outside) for one in found) else found


def _composite(node: ast.AlterTableStmt) -> Any:
    """ALTER TYPE of a composite, which is one operation."""
    return Expect(AlterType, {"name": ref(node.relation)})


def _subcommand(cmd: ast.AlterTableCmd, node: ast.AlterTableStmt, table: Ref) -> Any:
    if node.objtype == _OBJECT.OBJECT_VIEW and cmd.subtype == _SUBTYPE.AT_ColumnDefault:
        return Outside("alter_view", frozenset(["alter_view"]))
    if node.objtype == _OBJECT.OBJECT_SEQUENCE and cmd.subtype in _STATES:
        return Expect(AlterSequence, {"name": table, "after": None})
    if cmd.subtype in _ACTIONS:
        action = _ACTIONS[cmd.subtype]
        names = {f"alter_table_{action}", "alter_table_set_sequence_options", "alter_table_alter_column"}
        if node.objtype in _OTHER_RELATIONS:
            names = {_OTHER_RELATIONS[node.objtype]}
        if node.missing_ok:
            names.add("alter_table")
        detail = settings.said(cmd)
        if cmd.subtype == _SUBTYPE.AT_ChangeOwner:
            detail = details.owner(node.objtype, node.relation, cmd.newowner)
        outside = Outside(str(action), frozenset(names), detail)
        if node.objtype == _OBJECT.OBJECT_SEQUENCE:
            return Either([outside, Expect(AlterSequence, {"name": table, "after": None, "detail": detail})])
        if node.objtype in (_OBJECT.OBJECT_VIEW, _OBJECT.OBJECT_MATVIEW) and action in ("set_options", "reset_options"):
            return Expect(AlterView, {"name": table, "options": _Settings(cmd)})
        if node.objtype == _OBJECT.OBJECT_INDEX and action in ("set_options", "reset_options"):
            return Expect(AlterIndex, {"index": table, "options": detail, "if_exists": bool(node.missing_ok)})
        return outside
    found = _modelled(cmd, node, table)
    if found.of is AttachIndex:
        return found
    found.attributes.setdefault("table", table)
    if hasattr(found.of, "only"):
        found.attributes["only"] = not node.relation.inh
    return found


class _Settings:
    """The options of a view after SET or RESET: those that it names."""

    def __init__(self, cmd: ast.AlterTableCmd) -> None:
        adds = cmd.subtype == _SUBTYPE.AT_SetRelOptions
        self.named = {one.defname: setting(one.arg) if adds else None for one in cmd.def_}

    def means(self, found: Any) -> bool:
        """Whether the named options have these values, or are gone."""
        return all(dict(found).get(name) == value for name, value in self.named.items())

    def __str__(self) -> str:
        return str(self.named)


def _modelled(cmd: ast.AlterTableCmd, node: ast.AlterTableStmt, table: Ref) -> Expect:
    sub, definition = cmd.subtype, cmd.def_
    cascade = int(cmd.behavior) == int(enums.DropBehavior.DROP_CASCADE)

    def column(**changes: Any) -> Expect:
        return Expect(AlterColumn, {"name": cmd.name, **_kept(changes)})

    match sub:
        case _SUBTYPE.AT_AddColumn:
            value, constraints = column_definition(definition)
            return Expect(
                AddColumn,
                {"column": value, "constraints": constraints, "if_not_exists": bool(cmd.missing_ok)},
            )
        case _SUBTYPE.AT_DropColumn:
            return Expect(DropColumn, {"name": cmd.name, "if_exists": bool(cmd.missing_ok), "cascade": cascade})
        case _SUBTYPE.AT_ColumnDefault:
            # SET DEFAULT NULL and DROP DEFAULT are passes of their own; only the latter has no expression.
            return column(default=default(definition) or ("NULL" if definition is not None else None))
        case _SUBTYPE.AT_SetNotNull:
            return column(not_null=True)
        case _SUBTYPE.AT_DropNotNull:
            return column(not_null=False)
        case _SUBTYPE.AT_SetExpression:
            expression = Expect(object, {"expression": Expression(definition)})
            return column(generated=expression)
        case _SUBTYPE.AT_DropExpression:
            return column(generated=None)
        case _SUBTYPE.AT_AlterColumnType:
            collation = texts(definition.collClause.collname)[-1] if definition.collClause else None
            using = Expression(definition.raw_default) if definition.raw_default is not None else None
            return column(type=Kind(definition.typeName), collation=collation, using=using)
        case _SUBTYPE.AT_AddIdentity:
            identity = "always" if definition.generated_when == "a" else "by default"
            return column(identity=identity, sequence=sequence_name(definition.options))
        case _SUBTYPE.AT_SetIdentity:
            return _set_identity(cmd)
        case _SUBTYPE.AT_DropIdentity:
            return column(identity=None)
        case _SUBTYPE.AT_AddConstraint:
            return _add_constraint(definition)
        case _SUBTYPE.AT_AlterConstraint:
            return _alter_constraint(definition)
        case _SUBTYPE.AT_ValidateConstraint:
            return Expect(ValidateConstraint, {"name": cmd.name})
        case _SUBTYPE.AT_DropConstraint:
            return Expect(DropConstraint, {"name": cmd.name, "if_exists": bool(cmd.missing_ok), "cascade": cascade})
        case _SUBTYPE.AT_AddInherit:
            return Expect(AttachPartition, {"table": ref(definition), "partition": table, "inherit": True})
        case _SUBTYPE.AT_DropInherit:
            return Expect(DetachPartition, {"table": ref(definition), "partition": table})
        case _SUBTYPE.AT_AttachPartition if definition.bound is None:
            return Expect(AttachIndex, {"index": table, "partition": ref(definition.name)})
        case _SUBTYPE.AT_AttachPartition:
            attributes = {"partition": ref(definition.name), "inherit": False, "bound": bound(definition.bound)}
            return Expect(AttachPartition, attributes)
        case _SUBTYPE.AT_DetachPartition:
            attributes = {"partition": ref(definition.name), "concurrently": bool(definition.concurrent)}
            return Expect(DetachPartition, attributes)
        case _SUBTYPE.AT_EnableRowSecurity | _SUBTYPE.AT_DisableRowSecurity:
            return Expect(SetRowSecurity, {"enabled": sub == _SUBTYPE.AT_EnableRowSecurity})
    if sub in _STATES:
        return Expect(AlterTable, {"action": _STATES[sub]})
    raise NotImplementedError(f"ALTER TABLE subcommand {sub}")


def _kept(changes: dict[str, Any]) -> dict[str, Any]:
    """What is not changed stays."""
    properties = ("new_name", "type", "not_null", "default", "identity", "generated", "comment")
    return {**dict.fromkeys(properties, KEEP), **changes}


def _set_identity(cmd: ast.AlterTableCmd) -> Expect:
    """SET GENERATED; other options are those of its sequence."""
    kind = next((o.arg for o in cmd.def_ if o.defname == "generated"), None)
    if kind is None:
        return Expect(AlterTable, {"action": Either(["set_sequence_options", "restart_identity"])})
    value = "always" if chr(kind.ival) == "a" else "by default"
    return Expect(AlterColumn, {"name": cmd.name, **_kept({"identity": value})})


def _add_constraint(node: ast.Constraint) -> Expect:
    if node.contype == _CONSTRAINT.CONSTR_NOTNULL:
        return Expect(AlterColumn, {"name": texts(node.keys)[0], **_kept({"not_null": True})})
    if node.indexname:
        kind = PrimaryKey if node.contype == _CONSTRAINT.CONSTR_PRIMARY else Unique
        attributes = {
            "name": node.conname or "",
            "deferrable": bool(node.deferrable),
            "initially": Initially(bool(node.initdeferred)),
        }
        return Expect(CreateConstraint, {"constraint": Expect(kind, attributes), "using_index": node.indexname})
    return Expect(CreateConstraint, {"constraint": constraint(node), "using_index": None})


def _alter_constraint(node: ast.ATAlterConstraint) -> Expect:
    attributes: dict[str, Any] = {"name": node.conname}
    if node.alterInheritability:
        return Expect(AlterTable, {"action": "alter_constraint"})
    attributes["enforced"] = bool(node.is_enforced) if node.alterEnforceability else KEEP
    attributes["deferrable"] = bool(node.deferrable) if node.alterDeferrability else KEEP
    if node.alterDeferrability:
        attributes["initially"] = Initially(bool(node.initdeferred))
    return Expect(AlterConstraint, attributes)


def rename(node: ast.RenameStmt, before: Schema) -> list[Any]:
    """ALTER ... RENAME of relations and of what belongs to them."""
    kind, relation = node.renameType, node.relation
    missing_ok = bool(node.missing_ok)
    match kind:
        case _OBJECT.OBJECT_TABLE | _OBJECT.OBJECT_FOREIGN_TABLE | _OBJECT.OBJECT_VIEW | _OBJECT.OBJECT_MATVIEW:
            return [moved(relation, Ref(relation.schemaname, node.newname), missing_ok)]
        case _OBJECT.OBJECT_SEQUENCE | _OBJECT.OBJECT_INDEX:
            return [moved(relation, Ref(relation.schemaname, node.newname), missing_ok)]
        case _OBJECT.OBJECT_COLUMN:
            attributes = {"table": ref(relation), "name": node.subname, **_kept({"new_name": node.newname})}
            return [_or_nothing(Expect(AlterColumn, attributes), missing_ok)]
        case _OBJECT.OBJECT_TABCONSTRAINT:
            attributes = {"table": ref(relation), "name": node.subname, "new_name": node.newname}
            return [_or_nothing(Expect(RenameConstraint, attributes), missing_ok)]
    raise NotImplementedError(f"RENAME of {kind}")


def _or_nothing(expect: Expect, missing_ok: bool) -> Any:
    return Either([expect, Outside("alter_table", frozenset(["alter_table"]))]) if missing_ok else expect


def moved(relation: ast.RangeVar, new: Ref, missing_ok: bool) -> Any:
    """A relation under another name or in another schema: what it is the schema knows."""
    old = ref(relation)
    choices: list[Any] = [
        Expect(RenameTable, {"table": old, "new": new, "if_exists": missing_ok}),
        Expect(RenameView, {"name": old, "new": new, "if_exists": missing_ok}),
        Expect(RenameIndex, {"index": old, "new_name": new.name, "if_exists": missing_ok}),
        Expect(AlterSequence, {"name": old, "after.name": new, "if_exists": missing_ok}),
        Expect(AlterSequence, {"name": old, "after": None, "if_exists": missing_ok}),
        Expect(AlterTable, {"table": old, "action": "set_schema"}),
    ]
    if missing_ok:
        choices.append(Outside("alter_table", frozenset(["alter_table"])))
    return Either(choices)
