"""Types, sequences, views, functions, triggers, policies and others: pglast's trees as expected operations."""

from __future__ import annotations

import copy
from typing import Any

from pglast import ast, enums

from migralint.operations import (
    AlterDomain,
    AlterFunction,
    AlterPolicy,
    AlterSequence,
    AlterTrigger,
    AlterType,
    AlterTypeAddValue,
    AlterTypeRenameValue,
    CreateExtension,
    CreateFunction,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateType,
    CreateView,
    RenameFunction,
    RenameSchema,
    RenameType,
)
from migralint.schema import Check, Domain, EnumType, Function, OtherType, Policy, Schema, Sequence, Trigger, View
from tests.differential import routines
from tests.differential.expected import Either, Expect, Outside, Whatever, differences
from tests.differential.statistics import moved_statistics
from tests.differential.tables import default, option, persistence, relation, setting
from tests.differential.trees import (
    Expression,
    Kind,
    Query,
    Ref,
    nodes,
    parsed,
    plain,
    ref,
    relations,
    shown,
    texts,
    with_names,
)

_CONSTRAINT = enums.ConstrType
_OBJECT = enums.ObjectType
_EVENTS = {4: "INSERT", 8: "DELETE", 16: "UPDATE", 32: "TRUNCATE"}
_TIMINGS = {0: "AFTER", 2: "BEFORE", 64: "INSTEAD OF"}
_OUT_MODES = (enums.FunctionParameterMode.FUNC_PARAM_OUT, enums.FunctionParameterMode.FUNC_PARAM_TABLE)


def create_enum(node: ast.CreateEnumStmt) -> list[Any]:
    """CREATE TYPE ... AS ENUM."""
    value = Expect(EnumType, {"name": ref(node.typeName), "labels": tuple(texts(node.vals))})
    return [Expect(CreateType, {"definition": value})]


def alter_enum(node: ast.AlterEnumStmt) -> list[Any]:
    """ADD VALUE and RENAME VALUE."""
    name = ref(node.typeName)
    if node.oldVal is not None:
        return [Expect(AlterTypeRenameValue, {"name": name, "value": node.oldVal, "new_value": node.newVal})]
    neighbour = node.newValNeighbor
    attributes = {
        "name": name,
        "value": node.newVal,
        "before": None if node.newValIsAfter else neighbour,
        "after": neighbour if node.newValIsAfter else None,
        "if_not_exists": bool(node.skipIfNewValExists),
    }
    return [Expect(AlterTypeAddValue, attributes)]


def create_composite(node: ast.CompositeTypeStmt) -> list[Any]:
    """CREATE TYPE ... AS (...)."""
    attributes = [(one.colname, Kind(one.typeName)) for one in node.coldeflist or ()]
    return [
        Expect(CreateType, {"definition": Expect(OtherType, {"name": ref(node.typevar), "attributes": attributes})})
    ]


class _Rest:
    """What stands after the name of a range or base type."""

    def __init__(self, node: Any) -> None:
        self.node = node

    def means(self, text: object) -> bool:
        """Whether the text after a name makes the same type."""
        found = parsed(f"CREATE TYPE a {text}")
        return type(found) is type(self.node) and self._essence(found) == self._essence(self.node)

    def _essence(self, node: Any) -> Any:
        return plain(node.params if isinstance(node, ast.CreateRangeStmt) else node.definition)

    def __str__(self) -> str:
        return shown(self.node)


def create_other_type(node: Any) -> list[Any]:
    """A range, base or shell type."""
    name = ref(node.typeName if isinstance(node, ast.CreateRangeStmt) else node.defnames)
    return [Expect(CreateType, {"definition": Expect(OtherType, {"name": name, "definition": _Rest(node)})})]


