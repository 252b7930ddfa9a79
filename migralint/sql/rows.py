"""INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from migralint.operations import Copy, Database, Delete, Insert, Merge, Operation, RowOperation, Truncate, Update
from migralint.operations.data import Rows
from migralint.operations.rows import Unsure
from migralint.schema import Name
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.relations import read_relations
from migralint.sql.tokens import HOLE, NUMBER, QUOTED, STRING, WORD, is_holed_string, tokenize

if TYPE_CHECKING:
    from migralint.sql.queries.conflicts import Conflict

_ROWS = 1000
_SOURCES = frozenset({"from", "using", "join", "table"})
Bound = Sequence[Mapping[str, object]]
"""The values of parameters by name, for each time that a statement is executed; empty where that is not known."""

UNBOUND: Bound = ({},)
VERBS = ("insert", "update", "delete", "merge", "replace")


def read_rows(
    cursor: Cursor, database: Database, bound: Bound = UNBOUND, whole: Cursor | None = None
) -> Iterator[Operation]:
    """A statement that begins with one of VERBS; `bound` as for `statements.read`, `whole` is that with its WITH."""
    queries = whole.copy().until(*VERBS).sql() if whole is not None else ""
    whole = (whole or cursor).copy()
    for operation in _read_rows(cursor, database, bound, queries):
        yield replace(operation, reads=tuple(name for name in _reads(whole, database) if name != operation.table))


def _reads(cursor: Cursor, database: Database) -> tuple[Name, ...]:
    """The relations that a statement reads."""
    if not any(token.kind == WORD and token.value in _SOURCES for token in cursor.tokens[cursor.index : cursor.end]):
        return ()
    found = dict.fromkeys(read_relations(cursor))
    while cursor.find("using"):  # of DELETE and MERGE; after JOIN columns stand in parentheses
        cursor.take()
        if not cursor.sees("("):
            found[cursor.name()] = None
    return tuple(dict.fromkeys(names.relation(database, one) for one in found))


def _read_rows(cursor: Cursor, database: Database, bound: Bound, queries: str) -> Iterator[RowOperation]:
    verb = cursor.take().value
    if verb in ("insert", "replace"):
        yield _insert(cursor, database, bound, queries, plain=verb == "insert")
    elif verb == "update":
        yield _update(cursor, database, bound)
    elif verb == "delete":
        cursor.expect("from")
        yield _delete(cursor, database, bound)
    else:
        cursor.expect("into")
        cursor.accept("only")
        yield Merge(names.relation(database, cursor.name()))
    cursor.rest()


def _insert(cursor: Cursor, database: Database, bound: Bound, queries: str, plain: bool) -> Insert:
    if cursor.accept("or"):
        cursor.take()
        plain = False
    cursor.expect("into")
    table = names.relation(database, cursor.name())
    if cursor.accept("as"):
        cursor.identifier()
    columns: tuple[str, ...] = ()
    if cursor.sees("(") and not (cursor.sees("(", "select") or cursor.sees("(", "with")):
        columns = tuple(item.identifier() for item in cursor.group().items())
    if cursor.accept("overriding"):
        cursor.take()
        cursor.expect("value")
    known = columns or _columns(database, table)
    values = cursor.accept("values")
    read = _values if values else partial(_selected, queries=queries)
    rows: Rows | None = () if plain and bound else None
    for parameters in bound:
        new = read(cursor.copy(), database, known, parameters)
        rows = (*rows, *new) if rows is not None and new is not None else None
    conflicts_too = cursor.has("on", "conflict")
    if rows is not None and conflicts_too:
        from migralint.sql.queries import conflicts

        conflict = _conflict(cursor.copy())
        rows = conflicts.added(database, table, rows, conflict) if conflict is not None else None
    in_order = not conflicts_too and (values or (rows is not None and len(rows) == 1))
    return Insert(table, columns, rows, written=True, in_order=in_order)


class Returning(NamedTuple):
    """`INSERT INTO table [AS alias] ... RETURNING items`."""

    table: Name
    alias: str | None
    items: str


def returning(text: str, database: Database) -> Returning | None:
    """What a text gives back that is one INSERT and nothing else."""
    cursor = Cursor(text, tokenize(text))
    try:
        if not cursor.accept("insert", "into"):
            return None
        table = names.relation(database, cursor.name())
        alias = cursor.identifier() if cursor.accept("as") else None
    except Unreadable:
        return None
    cursor.until("returning")
    if not cursor.accept("returning"):
        return None
    items = cursor.until(";").sql()
    cursor.accept(";")
    return Returning(table, alias, items) if cursor.done else None


def _selected(
    cursor: Cursor, database: Database, columns: tuple[str, ...], parameters: Mapping[str, object], *, queries: str
) -> Rows | None:
    """The rows of INSERT ... SELECT."""
    if not cursor.sees_any("select", "with", "(") or (queries and cursor.sees("with")):
        return None
    from migralint.sql.queries import changes

    query = cursor.until("returning", "on") if cursor.has("on", "conflict") else cursor.until("returning")
    return changes.inserted(database, columns, f"{queries} {query.sql()}", parameters)


def _conflict(cursor: Cursor) -> Conflict | None:
    """What ON CONFLICT says; None where it names a constraint."""
    from migralint.sql.queries.conflicts import Conflict

    cursor.find("on", "conflict")
    cursor.expect("on", "conflict")
    columns: list[str] = []
    limited = False
    if cursor.sees("on", "constraint"):
        return None
    if cursor.sees("("):
        for item in cursor.group().items():
            token = item.take()
            limited = limited or not item.done or token.kind not in (WORD, QUOTED)
            columns.append(token.value)
        limited = limited or cursor.sees("where")
        cursor.until("do")
    cursor.expect("do")
    return Conflict(tuple(columns), limited, updates=cursor.sees("update"))


def _columns(database: Database, table: Name) -> tuple[str, ...]:
    found = database.ask(table).tables.get(table)
    return tuple(c.name for c in found.columns) if found and not found.assumed else ()


def _values(
    cursor: Cursor, database: Database, columns: tuple[str, ...], parameters: Mapping[str, object]
) -> Rows | None:
    """The rows of VALUES, where it is known how many there are; a value that is not known is `Unsure.UNSURE`."""
    rows: list[tuple[tuple[str, object], ...]] = []
    known = True
    while cursor.sees("("):
        items = list(cursor.group().items())
        known = known and len(items) == len(columns) and len(rows) < _ROWS
        known = known and all(is_holed_string(item.peek()) or HOLE not in item.source() for item in items)
        if known:
            given = [(column, item) for column, item in zip(columns, items, strict=True) if not item.sees("default")]
            rows.append(tuple((column, _value(item, database, parameters)) for column, item in given))
        if not cursor.accept(","):
            break
    return tuple(rows) if known and (rows or not cursor.is_literal()) else None


def _value(item: Cursor, database: Database, parameters: Mapping[str, object]) -> object:
    """The value of a literal or of an expression; a string of which a piece is not known is one value all the same."""
    if is_holed_string(item.peek()):
        return Unsure.UNSURE
    found, value = literal(item.copy())
    if found:
        return value
    from migralint.sql.queries import changes

    return changes.computed(database, item.sql(), parameters)


def literal(item: Cursor) -> tuple[bool, object]:
    """Whether it is one literal, and its value: text, int, float, bool or None. A cast after it is passed over."""
    sign = -1 if item.accept("-") else 1
    token = item.take()
    value: object
    if token.kind == STRING:
        value = token.value
    elif token.kind == NUMBER:
        digits = token.value.replace("_", "")
        try:
            value = sign * (int(digits, 16) if digits[:2].lower() == "0x" else int(digits))
        except ValueError:
            value = sign * float(digits)
    elif token.kind == "word" and token.value in ("true", "false", "null"):
        value = {"true": True, "false": False, "null": None}[token.value]
    else:
        return False, None
    if item.accept("::"):
        plain = item.parts()[-1] in ("text", "varchar", "json", "jsonb", "uuid", "date", "timestamp", "timestamptz")
        item.rest()
        return plain or not isinstance(value, str), value
    return item.done, value


def _update(cursor: Cursor, database: Database, bound: Bound) -> Update:
    if cursor.accept("or"):
        cursor.take()
    table, alias = _target(cursor, database, "set")
    cursor.expect("set")
    values: dict[str, str] = {}
    constants: list[tuple[str, str]] = []
    known = True
    for item in cursor.until("where", "from", "returning").items():
        if item.sees("("):
            values.update((target.identifier(), "") for target in item.group().items())
            known = False
        else:
            column = item.parts()[0]
            known = known and item.accept("=")
            values[column] = item.sql()
            if known and not item.done and literal(item.copy()) not in ((False, None), (True, None)):
                constants.append((column, values[column]))
    limited = cursor.has("where")
    found, where = _where(cursor)
    rows = None
    if known and found and len(bound) == 1:
        from migralint.sql.queries import changes

        rows = changes.updated(database, table, values, where, alias, bound[0])
    return Update(
        table, tuple(values), limited, written=True, rows=rows, constants=tuple(constants), over=_mentioned(where)
    )


def _delete(cursor: Cursor, database: Database, bound: Bound) -> Delete:
    table, alias = _target(cursor, database, "using", "where", "returning")
    limited = cursor.has("where")
    found, where = _where(cursor)
    rows = None
    if found and len(bound) == 1:
        from migralint.sql.queries import changes

        rows = changes.deleted(database, table, where, alias, bound[0])
    return Delete(table, limited, rows, over=_mentioned(where))


def _target(cursor: Cursor, database: Database, *ends: str) -> tuple[Name, str | None]:
    """`[ONLY] table [*] [[AS] alias]`, up to one of the keywords."""
    cursor.accept("only")
    table = names.relation(database, cursor.name())
    cursor.accept("*")
    cursor.accept("as")
    alias = None if cursor.done or cursor.sees_any(*ends) else cursor.identifier()
    cursor.until(*ends)
    return table, alias


def _where(cursor: Cursor) -> tuple[bool, str | None]:
    """Whether the rows follow from this table alone, and the condition."""
    if not cursor.accept("where"):
        return cursor.done or cursor.sees("returning"), None
    condition = cursor.until("returning")
    return not condition.sees("current", "of"), condition.sql()


def _mentioned(condition: str | None) -> frozenset[str]:
    """The names in a condition."""
    return frozenset(token.value for token in tokenize(condition or "") if token.kind in (WORD, QUOTED))


def truncate(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `TRUNCATE`."""
    cursor.accept("table")
    tables: list[tuple[bool, Name]] = []
    while True:
        only = cursor.accept("only")
        tables.append((only, names.relation(database, cursor.name())))
        cursor.accept("*")
        if not cursor.accept(","):
            break
    identity = cursor.accept_any("restart", "continue")
    if identity:
        cursor.expect("identity")
    cascade = cursor.cascade()
    for only, table in tables:
        yield Truncate(table, cascade, only, identity == "restart")


def copy(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `COPY`: only FROM changes rows."""
    if cursor.sees("("):
        cursor.rest()
        return
    table = names.relation(database, cursor.name())
    cursor.optional_group()
    incoming = cursor.sees("from")
    cursor.rest()
    if incoming:
        yield Copy(table)
