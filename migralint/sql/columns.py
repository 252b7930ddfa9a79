"""Columns and constraints as CREATE TABLE and ALTER TABLE write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from migralint.operations import Database
from migralint.schema import Check, Column, Constraint, Exclusion, ForeignKey, Generated, Name, PrimaryKey, Unique
from migralint.schema.names import next_value, quote
from migralint.sql import names
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.expressions import mentioned
from migralint.sql.tokens import tokenize

_AFTER_DEFAULT = """not null default constraint primary unique check references generated collate deferrable initially
    on autoincrement storage compression as options comment""".split()
_ONE_WORD_LONGER = {
    "double": "precision",
    "character": "varying",
    "char": "varying",
    "nchar": "varying",
    "bit": "varying",
}
_INTERVAL = ("year", "month", "day", "hour", "minute", "second", "to")
_TABLE_CONSTRAINTS = ("constraint", "primary", "unique", "foreign", "check", "exclude")


@dataclass(slots=True)
class Definition:
    """What stands between the parentheses of a CREATE TABLE; `known` are the columns of the table so far."""

    columns: list[Column] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    known: list[str] = field(default_factory=list)


def read_type(cursor: Cursor) -> str:
    """The text of a type, such as `double precision` or `public."Mood"[]`."""
    start = cursor.index
    first = cursor.peek()
    parts = cursor.parts()
    word = parts[0] if len(parts) == 1 and first is not None and first.kind == "word" else ""
    if word == "national":
        cursor.accept_any("character", "char")
        cursor.accept("varying")
    elif word in _ONE_WORD_LONGER:
        cursor.accept(_ONE_WORD_LONGER[word])
    elif word == "interval":
        while cursor.accept_any(*_INTERVAL):
            pass
    cursor.optional_group()
    if word in ("timestamp", "time") and cursor.accept_any("with", "without"):
        cursor.expect("time", "zone")
    if cursor.sees("%", "type") or cursor.sees("%", "rowtype"):
        cursor.index += 2
    cursor.accept("array")
    while cursor.sees("["):
        cursor.skip_one()
    return Cursor(cursor.text, cursor.tokens, start, cursor.index).sql()


def column_type(cursor: Cursor, database: Database) -> str:
    """A column's type in the schema's spelling."""
    if database.dialect != "sqlite":
        return names.type_text(database, read_type(cursor))
    start = cursor.index
    while not cursor.done and not cursor.sees("(") and not cursor.sees_any(*_AFTER_DEFAULT):
        cursor.take()
    cursor.optional_group()
    return names.type_text(database, Cursor(cursor.text, cursor.tokens, start, cursor.index).sql())


def identifiers(cursor: Cursor) -> tuple[str, ...]:
    """The first name of each item of a list in parentheses: ordering and collation are left out."""
    return tuple(item.identifier() for item in cursor.group().items())


_NEXTVAL = re.compile(
    r"nextval\s*\(\s*'((?:[^']|'')+)'\s*(?:::\s*(?:pg_catalog\.)?(?:regclass|text)\s*)?\)\Z", re.IGNORECASE
)


def default_text(expression: Cursor, database: Database) -> str | None:
    """A default as SQL text. NULL is no default; a sequence is named as the server prints it."""
    if expression.sees("null") and (expression.index + 1 == expression.end or expression.sees("::", ahead=1)):
        return None
    text = expression.sql()
    sequence = _NEXTVAL.match(text) if database.dialect == "postgresql" else None
    if sequence is None:
        return text
    inner = sequence[1].replace("''", "'")
    try:
        name = names.relation(database, Cursor(inner, tokenize(inner)).name())
    except Unreadable:
        return text
    return next_value(name, database.ask(name).default_schema)


def read_column(cursor: Cursor, database: Database, into: Definition) -> None:
    """One column definition with its constraints."""
    name = cursor.identifier()
    into.known.append(name)
    kind = "" if cursor.done or _starts_constraint(cursor) else column_type(cursor, database)
    into.columns.append(column_options(cursor, database, Column(name, kind), into))


def _starts_constraint(cursor: Cursor) -> bool:
    return cursor.sees_any(
        "constraint", "primary", "not", "default", "check", "unique", "references", "generated", "with"
    )


def column_options(cursor: Cursor, database: Database, column: Column, into: Definition) -> Column:
    """What follows the type: constraints of other kinds than NOT NULL go to `into`."""
    while not cursor.done:
        name = cursor.identifier() if cursor.accept("constraint") else ""
        if cursor.accept("not", "null"):
            column = replace(column, not_null=True)
            cursor.accept("no", "inherit")
        elif cursor.accept("null"):
            pass
        elif cursor.accept("default"):
            start = cursor.index
            cursor.skip_one()
            cursor.until(*_AFTER_DEFAULT)
            written = Cursor(cursor.text, cursor.tokens, start, cursor.index)
            column = replace(column, default=default_text(written, database))
        elif cursor.accept("collate"):
            column = replace(column, collation=cursor.parts()[-1])
        elif cursor.accept("generated") or cursor.sees("as", "("):
            column = _generated(cursor, database, column)
        elif cursor.accept("with", "options") or cursor.accept("autoincrement"):
            pass
        elif cursor.accept_any("storage", "compression", "options"):
            cursor.skip_one()
        elif cursor.accept("on", "conflict"):
            cursor.take()
        else:
            constraint = read_constraint_body(cursor, database, name, (column.name,), into.known)
            into.constraints.append(constraint)
            if isinstance(constraint, PrimaryKey) and database.dialect == "postgresql":
                column = replace(column, not_null=True)
    return column


def sequence_of_identity(cursor: Cursor, database: Database) -> Name | None:
    """The name that the options of an identity give its sequence, which may follow."""
    if not cursor.sees("("):
        return None
    options = cursor.group()
    while not options.done:
        if options.accept("sequence", "name"):
            return names.relation(database, options.name())
        options.take()
    return None


def _generated(cursor: Cursor, database: Database, column: Column) -> Column:
    always = cursor.accept("always")
    if not always:
        cursor.accept("by", "default")
    cursor.expect("as")
    if cursor.accept("identity"):
        kind = "always" if always else "by default"
        return replace(column, identity=kind, sequence=sequence_of_identity(cursor, database), not_null=True)
    expression = cursor.group().sql()
    stored = cursor.accept_any("stored", "virtual") == "stored"
    return replace(column, generated=Generated(expression, stored))


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
        columns = column or identifiers(cursor)
        cursor.accept("autoincrement")
        constraint = PrimaryKey(name, columns, include=_key_tail(cursor))
    elif cursor.accept("unique"):
        distinct = _key_options(cursor)
        columns = column or identifiers(cursor)
        constraint = Unique(name, columns, include=_key_tail(cursor), nulls_not_distinct=not distinct)
    elif cursor.accept("foreign", "key"):
        columns = identifiers(cursor)
        cursor.expect("references")
        constraint = _foreign_key(cursor, database, name, columns)
    elif column and cursor.accept("references"):
        constraint = _foreign_key(cursor, database, name, column)
    elif cursor.accept("exclude"):
        constraint = _exclusion(cursor, name, known)
    else:
        raise cursor.problem("expected a constraint")
    return _attributes(cursor, constraint)


def _key_options(cursor: Cursor) -> bool:
    """NULLS [NOT] DISTINCT, an order, SQLite's conflict clause; whether nulls are distinct."""
    cursor.accept_any("asc", "desc")
    if cursor.accept("nulls", "not", "distinct"):
        return False
    cursor.accept("nulls", "distinct")
    return True