def create_domain(node: ast.CreateDomainStmt) -> list[Any]:
    """CREATE DOMAIN."""
    attributes: dict[str, Any] = {
        "name": ref(node.domainname),
        "base": Kind(node.typeName),
        "not_null": False,
        "default": None,
        "collation": texts(node.collClause.collname)[-1] if node.collClause else None,
    }
    checks = []
    for one in node.constraints or ():
        if one.contype == _CONSTRAINT.CONSTR_NOTNULL:
            attributes["not_null"] = True
        elif one.contype == _CONSTRAINT.CONSTR_DEFAULT:
            attributes["default"] = default(one.raw_expr)
        elif one.contype == _CONSTRAINT.CONSTR_CHECK:
            checks.append(_domain_check(one))
    attributes["checks"] = checks
    return [Expect(CreateType, {"definition": Expect(Domain, attributes)})]


def _domain_check(node: ast.Constraint) -> Expect:
    attributes: dict[str, Any] = {"expression": Expression(node.raw_expr)}
    if node.conname:
        attributes["name"] = node.conname
    return Expect(Check, attributes)


def alter_domain(node: ast.AlterDomainStmt, before: Schema) -> list[Any]:
    """ALTER DOMAIN, as far as the script has made the domain."""
    name = ref(node.typeName)
    known = next((t for n, t in before.types.items() if name.means(n) and isinstance(t, Domain)), None)
    if known is None:
        return [Expect(AlterDomain, {"name": name, "definition": None})]
    after: dict[str, Any] = {}
    match node.subtype:
        case "T":
            after["default"] = default(node.def_)
        case "O" | "N":
            after["not_null"] = node.subtype == "O"
        case "C" if node.def_.contype == _CONSTRAINT.CONSTR_NOTNULL:
            after["not_null"] = True
        case "C":
            added = _domain_check(node.def_)
            added.attributes["validated"] = not node.def_.skip_validation
            after["checks"] = [*known.checks, added]
        case "X":
            after["checks"] = [c for c in known.checks if c.name != node.name]
        case "V":
            after["checks"] = [Expect(Check, {"name": c.name}) for c in known.checks]
    return [Expect(AlterDomain, {"name": name, "definition": Expect(Domain, {"name": name, **after})})]


_RANGES = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


class Options:
    """The options of a sequence, whether they are written or taken for granted."""

    def __init__(self, options: Any, before: tuple[tuple[str, str], ...] = ()) -> None:
        self.written: dict[str, Any] = dict(before)
        for one in options or ():
            if one.defname == "as":
                self.written["type"] = Kind(one.arg).text
            elif one.defname in ("increment", "minvalue", "maxvalue", "start", "cache", "cycle"):
                self.written[one.defname] = None if one.arg is None else setting(one.arg)

    def means(self, found: Any) -> bool:
        """Whether a sequence with these options is the same."""
        return _effective(dict(found)) == _effective(self.written)

    def __str__(self) -> str:
        return str(_effective(self.written))


def _effective(options: dict[str, Any]) -> dict[str, Any]:
    """Every option with its value (PostgreSQL docs, CREATE SEQUENCE)."""
    given = {name: value for name, value in options.items() if value not in (None, "false")}
    kind, step = given.get("type", "bigint"), int(given.get("increment", 1))
    largest = _RANGES.get(kind, _RANGES["bigint"])
    low, high = (1, largest - 1) if step > 0 else (-largest, -1)
    low, high = int(given.get("minvalue", low)), int(given.get("maxvalue", high))
    start, cache = int(given.get("start", low if step > 0 else high)), int(given.get("cache", 1))
    return {
        "type": kind,
        "by": step,
        "from": low,
        "to": high,
        "start": start,
        "cache": cache,
        "cycle": "cycle" in given,
    }


def owner(options: Any) -> Any:
    """What OWNED BY says; Whatever() where it does not occur."""
    found = option(options, "owned_by")
    if found is None:
        return Whatever()
    parts = texts(found)
    return None if len(parts) < 2 else (ref([ast.String(sval=part) for part in parts[:-1]]), parts[-1])


