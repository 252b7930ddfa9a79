"""What rules claim about PostgreSQL in their messages and their help, beside what their examples show."""

from __future__ import annotations

import psycopg
import pytest

from tests.postgres.server import Server, started

Connection = psycopg.Connection[tuple[object, ...]]

SETUP = """CREATE TABLE users (id integer PRIMARY KEY, name text, placed timestamp);
INSERT INTO users VALUES (1, 'a', '2024-01-01')"""


@pytest.fixture
def users(server: Server) -> Connection:
    with server.empty() as connection:
        connection.execute(SETUP)
        yield connection


def file_node(connection: Connection) -> object:
    return connection.execute("SELECT pg_relation_filenode('users')").fetchall()[0][0]


def scans(connection: Connection) -> object:
    return connection.execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'users'").fetchall()[0][0]


def locks(connection: Connection) -> set[object]:
    found = connection.execute(
        "SELECT mode FROM pg_locks WHERE relation = 'users'::regclass AND pid = pg_backend_pid() AND mode <> "
        "'AccessShareLock'"
    )
    return {mode for (mode,) in found.fetchall()}


def test_a_table_that_was_emptied_takes_a_not_null_column_and_then_no_row_without_it(users: Connection) -> None:
    """MG203."""
    with users.transaction():
        users.execute("DELETE FROM users")
        users.execute("ALTER TABLE users ADD COLUMN region text NOT NULL")
    with pytest.raises(psycopg.errors.NotNullViolation):
        users.execute("INSERT INTO users (id) VALUES (2)")


def test_a_computed_timestamp_is_rewritten_in_utc_too(users: Connection) -> None:
    """MG204: with a plain cast the session's TimeZone decides."""
    users.execute("SET timezone TO 'UTC'")
    before = file_node(users)
    users.execute("ALTER TABLE users ALTER COLUMN placed TYPE timestamptz USING placed::timestamptz")
    assert file_node(users) == before
    users.execute("ALTER TABLE users ALTER COLUMN placed TYPE timestamp USING placed AT TIME ZONE 'UTC'")
    assert file_node(users) != before


def test_a_column_of_the_primary_key_cannot_be_made_nullable(users: Connection) -> None:
    """MG102."""
    with pytest.raises(psycopg.errors.InvalidTableDefinition, match="primary key"):
        users.execute("ALTER TABLE users ALTER COLUMN id DROP NOT NULL")


def test_rolling_back_to_a_savepoint_gives_locks_back(users: Connection) -> None:
    """MG224."""
    with users.transaction():
        users.execute("SAVEPOINT a")
        users.execute("ALTER TABLE users RENAME COLUMN name TO label")
        assert locks(users) == {"AccessExclusiveLock"}
        users.execute("ROLLBACK TO SAVEPOINT a")
        assert not locks(users)


@pytest.mark.parametrize("version", [16, 18])
def test_not_null_has_a_name_from_18_on(version: int) -> None:
    """MG224, which counts no lock of what is refused."""
    with started(version).empty() as connection:
        connection.execute(SETUP)
        rename = "ALTER TABLE users RENAME CONSTRAINT users_id_not_null TO users_there"
        if version >= 18:
            connection.execute(rename)
            return
        with pytest.raises(psycopg.errors.UndefinedObject):
            connection.execute(rename)


def test_a_unique_constraint_over_the_primary_key_is_an_index_more(users: Connection) -> None:
    """MG208: only CREATE TABLE folds the two."""
    count = "SELECT count(*) FROM pg_index WHERE indrelid = %s::regclass"
    users.execute("ALTER TABLE users ADD UNIQUE (id)")
    assert users.execute(count, ["users"]).fetchall() == [(2,)]
    users.execute("CREATE TABLE people (id integer PRIMARY KEY, UNIQUE (id))")
    assert users.execute(count, ["people"]).fetchall() == [(1,)]


def test_one_check_proves_several_columns(users: Connection) -> None:
    """MG206."""
    users.execute("ALTER TABLE users ADD CHECK (name IS NOT NULL AND placed IS NOT NULL) NOT VALID")
    users.execute("ALTER TABLE users VALIDATE CONSTRAINT users_check")
    with users.transaction():
        before = scans(users)
        users.execute("ALTER TABLE users ALTER COLUMN name SET NOT NULL, ALTER COLUMN placed SET NOT NULL")
        assert scans(users) == before


def test_a_foreign_key_after_a_lock_keeps_readers_out(users: Connection) -> None:
    """MG205: the transaction keeps what DROP CONSTRAINT took."""
    users.execute("CREATE TABLE visits (user_id integer CONSTRAINT of_user REFERENCES users)")
    with users.transaction():
        users.execute("ALTER TABLE visits DROP CONSTRAINT of_user")
        users.execute("ALTER TABLE visits ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users")
        assert "AccessExclusiveLock" in locks(users)


def test_a_view_that_shows_columns_by_their_old_names_takes_rows(users: Connection) -> None:
    """MG214."""
    with users.transaction():
        users.execute("ALTER TABLE users RENAME TO people")
        users.execute("ALTER TABLE people RENAME COLUMN name TO full_name")
        users.execute("CREATE VIEW users AS SELECT id, full_name AS name, placed FROM people")
    users.execute("INSERT INTO users (id, name) VALUES (2, 'b')")
    assert users.execute("SELECT full_name FROM people WHERE id = 2").fetchall() == [("b",)]


def test_an_enum_that_gains_a_value_rewrites_nothing(users: Connection) -> None:
    """MG204: the same by another type is a rewrite."""
    users.execute("CREATE TYPE plan AS ENUM ('free'); CREATE TYPE plan_2 AS ENUM ('free', 'paid')")
    users.execute("ALTER TABLE users ADD COLUMN plan plan")
    before = file_node(users)
    users.execute("ALTER TYPE plan ADD VALUE 'paid'")
    assert file_node(users) == before
    users.execute("ALTER TABLE users ALTER COLUMN plan TYPE plan_2 USING plan::text::plan_2")
    assert file_node(users) != before
