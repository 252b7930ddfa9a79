"""Constraints as CREATE TABLE and ALTER TABLE write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from migralint.operations import Database
from migralint.schema import Check, Constraint, Exclusion, ForeignKey, PrimaryKey, Unique
from migralint.schema.names import quote
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.expressions import mentioned
from migralint.sql.options import read_options

_TABLE_CONSTRAINTS = ("constraint", "primary", "unique", "foreign", "check", "exclude")


def starts_table_constraint(cursor: Cursor) -> bool:
    """Whether a table constraint, not a column, comes next."""
    if not cursor.sees_any(*_TABLE_CONSTRAINTS):
        return cursor.sees("not", "null")
    if cursor.sees("primary") or cursor.sees("foreign"):
        return cursor.sees("key", ahead=1)
    return True


def read_constraint(cursor: Cursor, database: Database, known: Iterable[str]) -> Constraint:
    """A table constraint, with its name where it has one."""
    name = cursor.identifier() if cursor.accept("constraint") else ""
    return read_constraint_body(cursor, database, name, (), known)


def read_constraint_body(
    cursor: Cursor, database: Database, name: str, column: tuple[str, ...], known: Iterable[str]
) -> Constraint:
    """A constraint after its name; `column` is the column it is written at, or empty for a table constraint."""
    constraint: Constraint
    if cursor.accept("check"):
        inner = cursor.group().unwrapped()
        constraint = Check(name, inner.sql(), mentioned(inner, tuple(known)))
    elif cursor.accept("primary", "key"):
        _key_options(cursor)
        columns, overlaps = (column, False) if column else _temporal(cursor, "without", "overlaps")
        cursor.accept("autoincrement")
        include, options = _key_tail(cursor)
        constraint = PrimaryKey(name, columns, include, without_overlaps=overlaps, options=options)
    elif cursor.accept("unique"):
        distinct = _key_options(cursor)
        columns, overlaps = (column, False) if column else _temporal(cursor, "without", "overlaps")
        include, options = _key_tail(cursor)
        constraint = Unique(
            name, columns, include, without_overlaps=overlaps, nulls_not_distinct=not distinct, options=options
        )
    elif cursor.accept("foreign", "key"):
        columns, period = _temporal(cursor, "period")
        cursor.expect("references")
        constraint = _foreign_key(cursor, database, name, columns, period)
    elif column and cursor.accept("references"):
        constraint = _foreign_key(cursor, database, name, column)
    elif cursor.accept("exclude"):
        constraint = _exclusion(cursor, name, known)
    else:
        raise cursor.problem("expected a constraint")
    return read_attributes(cursor, constraint)


def _temporal(cursor: Cursor, *words: str) -> tuple[tuple[str, ...], bool]:
    """Columns in parentheses, and whether the last of them is one of time (from PostgreSQL 18)."""
    columns: list[str] = []
    found = False
    for item in cursor.group().items():
        if words == ("period",) and item.sees("period") and item.peek(1) is not None:
            found = item.accept("period")
        columns.append(item.identifier())
        found = item.accept(*words) or found
    return tuple(columns), found


def _key_options(cursor: Cursor) -> bool:
    """NULLS [NOT] DISTINCT, an order, SQLite's conflict clause; whether nulls are distinct."""
    cursor.accept_any("asc", "desc")
    if cursor.accept("nulls", "not", "distinct"):
        return False
    cursor.accept("nulls", "distinct")
    return True


def _key_tail(cursor: Cursor) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The columns of INCLUDE, and the storage parameters of WITH."""
    include: tuple[str, ...] = ()
    options: dict[str, str] = {}
    while True:
        if cursor.accept("include"):
            include = cursor.identifiers()
        elif cursor.accept("using", "index", "tablespace"):
            cursor.identifier()
        elif cursor.accept("on", "conflict"):
            cursor.take()
        elif cursor.sees("with", "("):
            cursor.take()
            options = read_options(cursor.group())
        else:
            return include, tuple(options.items())


def _foreign_key(
    cursor: Cursor, database: Database, name: str, columns: tuple[str, ...], period: bool = False
) -> ForeignKey:
    target = names.relation(database, cursor.name())
    referenced = _temporal(cursor, "period")[0] if cursor.sees("(") else ()
    key = ForeignKey(name, columns, target, referenced, period=period)
    while True:
        if cursor.accept("match"):
            kind = cursor.take().value.upper()
            key = replace(key, match=None if kind == "SIMPLE" else kind)
        elif cursor.accept("on", "delete"):
            key = replace(key, on_delete=_action(cursor))
            if cursor.sees("("):
                key = replace(key, set_columns=cursor.identifiers())
        elif cursor.accept("on", "update"):
            key = replace(key, on_update=_action(cursor))
        else:
            return key


def _action(cursor: Cursor) -> str | None:
    for words in (("no", "action"), ("set", "null"), ("set", "default"), ("cascade",), ("restrict",)):
        if cursor.accept(*words):
            return None if words == ("no", "action") else " ".join(words).upper()
    raise cursor.problem("expected an action")


def _exclusion(cursor: Cursor, name: str, known: Iterable[str]) -> Exclusion:
    method = cursor.identifier() if cursor.accept("using") else "btree"
    inner = cursor.group()
    definition = f"EXCLUDE USING {method} ({inner.sql()})"
    columns: dict[str, None] = {}
    for item in inner.copy().items():
        columns |= dict.fromkeys(mentioned(_element(item), tuple(known)))
    include, options = _key_tail(cursor)
    if include:
        definition += f" INCLUDE ({', '.join(quote(name) for name in include)})"
        columns |= dict.fromkeys(include)
    where_columns: tuple[str, ...] = ()
    if cursor.accept("where"):
        where = cursor.group()
        definition += f" WHERE ({where.sql()})"
        where_columns = mentioned(where, tuple(known))
    return Exclusion(name, definition, tuple(columns), where_columns=where_columns, options=options)


def _element(item: Cursor) -> Cursor:
    """The column or the expression of an element, without its operator class and what follows."""
    start = item.index
    if not item.sees("("):
        item.parts()
    item.optional_group()
    return Cursor(item.text, item.tokens, start, item.index)


def read_attributes(cursor: Cursor, constraint: Constraint) -> Constraint:
    """DEFERRABLE, INITIALLY, NOT VALID and others, in any order."""
    deferrable: bool | None = None
    initially: str | None = None
    validated = enforced = True
    no_inherit = False
    while True:
        if cursor.accept("deferrable"):
            deferrable = True
        elif cursor.accept("not", "deferrable"):
            deferrable = False
        elif cursor.accept("initially"):
            initially = cursor.take().value.upper()
            deferrable = True if initially == "DEFERRED" else deferrable
        elif cursor.accept("not", "valid"):
            validated = False
        elif cursor.accept("not", "enforced"):
            validated = enforced = False
        elif cursor.accept("no", "inherit"):
            no_inherit = True
        elif cursor.accept("enforced"):
            pass
        elif cursor.accept("on", "conflict"):
            cursor.take()
        else:
            break
    if isinstance(constraint, Check) and no_inherit:
        constraint = replace(constraint, no_inherit=True)
    if isinstance(constraint, (Check, ForeignKey)) and not validated:
        constraint = replace(constraint, validated=False, enforced=enforced)
    if deferrable and not isinstance(constraint, Check):
        return replace(constraint, deferrable=True, initially=initially)  # type: ignore[call-arg]  # all but Check have it
    return constraint
