"""Rows for the tables of a database, and what they are afterwards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import psycopg

from tests.ecosystem.environments.mutations import qualified, quoted
from tests.ecosystem.facts.document import Document

COUNT = 3
"""How many rows a table is given."""

_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_LENGTH = re.compile(r"\((\d+)\)")


class Rows(NamedTuple):
    """The rows of each table as text by column, the tables that could not be given any, and the labels of enums."""

    tables: Mapping[str, list[dict[str, str | None]]]
    empty: tuple[str, ...]
    labels: Mapping[int, str]


class Names(NamedTuple):
    """Other names of tables, and of columns by the new name of their table."""

    tables: Mapping[str, str] = {}
    columns: Mapping[tuple[str, str], str] = {}


def valid(document: Document, wanted: Document, names: Names) -> Document:
    """The document with what `wanted` demands of rows as well: its foreign keys and checks, and no other labels.

    `names` are those that `wanted` has for the tables and columns.
    """
    back = {new: old for old, new in names.tables.items()}
    enums = {
        name: [label for label in labels if label in wanted["enums"].get(name, labels)]
        for name, labels in document["enums"].items()
    }
    tables = {}
    for name, table in document["tables"].items():
        new = names.tables.get(name, name)
        other = wanted["tables"].get(new, {"foreign_keys": (), "checks": ()})
        columns = {one["name"] for one in table["columns"]}
        keys = [{**key, "references": back.get(key["references"], key["references"])} for key in other["foreign_keys"]]
        keys = [key for key in keys if {*key["columns"]} <= columns and key["references"] in document["tables"]]
        known = [key["columns"] for key in table["foreign_keys"]]
        keys = [*table["foreign_keys"], *(key for key in keys if key["columns"] not in known)]
        tables[name] = {**table, "foreign_keys": keys, "checks": [*table["checks"], *other["checks"]]}
    return {**document, "enums": enums, "tables": tables}


def fill(connection: psycopg.Connection[Any], document: Document, version_table: str) -> Rows:
    """Puts rows into every table in which rows with made-up values are valid."""
    names = [name for name in document["tables"] if name.split(".")[-1] != version_table]
    waiting, last = names, False
    while waiting:  # what others reference comes first; in a circle, and below what was refused, at the end
        left = [name for name in waiting if not _filled(connection, document, name, waiting, last=last)]
        if last:
            break
        waiting, last = left, len(left) == len(waiting)
    kept = {name: read(connection, name) for name in names}
    empty = tuple(name for name in names if not kept[name])
    return Rows({name: found for name, found in kept.items() if found}, empty, _labels(connection))


def _labels(connection: psycopg.Connection[Any]) -> Mapping[int, str]:
    """The labels of enums by what stays when one gets another name."""
    return dict(connection.execute("SELECT oid, enumlabel FROM pg_enum").fetchall())


def read(connection: psycopg.Connection[Any], table: str) -> list[dict[str, str | None]]:
    """The rows of a table, each value as text."""
    cursor = connection.execute(f"SELECT * FROM {qualified(table)} LIMIT 0".encode())
    columns = [one.name for one in cursor.description or ()]
    said = ", ".join(f"{quoted(column)}::text" for column in columns)
    found = connection.execute(f"SELECT {said} FROM {qualified(table)}".encode()).fetchall() if said else []
    return [dict(zip(columns, row, strict=True)) for row in found]


def lost(
    connection: psycopg.Connection[Any],
    before: Rows,
    wanted: Document,
    tables: Mapping[str, str],
    columns: Mapping[tuple[str, str], str],
) -> Iterator[str]:
    """The tables whose rows are not as they were; what `wanted` does not have may be gone, what it computes is another.

    `tables` and `columns` are other names under which an object may stand now.
    """
    there = {name for (name,) in connection.execute(_TABLES).fetchall()}
    enums = {name.removeprefix("public.") for name in wanted["enums"]}
    labels = {before.labels[oid]: now for oid, now in _labels(connection).items() if oid in before.labels}
    for table, rows in before.tables.items():
        new = tables.get(table, table)
        now = next((name for name in (new, table) if name in there), None)
        described = wanted["tables"].get(new)
        if now is None:
            if described is not None:
                yield table
            continue
        if described is None:
            continue
        names = {one["name"] for one in described["columns"] if not one["generated"]}
        computed = {one["name"] for one in described["columns"]} - names
        after = read(connection, now)
        has = {column for row in after for column in row}
        of_enums = {one["name"] for one in described["columns"] if one["type"].removeprefix("public.") in enums}
        pairs = []
        for column in rows[0]:
            other = columns.get((new, column), column)
            if other in computed:
                continue
            found = next((name for name in (other, column) if name in has), None)
            if found is not None:
                pairs.append((column, found))
            elif other in names:
                yield f"{table}.{column}"
        then = Counter(
            tuple(labels.get(row[a] or "", row[a]) if b in of_enums else _plain(row[a]) for a, b in pairs)
            for row in rows
        )
        if then != Counter(tuple(_plain(row[column]) for _, column in pairs) for row in after):
            yield table


def _plain(text: str | None) -> str | None:
    """A value without the zeros behind the point that another type of number writes."""
    return text and _FRACTION.sub(r"\1", text)


_FRACTION = re.compile(r"\A(-?\d+)\.0+\Z")

_TABLES = "SELECT schemaname || '.' || tablename FROM pg_tables"


def _filled(
    connection: psycopg.Connection[Any], document: Document, name: str, waiting: list[str], *, last: bool
) -> bool:
    """Tries with all columns, then with those only that need a value."""
    table = document["tables"][name]
    needs = {key["references"] for key in table["foreign_keys"]} - {name}
    if not last and needs & set(waiting):
        return False
    for sparing in (False, True):
        try:
            with connection.transaction():
                for number in range(1, COUNT + 1):
                    _insert(connection, document, name, number, sparing=sparing)
                _check(connection, name, table)
        except (psycopg.Error, _NotValid):
            continue
        return True
    return False


class _NotValid(Exception):
    """A row has to reference another one, and there is none; or the other side refuses it."""


def _check(connection: psycopg.Connection[Any], name: str, table: Document) -> None:
    """Looks whether the checks of both sides take the rows."""
    for check in table["checks"]:
        refused = f"SELECT 1 FROM {qualified(name)} WHERE NOT ({check['expression']})"
        try:
            with connection.transaction():
                found = connection.execute(refused.encode()).fetchone()
        except psycopg.Error:  # it is about a column that has another name here
            continue
        if found is not None:
            raise _NotValid


def _insert(connection: psycopg.Connection[Any], document: Document, name: str, number: int, *, sparing: bool) -> None:
    table = document["tables"][name]
    values = dict(referenced(connection, table, number))
    if any(not {*key["columns"]} <= values.keys() for key in table["foreign_keys"]):
        raise _NotValid
    for column in table["columns"]:
        given = column["generated"] or column["identity"]
        if given or column["name"] in values or (sparing and (not column["not_null"] or column["default"])):
            continue
        values[column["name"]] = value(document, table, column, number)
    if not values:
        connection.execute(f"INSERT INTO {qualified(name)} DEFAULT VALUES".encode())
        return
    columns, marks = ", ".join(map(quoted, values)), ", ".join(["%s"] * len(values))
    connection.execute(f"INSERT INTO {qualified(name)} ({columns}) VALUES ({marks})".encode(), [*values.values()])


def referenced(connection: psycopg.Connection[Any], table: Document, number: int) -> Iterator[tuple[str, Any]]:
    """Values of foreign keys, from the rows that are there."""
    for key in table["foreign_keys"]:
        columns = ", ".join(f"{quoted(column)}::text" for column in key["referenced_columns"])
        sql = f"SELECT {columns} FROM {qualified(key['references'])} ORDER BY 1 LIMIT {COUNT}"
        rows = connection.execute(sql.encode()).fetchall()
        optional = {one["name"] for one in table["columns"] if not one["not_null"]}
        if rows:
            yield from zip(key["columns"], rows[(number - 1) % len(rows)], strict=True)
        elif set(key["columns"]) <= optional:
            yield from ((column, None) for column in key["columns"])


def value(document: Document, table: Document, column: Document, number: int) -> str | None:
    """A value for a column, as text: another for each row."""
    type_ = column["type"]
    if type_.endswith("[]"):
        return "{}"
    labels = next(
        (v for n, v in document["enums"].items() if n.split(".")[-1] == type_.split(".")[-1].strip('"')), None
    )
    checks = [
        {*_LITERAL.findall(check["expression"])}
        for check in table["checks"]
        if re.search(rf"\b{re.escape(column['name'])}\b", check["expression"])
    ]
    allowed = labels or sorted(set.intersection(*checks) if checks else ())
    if allowed:
        return str(allowed[(number - 1) % len(allowed)])
    for beginning, pattern in _VALUES.items():
        if type_.startswith(beginning):
            return pattern.format(number)
    length = _LENGTH.search(type_)
    text = f"{number}{column['name']}"
    return text[: int(length[1])] if length else text


_VALUES = {
    "smallint": "{}",
    "integer": "{}",
    "bigint": "{}",
    "numeric": "{}",
    "real": "{}",
    "double": "{}",
    "boolean": "true",
    "uuid": "00000000-0000-0000-0000-00000000000{}",
    "timestamp": "2024-01-0{} 12:00",
    "date": "2024-01-0{}",
    "time": "12:0{}",
    "interval": "{} days",
    "json": '{{"number": {}}}',
    "bytea": "\\x0{}",
    "inet": "10.0.0.{}",
    "cidr": "10.0.{}.0/24",
    "bit": "1",
    "xml": "<a/>",
    "tsvector": "a{}",
}
