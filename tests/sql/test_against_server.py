"""Scripts run on a real server and read on paper give the same schema and the same errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from migralint.operations.paper import Paper
from migralint.sql import run, split
from tests.postgres.catalog import on_paper, on_server
from tests.postgres.server import Server
from tests.sql.reading import at

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.sql"))


def run_on_server(connection: psycopg.Connection[Any], script: str) -> list[str]:
    """The statements that the server refuses."""
    refused = []
    for statement in split(script):
        try:
            connection.execute(statement.text.encode())
        except psycopg.Error:
            refused.append(statement.text)
    return refused


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_same_schema(path: Path, server: Server) -> None:
    script = path.read_text()
    with server.empty() as connection:
        connection.execute("SET search_path TO public")
        refused = run_on_server(connection, script)
        expected = on_server(connection)
    paper = Paper(server_version=server.version)
    run(script, paper, at)
    assert [step.reason for step in paper.steps if step.certainty == "opaque"] == []
    assert on_paper(paper.schema) == expected
    assert [step.sql for step in paper.steps if step.failure] == refused
