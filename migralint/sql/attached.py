"""Triggers, policies, rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import AlterPolicy, AlterTrigger, CreatePolicy, CreateTrigger, Database, Operation, Statement
from migralint.operations.details import Detail, Renamed, Rule
from migralint.operations.query_texts import SUBQUERY
from migralint.schema import Name, Policy, Trigger
from migralint.schema.names import quote
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.details import attempted
from migralint.sql.queries.shape import shape
from migralint.sql.relations import read_relations
from migralint.sql.tokens import tokenize

_EVENTS = ("insert", "update", "delete", "truncate")


def create_trigger(
    cursor: Cursor, database: Database, or_replace: bool, *, constraint: bool = False
) -> Iterator[Operation]:
    """After `CREATE [OR REPLACE] [CONSTRAINT] TRIGGER`."""
    definition = f"CREATE {'CONSTRAINT ' if constraint else ''}TRIGGER {cursor.copy().sql()}"
    if cursor.if_not_exists():
        or_replace = True
    name = cursor.name().name
    timing = "BEFORE" if database.dialect == "sqlite" else "AFTER"
    if cursor.accept("instead", "of"):
        timing = "INSTEAD OF"
    elif found := cursor.accept_any("before", "after"):
        timing = found.upper()
    events: list[str] = []
    columns: dict[str, None] = {}
    while event := cursor.accept_any(*_EVENTS):
        events.append(event.upper())
        if cursor.accept("of"):
            columns |= {item.identifier(): None for item in cursor.until("on", "or").items()}
        if not cursor.accept("or"):
            break
    cursor.expect("on")
    table = names.relation(database, cursor.name())
    level = "ROW" if database.dialect == "sqlite" else "STATEMENT"
    function = ""
    origin = None
    while not cursor.done:
        if cursor.accept("from"):
            origin = names.relation(database, cursor.name())
        elif cursor.accept("for"):
            cursor.accept("each")
            level = cursor.take().value.upper()
        elif cursor.accept("when"):
            columns |= _of_rows(cursor.group())
        elif cursor.accept("execute"):
            cursor.accept_any("function", "procedure")
            function = str(names.function(database, cursor.name()))
            cursor.rest()
        elif cursor.sees("begin") and database.dialect == "sqlite":
            cursor.rest()
        else:
            cursor.skip_one()
    trigger = Trigger(name, timing, tuple(events), level, function, definition, tuple(columns))
    yield CreateTrigger(table, trigger, or_replace, origin)


def _of_rows(condition: Cursor) -> dict[str, None]:
    """The columns of OLD and NEW in a condition."""
    found: dict[str, None] = {}
    while not condition.done:
        if (condition.sees("new", ".") or condition.sees("old", ".")) and not condition.sees("*", ahead=2):
            found[condition.parts()[1]] = None
        else:
            condition.take()
    return found


def create_policy(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `CREATE POLICY`."""
    name = cursor.identifier()
    cursor.expect("on")
    table = names.relation(database, cursor.name())
    permissive = True
    if cursor.accept("as"):
        permissive = cursor.take().value == "permissive"
    command = cursor.take().value.upper() if cursor.accept("for") else "ALL"
    roles = _roles(cursor) if cursor.accept("to") else ("public",)
    reads = _reads(cursor, database, table)
    using, check = _conditions(cursor, database)
    columns = _columns_read(table, (using, check), database)
    yield CreatePolicy(table, Policy(name, command, roles, permissive, using, check, columns), reads)


def _reads(conditions: Cursor, database: Database, table: Name) -> tuple[Name, ...]:
    """The relations that queries in the conditions read, beside the table itself."""
    found = (names.relation(database, one) for one in read_relations(conditions))
    return tuple(name for name in dict.fromkeys(found) if name != table)