def create_sequence(node: ast.CreateSeqStmt) -> list[Any]:
    """CREATE SEQUENCE."""
    owned_by = None if option(node.options, "owned_by") is None else owner(node.options)
    attributes = {"name": relation(node.sequence), "owned_by": owned_by, "options": Options(node.options)}
    made = {"sequence": Expect(Sequence, attributes), "if_not_exists": bool(node.if_not_exists)}
    return [Expect(CreateSequence, made)]


def alter_sequence(node: ast.AlterSeqStmt, before: Schema) -> list[Any]:
    """ALTER SEQUENCE, as far as the script has made it."""
    name = ref(node.sequence)
    attributes: dict[str, Any] = {"name": name, "if_exists": bool(node.missing_ok)}
    known = next((s for n, s in before.sequences.items() if name.means(n)), None)
    if known is None:
        return [Expect(AlterSequence, {**attributes, "after": None})]
    owned_by, options = owner(node.options), Options(node.options, known.options)
    same = options.means(known.options) and not list(differences(owned_by, known.owned_by))
    after = None if same else Expect(Sequence, {"owned_by": owned_by, "options": options})
    return [Expect(AlterSequence, {**attributes, "after": after})]


def select_columns(query: Any) -> list[str] | None:
    """The names of the columns of a query, where the statement alone tells them."""
    while isinstance(query, ast.SelectStmt) and query.larg is not None:
        query = query.larg
    if not isinstance(query, ast.SelectStmt) or not query.targetList:
        return None
    found = []
    for target in query.targetList:
        node = target.val
        while target.name is None and isinstance(node, ast.TypeCast):
            node = node.arg
        if target.name is not None:
            found.append(target.name)
        elif isinstance(node, ast.ColumnRef) and isinstance(node.fields[-1], ast.String):
            found.append(node.fields[-1].sval)
        else:
            return None
    return found


class Named:
    """Columns of which the names are known, or nothing."""

    def __init__(self, names: list[str] | None, listed: list[str]) -> None:
        fitting = names is not None and len(listed) <= len(names)
        self.names = [*listed, *names[len(listed) :]] if names is not None and fitting else None

    def means(self, found: Any) -> bool:
        """Whether these columns, if any are known, are called so."""
        return not found or self.names is None or [column.name for column in found] == self.names

    def __str__(self) -> str:
        return str(self.names)


def create_table_as(node: ast.CreateTableAsStmt) -> list[Any]:
    """CREATE TABLE AS, CREATE MATERIALIZED VIEW."""
    into = node.into
    listed = texts(into.colNames)
    if node.objtype == _OBJECT.OBJECT_MATVIEW:
        attributes = _view(relation(into.rel), node.query, listed, materialized=True)
        return [
            Expect(CreateView, {"view": attributes, "if_not_exists": bool(node.if_not_exists), "or_replace": False})
        ]
    return [select_into(into, node.query, if_not_exists=bool(node.if_not_exists))]


def select_into(into: ast.IntoClause, query: Any, *, if_not_exists: bool = False) -> Expect:
    """A table that a query makes."""
    name = relation(into.rel)
    attributes = {
        "definition.name": name,
        "definition.persistence": persistence(into.rel),
        "definition.columns": Named(select_columns(query), texts(into.colNames)),
        "if_not_exists": if_not_exists,
        "temporary": into.rel.relpersistence == "t",
    }
    return Expect(CreateTable, attributes)


class Uses:
    """The relations of a query; names that its WITH gives may stand for themselves or for relations."""

    def __init__(self, query: Any) -> None:
        self.query = query

    def means(self, found: Any) -> bool:
        """Whether every relation that is read is among the found, and no other."""
        written, local = relations(self.query), with_names(self.query)
        missing = [one for one in written if not any(one.means(f) for f in found) and one.name not in local]
        surplus = [f for f in found if not any(one.means(f) for one in written)]
        return not missing and not surplus

    def __str__(self) -> str:
        return ", ".join(sorted(map(str, relations(self.query))))


