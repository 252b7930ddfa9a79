"""One statement as PostgreSQL's parser sees it → the operations that it has to become."""

from __future__ import annotations

import re
from typing import Any

from pglast import ast, enums

from migralint.operations import (
    AlterColumn,
    AlterDomain,
    CreateTableComment,
    Delete,
    DropExtension,
    DropFunction,
    DropIndex,
    DropPolicy,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    DropTrigger,
    DropType,
    DropView,
    Insert,
    Merge,
    Truncate,
    Update,
)
from migralint.schema import Schema
from tests.differential import alter, details, objects, settings, statistics, tables
from tests.differential.expected import Either, Expect, Outside, Whatever
from tests.differential.trees import Ref, ref, texts

_OBJECT = enums.ObjectType
_NOT_JUDGED = (
    "Select Set Explain Show Transaction VariableSet VariableShow Do Call Fetch ClosePortal DeclareCursor Execute Prepare"
    " Deallocate Notify Listen Unlisten Load CheckPoint Discard ConstraintsSet Copy Return PLAssign"
).split()
_DATA = ("Insert", "Update", "Delete", "Merge", "Truncate")
_STATEMENTS = {
    "AlterDatabaseRefreshColl": "alter_database",
    "AlterDatabaseSet": "alter_database",
    "AlterEventTrig": "alter_event_trigger",
    "AlterExtensionContents": "alter_extension",
    "AlterFdw": "alter_foreign_data_wrapper",
    "AlterForeignServer": "alter_server",
    "AlterOpFamily": "alter_operator_family",
    "AlterRoleSet": "alter_role",
    "AlterTSConfiguration": "alter_text_search_configuration",
    "AlterTSDictionary": "alter_text_search_dictionary",
    "AlterTableSpaceOptions": "alter_tablespace",
    "CreateAm": "create_access_method",
    "CreateEventTrig": "create_event_trigger",
    "CreateFdw": "create_foreign_data_wrapper",
    "CreateForeignServer": "create_server",
    "CreateOpClass": "create_operator_class",
    "CreateOpFamily": "create_operator_family",
    "CreatePLang": "create_language",
    "CreateTableSpace": "create_tablespace",
    "Createdb": "create_database",
    "Dropdb": "drop_database",
    "DropTableSpace": "drop_tablespace",
    "ReassignOwned": "reassign",
    "RefreshMatView": "refresh_materialized_view",
    "Rule": "create_rule",
    "SecLabel": "security_label",
    "GrantRole": "grant",
}
"""Statements that are known by their name: pglast's name (without Stmt), migralint's."""

_DETAILS: dict[type, Any] = {
    ast.CreateEventTrigStmt: settings.event_trigger,
    ast.RuleStmt: details.rule,
    ast.SecLabelStmt: details.label,
}
_DEFINED = {
    _OBJECT.OBJECT_COLLATION: "create_collation",
    _OBJECT.OBJECT_OPERATOR: "create_operator",
    _OBJECT.OBJECT_TSPARSER: "create_text_search_parser",
    _OBJECT.OBJECT_TSDICTIONARY: "create_text_search_dictionary",
    _OBJECT.OBJECT_TSTEMPLATE: "create_text_search_template",
    _OBJECT.OBJECT_TSCONFIGURATION: "create_text_search_configuration",
}
_KINDS = {
    _OBJECT.OBJECT_FDW: "foreign_data_wrapper",
    _OBJECT.OBJECT_FOREIGN_SERVER: "server",
    _OBJECT.OBJECT_LARGEOBJECT: "large",
    _OBJECT.OBJECT_MATVIEW: "materialized_view",
    _OBJECT.OBJECT_OPCLASS: "operator_class",
    _OBJECT.OBJECT_OPFAMILY: "operator_family",
    _OBJECT.OBJECT_STATISTIC_EXT: "statistics",
    _OBJECT.OBJECT_TSCONFIGURATION: "text_search_configuration",
    _OBJECT.OBJECT_TSDICTIONARY: "text_search_dictionary",
    _OBJECT.OBJECT_TSPARSER: "text_search_parser",
    _OBJECT.OBJECT_TSTEMPLATE: "text_search_template",
    _OBJECT.OBJECT_DOMAIN: "domain",
}


