"""GRANT, REVOKE, ALTER DEFAULT PRIVILEGES."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import Database, Operation, Statement
from migralint.operations.details import Detail, Target
from migralint.operations.privileges import DefaultPrivileges, Grant, Privilege, RoleGrant
from migralint.sql.cursor import Cursor
from migralint.sql.details import attempted, role, roles
from migralint.sql.targets import read_target

_KINDS = (
    (("foreign", "data", "wrapper"), "foreign_data_wrapper"),
    (("foreign", "server"), "server"),
    (("large", "object"), "large_object"),
    *(((kind,), kind) for kind in ("table", "sequence", "database", "domain", "function", "procedure", "routine")),
    *(((kind,), kind) for kind in ("language", "parameter", "schema", "tablespace", "type")),
)
_MANY = {
    **{f"{kind}s": kind for kind in ("table", "sequence", "function", "procedure", "routine", "type", "schema")},
    "large": "large_object",
}


def grant(cursor: Cursor, database: Database, verb: str) -> Iterator[Operation]:
    """After `GRANT` or `REVOKE`."""
    yield Statement(verb, detail=attempted(cursor, lambda rest: _grant(rest, database, verb == "grant")))


def default_privileges(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `ALTER DEFAULT PRIVILEGES`."""
    yield Statement("alter_default_privileges", detail=attempted(cursor, lambda rest: _defaults(rest, database)))


def _grant(cursor: Cursor, database: Database, grants: bool) -> Detail:
    if not cursor.has("on"):
        return _of_roles(cursor, grants)
    option = not grants and cursor.accept("grant", "option", "for")
    privileges = tuple(_privilege(item) for item in cursor.until("on").items())
    cursor.expect("on")
    if cursor.accept("all"):
        found = Grant(grants, _MANY.get(cursor.take().value, ""), privileges, ())
        cursor.expect("in", "schema")
        found = replace(found, schemas=_identifiers(cursor))
    else:
        kind = _kind(cursor)
        objects = [_object(cursor, database, kind)]
        while cursor.accept(","):
            objects.append(_object(cursor, database, kind))
        found = Grant(grants, kind, privileges, (), tuple(objects))
    return _end(cursor, found, option)


def _end(cursor: Cursor, found: Grant, option: bool) -> Grant:
    """From TO or FROM on."""
    cursor.expect("to" if found.grants else "from")
    grantees = roles(cursor)
    option = cursor.accept("with", "grant", "option") if found.grants else option
    by = _granted_by(cursor)
    cascade = not found.grants and cursor.cascade()
    return replace(found, grantees=grantees, option=option, granted_by=by, cascade=cascade)


def _granted_by(cursor: Cursor) -> str | None:
    return role(cursor) if cursor.accept("granted", "by") else None


def _identifiers(cursor: Cursor) -> tuple[str, ...]:
    found = [cursor.identifier()]
    while cursor.accept(","):
        found.append(cursor.identifier())
    return tuple(found)


def _privilege(cursor: Cursor) -> Privilege:
    words = [cursor.identifier()]
    while not cursor.done and not cursor.sees("("):
        words.append(cursor.identifier())
    name = "all" if words == ["all", "privileges"] else " ".join(words)
    found = Privilege(name, cursor.identifiers() if cursor.sees("(") else ())
    if not cursor.done:
        raise cursor.problem("expected a comma")
    return found


def _kind(cursor: Cursor) -> str:
    """The kind of the objects; a table can have the name of a kind."""
    for words, kind in _KINDS:
        if cursor.sees(*words) and not any(cursor.sees(end, ahead=len(words)) for end in (",", ".", "to", "from")):
            cursor.index += len(words)
            return kind
    return "table"


def _object(cursor: Cursor, database: Database, kind: str) -> Target:
    if kind == "large_object":
        return Target(kind, cursor.take().value)
    if kind == "parameter":
        return Target(kind, ".".join(cursor.parts()))
    return read_target(cursor, database, kind)


def _of_roles(cursor: Cursor, grants: bool) -> RoleGrant:
    options: list[tuple[str, bool]] = []
    if not grants and cursor.sees("option", "for", ahead=1):
        options.append((cursor.take().value, False))
        cursor.index += 2
    found = RoleGrant(grants, _identifiers(cursor), ())
    cursor.expect("to" if grants else "from")
    members = roles(cursor)
    if grants and cursor.accept("with"):
        options.append(_option(cursor))
        while cursor.accept(","):
            options.append(_option(cursor))
    by = _granted_by(cursor)
    cascade = cursor.cascade()
    return replace(found, members=members, options=tuple(options), granted_by=by, cascade=cascade)


def _option(cursor: Cursor) -> tuple[str, bool]:
    name = cursor.take().value
    value = cursor.accept_any("option", "true", "false")
    if value is None:
        raise cursor.problem("expected OPTION, TRUE or FALSE")
    return name, value != "false"


def _defaults(cursor: Cursor, database: Database) -> Detail:
    of: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    while not cursor.sees_any("grant", "revoke"):
        if cursor.accept("for"):
            cursor.accept_any("role", "user")
            of = roles(cursor)
        else:
            cursor.expect("in", "schema")
            schemas = _identifiers(cursor)
    grants = cursor.take().value == "grant"
    option = not grants and cursor.accept("grant", "option", "for")
    privileges = tuple(_privilege(item) for item in cursor.until("on").items())
    cursor.expect("on")
    kind = cursor.take().value
    if kind == "large":
        cursor.expect("objects")
    if kind not in _MANY:
        raise cursor.problem("not a kind of objects that is known")
    kind = "function" if kind == "routines" else _MANY[kind]  # the same here (PostgreSQL docs)
    return DefaultPrivileges(of, schemas, _end(cursor, Grant(grants, kind, privileges, ()), option))
