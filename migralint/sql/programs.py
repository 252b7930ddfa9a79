"""Sequences, functions, procedures, aggregates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import (
    AlterSequence,
    CreateFunction,
    CreateSequence,
    Database,
    Operation,
    RenameFunction,
    Statement,
)
from migralint.schema import Function, Name, Sequence
from migralint.schema.names import TEMPORARY
from migralint.sql import names
from migralint.sql.columns import read_type
from migralint.sql.cursor import Cursor, Written
from migralint.sql.errors import Unreadable

_ARGUMENT_ENDS = ("default", "=", ":=")


def create_sequence(cursor: Cursor, database: Database, temporary: bool) -> Iterator[Operation]:
    """After `CREATE SEQUENCE`."""
    if_not_exists = cursor.if_not_exists()
    written = cursor.name()
    name = Name(TEMPORARY, written.name) if temporary else names.created(database, written)
    yield CreateSequence(Sequence(name, owned_by=_owner(cursor, database)), if_not_exists)


def _owner(cursor: Cursor, database: Database) -> tuple[Name, str] | None:
    """OWNED BY table.column among the options."""
    owner: tuple[Name, str] | None = None
    while cursor.find("owned", "by"):
        cursor.index += 2
        owner = owned_by(cursor, database)
    cursor.rest()
    return owner


def owned_by(cursor: Cursor, database: Database) -> tuple[Name, str] | None:
    """What stands after OWNED BY: a column, or NONE."""
    parts = cursor.parts()
    if len(parts) < 2:
        return None
    schema = parts[-3] if len(parts) > 2 else None
    return names.relation(database, Written(schema, parts[-2])), parts[-1]


def alter_sequence(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `ALTER SEQUENCE`."""
    if_exists = cursor.if_exists()
    name = names.relation(database, cursor.name())
    found = database.ask(name).sequences.get(name)
    after: Sequence | None = None
    if cursor.accept("rename", "to"):
        new = Name(name.schema, cursor.identifier())
        after = replace(found, name=new) if found else None
    elif cursor.accept("set", "schema"):
        new = Name(cursor.identifier(), name.name)
        after = replace(found, name=new) if found else None
    elif cursor.has("owned", "by"):
        owner = _owner(cursor, database)
        after = replace(found, owned_by=owner) if found else None
    cursor.rest()
    yield AlterSequence(name, after, if_exists)


def create_function(cursor: Cursor, database: Database, kind: str, or_replace: bool) -> Iterator[Operation]:
    """After `CREATE [OR REPLACE] FUNCTION`, `PROCEDURE` or `AGGREGATE`."""
    name = names.created(database, cursor.name())
    if kind == "aggregate" and not cursor.has("("):
        raise cursor.problem("expected arguments")
    group = cursor.group()
    arguments = argument_types(group.copy(), database)
    found = Function(name, arguments, kind=kind, parameters=argument_names(group.copy()))
    found = replace(found, defaults=_defaults(group.copy()), outputs=_outputs(group))
    if kind == "aggregate":
        cursor.rest()
        yield CreateFunction(found, or_replace)
        return
    returns, language, body = "", "", ""
    while not cursor.done:
        if cursor.accept("returns", "null", "on", "null", "input"):
            pass
        elif cursor.accept("returns"):
            if cursor.sees("table"):
                found = replace(found, outputs=_columns(cursor.copy()))
            returns = _returns(cursor, database)
        elif cursor.accept("language"):
            language = cursor.take().value.lower()
        elif cursor.accept("as"):
            body = cursor.string()
            if cursor.accept(","):
                cursor.string()
        elif cursor.sees("begin", "atomic") or cursor.sees("return"):
            language, body = language or "sql", cursor.rest().source()
        elif cursor.accept("set"):
            cursor.name()
            cursor.until("language", "as", "immutable", "stable", "volatile", "security", "returns", "strict", "set")
        elif cursor.sees("("):
            cursor.group()
        else:
            cursor.take()
    yield CreateFunction(replace(found, returns=returns, language=language or "sql", body=body), or_replace)


def _returns(cursor: Cursor, database: Database) -> str:
    if cursor.accept("table"):
        return f"TABLE({cursor.group().sql()})"
    prefix = "SETOF " if cursor.accept("setof") else ""
    return prefix + names.type_text(database, read_type(cursor))


def _columns(cursor: Cursor) -> tuple[str, ...]:
    """The names of the columns of RETURNS TABLE (...)."""
    cursor.take()
    return tuple(item.identifier() for item in cursor.group().items())


def _outputs(group: Cursor) -> tuple[str, ...]:
    """The names of the OUT and INOUT arguments; a call that leaves one unnamed is not followed by name."""
    found: list[str] = []
    for item in group.items():
        mode = item.accept_any("in", "out", "inout")
        if mode in ("out", "inout") or (mode == "in" and item.accept("out")):
            found.append(item.identifier())
    return tuple(found)


def _defaults(group: Cursor) -> tuple[str, ...]:
    """The expressions of the defaults, which only the last arguments have."""
    found: list[str] = []
    for item in group.items():
        item.until(*_ARGUMENT_ENDS)
        if item.accept_any(*_ARGUMENT_ENDS) is not None:
            found.append(item.sql())
    return tuple(found)


def argument_types(group: Cursor, database: Database) -> tuple[str, ...]:
    """The input types among the arguments: these identify a function. OUT arguments do not."""
    types: list[str] = []
    for item in group.items():
        if item.accept("*"):
            continue
        if item.accept("order", "by"):
            continue
        mode = item.accept_any("in", "out", "inout", "variadic")
        if mode == "in":
            item.accept("out")
        kind = names.type_text(database, _argument_type(item))
        if mode != "out":
            types.append(kind)
    return tuple(types)


def argument_names(group: Cursor) -> tuple[str, ...]:
    """The names of the input arguments, "" for those without."""
    names_found: list[str] = []
    for item in group.items():
        mode = item.accept_any("in", "out", "inout", "variadic")
        if mode == "out" or item.done or item.sees("*") or item.sees("order", "by"):
            continue
        start = item.copy()
        _argument_type(item)
        named = start.copy()
        read_type(named)
        names_found.append("" if named.index >= item.index else start.identifier())
    return tuple(names_found)


def _argument_type(item: Cursor) -> str:
    """The type of `[name] type [default]`: the name is there if what follows the first type is no end."""
    whole = item.copy()
    try:
        kind = read_type(whole)
    except Unreadable:
        kind = ""
    if kind and (whole.done or whole.sees_any(*_ARGUMENT_ENDS)):
        return kind
    item.identifier()
    item.accept_any("in", "out", "inout", "variadic")
    return read_type(item)


def alter_function(cursor: Cursor, database: Database, kind: str) -> Iterator[Operation]:
    """After `ALTER FUNCTION`, `PROCEDURE`, `AGGREGATE` or `ROUTINE`."""
    name = names.function(database, cursor.name())
    group = cursor.optional_group()
    arguments = argument_types(group, database) if group is not None else None
    if cursor.accept("rename", "to"):
        yield RenameFunction(name, Name(name.schema, cursor.identifier()), arguments, kind)
    elif cursor.accept("set", "schema"):
        yield RenameFunction(name, Name(cursor.identifier(), name.name), arguments, kind)
    else:
        cursor.rest()
        yield Statement(f"alter_{kind}", name=str(name))