def _view(name: Ref, query: Any, listed: list[str], *, materialized: bool) -> Expect:
    attributes = {
        "name": name,
        "definition": Query(query),
        "materialized": materialized,
        "uses": Uses(query),
        "columns": Named(select_columns(query), listed),
    }
    return Expect(View, attributes)


def create_view(node: ast.ViewStmt) -> list[Any]:
    """CREATE VIEW."""
    view = _view(relation(node.view), node.query, texts(node.aliases), materialized=False)
    check = {1: "local", 2: "cascaded"}.get(int(node.withCheckOption))
    view.attributes["options"] = view_options(node.options, check)
    return [Expect(CreateView, {"view": view, "or_replace": bool(node.replace)})]


def view_options(options: Any, check: str | None) -> tuple[tuple[str, str], ...]:
    """Options of a view, by name; CHECK OPTION is one of them."""
    found = {o.defname: setting(o.arg) for o in options or ()}
    if check is not None:
        found["check_option"] = check
    return tuple(sorted(found.items()))


def create_function(node: ast.CreateFunctionStmt) -> list[Any]:
    """CREATE FUNCTION and CREATE PROCEDURE."""
    language = option(node.options, "language")
    body = option(node.options, "as")
    attributes: dict[str, Any] = {
        "name": ref(node.funcname),
        "arguments": [Kind(p.argType, bare=True) for p in _inputs(node.parameters)],
        "parameters": [p.name or "" for p in _inputs(node.parameters)],
        "kind": "procedure" if node.is_procedure else "function",
        "language": (language.sval if language is not None else "sql").lower(),
        "returns": _returns(node),
        "body": body[0].sval if node.sql_body is None else _Body(node.sql_body),
        "options": routines.options(o for o in node.options or () if o.defname != "transform"),
    }
    if option(node.options, "transform") is not None:
        del attributes["options"]
    return [Expect(CreateFunction, {"function": Expect(Function, attributes), "or_replace": bool(node.replace)})]