def _columns_read(
    table: Name, conditions: tuple[str | None, str | None], database: Database
) -> tuple[tuple[Name, str], ...]:
    """What a query reads that has a condition of rows of the table; nothing where there is no other query in it."""
    found: dict[tuple[Name, str], None] = {}
    for condition in conditions:
        if condition is not None and SUBQUERY.search(condition):
            text = f"SELECT 1 FROM {quote(table.schema)}.{quote(table.name)} WHERE {condition}"
            found |= dict.fromkeys(shape(Cursor(text, tokenize(text)), database).reads)
    return tuple(found)


def alter_policy(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `ALTER POLICY`."""
    name = cursor.identifier()
    cursor.expect("on")
    table = names.relation(database, cursor.name())
    if cursor.accept("rename", "to"):
        yield AlterPolicy(table, name, new_name=cursor.identifier())
        return
    roles = _roles(cursor) if cursor.accept("to") else None
    reads = _reads(cursor, database, table)
    using, check = _conditions(cursor, database)
    columns = _columns_read(table, (using, check), database)
    yield AlterPolicy(table, name, roles=roles, using=using, check=check, reads=reads, columns=columns)


def _roles(cursor: Cursor) -> tuple[str, ...]:
    roles = [cursor.identifier()]
    while cursor.accept(","):
        roles.append(cursor.identifier())
    return tuple(roles)


def _conditions(cursor: Cursor, database: Database) -> tuple[str | None, str | None]:
    using = _condition(cursor.group().unwrapped(), database) if cursor.accept("using") else None
    check = _condition(cursor.group().unwrapped(), database) if cursor.accept("with", "check") else None
    return using, check


def _condition(cursor: Cursor, database: Database) -> str:
    return names.found_by_path(cursor.sql(), cursor, database)


def create_rule(cursor: Cursor, database: Database, or_replace: bool) -> Iterator[Operation]:
    """After `CREATE [OR REPLACE] RULE`."""
    detail = attempted(cursor.copy(), lambda rest: _rule(rest, database, or_replace))
    name = cursor.identifier()
    table = names.relation(database, cursor.name()) if cursor.find("to") and cursor.accept("to") else None
    cursor.rest()
    yield Statement("create_rule", table, name, detail=detail)


def _rule(cursor: Cursor, database: Database, or_replace: bool) -> Detail:
    name = cursor.identifier()
    cursor.expect("as", "on")
    event = cursor.take().value.upper()
    cursor.expect("to")
    table = names.relation(database, cursor.name())
    columns = _of_rows(cursor.copy())
    where = cursor.until("do").sql() if cursor.accept("where") else None
    cursor.expect("do")
    instead = cursor.accept_any("instead", "also") == "instead"
    actions: list[str] = []
    body = cursor.rest().unwrapped()
    uses: dict[Name, None] = {}
    writes: dict[Name, None] = {}
    while not body.done and not body.accept("nothing"):
        written = body.until(";")
        writes |= dict.fromkeys(_written_to(written, database))
        uses |= dict.fromkeys(_reads(written, database, table))
        if action := written.sql():
            actions.append(action)
        body.accept(";")
    uses |= writes
    uses.pop(table, None)
    rule = Rule(name, table, event, instead, where, tuple(actions), or_replace)
    return replace(rule, columns=tuple(columns), uses=tuple(uses), writes=tuple(writes))


def _written_to(action: Cursor, database: Database) -> Iterator[Name]:
    """The relation whose rows an action of a rule changes."""
    verb = action.copy()
    if verb.accept("insert", "into") or verb.accept("delete", "from") or verb.accept("update"):
        verb.accept("only")
        yield names.relation(database, verb.name())


def alter_attached(cursor: Cursor, database: Database, kind: str) -> Iterator[Operation]:
    """After `ALTER TRIGGER` or `ALTER RULE`."""
    name = cursor.identifier()
    cursor.expect("on")
    table = names.relation(database, cursor.name())
    if kind == "trigger" and cursor.accept("rename", "to"):
        yield AlterTrigger(table, name, cursor.identifier())
        return
    detail = None
    if cursor.accept("rename", "to"):
        detail = Renamed(cursor.identifier())
    cursor.rest()
    yield Statement(f"alter_{kind}", table, name, detail=detail)