def _key_tail(cursor: Cursor) -> tuple[str, ...]:
    include: tuple[str, ...] = ()
    while True:
        if cursor.accept("include"):
            include = identifiers(cursor)
        elif cursor.accept("using", "index", "tablespace"):
            cursor.identifier()
        elif cursor.accept("on", "conflict"):
            cursor.take()
        elif cursor.sees("with", "("):
            cursor.take()
            cursor.group()
        else:
            return include


def _foreign_key(cursor: Cursor, database: Database, name: str, columns: tuple[str, ...]) -> ForeignKey:
    target = names.relation(database, cursor.name())
    referenced = identifiers(cursor) if cursor.sees("(") else ()
    key = ForeignKey(name, columns, target, referenced)
    while True:
        if cursor.accept("match"):
            kind = cursor.take().value.upper()
            key = replace(key, match=None if kind == "SIMPLE" else kind)
        elif cursor.accept("on", "delete"):
            key = replace(key, on_delete=_action(cursor))
            if cursor.sees("("):
                key = replace(key, set_columns=identifiers(cursor))
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
        columns |= dict.fromkeys(mentioned(item.until("with"), tuple(known)))
    if include := _key_tail(cursor):
        definition += f" INCLUDE ({', '.join(quote(name) for name in include)})"
        columns |= dict.fromkeys(include)
    if cursor.accept("where"):
        where = cursor.group()
        definition += f" WHERE ({where.sql()})"
        columns |= dict.fromkeys(mentioned(where, tuple(known)))
    return Exclusion(name, definition, tuple(columns))


def _attributes(cursor: Cursor, constraint: Constraint) -> Constraint:
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
