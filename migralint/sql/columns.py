"""Columns as CREATE TABLE and ALTER TABLE write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from migralint.operations import Database
from migralint.schema import Column, Constraint, Generated, PrimaryKey
from migralint.schema.conversion import usual_storage
from migralint.schema.names import next_value
from migralint.schema.table import NAMED_NOT_NULL
from migralint.schema.types import SERIALS
from migralint.sql import names
from migralint.sql.constraints import read_constraint_body
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.tokens import HOLE, tokenize

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


@dataclass(slots=True)
class Definition:
    """What stands between the parentheses of a CREATE TABLE.

    `known` are the columns of the table so far, `without_default` those for which DEFAULT NULL is written.
    """

    columns: list[Column] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    without_default: set[str] = field(default_factory=set)

    def not_null(self, column: str, name: str) -> None:
        """NOT NULL as a constraint of the table (from PostgreSQL 18)."""
        self.columns = [
            replace(c, not_null=True, not_null_name=name or c.not_null_name) if c.name == column else c
            for c in self.columns
        ]


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
        *("constraint", "primary", "not", "null", "default", "check", "unique", "references", "generated"),
        *("with", "collate"),
    )


def column_options(cursor: Cursor, database: Database, column: Column, into: Definition) -> Column:
    """What follows the type: constraints of other kinds than NOT NULL go to `into`."""
    while not cursor.done:
        name = cursor.identifier() if cursor.accept("constraint") else ""
        if cursor.accept("not", "null"):
            kept = name if database.server_version >= NAMED_NOT_NULL else ""
            column = replace(column, not_null=True, not_null_name=kept or column.not_null_name)
            cursor.accept("no", "inherit")
        elif cursor.accept("null"):
            pass
        elif cursor.accept("default"):
            start = cursor.index
            cursor.skip_one()
            cursor.until(*_AFTER_DEFAULT)
            written = Cursor(cursor.text, cursor.tokens, start, cursor.index)
            known = HOLE not in written.source()
            column = replace(column, default=default_text(written, database) if known else None)
            if not known:
                column = replace(column, doubtful=True)
            elif column.default is None:
                into.without_default.add(column.name)
                column = replace(column, default_type=column.type or None)
        elif cursor.accept("collate"):
            column = replace(column, collation=cursor.parts()[-1])
        elif cursor.accept("generated") or cursor.sees("as", "("):
            column = _generated(cursor, database, column)
        elif cursor.accept("with", "options") or cursor.accept("autoincrement"):
            pass
        elif cursor.accept("storage"):
            column = replace(column, storage=_storage(cursor, database, column.type))
        elif cursor.accept("compression"):
            column = replace(column, compression=compression(cursor))
        elif cursor.accept("options"):
            cursor.skip_one()
        elif cursor.accept("on", "conflict"):
            cursor.take()
        else:
            constraint = read_constraint_body(cursor, database, name, (column.name,), into.known)
            into.constraints.append(constraint)
            if isinstance(constraint, PrimaryKey) and database.dialect == "postgresql":
                column = replace(column, not_null=True)
    return column


def _storage(cursor: Cursor, database: Database, kind: str) -> str | None:
    """After STORAGE: None for the one of the type."""
    said = cursor.take().value.upper()
    schema = database.ask(kind)
    return None if said in ("DEFAULT", usual_storage(schema, SERIALS.get(kind, kind))) else said


def compression(cursor: Cursor) -> str | None:
    """After COMPRESSION: the method, None for DEFAULT."""
    method = cursor.identifier()
    return None if method == "default" else method


def _generated(cursor: Cursor, database: Database, column: Column) -> Column:
    from migralint.sql.sequences import identity_sequence  # which reads types as columns do

    always = cursor.accept("always")
    if not always:
        cursor.accept("by", "default")
    cursor.expect("as")
    if cursor.accept("identity"):
        kind = "always" if always else "by default"
        name, options = identity_sequence(cursor, database, column.type)
        return replace(column, identity=kind, sequence=name, sequence_options=options, not_null=True)
    expression = cursor.group().sql()
    stored = cursor.accept_any("stored", "virtual") == "stored"
    return replace(column, generated=Generated(expression, stored))


def read_bound(cursor: Cursor) -> str:
    """The bounds of a partition: FOR VALUES ..., or DEFAULT."""
    if cursor.accept("default"):
        return "DEFAULT"
    cursor.expect("for", "values")
    start = cursor.index
    if cursor.accept("in"):
        cursor.group()
    elif cursor.accept("from"):
        cursor.group()
        cursor.expect("to")
        cursor.group()
    else:
        cursor.expect("with")
        cursor.group()
    return f"FOR VALUES {Cursor(cursor.text, cursor.tokens, start, cursor.index).sql()}"
