"""Pieces of SQL that CREATE and ALTER statements share: names, columns, constraints, indexes.

`default` is the schema whose objects are written without their schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from migralint.operations import Operation
from migralint.render.calls import in_sql
from migralint.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    Key,
    Keyed,
    Name,
    PrimaryKey,
    Statistics,
)
from migralint.schema.names import quote

_STRING = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
_CALL = re.compile(r"[\w$.]*\s*\(")


def literal(text: str | None) -> str:
    """The text as an SQL string, None as NULL."""
    if text is None:
        return "NULL"
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def dollar_quoted(text: str) -> str:
    """The text between dollar quotes with a tag that it does not hold."""
    tag, number = "$$", 0
    while tag in text or (text + "$").endswith(tag):
        number += 1
        tag = f"$body{number}$"
    return f"{tag}{text}{tag}"


def in_parentheses(names: Iterable[str]) -> str:
    """Identifiers as `(a, b)`."""
    return "(" + ", ".join(map(quote, names)) + ")"


def column(value: Column, default: str) -> str:
    """The column as CREATE TABLE and ADD COLUMN take it; serial pseudo types stay what they are."""
    parts = [quote(value.name), *([value.type] if value.type else [])]
    if value.storage:
        parts.append(f"STORAGE {value.storage}")
    if value.compression:
        parts.append(f"COMPRESSION {quote(value.compression)}")
    if value.collation:
        parts.append(f"COLLATE {quote(value.collation)}")
    if value.generated:
        kind = "STORED" if value.generated.stored else "VIRTUAL"
        parts.append(f"GENERATED ALWAYS AS ({value.generated.expression}) {kind}")
    if value.default is not None:
        parts.append(f"DEFAULT {default_value(value.default, default)}")
    if value.identity:
        said = identity_options(value.sequence, value.sequence_options, default)
        parts.append(f"GENERATED {value.identity.upper()} AS IDENTITY{said}")
    if value.not_null:
        parts.append("NOT NULL")
    return " ".join(parts)


def identity_options(sequence: Name | None, said: tuple[tuple[str, str], ...], default: str) -> str:
    """What stands in parentheses after IDENTITY; nothing where the server chooses."""
    words = [f"SEQUENCE NAME {in_sql(sequence, default)}"] if sequence is not None else []
    words += [text] if (text := sequence_options({k: v for k, v in said if k != "type"}).strip()) else []
    return f" ({' '.join(words)})" if words else ""


def sequence_options(options: dict[str, str]) -> str:
    """The options of a sequence as CREATE and ALTER SEQUENCE take them."""
    text = f" AS {options['type']}" if "type" in options else ""
    text += f" INCREMENT BY {options['increment']}" if "increment" in options else ""
    for name in ("minvalue", "maxvalue", "cache"):
        text += f" {name.upper()} {options[name]}" if name in options else ""
    text += f" START WITH {options['start']}" if "start" in options else ""
    return text + (" CYCLE" if "cycle" in options else "")


def default_value(text: str, default: str) -> str:
    """What stands after DEFAULT: SQLite (its schema is `main`) needs parentheses around an expression."""
    bare = default == "main" and "(" in _STRING.sub("", text) and not is_grouped(text)
    return f"({text})" if bare else text


def is_grouped(text: str) -> bool:
    """Whether the whole text stands in one pair of parentheses."""
    return text.strip().startswith("(") and _closes_at_end(text.strip(), 0)


def _closes_at_end(text: str, start: int) -> bool:
    """Whether the parenthesis at `start` is closed by the last character."""
    plain = _STRING.sub(lambda found: "_" * len(found[0]), text)
    depth = 0
    for position in range(start, len(plain)):
        depth += {"(": 1, ")": -1}.get(plain[position], 0)
        if depth == 0:
            return position == len(plain) - 1
    return False


def constraint(value: Constraint, default: str, using_index: str | None = None) -> str:
    """The constraint as CREATE TABLE and ADD take it, NOT VALID included."""
    text = f"CONSTRAINT {quote(value.name)} " if value.name else ""
    match value:
        case Keyed():
            text += _key(value, using_index)
        case ForeignKey():
            columns = _temporal(value.columns, before="PERIOD " if value.period else "")
            text += f"FOREIGN KEY {columns} {references(value, default)}"
        case Check():
            text += f"CHECK ({value.expression})" + (" NO INHERIT" if value.no_inherit else "")
        case Exclusion():
            text += _exclusion(value)
    text += _deferrable(value)
    if isinstance(value, Check | ForeignKey) and not value.validated:
        text += " NOT VALID" if value.enforced else " NOT ENFORCED"
    return text


def _exclusion(value: Exclusion) -> str:
    """The definition, with the storage parameters before its condition."""
    if not value.options:
        return value.definition
    keys, where, condition = value.definition.partition(" WHERE ")
    return f"{keys} WITH ({options(value.options)}){where}{condition}"


def _key(value: Keyed, using_index: str | None) -> str:
    text = "PRIMARY KEY" if isinstance(value, PrimaryKey) else "UNIQUE"
    if using_index is not None:
        return f"{text} USING INDEX {quote(using_index)}"
    if getattr(value, "nulls_not_distinct", False):
        text += " NULLS NOT DISTINCT"
    text += f" {_temporal(value.columns, after=' WITHOUT OVERLAPS' if value.without_overlaps else '')}"
    text += f" INCLUDE {in_parentheses(value.include)}" if value.include else ""
    return text + (f" WITH ({options(value.options)})" if value.options else "")


def _temporal(columns: tuple[str, ...], before: str = "", after: str = "") -> str:
    """Columns in parentheses, the last of them with a word of a temporal key."""
    return f"({', '.join(map(quote, columns[:-1]))}{', ' if columns[1:] else ''}{before}{quote(columns[-1])}{after})"


def references(key: ForeignKey, default: str) -> str:
    """`REFERENCES ...` with its actions."""
    text = f"REFERENCES {in_sql(key.references, default)}"
    if key.referenced_columns:
        text += f" {_temporal(key.referenced_columns, before='PERIOD ' if key.period else '')}"
    text += f" MATCH {key.match}" if key.match else ""
    text += f" ON DELETE {key.on_delete}" if key.on_delete else ""
    text += f" {in_parentheses(key.set_columns)}" if key.set_columns else ""
    return text + (f" ON UPDATE {key.on_update}" if key.on_update else "")


def _deferrable(value: Constraint) -> str:
    if not isinstance(value, Keyed | ForeignKey | Exclusion) or not value.deferrable:
        return ""
    return " DEFERRABLE" + (f" INITIALLY {value.initially}" if value.initially else "")


def create_index(
    index: Index,
    table: Name,
    default: str,
    *,
    concurrently: bool = False,
    if_not_exists: bool = False,
    only: bool = False,
) -> str:
    """CREATE INDEX; an index without a name leaves it to the server."""
    text = "CREATE UNIQUE INDEX " if index.unique else "CREATE INDEX "
    text += "CONCURRENTLY " if concurrently else ""
    text += "IF NOT EXISTS " if if_not_exists else ""
    text += f"{_index_name(index.name, table, default)} " if index.name else ""
    text += f"ON {'ONLY ' if only else ''}{_indexed(table, default)} "
    text += f"USING {index.method} " if index.method != "btree" else ""
    text += "(" + ", ".join(map(index_key, index.keys)) + ")"
    text += f" INCLUDE {in_parentheses(index.include)}" if index.include else ""
    text += " NULLS NOT DISTINCT" if index.nulls_not_distinct else ""
    text += f" WITH ({options(index.options)})" if index.options else ""
    return text + (f" WHERE {index.where}" if index.where else "")


def options(values: tuple[tuple[str, str], ...]) -> str:
    """Options as WITH and SET take them."""
    return ", ".join(f"{name} = {literal(value)}" for name, value in values)


def _index_name(name: str, table: Name, default: str) -> str:
    """In SQLite the index carries the schema, in PostgreSQL the table does."""
    return in_sql(Name(table.schema, name), default) if default == "main" else quote(name)


def _indexed(table: Name, default: str) -> str:
    return quote(table.name) if default == "main" else in_sql(table, default)


def create_statistics(value: Statistics, table: Name, default: str, *, if_not_exists: bool = False) -> list[str]:
    """CREATE STATISTICS, and ALTER STATISTICS where it has a target."""
    name = in_sql(value.name, default) if value.name.name else ""
    text = "CREATE STATISTICS " + ("IF NOT EXISTS " if if_not_exists else "") + (f"{name} " if name else "")
    text += f"{in_parentheses(value.kinds)} " if value.kinds else ""
    text += f"ON {', '.join(map(index_key, value.keys))} FROM {in_sql(table, default)}"
    return [text, *([f"ALTER STATISTICS {name} SET STATISTICS {value.target}"] if value.target is not None else [])]


def index_key(key: Key) -> str:
    """A key of an index, expressions in parentheses where they need them."""
    if key.expression is None:
        return str(key)
    found = _CALL.match(key.expression)
    whole = found is not None and _closes_at_end(key.expression.strip(), found.end() - 1)
    return str(key) if whole else str(key).replace(key.expression, f"({key.expression})", 1)


def exists(operation: Operation) -> str:
    """`IF EXISTS ` where the operation says so."""
    return "IF EXISTS " if getattr(operation, "if_exists", False) else ""


def cascade(operation: Operation) -> str:
    """` CASCADE` where the operation says so."""
    return " CASCADE" if getattr(operation, "cascade", False) else ""


def only(operation: Operation) -> str:
    """`ONLY ` where the operation leaves the tables below alone."""
    return "ONLY " if getattr(operation, "only", False) else ""
