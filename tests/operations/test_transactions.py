"""Which transaction a statement runs in."""

from __future__ import annotations

from contextlib import nullcontext

import psycopg
import pytest

from migralint import sql
from migralint.operations.paper import Paper
from migralint.operations.steps import Step
from tests.postgres.server import Server
from tests.sql.reading import at

BUILD = "CREATE INDEX CONCURRENTLY i ON t (id)"
SETUP = "CREATE TABLE t (id int); CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE q PARTITION OF p DEFAULT"
ALONE = [
    BUILD,
    "DROP INDEX CONCURRENTLY IF EXISTS nothing",
    "VACUUM t",
    "REINDEX TABLE CONCURRENTLY t",
    "REINDEX (CONCURRENTLY) TABLE t",
    "REINDEX SCHEMA public",
    "CLUSTER",
    "DROP DATABASE IF EXISTS nothing",
    "ALTER SYSTEM RESET work_mem",
    "ALTER TABLE p DETACH PARTITION q CONCURRENTLY",
]
ANYWHERE = ["REINDEX TABLE t", "ANALYZE t", "CREATE INDEX ON t (id)", "ALTER TABLE p DETACH PARTITION q"]


def last(*strings: str, autocommit: bool = False) -> Step:
    """The last step of a migration that sends these strings."""
    paper = Paper()
    sql.run(SETUP, paper, at)
    paper.start("one", "upgrade")
    with paper.autocommit() if autocommit else nullcontext():
        for string in strings:
            sql.run(string, paper, at)
    return paper.steps[-1]


@pytest.mark.parametrize("statement", ALONE + ANYWHERE)
def test_the_server_refuses_what_is_not_transactional(statement: str, server: Server) -> None:
    with server.empty() as connection:
        connection.execute(SETUP)
        connection.execute("BEGIN")
        try:
            connection.execute(statement)
            refused = None
        except psycopg.Error as error:
            refused = error.sqlstate
        connection.execute("ROLLBACK")
    assert refused == (None if statement in ANYWHERE else "25001")
    assert last(statement).operation.transactional == (refused is None)


@pytest.mark.parametrize("string", ["SELECT 1; " + BUILD, f"COMMIT; {BUILD}", f"DO $$ BEGIN {BUILD}; END $$"])
def test_statements_of_one_string_are_one_transaction(string: str, server: Server) -> None:
    with server.empty() as connection:
        connection.execute(SETUP)
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            connection.execute(string.encode())
    assert last(string, autocommit=True).transaction is not None
    assert not last(string).after_commit


def test_one_statement_outside_of_a_transaction() -> None:
    assert last(BUILD, autocommit=True).transaction is None
    assert last("SELECT 1; SELECT 2", BUILD, autocommit=True).transaction is None
    assert last("BEGIN", BUILD, autocommit=True).transaction is not None
    assert last("BEGIN", "COMMIT", BUILD, autocommit=True).transaction is None


def test_after_commit_the_driver_decides() -> None:
    assert last("COMMIT", BUILD).after_commit
    assert last("COMMIT; SET lock_timeout = 1000", BUILD).after_commit
    assert not last("COMMIT", "BEGIN", BUILD).after_commit
    assert not last(BUILD).after_commit