class _Body:
    """BEGIN ATOMIC or RETURN."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def means(self, text: object) -> bool:
        """Whether the text after the options of a function is this body."""
        found = parsed(f"CREATE FUNCTION a() RETURNS integer {text}")
        return found is not None and plain(found.sql_body) == plain(self.tree)

    def __str__(self) -> str:
        return shown(self.tree)


def _inputs(parameters: Any) -> list[ast.FunctionParameter]:
    return [p for p in parameters or () if p.mode not in _OUT_MODES]


class _TableResult:
    """RETURNS TABLE(...)."""

    def __init__(self, node: ast.CreateFunctionStmt) -> None:
        self.node = node

    def means(self, text: object) -> bool:
        """Whether the text gives the same columns."""
        found = parsed(f"CREATE FUNCTION a() RETURNS {text} LANGUAGE sql AS ''")
        return found is not None and self._outs(found) == self._outs(self.node)

    def _outs(self, node: ast.CreateFunctionStmt) -> Any:
        mode = enums.FunctionParameterMode.FUNC_PARAM_TABLE
        return [(p.name, plain(p.argType)) for p in node.parameters or () if p.mode == mode]

    def __str__(self) -> str:
        return f"TABLE({self._outs(self.node)})"


def _returns(node: ast.CreateFunctionStmt) -> Any:
    if any(p.mode == enums.FunctionParameterMode.FUNC_PARAM_TABLE for p in node.parameters or ()):
        return _TableResult(node)
    return "" if node.returnType is None else Kind(node.returnType, bare=True)


def create_aggregate(node: ast.DefineStmt) -> list[Any]:
    """CREATE AGGREGATE."""
    attributes: dict[str, Any] = {"name": ref(node.defnames), "kind": "aggregate"}
    if not node.oldstyle:
        arguments = _inputs(node.args[0])
        attributes["arguments"] = [Kind(p.argType, bare=True) for p in arguments]
    else:
        base = option(node.definition, "basetype")
        if isinstance(base, ast.TypeName):
            attributes["arguments"] = [] if texts(base.names)[-1].lower() == "any" else [Kind(base, bare=True)]
    return [Expect(CreateFunction, {"function": Expect(Function, attributes), "or_replace": bool(node.replace)})]


def create_trigger(node: ast.CreateTrigStmt) -> list[Any]:
    """CREATE [CONSTRAINT] TRIGGER."""
    events = [name for bit, name in _EVENTS.items() if node.events & bit]
    mentioned = set(texts(node.columns))
    for one in nodes(node.whenClause):
        parts = texts(one.fields) if isinstance(one, ast.ColumnRef) else []
        if len(parts) == 2 and parts[0] in ("old", "new"):
            mentioned.add(parts[1])
    definition = copy.deepcopy(node)
    definition.replace = False
    attributes = {
        "name": node.trigname,
        "timing": _TIMINGS[int(node.timing)],
        "events": set(events),
        "level": "ROW" if node.row else "STATEMENT",
        "function": _Called(node.funcname),
        "columns": mentioned,
        "definition": Query(definition),
    }
    trigger = Expect(Trigger, attributes)
    return [Expect(CreateTrigger, {"table": ref(node.relation), "trigger": trigger, "or_replace": bool(node.replace)})]


class _Called:
    """The function of a trigger."""

    def __init__(self, names: Any) -> None:
        self.ref = ref(names)

    def means(self, text: object) -> bool:
        """Whether `schema.name` is it."""
        schema, _, name = str(text).rpartition(".")
        return name == self.ref.name and self.ref.schema in (None, schema)

    def __str__(self) -> str:
        return str(self.ref)


def create_policy(node: ast.CreatePolicyStmt) -> list[Any]:
    """CREATE POLICY."""
    attributes = {
        "name": node.policy_name,
        "command": node.cmd_name.upper(),
        "roles": [role(r) for r in node.roles],
        "permissive": bool(node.permissive),
        "using": Expression(node.qual) if node.qual is not None else None,
        "check": Expression(node.with_check) if node.with_check is not None else None,
    }
    return [Expect(CreatePolicy, {"table": ref(node.table), "policy": Expect(Policy, attributes)})]


def alter_policy(node: ast.AlterPolicyStmt) -> list[Any]:
    """ALTER POLICY."""
    attributes = {
        "table": ref(node.table),
        "name": node.policy_name,
        "new_name": None,
        "roles": [role(r) for r in node.roles] if node.roles else None,
        "using": Expression(node.qual) if node.qual is not None else None,
        "check": Expression(node.with_check) if node.with_check is not None else None,
    }
    return [Expect(AlterPolicy, attributes)]


def role(node: ast.RoleSpec) -> str:
    """A role, or what stands for one."""
    special = {
        enums.RoleSpecType.ROLESPEC_CURRENT_ROLE: "current_role",
        enums.RoleSpecType.ROLESPEC_CURRENT_USER: "current_user",
        enums.RoleSpecType.ROLESPEC_SESSION_USER: "session_user",
        enums.RoleSpecType.ROLESPEC_PUBLIC: "public",
    }
    return special.get(node.roletype) or str(node.rolename)


def create_extension(node: ast.CreateExtensionStmt) -> list[Any]:
    """CREATE EXTENSION."""
    within = None if (given := option(node.options, "schema")) is None else given.sval
    made = Expect(CreateExtension, {"name": node.extname, "if_not_exists": bool(node.if_not_exists), "schema": within})
    language = Outside("create_language", frozenset(["create_language"]))  # the parser makes it an extension
    return [made if node.options else Either([made, language])]


def create_schema(node: ast.CreateSchemaStmt, read: Any) -> list[Any]:
    """CREATE SCHEMA with the statements in it."""
    name = node.schemaname or node.authrole.rolename
    if name is None:
        return [Outside("a schema named after the role that runs the statement")]
    made = Expect(CreateSchema, {"name": name, "if_not_exists": bool(node.if_not_exists)})
    inner: list[Any] = []
    for one in node.schemaElts or ():
        inner += read(one)
    return [made, *inner]


def rename(node: ast.RenameStmt, before: Schema) -> list[Any] | None:
    """ALTER ... RENAME of what is no relation; None for what `Schema` does not hold."""
    new = node.newname
    match node.renameType:
        case _OBJECT.OBJECT_TYPE | _OBJECT.OBJECT_DOMAIN:
            old = ref(node.object)
            return [Expect(RenameType, {"name": old, "new": Ref(old.schema, new)})]
        case _OBJECT.OBJECT_ATTRIBUTE:
            return [Expect(AlterType, {"name": ref(node.relation)})]
        case _OBJECT.OBJECT_DOMCONSTRAINT:
            return [Expect(AlterDomain, {"name": ref(node.object)})]
        case _OBJECT.OBJECT_SCHEMA:
            return [Expect(RenameSchema, {"name": node.subname, "new_name": new})]
        case _OBJECT.OBJECT_POLICY:
            return [Expect(AlterPolicy, {"table": ref(node.relation), "name": node.subname, "new_name": new})]
        case _OBJECT.OBJECT_TRIGGER:
            return [Expect(AlterTrigger, {"table": ref(node.relation), "name": node.subname, "new_name": new})]
        case _OBJECT.OBJECT_STATISTIC_EXT:
            old = ref(node.object)
            return moved_statistics(old, Ref(old.schema, new))
        case _OBJECT.OBJECT_FUNCTION | _OBJECT.OBJECT_PROCEDURE | _OBJECT.OBJECT_ROUTINE | _OBJECT.OBJECT_AGGREGATE:
            old = ref(node.object.objname)
            return [Expect(RenameFunction, {**function(node.object), "new": Ref(old.schema, new)})]
    return None


def function(node: ast.ObjectWithArgs) -> dict[str, Any]:
    """A function as DROP and ALTER name it."""
    if node.args_unspecified:
        return {"name": ref(node.objname), "arguments": None}
    given = node.objfuncargs
    types = list(node.objargs or ()) if given is None else [p.argType for p in _inputs(given)]
    return {"name": ref(node.objname), "arguments": [Kind(t, bare=True) for t in types if t is not None]}


def alter_function(node: ast.AlterFunctionStmt) -> list[Any]:
    """ALTER FUNCTION ... IMMUTABLE, SET, ..."""
    return [
        Expect(AlterFunction, {**function(node.func), "changes": tuple(dict(routines.changes(node.actions)).items())})
    ]


def set_schema(node: ast.AlterObjectSchemaStmt) -> list[Any] | None:
    """ALTER ... SET SCHEMA of what is no relation; None for what `Schema` does not hold."""
    match node.objectType:
        case _OBJECT.OBJECT_TYPE | _OBJECT.OBJECT_DOMAIN:
            old = ref(node.object)
            moved = Expect(RenameType, {"name": old, "new": Ref(node.newschema, old.name)})
            operation = AlterType if node.objectType == _OBJECT.OBJECT_TYPE else AlterDomain
            return [_or_stays(moved, old, node, Expect(operation, {"name": old, "definition": None}))]
        case _OBJECT.OBJECT_STATISTIC_EXT:
            old = ref(node.object)
            return moved_statistics(old, Ref(node.newschema, old.name))
        case _OBJECT.OBJECT_FUNCTION | _OBJECT.OBJECT_PROCEDURE | _OBJECT.OBJECT_ROUTINE | _OBJECT.OBJECT_AGGREGATE:
            old = ref(node.object.objname)
            moved = Expect(RenameFunction, {**function(node.object), "new": Ref(node.newschema, old.name)})
            kinds = ("function", "procedure", "aggregate")
            return [_or_stays(moved, old, node, Outside("alter", frozenset(f"alter_{kind}" for kind in kinds)))]
    return None


def _or_stays(moved: Expect, old: Ref, node: ast.AlterObjectSchemaStmt, stays: Any) -> Any:
    """SET SCHEMA of what may be in this schema already."""
    return Either([moved, stays]) if old.schema in (None, node.newschema) else moved
