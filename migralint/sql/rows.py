"""INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import Copy, Database, Delete, Insert, Merge, Operation, RowOperation, Truncate, Update
from migralint.operations.data import Rows
from migralint.operations.rows import Unsure
from migralint.schema import Name
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.relations import read_relations
from migralint.sql.tokens import NUMBER, STRING, WORD, is_holed_string

_ROWS = 1000
_SOURCES = frozenset({"from", "using", "join", "table"})
VERBS = ("insert", "update", "delete", "merge", "replace")


def read_rows(cursor: Cursor, database: Database, whole: Cursor | None = None) -> Iterator[Operation]:
    """A statement that begins with one of VERBS; `whole` is that with the WITH before it."""
    whole = (whole or cursor).copy()
    for operation in _read_rows(cursor, database):
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


def _read_rows(cursor: Cursor, database: Database) -> Iterator[RowOperation]:
    verb = cursor.take().value
    if verb in ("insert", "replace"):
        yield _insert(cursor, database, plain=verb == "insert")
    elif verb == "update":
        yield _update(cursor, database)
    elif verb == "delete":
        cursor.expect("from")
        yield _delete(cursor, database)
    else:
        cursor.expect("into")
        cursor.accept("only")
        yield Merge(names.relation(database, cursor.name()))
    cursor.rest()


def _insert(cursor: Cursor, database: Database, plain: bool) -> Insert:
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
    if not cursor.accept("values"):
        return Insert(table, columns, _selected(cursor, database, table, columns) if plain else None, written=True)
    rows = _values(cursor)
    if cursor.has("on", "conflict") or not plain:
        rows = None
    if rows is None:
        return Insert(table, columns, written=True)
    known = columns or _columns(database, table)
    if any(len(row) != len(known) for row in rows):
        return Insert(table, columns, written=True)
    return Insert(table, columns, tuple(tuple(zip(known, row, strict=True)) for row in rows), written=True)


def _selected(cursor: Cursor, database: Database, table: Name, columns: tuple[str, ...]) -> Rows | None:
    """The rows of INSERT ... SELECT."""
    if cursor.has("on", "conflict") or not cursor.sees_any("select", "with", "("):
        return None
    from migralint.sql.queries import changes

    return changes.inserted(database, columns or _columns(database, table), cursor.until("returning").sql())


def _columns(database: Database, table: Name) -> tuple[str, ...]:
    found = database.ask(table).tables.get(table)
    return tuple(c.name for c in found.columns) if found and not found.assumed else ()


def _values(cursor: Cursor) -> list[tuple[object, ...]] | None:
    """The rows where every value is a literal, else None."""
    rows: list[tuple[object, ...]] = []
    known = True
    while cursor.sees("("):
        row: list[object] = []
        for item in cursor.group().items():
            found, value = _value(item) if known else (False, None)
            known = known and found
            row.append(value)
        if known:
            rows.append(tuple(row))
        if not cursor.accept(","):
            break
        if len(rows) > _ROWS:
            return None
    return rows if known and (rows or not cursor.is_literal()) else None


def _value(item: Cursor) -> tuple[bool, object]:
    """As `literal`; a string of which a piece is not known is one value all the same."""
    if not is_holed_string(item.peek()):
        return literal(item)
    item.take()
    if item.accept("::"):
        item.rest()
    return item.done, Unsure.UNSURE


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


def _update(cursor: Cursor, database: Database) -> Update:
    if cursor.accept("or"):
        cursor.take()
    table, alias = _target(cursor, database, "set")
    cursor.expect("set")
    values: dict[str, str] = {}
    known = True
    for item in cursor.until("where", "from", "returning").items():
        if item.sees("("):
            values.update((target.identifier(), "") for target in item.group().items())
            known = False
        else:
            column = item.parts()[0]
            known = known and item.accept("=")
            values[column] = item.sql()
    limited = cursor.has("where")
    found, where = _where(cursor)
    rows = None
    if known and found:
        from migralint.sql.queries import changes

        rows = changes.updated(database, table, values, where, alias)
    return Update(table, tuple(values), limited, written=True, rows=rows)


def _delete(cursor: Cursor, database: Database) -> Delete:
    table, alias = _target(cursor, database, "using", "where", "returning")
    limited = cursor.has("where")
    found, where = _where(cursor)
    rows = None
    if found:
        from migralint.sql.queries import changes

        rows = changes.deleted(database, table, where, alias)
    return Delete(table, limited, rows)


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