def kind(node: Any) -> str:
    """What sort of statement it is: pglast's class without Stmt."""
    return type(node).__name__.removesuffix("Stmt")


def judged(node: Any) -> str | None:
    """ "ddl", "data", or None for what is not looked at."""
    name = kind(node)
    if name == "Select":
        return "ddl" if node.intoClause is not None else None
    if name in _NOT_JUDGED:
        return None
    return "data" if name in _DATA else "ddl"


def expected(node: Any, before: Schema) -> list[Any]:
    """The operations that a statement has to become. `before` is what the script has made so far."""
    simple = _READERS.get(type(node))
    if simple is not None:
        inner = [one.ctequery for one in with_clause.ctes] if (with_clause := getattr(node, "withClause", None)) else []
        changing = [one for one in inner if judged(one) == "data"]
        return [found for one in changing for found in expected(one, before)] + simple(node)
    knowing = _KNOWING.get(type(node))
    if knowing is not None:
        return knowing(node, before)
    return [_outside(node)]


def _outside(node: Any) -> Any:
    name = kind(node)
    if isinstance(node, ast.GrantStmt):
        return _named("grant" if node.is_grant else "revoke", detail=details.grant(node))
    if isinstance(node, ast.GrantRoleStmt):
        return _named("grant" if node.is_grant else "revoke", detail=details.role_grant(node))
    if isinstance(node, ast.AlterDefaultPrivilegesStmt):
        return _named("alter_default_privileges", detail=details.default_privileges(node))
    if isinstance(node, ast.CreatePublicationStmt | ast.AlterPublicationStmt):
        verb = "create" if isinstance(node, ast.CreatePublicationStmt) else "alter"
        return _named(f"{verb}_publication", detail=details.publication(node))
    if type(node) in _DETAILS:
        return _named(_STATEMENTS[name], detail=_DETAILS[type(node)](node))
    if isinstance(node, ast.VacuumStmt):
        return _named("vacuum" if node.is_vacuumcmd else "analyze")
    if isinstance(node, ast.CreateRoleStmt | ast.AlterRoleStmt | ast.AlterRoleSetStmt | ast.DropRoleStmt):
        verb = name.removesuffix("Set").removesuffix("Role").lower()
        return _named(f"{verb}_role", f"{verb}_user", f"{verb}_group")
    if isinstance(node, ast.AlterOwnerStmt):
        return _altered(node.objectType, details.owner(node.objectType, node.object, node.newowner))
    if isinstance(node, ast.AlterObjectDependsStmt):
        return _altered(node.objectType)
    if isinstance(node, ast.AlterTableMoveAllStmt):
        return _altered(node.objtype)
    if isinstance(node, ast.AlterOperatorStmt):
        return _named("alter_operator")
    if isinstance(node, ast.AlterTypeStmt):
        return _named("alter_type")
    return _named(_STATEMENTS.get(name) or re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())


def _named(*names: str, detail: Any = None) -> Outside:
    return Outside(names[0], frozenset(names), detail)


def object_kind(value: Any) -> str:
    """A kind of object in migralint's words."""
    return _KINDS.get(value) or _OBJECT(value).name.removeprefix("OBJECT_").lower()


def _altered(value: Any, detail: Any = None) -> Any:
    """An ALTER of an owner or an attribute that `Schema` does not hold."""
    name = f"alter_{object_kind(value)}"
    names = {name}
    if name == "alter_routine":
        names.add("alter_function")
    outside = Outside(name, frozenset(names), detail)
    if name == "alter_domain":
        return Either([outside, Expect(AlterDomain, {"definition": None, "detail": detail})])
    return outside


