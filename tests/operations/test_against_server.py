"""The same operations on a real PostgreSQL and on paper leave the same catalog, and the same ones are refused."""

from __future__ import annotations

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migralint.operations import CannotApply, CreateTable, Operation
from migralint.schema import Schema
from tests.operations.generated import Drawn
from tests.postgres.catalog import on_paper, on_server
from tests.postgres.ddl import sql
from tests.postgres.server import Server, wipe

CODES = {
    "missing": {"42P01", "42703", "42704"},
    "exists": {"42P07", "42701", "42710", "42P16", "42804"},
    "depends": {"2BP01"},
    "invalid": {"42P16", "42804", "42830", "42846", "42601", "42704", "55000", "0A000"},
}
"""What PostgreSQL answers (SQLSTATE) where paper says that something is missing, exists or is needed."""


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    report_multiple_bugs=False,
)
@given(data=st.data())
def test_paper_follows_the_server(data: st.DataObject, server: Server) -> None:
    with server.connect(autocommit=False) as connection:
        wipe(connection)
        schema, log = Schema.empty(), list[str]()
        drawn = Drawn(data)
        for _ in range(data.draw(st.integers(4, 20))):
            operation = drawn.operation(schema)
            statement = sql(operation)
            refused = _run(connection, statement)
            try:
                after = operation.apply(schema)
            except CannotApply as problem:
                assert refused is not None, (log, statement, f"paper refused it: {problem}")
                assert refused in CODES[problem.kind], (log, statement, refused, problem)
                log.append(f"-- {statement}")
                continue
            if refused is not None:
                assert not _paper_should_know(refused, operation), (log, statement, f"server refused it: {refused}")
                log.append(f"-- {statement}")
                continue
            schema = after
            log.append(statement)
            assert on_paper(schema) == on_server(connection), log
        connection.rollback()


def _sequences(operation: CreateTable) -> int:
    return sum(bool(c.identity) or c.type == "serial" for c in operation.definition.columns)


def _run(connection: psycopg.Connection[object], statement: str) -> str | None:
    """The SQLSTATE where the server refuses."""
    connection.execute("SAVEPOINT s")
    try:
        connection.execute(statement)
    except psycopg.Error as error:
        connection.execute("ROLLBACK TO SAVEPOINT s")
        return error.sqlstate or "?"
    return None


def _paper_should_know(code: str, operation: Operation) -> bool:
    """Errors about what exists, as opposed to types, values and properties.

    Two sequences of one CREATE TABLE whose cut names are equal collide on the server; paper numbers them.
    """
    if isinstance(operation, CreateTable) and code == "42P07" and _sequences(operation) > 1:
        return False
    return code in {"42P01", "42703", "42P07", "42701", "42710", "2BP01"}
