"""CREATE TYPE, CREATE DOMAIN, ALTER TYPE, ALTER DOMAIN."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import (
    AlterDomain,
    AlterType,
    AlterTypeAddValue,
    AlterTypeRenameValue,
    CreateType,
    Database,
    Operation,
    RenameType,
    Statement,
)
from migralint.operations.details import Target
from migralint.schema import Check, Domain, EnumType, Name, OtherType
from migralint.schema.names import free_name
from migralint.sql import names
from migralint.sql.columns import column_type, default_text
from migralint.sql.cursor import Cursor
from migralint.sql.details import attempted, owner
from migralint.sql.expressions import mentioned


def create_type(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `CREATE TYPE`: an enum, a composite, a range, a base or a shell type."""
    name = names.created(database, cursor.name())
    if cursor.accept("as", "enum"):
        labels = tuple(item.string() for item in cursor.group().items())
        yield CreateType(EnumType(name, labels))
    elif cursor.sees("as", "range"):
        yield CreateType(OtherType(name, definition=cursor.rest().sql()))
    elif cursor.accept("as"):
        attributes: list[tuple[str, str]] = []
        for item in cursor.group().items():
            attributes.append(_attribute(item, database))
        yield CreateType(OtherType(name, tuple(attributes)))
    else:
        yield CreateType(OtherType(name, definition=cursor.rest().sql()))


def _attribute(cursor: Cursor, database: Database) -> tuple[str, str]:
    """An attribute of a composite type; its collation is not kept."""
    attribute = cursor.identifier(), column_type(cursor, database)
    if cursor.accept("collate"):
        cursor.parts()
    return attribute


