"""`migralint reconcile` of types: enums whose labels have other names, composite types, and tables below a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.databases import Databases, databases
from tests.postgres.server import server
from tests.project import Alembic

__all__ = ["databases", "server"]

MOODS = """op.execute("CREATE TYPE feeling AS ENUM ('fine', 'sad')")
op.execute("CREATE TABLE days (id int PRIMARY KEY, mood feeling DEFAULT 'fine')")
op.execute("ALTER TYPE feeling RENAME VALUE 'fine' TO 'good'")
op.execute("ALTER TYPE feeling RENAME TO mood")
op.execute("ALTER TYPE mood RENAME VALUE 'good' TO 'glad'")"""
DAYS = "INSERT INTO days VALUES (1, 'glad'), (2, 'sad')"
FAMILY = """op.execute("CREATE TYPE state AS ENUM ('new', 'paid')")
op.execute("CREATE TABLE papers (id int PRIMARY KEY, state state NOT NULL DEFAULT 'new', total int)")
op.execute("CREATE TABLE bills (due date, n int) INHERITS (papers)")
op.execute("ALTER TABLE bills ALTER COLUMN state SET DEFAULT 'paid'")
op.execute("CREATE TABLE log (id int, at date NOT NULL, n int) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE log_rest PARTITION OF log DEFAULT")
op.execute("CREATE VIEW open_bills AS SELECT id, total FROM bills WHERE state = 'new'")
op.execute("CREATE VIEW logged AS SELECT n FROM log_rest")"""
BILLS = "INSERT INTO bills (id, state, total) VALUES (1, 'paid', 3); INSERT INTO log VALUES (1, '2024-01-01', 2)"


def started(call: Run, upgrade: str) -> Alembic:
    made = Alembic(Path.cwd())
    made.revision("one", upgrade)
    Path("migralint.toml").write_text('queries = "alembic"\n[environments]\nproduction = "production.sql"\n')
    return made


@pytest.mark.parametrize("old", ["fine", "good"])
@pytest.mark.parametrize("more", ["", "; ALTER TYPE mood RENAME TO temper", "; ALTER TYPE mood ADD VALUE 'low'"])
@pytest.mark.parametrize("truth", ["head", "production"])
def test_a_label_that_the_history_renamed_is_renamed(
    call: Run, databases: Databases, old: str, more: str, truth: str
) -> None:
    started(call, MOODS)
    by_hand = f"ALTER TYPE mood RENAME VALUE 'glad' TO '{old}'{more}"
    said = databases.converge(call, by_hand, truth, DAYS)
    label = "glad" if truth == "head" else old
    assert databases.connection.execute("SELECT mood FROM days WHERE id = 1").fetchall() == [(label,)]
    assert ("# Decide" in said) == (truth == "head" and "ADD VALUE" in more)


@pytest.mark.parametrize(
    "by_hand",
    [
        "ALTER TYPE state ADD VALUE 'void'",
        "DROP VIEW open_bills; ALTER TABLE papers ALTER COLUMN total TYPE bigint; "
        "CREATE VIEW open_bills AS SELECT id, total FROM bills WHERE state = 'new'",
        "DROP VIEW logged; ALTER TABLE log ALTER COLUMN n TYPE bigint; CREATE VIEW logged AS SELECT n FROM log_rest",
        "ALTER TABLE log DETACH PARTITION log_rest",
        "ALTER TABLE bills NO INHERIT papers",
        "ALTER TABLE papers SET UNLOGGED",
    ],
)
@pytest.mark.parametrize("truth", ["head", "production"])
def test_tables_below_others_become_what_the_truth_has(
    call: Run, databases: Databases, by_hand: str, truth: str
) -> None:
    started(call, FAMILY)
    databases.converge(call, by_hand, truth, BILLS)


HELD = """op.execute("CREATE DOMAIN size AS integer CONSTRAINT above CHECK (VALUE > 0)")
op.execute("CREATE TYPE place AS (street text, zip varchar(10))")
op.execute("CREATE TABLE boxes (id int PRIMARY KEY, wide int, size size, twice int GENERATED ALWAYS AS (wide * 2) STORED)")
op.execute("CREATE TABLE audit (id int PRIMARY KEY, box boxes, place place)")"""
BOXES = (
    "INSERT INTO boxes (id, wide, size) VALUES (1, 2, 3); "
    "INSERT INTO audit SELECT 1, boxes, ROW('x', '12345')::place FROM boxes"
)


@pytest.mark.parametrize(
    "by_hand",
    [
        "ALTER TABLE audit ADD COLUMN kept jsonb; UPDATE audit SET kept = to_jsonb(box); "
        "ALTER TABLE audit DROP COLUMN box; ALTER TABLE boxes DROP COLUMN twice, ALTER COLUMN wide TYPE bigint; "
        "ALTER TABLE boxes ADD COLUMN twice int GENERATED ALWAYS AS (wide * 2) STORED; "
        "ALTER TABLE audit ADD COLUMN box boxes; UPDATE audit SET box = jsonb_populate_record(NULL::boxes, kept); "
        "ALTER TABLE audit DROP COLUMN kept",
        "ALTER TABLE boxes ADD COLUMN high int; ALTER TABLE boxes ALTER COLUMN high SET DEFAULT 1",
        "ALTER DOMAIN size DROP CONSTRAINT above; ALTER DOMAIN size ADD CONSTRAINT above CHECK (VALUE > 1) NOT VALID",
        "ALTER TYPE place ADD ATTRIBUTE country text",
        "ALTER TYPE place DROP ATTRIBUTE street",
        "ALTER TABLE audit DROP COLUMN place; ALTER TYPE place ALTER ATTRIBUTE zip TYPE varchar(20), "
        "ADD ATTRIBUTE country text; ALTER TABLE audit ADD COLUMN place place; "
        "UPDATE audit SET place = ROW('x', '12345', NULL)::place",
    ],
)
@pytest.mark.parametrize("truth", ["head", "production"])
def test_what_a_column_holds_of_rows_and_composite_types_is_kept(
    call: Run, databases: Databases, by_hand: str, truth: str
) -> None:
    started(call, HELD)
    databases.converge(call, by_hand, truth, BOXES)
    rows = databases.connection.execute("SELECT (box).wide, (box).size, (place).zip FROM audit").fetchall()
    assert rows == [(2, 3, "12345")]
