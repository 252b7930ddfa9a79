"""What people do to a database by hand, drawn from what it holds; and as which difference it has to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from tests.ecosystem.facts.document import Document

SIMPLE = ("integer", "bigint", "character varying", "text", "boolean", "timestamp", "uuid", "date", "numeric")
"""Beginnings of types that have a B-tree operator class."""


class Mutation(NamedTuple):
    """`sql` is run on the server. It has to be told as one of `kinds` of difference, in a class, of one of `names`.

    `table` is qualified, None for what belongs to none; no names stand for the table itself. `old` is the name of a table or
    column that was renamed.
    """

    name: str
    sql: str
    kinds: tuple[str, ...]
    drift_class: str
    table: str | None
    names: tuple[str, ...] = ()
    old: str | None = None


class Drawing:
    """Draws mutations of one database; each is independent of the others."""

    def __init__(self, document: Document, version_table: str, random: Random) -> None:
        self.random = random
        self.document = document
        self.tables = {n: t for n, t in document["tables"].items() if n.split(".")[-1] != version_table}
        self.number = 0

    def run(self, count: int) -> Iterator[Mutation]:
        """As many as are asked for, or as there are: what people do most comes first, and the kinds take turns."""
        left = [self.of_kind(kind) for kind in KINDS]
        while left and self.number < count:
            for one in list(left):
                found = next(one, None)
                if found is None:
                    left.remove(one)
                elif self.number < count:
                    self.number += 1
                    yield found

    def of_kind(self, kind: Kind) -> Iterator[Mutation]:
        """All of one kind, in an order that is drawn."""
        found = list(kind(self))
        self.random.shuffle(found)
        return iter(found)

    def columns(self) -> Iterator[tuple[str, Document]]:
        """Every column with its table."""
        for table, described in self.tables.items():
            yield from ((table, column) for column in described["columns"])

    def parts(self, kind: str) -> Iterator[tuple[str, Document]]:
        """Every part of a kind with its table."""
        for table, described in self.tables.items():
            yield from ((table, part) for part in described.get(kind) or ())


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def qualified(name: str) -> str:
    """A qualified name as SQL."""
    schema, _, table = name.partition(".")
    return f"{quoted(schema)}.{quoted(table)}"


def _alter(table: str, action: str) -> str:
    return f"ALTER TABLE {qualified(table)} {action}"


def hotfix_index(one: Drawing) -> Iterator[Mutation]:
    """An index that somebody made against a slow query."""
    for table, column in one.columns():
        if column["type"].startswith(SIMPLE) and "[]" not in column["type"]:
            sql = f"CREATE INDEX hotfix ON {qualified(table)} ({quoted(column['name'])})"
            yield Mutation("hotfix index", sql, ("index",), "cosmetic", table, ("hotfix",))


def dropped_foreign_key(one: Drawing) -> Iterator[Mutation]:
    """A foreign key that was in the way."""
    for table, key in one.parts("foreign_keys"):
        sql = _alter(table, f"DROP CONSTRAINT {quoted(key['name'])}")
        yield Mutation("dropped constraint", sql, ("foreign_key",), "integrity", table, (key["name"],))


def widened(one: Drawing) -> Iterator[Mutation]:
    """A column that was too short."""
    for table, column in one.columns():
        kind = column["type"]
        new = "bigint" if kind == "integer" and not column["identity"] else None
        if kind.startswith("character varying(") and kind.endswith(")"):
            new = f"character varying({int(kind[18:-1]) * 2})"
        if new is not None and not column["generated"]:
            sql = _alter(table, f"ALTER COLUMN {quoted(column['name'])} TYPE {new}")
            yield Mutation("widened column", sql, ("type",), "blocking", table, (column["name"],))


def extra_table(one: Drawing) -> Iterator[Mutation]:
    """A copy that somebody kept."""
    for table in one.tables:
        new = f"{table}_2024"
        sql = f"CREATE TABLE {qualified(new)} (LIKE {qualified(table)})"
        yield Mutation("extra table", sql, ("table",), "blocking", new)


def disabled_row_security(one: Drawing) -> Iterator[Mutation]:
    """Row security that was switched off."""
    for table, described in one.tables.items():
        if described["row_security"]:
            sql = _alter(table, "DISABLE ROW LEVEL SECURITY")
            yield Mutation("disabled row security", sql, ("row_security",), "integrity", table)


def dropped_policy(one: Drawing) -> Iterator[Mutation]:
    """A policy that is gone."""
    for table, policy in one.parts("policies"):
        sql = f"DROP POLICY {quoted(policy['name'])} ON {qualified(table)}"
        yield Mutation("dropped policy", sql, ("policy",), "integrity", table, (policy["name"],))


def other_policy(one: Drawing) -> Iterator[Mutation]:
    """A policy that lets others in."""
    for table, policy in one.parts("policies"):
        sql = f"ALTER POLICY {quoted(policy['name'])} ON {qualified(table)} USING (current_user <> 'anon')"
        yield Mutation("other policy", sql, ("policy",), "integrity", table, (policy["name"],))


def dropped_unique(one: Drawing) -> Iterator[Mutation]:
    """A unique constraint or index that was in the way."""
    for table, key in one.parts("unique"):
        sql = _alter(table, f"DROP CONSTRAINT {quoted(key['name'])}")
        yield Mutation("dropped constraint", sql, ("unique",), "integrity", table, (key["name"],))
    for table, index in one.parts("indexes"):
        if index["unique"]:
            sql = f"DROP INDEX {qualified(table.split('.')[0] + '.' + index['name'])}"
            yield Mutation("dropped unique index", sql, ("unique",), "integrity", table, (index["name"],))


def dropped_check(one: Drawing) -> Iterator[Mutation]:
    """A check that was in the way."""
    for table, check in one.parts("checks"):
        sql = _alter(table, f"DROP CONSTRAINT {quoted(check['name'])}")
        yield Mutation("dropped constraint", sql, ("check",), "integrity", table, (check["name"],))


def dropped_index(one: Drawing) -> Iterator[Mutation]:
    """An index that is gone."""
    for table, index in one.parts("indexes"):
        if not index["unique"]:
            sql = f"DROP INDEX {qualified(table.split('.')[0] + '.' + index['name'])}"
            yield Mutation("dropped index", sql, ("index",), "cosmetic", table, (index["name"],))


def renamed_index(one: Drawing) -> Iterator[Mutation]:
    """An index with another name."""
    for table, index in one.parts("indexes"):
        sql = f"ALTER INDEX {qualified(table.split('.')[0] + '.' + index['name'])} RENAME TO renamed_index"
        yield Mutation("renamed index", sql, ("name",), "cosmetic", table)


def extra_column(one: Drawing) -> Iterator[Mutation]:
    """A column that somebody needed at once."""
    for table in one.tables:
        sql = _alter(table, "ADD COLUMN hotfix text")
        yield Mutation("extra column", sql, ("column",), "blocking", table, ("hotfix",))


def dropped_column(one: Drawing) -> Iterator[Mutation]:
    """A column that is gone."""
    for table, column in one.columns():
        sql = _alter(table, f"DROP COLUMN {quoted(column['name'])}")
        yield Mutation("dropped column", sql, ("column",), "blocking", table, (column["name"],))


def renamed_column(one: Drawing) -> Iterator[Mutation]:
    """A column with another name."""
    for table, column in one.columns():
        sql = _alter(table, f"RENAME COLUMN {quoted(column['name'])} TO renamed_column")
        names = (column["name"], "renamed_column")
        yield Mutation("renamed column", sql, ("column",), "blocking", table, names, column["name"])


def nullable(one: Drawing) -> Iterator[Mutation]:
    """NOT NULL that is gone."""
    for table, column in one.columns():
        key = (one.tables[table]["primary_key"] or {"columns": ()})["columns"]
        if column["not_null"] and column["name"] not in key and not column["identity"]:
            sql = _alter(table, f"ALTER COLUMN {quoted(column['name'])} DROP NOT NULL")
            yield Mutation("dropped NOT NULL", sql, ("nullability",), "integrity", table, (column["name"],))


def dropped_default(one: Drawing) -> Iterator[Mutation]:
    """A default that is gone."""
    for table, column in one.columns():
        if column["default"] is not None and not column["generated"]:
            sql = _alter(table, f"ALTER COLUMN {quoted(column['name'])} DROP DEFAULT")
            yield Mutation("dropped default", sql, ("default",), "integrity", table, (column["name"],))


def other_action(one: Drawing) -> Iterator[Mutation]:
    """A foreign key with another action."""
    for table, key in one.parts("foreign_keys"):
        action = "NO ACTION" if key["on_delete"] == "CASCADE" else "CASCADE"
        columns, referenced = (", ".join(map(quoted, key[k])) for k in ("columns", "referenced_columns"))
        sql = f"DROP CONSTRAINT {quoted(key['name'])}, ADD CONSTRAINT {quoted(key['name'])} FOREIGN KEY ({columns}) "
        sql += f"REFERENCES {qualified(key['references'])} ({referenced}) ON DELETE {action}"
        yield Mutation("other action", _alter(table, sql), ("foreign_key",), "integrity", table, (key["name"],))


def extra_label(one: Drawing) -> Iterator[Mutation]:
    """A label that somebody needed at once."""
    for name in one.document["enums"]:
        sql = f"ALTER TYPE {qualified(name)} ADD VALUE 'hotfix'"
        yield Mutation("extra label", sql, ("enum",), "blocking", None, (name,))


def extra_view(one: Drawing) -> Iterator[Mutation]:
    """A view for a report."""
    for table in one.tables:
        name = f"{table.split('.')[0]}.hotfix"
        sql = f"CREATE VIEW {qualified(name)} AS SELECT * FROM {qualified(table)}"
        yield Mutation("extra view", sql, ("view",), "blocking", None, (name,))


def dropped_primary_key(one: Drawing) -> Iterator[Mutation]:
    """A primary key that is gone."""
    for table, described in one.tables.items():
        if described["primary_key"]:
            name = described["primary_key"]["name"]
            sql = _alter(table, f"DROP CONSTRAINT {quoted(name)}")
            yield Mutation("dropped constraint", sql, ("primary_key",), "integrity", table, (name,))


Kind = Callable[[Drawing], Iterator[Mutation]]

KINDS: tuple[Kind, ...] = (
    *(hotfix_index, dropped_foreign_key, widened, extra_table, disabled_row_security, dropped_unique, dropped_check),
    *(dropped_index, extra_column, nullable, dropped_default, other_action, dropped_policy, renamed_column),
    other_policy,
    *(dropped_column, renamed_index, extra_label, extra_view, dropped_primary_key),
)


def told(one: Mutation, difference: dict[str, Any]) -> bool:
    """Whether a difference of the JSON report is about what the mutation did, in whatever class."""
    about = difference["object"]
    names = {about["name"], difference["renamed_from"]}
    return (
        difference["kind"] in one.kinds
        and about["table"] == one.table
        and (not one.names or bool(names & {*one.names}))
    )
