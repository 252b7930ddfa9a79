"""What statements say of things that `Schema` does not hold: pglast's trees as expected details."""

from __future__ import annotations

from typing import Any

from pglast import ast, enums

from migralint.operations.details import CommentOn, Dropped, OwnerTo, Rule, SecurityLabel, Target
from migralint.operations.privileges import DefaultPrivileges, Grant, Privilege, RoleGrant
from migralint.operations.publications import Publication, PublishedTable
from tests.differential import objects
from tests.differential.expected import Expect
from tests.differential.tables import setting
from tests.differential.trees import Expression, Kind, Query, Ref, ref, texts

_OBJECT = enums.ObjectType
_ROUTINES = (_OBJECT.OBJECT_FUNCTION, _OBJECT.OBJECT_PROCEDURE, _OBJECT.OBJECT_ROUTINE, _OBJECT.OBJECT_AGGREGATE)
_ON_TABLES = (_OBJECT.OBJECT_TRIGGER, _OBJECT.OBJECT_POLICY, _OBJECT.OBJECT_RULE, _OBJECT.OBJECT_TABCONSTRAINT)
_KINDS = {
    _OBJECT.OBJECT_ACCESS_METHOD: "access_method",
    _OBJECT.OBJECT_DOMCONSTRAINT: "domain_constraint",
    _OBJECT.OBJECT_FDW: "foreign_data_wrapper",
    _OBJECT.OBJECT_FOREIGN_SERVER: "server",
    _OBJECT.OBJECT_LARGEOBJECT: "large_object",
    _OBJECT.OBJECT_MATVIEW: "materialized_view",
    _OBJECT.OBJECT_OPCLASS: "operator_class",
    _OBJECT.OBJECT_OPFAMILY: "operator_family",
    _OBJECT.OBJECT_PARAMETER_ACL: "parameter",
    _OBJECT.OBJECT_STATISTIC_EXT: "statistics",
    _OBJECT.OBJECT_TABCONSTRAINT: "constraint",
    _OBJECT.OBJECT_TSCONFIGURATION: "text_search_configuration",
    _OBJECT.OBJECT_TSDICTIONARY: "text_search_dictionary",
    _OBJECT.OBJECT_TSPARSER: "text_search_parser",
    _OBJECT.OBJECT_TSTEMPLATE: "text_search_template",
}
_EVENTS = {1: "SELECT", 2: "UPDATE", 3: "INSERT", 4: "DELETE"}
_ROLES = {
    enums.RoleSpecType.ROLESPEC_CURRENT_ROLE: "current_role",
    enums.RoleSpecType.ROLESPEC_CURRENT_USER: "current_user",
    enums.RoleSpecType.ROLESPEC_SESSION_USER: "session_user",
    enums.RoleSpecType.ROLESPEC_PUBLIC: "public",
}
_PUBLISHED = enums.PublicationObjSpecType
_ACTIONS = {
    enums.AlterPublicationAction.AP_AddObjects: "add",
    enums.AlterPublicationAction.AP_DropObjects: "drop",
    enums.AlterPublicationAction.AP_SetObjects: "set",
}


def _cascade(node: Any) -> bool:
    return int(node.behavior) == int(enums.DropBehavior.DROP_CASCADE)


def role(node: Any) -> str | None:
    """A role."""
    return None if node is None else _ROLES.get(node.roletype) or node.rolename


def _roles(nodes: Any) -> list[str | None]:
    return [role(one) for one in nodes or ()]


def target(kind: Any, node: Any) -> Expect:
    """An object as a statement names it."""
    name = _KINDS.get(kind) or _OBJECT(kind).name.removeprefix("OBJECT_").lower()
    found: dict[str, Any] = {"kind": name, "arguments": None, "on": None, "method": None}
    if kind in _ROUTINES and isinstance(node, ast.ObjectWithArgs):
        found |= objects.function(node)
    elif kind == _OBJECT.OBJECT_OPERATOR:
        sides = [None if one is None else Kind(one) for one in node.objargs]
        found |= {"name": ref(node.objname), "arguments": sides}
    elif kind in (_OBJECT.OBJECT_OPCLASS, _OBJECT.OBJECT_OPFAMILY):
        method, *parts = texts(node)
        found |= {"name": Ref(parts[-2] if len(parts) > 1 else None, parts[-1]), "method": method}
    elif kind in _ON_TABLES or kind == _OBJECT.OBJECT_COLUMN:
        *before, last = texts(node)
        found |= {"name": last, "on": Ref(before[-2] if len(before) > 1 else None, before[-1])}
    elif kind == _OBJECT.OBJECT_DOMCONSTRAINT:
        found |= {"name": node[1].sval, "on": ref(node[0])}
    elif kind == _OBJECT.OBJECT_CAST:
        found |= {"name": "", "arguments": [Kind(node[0]), Kind(node[1])]}
    elif kind == _OBJECT.OBJECT_TRANSFORM:
        found |= {"name": Kind(node[0]), "method": node[1].sval}
    elif isinstance(node, ast.String):
        found["name"] = node.sval
    elif isinstance(node, ast.Integer | ast.Float):
        found["name"] = setting(node)
    elif isinstance(node, ast.RoleSpec):
        found["name"] = role(node)
    else:
        found["name"] = ref(node)
    return Expect(Target, found)