def _comment(node: ast.CommentStmt) -> list[Any]:
    if node.objtype == _OBJECT.OBJECT_TABLE:
        if node.comment is None:
            return [Expect(DropTableComment, {"table": ref(node.object)})]
        return [Expect(CreateTableComment, {"table": ref(node.object), "comment": node.comment})]
    if node.objtype == _OBJECT.OBJECT_COLUMN:
        parts = texts(node.object)
        table = Ref(parts[-3] if len(parts) > 2 else None, parts[-2])
        of_table = Expect(AlterColumn, {"table": table, "name": parts[-1], "comment": node.comment})
        return [Either([of_table, _named("comment", detail=details.comment(node))])]
    return [_named("comment", detail=details.comment(node))]


def _drop(node: ast.DropStmt) -> list[Any]:
    cascade = int(node.behavior) == int(enums.DropBehavior.DROP_CASCADE)
    options = {"if_exists": bool(node.missing_ok), "cascade": cascade}
    found: list[Any] = []
    for one in node.objects:
        match node.removeType:
            case _OBJECT.OBJECT_TABLE | _OBJECT.OBJECT_FOREIGN_TABLE:
                goes_along = cascade and len(node.objects) > 1  # perhaps with another one of them
                attributes = {"table": ref(one), **options}
                found.append(Expect(DropTable, attributes | ({"if_exists": Whatever()} if goes_along else {})))
            case _OBJECT.OBJECT_VIEW | _OBJECT.OBJECT_MATVIEW:
                materialized = node.removeType == _OBJECT.OBJECT_MATVIEW
                found.append(Expect(DropView, {"name": ref(one), "materialized": materialized, **options}))
            case _OBJECT.OBJECT_INDEX:
                concurrently = bool(node.concurrent)
                found.append(Expect(DropIndex, {"index": ref(one), "concurrently": concurrently, **options}))
            case _OBJECT.OBJECT_STATISTIC_EXT:
                found.append(statistics.drop_statistics(one, options))
            case _OBJECT.OBJECT_SEQUENCE:
                found.append(Expect(DropSequence, {"name": ref(one), **options}))
            case _OBJECT.OBJECT_TYPE | _OBJECT.OBJECT_DOMAIN:
                domain = node.removeType == _OBJECT.OBJECT_DOMAIN
                found.append(Expect(DropType, {"name": ref(one), "domain": domain, **options}))
            case _OBJECT.OBJECT_SCHEMA:
                found.append(Expect(DropSchema, {"name": one.sval, **options}))
            case _OBJECT.OBJECT_EXTENSION:
                found.append(Expect(DropExtension, {"name": one.sval, **options}))
            case _OBJECT.OBJECT_FUNCTION | _OBJECT.OBJECT_PROCEDURE | _OBJECT.OBJECT_AGGREGATE | _OBJECT.OBJECT_ROUTINE:
                found.append(Expect(DropFunction, {**objects.function(one), **options}))
            case _OBJECT.OBJECT_TRIGGER | _OBJECT.OBJECT_POLICY:
                operation = DropTrigger if node.removeType == _OBJECT.OBJECT_TRIGGER else DropPolicy
                parts = texts(one)
                table = Ref(parts[-3] if len(parts) > 2 else None, parts[-2])
                attributes = {"table": table, "name": parts[-1], "if_exists": bool(node.missing_ok)}
                found.append(Expect(operation, attributes))
            case _:
                return [_named(f"drop_{object_kind(node.removeType)}", detail=details.dropped(node))]
    return found


def _insert(node: ast.InsertStmt) -> list[Any]:
    columns = tuple(c.name for c in node.cols or ())
    return [Expect(Insert, {"table": ref(node.relation), "columns": columns})]


def _update(node: ast.UpdateStmt) -> list[Any]:
    columns = tuple(dict.fromkeys(c.name for c in node.targetList))
    where = node.whereClause is not None
    return [Expect(Update, {"table": ref(node.relation), "columns": columns, "where": where})]


def _delete(node: ast.DeleteStmt) -> list[Any]:
    return [Expect(Delete, {"table": ref(node.relation), "where": node.whereClause is not None})]


