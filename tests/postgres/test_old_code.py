"""What breaks for code that runs: its queries by name, and those that it prepared before."""

from __future__ import annotations

import psycopg
import pytest

from migralint import sql
from migralint.operations import Place
from migralint.operations.effects import course
from migralint.operations.paper import Paper
from tests.postgres.server import Server

SETUP = """
CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('x', 'y');
CREATE TABLE r (k integer PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY, a varchar(10), c integer REFERENCES r, m mood);
CREATE TABLE app.u (id integer);
CREATE VIEW v AS SELECT id FROM t;
CREATE SEQUENCE s;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE INDEX t_a ON t (a);
"""
BY_NAME = (
    "SELECT k FROM r",
    "SELECT id, a, c, m FROM t",
    "INSERT INTO t (id, a, c, m) SELECT 1, 'a', NULL::integer, 'x' WHERE false",
    "SELECT 'x'::mood",
    "SELECT id FROM app.u",
    "SELECT id FROM v",
    "SELECT nextval('s')",
    "SELECT f()",
)
PREPARED = ("SELECT * FROM t", "SELECT a FROM t", "SELECT c FROM t", "SELECT * FROM r", "SELECT * FROM v")

STATEMENTS = (
    "ALTER TABLE t ADD COLUMN z integer",
    "ALTER TABLE t DROP COLUMN a",
    "ALTER TABLE t RENAME COLUMN a TO b",
    "ALTER TABLE t ALTER COLUMN c TYPE bigint",
    "ALTER TABLE t ALTER COLUMN c SET DEFAULT 1",
    "ALTER TABLE t ALTER COLUMN a SET STATISTICS 10",
    "ALTER TABLE t RENAME TO u",
    "ALTER TABLE t SET SCHEMA app",
    "ALTER TABLE t DROP CONSTRAINT t_c_fkey",
    "ALTER TABLE t ADD CONSTRAINT k CHECK (id > 0)",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TYPE mood RENAME TO feeling",
    "ALTER TYPE mood RENAME VALUE 'x' TO 'z'",
    "ALTER TYPE mood ADD VALUE 'z'",
    "DROP TYPE mood CASCADE",
    "ALTER VIEW v RENAME TO w",
    "DROP VIEW v",
    "CREATE OR REPLACE VIEW v AS SELECT id FROM t WHERE id > 0",
    "CREATE OR REPLACE VIEW v AS SELECT id, a FROM t",
    "DROP TABLE t CASCADE",
    "ALTER SCHEMA app RENAME TO apps",
    "DROP SCHEMA app CASCADE",
    "ALTER SEQUENCE s RENAME TO s2",
    "ALTER SEQUENCE s RESTART",
    "DROP SEQUENCE s",
    "ALTER FUNCTION f() RENAME TO g",
    "DROP FUNCTION f()",
    "CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'",
    "CREATE INDEX i ON t (c)",
    "DROP INDEX t_a",
    "CREATE TABLE n (id integer REFERENCES r)",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_old_code_breaks_where_it_is_said(statement: str, server: Server) -> None:
    paper = Paper("postgresql", server.version, script=True)
    for text in (SETUP, statement):
        count = len(paper.steps)
        sql.run(text, paper, lambda start, end: Place("x.sql", -1, start, end))
    said = [effects for _, _, effects in course(paper.steps[count:], server.version)]
    assert None not in said
    with server.empty() as migration, server.connect() as code:
        migration.execute(SETUP)
        for query in PREPARED:
            code.execute(query, prepare=True)
        migration.execute(statement.encode())
        failed = [query for query in BY_NAME if fails(code, query, prepare=False)]
        failed += [query for query in PREPARED if fails(code, query, prepare=True)]
    assert bool(failed) == any(one.breaks_old_code for one in said if one is not None), failed


def fails(session: psycopg.Connection[tuple[object, ...]], query: str, *, prepare: bool) -> bool:
    try:
        session.execute(query.encode(), prepare=prepare)
    except psycopg.Error:
        return True
    return False
