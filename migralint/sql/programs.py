"""Functions, procedures, aggregates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import AlterFunction, CreateFunction, Database, Operation, RenameFunction, Statement
from migralint.operations.details import Target
from migralint.operations.programs import with_options
from migralint.schema import Function, Name, Parameter
from migralint.schema.types import parse
from migralint.sql import names
from migralint.sql.columns import read_type
from migralint.sql.cursor import Cursor
from migralint.sql.details import attempted, owner
from migralint.sql.errors import Unreadable
from migralint.sql.relations import read_relations
from migralint.sql.routine_options import read_option
from migralint.sql.tokens import HOLE, holed_body, tokenize

_ARGUMENT_ENDS = ("default", "=", ":=")


def create_function(cursor: Cursor, database: Database, kind: str, or_replace: bool) -> Iterator[Operation]:
    """After `CREATE [OR REPLACE] FUNCTION`, `PROCEDURE` or `AGGREGATE`."""
    name = names.created(database, cursor.name())
    group = cursor.group()
    if kind == "aggregate" and not cursor.sees("("):
        body = f"({group.sql()})"
        yield CreateFunction(Function(name, _old_style(group, database), kind=kind, body=body), or_replace)
        return
    written = group.copy()
    defaults, every = _defaults(group.copy()), read_arguments(group, database)
    outputs = tuple(one.name or f"column{n}" for n, one in enumerate((a for a in every if "out" in a.mode), 1))
    arguments = [one for one in every if one.mode != "out"]
    types, parameters = tuple(one.type for one in arguments), tuple(one.name for one in arguments)
    found = Function(name, types, kind=kind, parameters=parameters, defaults=defaults, outputs=outputs)
    if kind == "aggregate":
        body = f"({written.sql()}) {cursor.rest().sql()}"
        yield CreateFunction(replace(found, body=body), or_replace)
        return
    found = replace(found, declared=tuple(every))
    returns, language, body = "", "", ""
    options: dict[str, str | None] = {}
    while not cursor.done:
        if (option := read_option(cursor)) is not None:
            options |= option
        elif cursor.accept("returns"):
            if cursor.sees("table"):
                found = replace(found, outputs=_columns(cursor.copy()))
            returns = _returns(cursor, database)
        elif cursor.accept("language"):
            language = cursor.take().value.lower()
        elif cursor.accept("as"):
            if (holed := holed_body(cursor.peek(), cursor.text)) is not None:
                found, body = replace(found, partial=True), holed.replace(HOLE, "...")
                cursor.take()
            else:
                body = cursor.string()
            if cursor.accept(","):
                cursor.string()
        elif cursor.sees("begin", "atomic") or cursor.sees("return"):
            language, body = language or "sql", cursor.rest().source()
        elif cursor.sees("("):
            cursor.group()
        else:
            cursor.take()
    language = language or "sql"
    found = replace(found, returns=returns, language=language, body=body, options=with_options((), options.items()))
    yield CreateFunction(found, or_replace, _reads(body, database) if language == "sql" else ())


def _reads(body: str, database: Database) -> tuple[Name, ...]:
    """The relations that a body in SQL reads."""
    written = read_relations(Cursor(body, tokenize(body)))
    return tuple(dict.fromkeys(names.relation(database, one) for one in written))


def _old_style(options: Cursor, database: Database) -> tuple[str, ...]:
    """The argument of CREATE AGGREGATE name (BASETYPE = type, ...)."""
    for item in options.items():
        if item.accept("basetype") and item.accept("="):
            text = item.tokens[item.index].value
            return () if text.lower() == "any" else (_function_type(read_type(item), database),)
    raise options.problem("expected BASETYPE")


def _returns(cursor: Cursor, database: Database) -> str:
    if cursor.accept("table"):
        return f"TABLE({cursor.group().sql()})"
    prefix = "SETOF " if cursor.accept("setof") else ""
    return prefix + _function_type(read_type(cursor), database)


def _columns(cursor: Cursor) -> tuple[str, ...]:
    """The names of the columns of RETURNS TABLE (...)."""
    cursor.take()
    return tuple(item.identifier() for item in cursor.group().items())


def _defaults(group: Cursor) -> tuple[str, ...]:
    """The expressions of the defaults, which only the last arguments have."""
    found: list[str] = []
    for item in group.items():
        item.until(*_ARGUMENT_ENDS)
        if item.accept_any(*_ARGUMENT_ENDS) is not None:
            found.append(item.sql())
    return tuple(found)


def _function_type(written: str, database: Database) -> str:
    """A type as a function has it: without a length (PostgreSQL docs, CREATE FUNCTION)."""
    if written.lower().endswith(("%type", "%rowtype")):
        return written.lower()
    kind = parse(names.type_text(database, written))
    return str(kind._replace(modifiers=()))


_MODES = ("in", "out", "inout", "variadic")


def read_arguments(group: Cursor, database: Database) -> list[Parameter]:
    """The arguments between the parentheses; those of an aggregate after ORDER BY follow the direct ones.

    VARIADIC before and after ORDER BY is one argument (PostgreSQL docs, CREATE AGGREGATE).
    """
    found: list[Parameter] = []
    for item in group.items():
        if item.accept("*"):
            continue
        if not item.accept("order", "by"):
            found.append(_argument(item, database))
        if item.accept("order", "by"):
            item = item.rest()
        if not item.done and not item.sees_any(*_ARGUMENT_ENDS):
            found.append(_argument(item, database))
    repeated = [one.mode for one in found[-2:]] == ["variadic", "variadic"]
    return found[:-1] if repeated else found


def _argument(item: Cursor, database: Database) -> Parameter:
    """`[mode] [name] [mode] type`: a name is there if what follows the first type is no end."""
    mode = _mode(item)
    whole = item.copy()
    try:
        kind = read_type(whole)
    except Unreadable:
        kind = ""
    if kind and (whole.done or whole.sees_any(*_ARGUMENT_ENDS, "order")):
        item.index = whole.index
        return Parameter(mode or "in", "", _function_type(kind, database))
    name = item.identifier()
    mode = _mode(item) or mode or "in"
    return Parameter(mode, name, _function_type(read_type(item), database))


def _mode(item: Cursor) -> str:
    mode = item.accept_any(*_MODES) if item.peek(1) is not None else None
    if mode == "in" and item.accept("out"):
        return "inout"
    return mode or ""


def argument_types(group: Cursor, database: Database) -> tuple[str, ...]:
    """The input types among the arguments: these identify a function. OUT arguments do not."""
    return tuple(one.type for one in read_arguments(group, database) if one.mode != "out")


def alter_function(cursor: Cursor, database: Database, kind: str) -> Iterator[Operation]:
    """After `ALTER FUNCTION`, `PROCEDURE`, `AGGREGATE` or `ROUTINE`."""
    name = names.function(database, cursor.name())
    group = cursor.optional_group()
    arguments = argument_types(group, database) if group is not None else None
    if cursor.accept("rename", "to"):
        yield RenameFunction(name, Name(name.schema, cursor.identifier()), arguments, kind)
    elif cursor.accept("set", "schema"):
        new = Name(cursor.identifier(), name.name)
        same = Statement(f"alter_{kind}", name=str(name))
        yield same if new == name else RenameFunction(name, new, arguments, kind)
    elif changes := _changes(cursor):
        yield AlterFunction(name, tuple(changes.items()), arguments, kind)
    else:
        target = Target(kind, name, arguments)
        yield Statement(f"alter_{kind}", name=str(name), detail=attempted(cursor, owner(target)))


def _changes(cursor: Cursor) -> dict[str, str | None]:
    """The options that ALTER FUNCTION gives, {} where it says something else."""
    rest = cursor.copy()
    changes: dict[str, str | None] = {}
    while (option := read_option(rest)) is not None:
        changes |= option
    rest.accept("restrict")
    if changes and rest.done:
        cursor.rest()
        return changes
    return {}
