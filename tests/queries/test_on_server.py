"""What the rules about queries say of PostgreSQL, shown on a server."""

from __future__ import annotations

import psycopg
import pytest

from migralint.configuration import Configuration
from migralint.queries.catalog import Catalog, unique_over
from migralint.schema import Name
from migralint.snapshots import parse
from tests.postgres.server import Server, server, wipe

__all__ = ["server"]

TABLES = """
CREATE TYPE state AS ENUM ('new');
CREATE TABLE t (
    id int PRIMARY KEY, one int UNIQUE, two int, three int UNIQUE DEFERRABLE, four int, five int,
    needed int NOT NULL, given int NOT NULL DEFAULT 1, state state, UNIQUE (one, two)
);
CREATE UNIQUE INDEX plain ON t (four);
CREATE UNIQUE INDEX partial ON t (five) WHERE five > 0;
CREATE UNIQUE INDEX expression ON t (abs(two));
"""


@pytest.mark.parametrize(
    "columns",
    ["id", "one", "two", "three", "four", "five", "one, two", "two, one", "id, one", "needed"],
)
def test_on_conflict_finds_a_unique_index_over_exactly_these_columns(server: Server, columns: str) -> None:
    with server.connect() as connection:
        wipe(connection)
        connection.execute(TABLES)
        accepted = True
        try:
            connection.execute(
                f"INSERT INTO t (id, needed) VALUES (1, 1) ON CONFLICT ({columns}) DO UPDATE SET two = 1"
            )
        except psycopg.errors.Error:
            accepted = False
    table = parse(TABLES, "t.sql", Configuration()).schema.tables[Name("public", "t")]
    assert unique_over(table, columns.split(", ")) is accepted


def test_an_upsert_needs_every_required_column_even_where_the_row_is_there(server: Server) -> None:
    schema = parse(TABLES, "t.sql", Configuration()).schema
    required = Catalog(schema).required(schema.tables[Name("public", "t")])
    assert required == ("id", "needed")
    with server.connect() as connection:
        wipe(connection)
        connection.execute(TABLES)
        connection.execute("INSERT INTO t (id, needed) VALUES (1, 1)")
        with pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute("INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET two = 2")


def test_a_label_that_is_missing_is_refused_in_a_comparison(server: Server) -> None:
    with server.connect() as connection:
        wipe(connection)
        connection.execute("CREATE TYPE state AS ENUM ('new'); CREATE TABLE t (state state)")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT * FROM t WHERE state = 'old'")


def test_nothing_keeps_a_column_that_only_the_body_of_a_function_uses(server: Server) -> None:
    with server.connect() as connection:
        wipe(connection)
        connection.execute(
            "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT b FROM t;"
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT a FROM t $$;"
            "CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT a FROM t); END $$;"
        )
        connection.execute("ALTER TABLE t RENAME COLUMN b TO c")
        assert connection.execute("SELECT b FROM v").fetchall() == []
        with pytest.raises(psycopg.errors.DependentObjectsStillExist):
            connection.execute("ALTER TABLE t DROP COLUMN c")
        connection.execute("ALTER TABLE t DROP COLUMN a")
        for function in ("f", "g"):
            with pytest.raises(psycopg.errors.UndefinedColumn):
                connection.execute(f"SELECT {function}()")
