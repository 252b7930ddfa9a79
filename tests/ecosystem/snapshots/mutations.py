"""What people change in Supabase's editor and nowhere else, several changes at once."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import psycopg

from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import Database
from tests.ecosystem.drift.score import Renames
from tests.ecosystem.environments.mutations import (
    Drawing,
    Kind,
    Mutation,
    dropped_check,
    dropped_column,
    dropped_default,
    dropped_foreign_key,
    dropped_index,
    dropped_unique,
    extra_column,
    extra_label,
    extra_table,
    hotfix_index,
    nullable,
    other_action,
    other_policy,
    qualified,
    quoted,
    renamed_column,
    widened,
)
from tests.ecosystem.facts.text import without_public
from tests.ecosystem.snapshots.supabase import own

COUNT = 10
"""How many changes a snapshot has."""


def renamed_table(one: Drawing) -> Iterator[Mutation]:
    """A table with another name."""
    for table in one.tables:
        new = f"{table.split('.')[0]}.renamed_table"
        sql = f"ALTER TABLE {qualified(table)} RENAME TO renamed_table"
        yield Mutation("renamed table", sql, ("table",), "blocking", new, (), table)


def other_default(one: Drawing) -> Iterator[Mutation]:
    """A column with another default."""
    for table, column in one.columns():
        value = next((v for beginning, v in _DEFAULTS.items() if column["type"].startswith(beginning)), None)
        if value is not None and column["type"][-1] != "]" and not (column["generated"] or column["identity"]):
            sql = f"ALTER TABLE {qualified(table)} ALTER COLUMN {quoted(column['name'])} SET DEFAULT {value}"
            yield Mutation("other default", sql, ("default",), "integrity", table, (column["name"],))


_DEFAULTS = {"integer": "7", "bigint": "7", "text": "'other'", "character varying": "'o'", "timestamp": "now()"}


def own_rows(one: Drawing) -> Iterator[Mutation]:
    """Row security, with a policy that lets everybody see what is theirs."""
    for table, described in one.tables.items():
        if not described["row_security"]:
            name = qualified(table)
            sql = f'ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; CREATE POLICY "own rows" ON {name} '
            sql += "FOR SELECT TO authenticated USING ((SELECT auth.uid()) IS NOT NULL)"
            yield Mutation("row security", sql, ("row_security",), "integrity", table)


FIRST: tuple[Kind, ...] = (
    *(renamed_table, dropped_index, widened, other_action, extra_label, other_default, other_policy, own_rows),
)
"""The kinds that every snapshot has, where they are applicable; a rename first, so that the others find the new name."""

MORE: tuple[Kind, ...] = (
    *(dropped_check, dropped_column, dropped_default, dropped_foreign_key, dropped_unique, extra_column, extra_table),
    *(hotfix_index, nullable, renamed_column),
)


def change(made: Database, version_table: str, random: Random, count: int = COUNT) -> tuple[Renames, list[str]]:
    """Makes so many changes in a database, as many kinds of them; what was renamed, and the statements."""
    tables: dict[str, str] = {}
    columns: list[tuple[str, str, str]] = []
    done: list[str] = []
    for kind in (*FIRST, *random.sample(MORE, len(MORE))):
        mutation = _made(made, version_table, random, kind) if len(done) < count else None
        if mutation is None:
            continue
        done.append(mutation.sql)
        if mutation.old is not None and mutation.table is not None:
            new = without_public(mutation.table)
            if mutation.names:
                columns.append((new, mutation.old, mutation.names[1]))
            else:
                tables[without_public(mutation.old)] = new
    return Renames(tables, columns), done


def _made(made: Database, version_table: str, random: Random, kind: Kind) -> Mutation | None:
    """The first change of a kind that the server takes."""
    with made.connect() as connection:
        for mutation in Drawing(own(contents(connection)), version_table, random).of_kind(kind):
            try:
                connection.execute(mutation.sql.encode())
            except psycopg.Error:
                continue
            return mutation
    return None
