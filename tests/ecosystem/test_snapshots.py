"""Snapshots that were changed by hand, rows in tables, and how what is told of a snapshot is counted."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import Database, database
from tests.ecosystem.drift.score import Renames, score
from tests.ecosystem.drift.units import Unit
from tests.ecosystem.snapshots.mutations import change
from tests.ecosystem.snapshots.pair import loaded
from tests.ecosystem.snapshots.rows import Names, fill, lost, valid
from tests.ecosystem.snapshots.supabase import SETUP, own, prepare
from tests.ecosystem.snapshots.units import snapshot_units
from tests.postgres.server import Server, server

__all__ = ["server"]

SCHEMA = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(20) NOT NULL UNIQUE,
    mood mood DEFAULT 'good', size text CHECK (size IN ('s', 'm', 'l')), tags text[]);
CREATE TABLE orders (id bigserial PRIMARY KEY, user_id uuid NOT NULL REFERENCES users, note text DEFAULT 'x',
    at timestamptz NOT NULL DEFAULT now());
CREATE TABLE refused (id integer PRIMARY KEY CHECK (id > 10));
CREATE INDEX by_note ON orders (note);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION f();
CREATE VIEW noted AS SELECT id, note FROM orders WHERE note <> '';
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON orders FOR SELECT TO authenticated USING (auth.uid() = user_id);
"""


@pytest.fixture
def made(server: Server) -> Iterator[Database]:
    """A database like Supabase's, with a project's tables."""
    prepare(server)
    with database(server, "snapshots", SETUP) as made:
        loaded(f"\\restrict x\n{SCHEMA}COPY users (id) FROM stdin;\n1\n\\.\nALTER TABLE users OWNER TO nobody;\n", made)
        yield made


def document(made: Database) -> dict[str, Any]:
    with made.connect() as connection:
        return own(contents(connection))


def test_what_is_supabases_is_none_of_the_project(made: Database) -> None:
    assert sorted(document(made)["tables"]) == ["public.orders", "public.refused", "public.users"]
    assert list(document(made)["functions"]) == ["public.f()"]


def test_a_snapshot_is_changed_in_as_many_ways_as_are_asked_for(made: Database) -> None:
    before = document(made)
    renames, done = change(made, "alembic_version", Random(1), 8)
    assert len(done) == 8
    assert list(renames.tables.values()) == ["renamed_table"]
    kinds = {unit.kind for unit in snapshot_units(before, document(made), ()).counted}
    assert {"table", "row_security", "policy"} <= kinds


def test_definitions_that_differ_are_a_unit_each(made: Database) -> None:
    before = document(made)
    loaded(
        "ALTER POLICY reading ON orders USING (true); DROP TRIGGER t ON orders; DROP VIEW noted; "
        "CREATE VIEW noted AS SELECT id, note FROM orders; CREATE SEQUENCE s; CREATE DOMAIN d AS text; "
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        made,
    )
    found = snapshot_units(before, document(made), ()).counted
    assert sorted(unit.kind for unit in found) == ["function", "policy", "sequence", "trigger", "type", "view"]


def test_a_definition_with_a_renamed_column_follows_from_that(made: Database) -> None:
    before = document(made)
    loaded("ALTER TABLE orders RENAME note TO remark", made)
    found = snapshot_units(before, document(made), ())
    assert {unit.kind for unit in found.counted} == {"column"}
    assert "view" in {unit.kind for unit in found.neutral}


def test_rows_are_made_and_compared(made: Database) -> None:
    there = document(made)
    with made.connect() as connection:
        rows = fill(connection, there, "alembic_version")
        assert {name: len(found) for name, found in rows.tables.items()} == {"public.users": 3, "public.orders": 3}
        assert rows.empty == ("public.refused",)
        connection.execute(
            "ALTER TABLE orders RENAME TO bought; ALTER TABLE users RENAME size TO extent; "
            "ALTER TYPE mood RENAME VALUE 'good' TO 'fine'"
        )
        names = Names({"public.orders": "public.bought"}, {("public.users", "size"): "extent"})
        wanted = document(made)
        assert [*lost(connection, rows, wanted, *names)] == []
        connection.execute("UPDATE users SET extent = NULL; ALTER TABLE bought DROP COLUMN note CASCADE")
        assert {*lost(connection, rows, wanted, *names)} == {"public.users", "public.orders.note"}


def test_of_a_rename_that_is_known_only_a_rename_is_right() -> None:
    head, snapshot = (
        {"tables": {f"public.{name}": {"columns": [{"name": "id", "type": "integer", "not_null": True}]}}}
        for name in ("orders", "purchases")
    )
    told = {
        "kind": "table",
        "object": {"kind": "table", "table": "public.purchases", "name": None},
        "sides": {"head": None, "s.sql": "table"},
        "renamed_from": None,
    }
    renames = Renames({"orders": "purchases"})
    missed = score(head, snapshot, [told], "alembic_version", side="s.sql", renames=renames)
    assert (missed.there, missed.found, missed.claimed, missed.right) == (1, 0, 1, 0)
    assert missed.missed == [Unit("table", "purchases")]
    found = score(head, snapshot, [{**told, "renamed_from": "public.orders"}], "v", side="s.sql", renames=renames)
    assert (found.there, found.found, found.claimed, found.right) == (1, 1, 1, 1)


def test_rows_are_valid_on_both_sides(made: Database) -> None:
    there = document(made)
    tables = there["tables"]
    wanted = {
        "enums": {"public.mood": ["bad"]},
        "tables": {
            "public.users": {**tables["public.users"], "checks": [{"name": "c", "expression": "((size = 'm'::text))"}]},
            "public.bought": tables["public.orders"],
        },
    }
    tables["public.orders"] = {**tables["public.orders"], "foreign_keys": []}
    both = valid(there, wanted, Names({"public.orders": "public.bought"}))
    assert both["enums"] == {"public.mood": ["bad"]}
    assert [key["columns"] for key in both["tables"]["public.orders"]["foreign_keys"]] == [["user_id"]]
    assert len(both["tables"]["public.users"]["checks"]) == 2