def create_domain(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `CREATE DOMAIN`."""
    name = names.created(database, cursor.name())
    cursor.accept("as")
    domain = Domain(name, column_type(cursor, database))
    while not cursor.done:
        domain = _domain_option(cursor, database, domain)
    yield CreateType(domain)


def _domain_option(cursor: Cursor, database: Database, domain: Domain) -> Domain:
    constraint = cursor.identifier() if cursor.accept("constraint") else ""
    if cursor.accept("not", "null"):
        return replace(domain, not_null=True)
    if cursor.accept("null"):
        return domain
    if cursor.accept("default"):
        start = cursor.index
        cursor.skip_one()
        cursor.until("constraint", "not", "null", "check", "collate")
        return replace(domain, default=default_text(Cursor(cursor.text, cursor.tokens, start, cursor.index), database))
    if cursor.accept("collate"):
        return replace(domain, collation=cursor.parts()[-1])
    cursor.expect("check")
    inner = cursor.group().unwrapped()
    validated = not cursor.accept("not", "valid")
    name = constraint or _free_check(database, domain)
    return replace(domain, checks=(*domain.checks, Check(name, inner.sql(), mentioned(inner), validated)))


def _free_check(database: Database, domain: Domain) -> str:
    """The name the server gives an unnamed check of a domain: one that no constraint of its schema has."""
    schema, taken = database.ask(domain.name), {check.name for check in domain.checks}
    return free_name(
        domain.name.name,
        None,
        "check",
        lambda name: name in taken or schema.constraint_exists(domain.name.schema, name),
    )


def alter_type(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `ALTER TYPE`."""
    name = names.user_type(database, cursor.name())
    if cursor.accept("add", "value"):
        if_not_exists = cursor.if_not_exists()
        value = cursor.string()
        before = cursor.string() if cursor.accept("before") else None
        after = cursor.string() if before is None and cursor.accept("after") else None
        yield AlterTypeAddValue(name, value, before, after, if_not_exists)
    elif cursor.accept("rename", "value"):
        old = cursor.string()
        cursor.expect("to")
        yield AlterTypeRenameValue(name, old, cursor.string())
    elif cursor.accept("rename", "to"):
        yield RenameType(name, Name(name.schema, cursor.identifier()))
    elif cursor.accept("set", "schema"):
        new = Name(cursor.identifier(), name.name)
        yield AlterType(name) if new == name else RenameType(name, new)
    elif cursor.sees_any("add", "drop", "alter", "rename"):
        yield _alter_attributes(cursor, database, name)
    else:
        yield Statement("alter_type", name=str(name), detail=attempted(cursor, owner(Target("type", name))))


def _alter_attributes(cursor: Cursor, database: Database, name: Name) -> AlterType:
    """Actions on the attributes of a composite type; what it is afterwards is None where it is not known."""
    found = database.ask(name).types.get(name)
    attributes = list(found.attributes) if isinstance(found, OtherType) else []
    said = dict(found.column_comments) if isinstance(found, OtherType) else {}
    retyped: list[str] = []
    taken: list[str] = []
    for action in cursor.items():
        verb = action.take().value
        action.expect("attribute")
        missing_ok = action.if_exists()
        if verb == "add":
            attributes.append(_attribute(action, database))
        elif verb == "drop":
            gone = action.identifier()
            attributes = [(n, kind) for n, kind in attributes if n != gone]
            said.pop(gone, None)
        elif verb == "alter":
            attribute = action.identifier()
            action.accept("set", "data")
            action.expect("type")
            changed = column_type(action, database)
            attributes = [(n, changed if n == attribute else kind) for n, kind in attributes]
            retyped.append(attribute)
            if action.accept("collate"):
                action.parts()
        else:
            old = action.identifier()
            action.expect("to")
            new = action.identifier()
            taken += [n for n, _ in attributes if n == new]
            attributes = [(new if n == old else n, kind) for n, kind in attributes]
            said = {new if n == old else n: text for n, text in said.items()}
        action.cascade()
        if not action.done or (missing_ok and verb != "drop"):
            raise action.problem("expected a comma")
    definition: OtherType | None = None
    if isinstance(found, OtherType):
        definition = replace(found, attributes=tuple(attributes), column_comments=tuple(said.items()))
    return AlterType(name, definition, tuple(retyped), tuple(taken))


def alter_domain(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `ALTER DOMAIN`."""
    name = names.user_type(database, cursor.name())
    found = database.ask(name).types.get(name)
    if cursor.accept("rename", "to"):
        yield RenameType(name, Name(name.schema, cursor.identifier()))
    elif cursor.accept("set", "schema"):
        new = Name(cursor.identifier(), name.name)
        yield AlterDomain(name) if new == name else RenameType(name, new)
    elif cursor.sees("owner", "to"):
        yield AlterDomain(name, detail=attempted(cursor, owner(Target("domain", name))))
    elif isinstance(found, Domain):
        names_now = {check.name for check in found.checks}
        wanted = _renamed(cursor.copy())
        taken = wanted if wanted in names_now else None
        needed = _needed(cursor.copy())
        missing = None if needed in names_now or found.not_null else needed  # NOT NULL is a constraint with a name too
        validates = cursor.sees("validate")
        altered = _altered(cursor, database, found)
        yield AlterDomain(name, altered, taken=taken, missing=missing, validates=validates)
    else:
        cursor.rest()
        yield AlterDomain(name)


def _renamed(cursor: Cursor) -> str | None:
    """The new name of a constraint where that is what the action gives."""
    if not cursor.accept("rename", "constraint"):
        return None
    cursor.identifier()
    cursor.expect("to")
    return cursor.identifier()


def _needed(cursor: Cursor) -> str | None:
    """The name of the constraint that has to be there."""
    if cursor.accept("drop", "constraint"):
        return None if cursor.if_exists() else cursor.identifier()
    renames = cursor.accept("rename", "constraint") or cursor.accept("validate", "constraint")
    return cursor.identifier() if renames else None


def _altered(cursor: Cursor, database: Database, domain: Domain) -> Domain | None:
    if cursor.accept("set", "not", "null"):
        return replace(domain, not_null=True)
    if cursor.accept("drop", "not", "null"):
        return replace(domain, not_null=False)
    if cursor.accept("set", "default"):
        return replace(domain, default=default_text(cursor.rest(), database))
    if cursor.accept("drop", "default"):
        return replace(domain, default=None)
    if cursor.accept("add"):
        return _domain_option(cursor, database, domain)
    if cursor.accept("drop", "constraint"):
        cursor.if_exists()
        gone = cursor.identifier()
        cursor.cascade()
        return replace(domain, checks=tuple(c for c in domain.checks if c.name != gone))
    if cursor.accept("validate", "constraint"):
        name = cursor.identifier()
        return replace(domain, checks=tuple(replace(c, validated=True) if c.name == name else c for c in domain.checks))
    if cursor.accept("rename", "constraint"):
        old = cursor.identifier()
        cursor.expect("to")
        new = cursor.identifier()
        return replace(domain, checks=tuple(replace(c, name=new) if c.name == old else c for c in domain.checks))
    cursor.rest()
    return None