def _truncate(node: ast.TruncateStmt) -> list[Any]:
    cascade = int(node.behavior) == int(enums.DropBehavior.DROP_CASCADE)
    return [Expect(Truncate, {"table": ref(one), "cascade": cascade}) for one in node.relations]


def _rename(node: ast.RenameStmt, before: Schema) -> list[Any]:
    found = objects.rename(node, before)
    if found is not None:
        return found
    if node.renameType == _OBJECT.OBJECT_PUBLICATION:
        return [_named("alter_publication", detail=details.renamed_publication(node))]
    try:
        return alter.rename(node, before)
    except NotImplementedError:
        return [_altered(node.renameType)] if node.renameType != _OBJECT.OBJECT_ROLE else [_outside_role("alter")]


def _outside_role(verb: str) -> Any:
    return _named(f"{verb}_role", f"{verb}_user", f"{verb}_group")


def _set_schema(node: ast.AlterObjectSchemaStmt) -> list[Any]:
    found = objects.set_schema(node)
    if found is not None:
        return found
    if node.relation is not None:
        new = Ref(node.newschema, node.relation.relname)
        return [alter.moved(node.relation, new, bool(node.missing_ok))]
    return [_altered(node.objectType)]


def _define(node: ast.DefineStmt) -> list[Any]:
    if node.kind == _OBJECT.OBJECT_AGGREGATE:
        return objects.create_aggregate(node)
    if node.kind == _OBJECT.OBJECT_TYPE:
        return objects.create_other_type(node)
    return [_named(_DEFINED[node.kind])]


def _opaque(_node: Any) -> list[Any]:
    """What can only be said not to be known."""
    return [Outside("not told by the statement")]


def _select(node: ast.SelectStmt) -> list[Any]:
    return [objects.select_into(node.intoClause, node)]


_READERS: dict[type, Any] = {
    ast.IndexStmt: tables.create_index,
    ast.AlterTableStmt: alter.alter_table,
    ast.AlterObjectSchemaStmt: _set_schema,
    ast.AlterEnumStmt: objects.alter_enum,
    ast.AlterPolicyStmt: objects.alter_policy,
    ast.CommentStmt: _comment,
    ast.CompositeTypeStmt: objects.create_composite,
    ast.CreateDomainStmt: objects.create_domain,
    ast.CreateEnumStmt: objects.create_enum,
    ast.CreateExtensionStmt: objects.create_extension,
    ast.AlterFunctionStmt: objects.alter_function,
    ast.CreateFunctionStmt: objects.create_function,
    ast.CreateStatsStmt: statistics.create_statistics,
    ast.AlterStatsStmt: statistics.alter_statistics,
    ast.CreatePolicyStmt: objects.create_policy,
    ast.CreateRangeStmt: objects.create_other_type,
    ast.CreateSeqStmt: objects.create_sequence,
    ast.CreateTableAsStmt: objects.create_table_as,
    ast.CreateTrigStmt: objects.create_trigger,
    ast.DefineStmt: _define,
    ast.DeleteStmt: _delete,
    ast.DropOwnedStmt: _opaque,
    ast.DropStmt: _drop,
    ast.ImportForeignSchemaStmt: _opaque,
    ast.InsertStmt: _insert,
    ast.MergeStmt: lambda node: [Expect(Merge, {"table": ref(node.relation)})],
    ast.SelectStmt: _select,
    ast.TruncateStmt: _truncate,
    ast.UpdateStmt: _update,
    ast.ViewStmt: objects.create_view,
}
_KNOWING: dict[type, Any] = {
    ast.AlterDomainStmt: objects.alter_domain,
    ast.AlterSeqStmt: objects.alter_sequence,
    ast.CreateForeignTableStmt: tables.create_table,
    ast.CreateSchemaStmt: lambda node, before: objects.create_schema(node, lambda one: expected(one, before)),
    ast.CreateStmt: tables.create_table,
    ast.RenameStmt: _rename,
}