def owner(kind: Any, node: Any, new: Any) -> Expect:
    """ALTER ... OWNER TO: one word stands for all routines there, and one for all tables."""
    kind = {_OBJECT.OBJECT_ROUTINE: _OBJECT.OBJECT_FUNCTION, _OBJECT.OBJECT_FOREIGN_TABLE: _OBJECT.OBJECT_TABLE}.get(
        kind, kind
    )
    return Expect(OwnerTo, {"target": target(kind, node), "owner": role(new)})


def comment(node: ast.CommentStmt) -> Expect:
    """COMMENT ON."""
    return Expect(CommentOn, {"target": target(node.objtype, node.object), "text": node.comment})


def label(node: ast.SecLabelStmt) -> Expect:
    """SECURITY LABEL."""
    found = {"target": target(node.objtype, node.object), "provider": node.provider, "label": node.label}
    return Expect(SecurityLabel, found)


def dropped(node: ast.DropStmt) -> Expect:
    """DROP."""
    targets = [target(node.removeType, one) for one in node.objects]
    return Expect(Dropped, {"targets": targets, "if_exists": bool(node.missing_ok), "cascade": _cascade(node)})


def grant(node: ast.GrantStmt) -> Expect:
    """GRANT and REVOKE of privileges."""
    of_schemas = node.targtype == enums.GrantTargetType.ACL_TARGET_ALL_IN_SCHEMA
    kind = target(node.objtype, ast.String(sval="")).attributes["kind"]
    each = node.objects or ()
    found = {
        "grants": bool(node.is_grant),
        "kind": kind,
        "privileges": [_privilege(one) for one in node.privileges or (None,)],
        "grantees": _roles(node.grantees),
        "objects": [] if of_schemas else [target(node.objtype, one) for one in each],
        "schemas": [one.sval for one in each] if of_schemas else [],
        "option": bool(node.grant_option),
        "granted_by": role(node.grantor),
        "cascade": _cascade(node),
    }
    return Expect(Grant, found)


def _privilege(node: Any) -> Expect:
    if node is None:
        return Expect(Privilege, {"name": "all", "columns": []})
    return Expect(Privilege, {"name": node.priv_name or "all", "columns": texts(node.cols)})


def role_grant(node: ast.GrantRoleStmt) -> Expect:
    """GRANT and REVOKE of roles."""
    found = {
        "grants": bool(node.is_grant),
        "roles": [one.priv_name for one in node.granted_roles],
        "members": _roles(node.grantee_roles),
        "options": [(one.defname, bool(one.arg.boolval)) for one in node.opt or ()],
        "granted_by": role(node.grantor),
        "cascade": _cascade(node),
    }
    return Expect(RoleGrant, found)


def default_privileges(node: ast.AlterDefaultPrivilegesStmt) -> Expect:
    """ALTER DEFAULT PRIVILEGES."""
    given = {one.defname: one.arg for one in node.options or ()}
    found = {
        "roles": _roles(given.get("roles")),
        "schemas": texts(given.get("schemas")),
        "grant": grant(node.action),
    }
    return Expect(DefaultPrivileges, found)


def publication(node: Any) -> Expect:
    """CREATE and ALTER PUBLICATION."""
    creates = isinstance(node, ast.CreatePublicationStmt)
    tables: list[Any] = []
    schemas: list[Any] = []
    for one in node.pubobjects or ():
        if one.pubobjtype == _PUBLISHED.PUBLICATIONOBJ_TABLE:
            tables.append(_published(one.pubtable))
        else:
            current = one.pubobjtype == _PUBLISHED.PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA
            schemas.append(None if current else one.name)
    action = "create" if creates else "set_options" if node.options else _ACTIONS[node.action]
    found = {
        "action": action,
        "name": node.pubname,
        "all_tables": bool(node.for_all_tables),
        "tables": tables,
        "schemas": schemas,
        "options": [(one.defname, setting(one.arg)) for one in node.options or ()],
        "new_name": None,
    }
    return Expect(Publication, found)


def _published(node: ast.PublicationTable) -> Expect:
    where = None if node.whereClause is None else Expression(node.whereClause)
    found = {
        "table": ref(node.relation),
        "only": not node.relation.inh,
        "columns": texts(node.columns),
        "where": where,
    }
    return Expect(PublishedTable, found)


def renamed_publication(node: ast.RenameStmt) -> Expect:
    """ALTER PUBLICATION ... RENAME TO."""
    return Expect(Publication, {"action": "rename", "name": node.object.sval, "new_name": node.newname})


def rule(node: ast.RuleStmt) -> Expect:
    """CREATE RULE."""
    found = {
        "name": node.rulename,
        "table": ref(node.relation),
        "event": _EVENTS[int(node.event)],
        "instead": bool(node.instead),
        "where": None if node.whereClause is None else Expression(node.whereClause),
        "actions": [Query(one) for one in node.actions or ()],
        "or_replace": bool(node.replace),
    }
    return Expect(Rule, found)
