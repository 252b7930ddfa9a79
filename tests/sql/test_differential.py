"""Guards of migrations on paper and on a server: the same answers, and the same schema after the same blocks.

`differential/queries.sql` and `differential/blocks.sql` run after `differential/setup.sql`. What is not known on paper
is counted, and may not become more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from migralint.operations.paper import Paper
from migralint.operations.steps import CERTAIN
from migralint.schema import Schema
from migralint.sql import answer, run, split
from migralint.sql.queries.definitions import shown
from tests.postgres.catalog import Described, on_paper, on_server
from tests.postgres.server import Server, wipe
from tests.sql.reading import at

FOLDER = Path(__file__).parent / "differential"
SETUP = (FOLDER / "setup.sql").read_text()
QUERIES = [statement.text for statement in split((FOLDER / "queries.sql").read_text())]
_CASES = re.split(r"^-- case: (.*)$", (FOLDER / "blocks.sql").read_text(), flags=re.MULTILINE)
BLOCKS = dict(zip(_CASES[1::2], _CASES[2::2], strict=True))
NOT_KNOWN_QUERIES, NOT_KNOWN_BLOCKS = 28, 4
_OWN = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
_MORE = {
    "enum": "SELECT typname, enumlabel FROM pg_enum JOIN pg_type t ON t.oid = enumtypid ORDER BY 1, enumsortorder",
    "trigger": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    "policy": "SELECT polrelid::regclass::text, polname FROM pg_policy",
    "schema": f"SELECT nspname FROM pg_namespace WHERE {_OWN}",
    "row security": "SELECT relname FROM pg_class WHERE relrowsecurity",
    "function": f"SELECT nspname, proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE {_OWN}",
    "comment": "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class"
    " WHERE relkind IN ('r', 'p') AND obj_description(oid, 'pg_class') IS NOT NULL"
    " AND relnamespace <> 'pg_catalog'::regnamespace",
}


def server_schema(connection: psycopg.Connection[Any]) -> Described:
    """What the server has now."""
    connection.execute("SET search_path TO public")
    more = {kind: sorted(connection.execute(query.encode()).fetchall()) for kind, query in _MORE.items()}
    return {**on_server(connection), **more}


def paper_schema(schema: Schema) -> Described:
    """The same of a schema on paper."""
    path = ("public",)
    relations = [*schema.tables.values(), *schema.views.values()]
    tables = schema.tables.values()
    more = {
        "enum": [(enum.name.name, label) for enum in schema.enums() for label in enum.labels],
        "trigger": [(shown(relation.name, path), t.name) for relation in relations for t in relation.triggers],
        "policy": [(shown(table.name, path), policy.name) for table in tables for policy in table.policies],
        "schema": [(name,) for name in schema.schemas],
        "row security": [(table.name.name,) for table in tables if table.row_security],
        "function": [(name.schema, name.name) for name, found in schema.functions.items() for _ in found],
        "comment": [(table.name.name, table.comment) for table in tables if table.comment is not None],
    }
    return {**on_paper(schema), **{kind: sorted(found) for kind, found in more.items()}}


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with server.connect() as opened:
        wipe(opened)
        opened.execute("SET search_path TO public")
        opened.execute(SETUP.encode())
        yield opened
        wipe(opened)


@pytest.fixture(scope="module")
def paper(server: Server) -> Paper:
    found = Paper(server_version=server.version)
    run(SETUP, found, at)
    assert not [step for step in found.steps if step.failure or step.certainty != CERTAIN]
    return found


def plain(value: object) -> object:
    """A value in a form in which the server's and the paper's can be compared."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def test_answers(connection: psycopg.Connection[Any], paper: Paper) -> None:
    different: list[tuple[str, object, object]] = []
    not_known: list[str] = []
    for query in QUERIES:
        cursor = connection.execute(query.encode())
        expected = plain(cursor.fetchall())
        names = [column.name for column in cursor.description or ()]
        found = answer(query, paper)
        if found is None:
            not_known.append(query)
        elif plain([tuple(row.values()) for row in found]) != expected:
            different.append((query, expected, found))
        elif found and len(set(names)) == len(names) and list(found[0]) != names:
            different.append((query, names, list(found[0])))
    assert different == []
    assert len(not_known) <= NOT_KNOWN_QUERIES, not_known


def test_blocks(connection: psycopg.Connection[Any], paper: Paper) -> None:
    different: list[tuple[str, object, object]] = []
    not_known: list[str] = []
    for title, script in BLOCKS.items():
        expected: object = "fails"
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(script.encode())
                expected = server_schema(connection)
        except psycopg.Error:
            pass
        start, path = len(paper.steps), paper.search_path
        with paper.aside():
            run(script, paper, at)
            found: object = paper_schema(paper.result)
        paper.set_search_path(path)
        steps = [step for step in paper.steps[start:] if not (step.reason or "").startswith("undone: ")]
        reasons = [step.reason or "" for step in steps if step.certainty != CERTAIN]
        if any(step.failure for step in steps) or any("raises an exception" in reason for reason in reasons):
            found = "fails"
        elif reasons:
            not_known.append(title)
            continue
        if found != expected:
            different.append((title, expected, found))
    assert different == []
    assert len(not_known) <= NOT_KNOWN_BLOCKS, not_known
