"""The rows that statements leave, as the server has them."""

from __future__ import annotations

from typing import Any

import pytest

from migralint.operations.rows import Unsure
from migralint.schema import Name
from tests.postgres.server import Server, wipe
from tests.sql.reading import read
from tests.sql.test_against_server import run_on_server

SETUP = """
    CREATE TABLE t (id int PRIMARY KEY, name text, kind varchar(20) DEFAULT 'plain', n int);
    CREATE TABLE other (id int REFERENCES t (id) ON DELETE CASCADE, word text);
    INSERT INTO t (id, name, n) VALUES (1, 'a', 10), (2, 'b', NULL), (3, NULL, 30);
    INSERT INTO other VALUES (1, 'one'), (3, 'three');
"""
KNOWN = [
    "UPDATE t SET name = 'x'",
    "UPDATE t SET name = name || '!', n = n + 1 WHERE id > 1",
    "UPDATE t SET n = length(md5(name))",
    "UPDATE ONLY t AS q SET name = upper(q.name) WHERE q.n IS NOT NULL RETURNING id",
    "UPDATE t q SET kind = NULL WHERE name IN ('a', 'b')",
    "UPDATE t SET name = (SELECT word FROM other o WHERE o.id = t.id)",
    "UPDATE t SET n = CASE WHEN n IS NULL THEN 0 ELSE n / 3 END -- all of them\n",
    "DELETE FROM t",
    "DELETE FROM t WHERE name = 'a'",
    "DELETE FROM ONLY t q WHERE NOT EXISTS (SELECT 1 FROM other o WHERE o.id = q.id)",
    "TRUNCATE t, other",
    "INSERT INTO t (id, name) SELECT id + 10, word FROM other WHERE id > 1",
    "INSERT INTO t SELECT 9, 'nine', 'k', 9 RETURNING id",
    "INSERT INTO t (id) VALUES (1) ON CONFLICT DO NOTHING",
    "INSERT INTO t (id, name) VALUES (1, 'x'), (4, 'x'), (4, 'y'), (5, NULL) ON CONFLICT (id) DO NOTHING",
    "INSERT INTO t (id) VALUES (4) ON CONFLICT (id) DO UPDATE SET n = 1",
    "INSERT INTO t (id) SELECT 1 ON CONFLICT DO NOTHING RETURNING id",
    "INSERT INTO t (id) SELECT id + 1 FROM other ON CONFLICT (id) DO NOTHING",
    "CREATE TABLE u (id text PRIMARY KEY); INSERT INTO u VALUES ('a'), ('A') ON CONFLICT (id) DO NOTHING;"
    "INSERT INTO t (id, name) SELECT 9 + length(id), id FROM u WHERE id = 'A'",
    "CREATE TABLE u (id uuid PRIMARY KEY); INSERT INTO u VALUES ('00000000-0000-0000-0000-00000000000a') ON CONFLICT"
    " DO NOTHING; INSERT INTO u VALUES ('00000000-0000-0000-0000-00000000000A') ON CONFLICT DO NOTHING;"
    "INSERT INTO t (id) SELECT 50 + count(*)::int FROM u",
    "INSERT INTO t (id, name, n) VALUES (2 + 2, upper('x'), (SELECT max(n) FROM t))",
    "INSERT INTO t (id, name) VALUES (4, DEFAULT), (5, 'q')",
    "WITH q AS (SELECT id + 20 AS x FROM other) INSERT INTO t (id) SELECT x FROM q",
    "INSERT INTO t (id) WITH q AS (SELECT 7 AS x) SELECT x FROM q",
    "ALTER TABLE t ADD m int; UPDATE t SET m = id",
    "ALTER TABLE t RENAME COLUMN name TO label; UPDATE t SET label = 'z' WHERE label IS NULL",
    "ALTER TABLE t DROP COLUMN name; ALTER TABLE t ADD name text",
    "ALTER TABLE t ALTER kind TYPE text",
    "ALTER TABLE t RENAME TO t2; ALTER TABLE t2 RENAME TO t",
    "UPDATE t SET kind = 'k'; ALTER TABLE t ALTER kind DROP DEFAULT",
]
PARTLY = [
    "ALTER TABLE t ALTER kind DROP DEFAULT",
    "ALTER TABLE t ADD at timestamp DEFAULT now()",
    "UPDATE t SET name = kind",
    "UPDATE t SET n = (random() * 1000)::int",
    "INSERT INTO t (id, name) VALUES (4, now()::text), (5, md5(random()::text))",
    "UPDATE t SET kind = DEFAULT WHERE id = 1",
    "ALTER TABLE t ALTER n TYPE text USING n || '!'",
    "ALTER TABLE t ALTER n TYPE numeric(8, 2)",
]
UNKNOWN = [
    "UPDATE t SET name = o.word FROM other o WHERE o.id = t.id",
    "UPDATE t SET (name, kind) = ('p', 'q')",
    "UPDATE t SET name = 'x' WHERE random() > 0.5",
    "DELETE FROM t USING other o WHERE o.id = t.id",
    "DELETE FROM t WHERE kind = 'plain'",
    "INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 1",
    "INSERT INTO t (id) VALUES ((random() * 9)::int + 9), ((random() * 9)::int + 99) ON CONFLICT DO NOTHING",
    "INSERT INTO t (id) SELECT 1 ON CONFLICT ON CONSTRAINT t_pkey DO NOTHING",
    "CREATE UNIQUE INDEX i ON t (lower(name)); INSERT INTO t (id, name) VALUES (4, 'q') ON CONFLICT DO NOTHING",
    "CREATE UNIQUE INDEX i ON t (n) WHERE id < 9; INSERT INTO t VALUES (4, 'q', '', 10) ON CONFLICT (n) WHERE id < 9 DO NOTHING",
    "WITH d AS (DELETE FROM other RETURNING id) INSERT INTO t (id) SELECT id + 10 FROM d",
    "MERGE INTO t USING other o ON o.id = t.id WHEN MATCHED THEN DELETE",
    "INSERT INTO t (id) SELECT 40 + n FROM missing() AS n",
]
T = Name("public", "t")


def rows(script: str, table: Name = T) -> list[dict[str, object]] | None:
    found = read(SETUP + script).rows(table)
    return None if found is None else [dict(row) for row in found]


@pytest.fixture(scope="module")
def connection(server: Server) -> Any:
    with server.connect() as opened:
        opened.prepare_threshold = None  # the same query is asked of other tables
        yield opened


def on_server(connection: Any, script: str) -> list[dict[str, object]]:
    wipe(connection)
    connection.execute("SET search_path TO public")
    assert run_on_server(connection, SETUP + script) == []
    cursor = connection.execute("SELECT * FROM t ORDER BY id")
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("script", KNOWN + PARTLY)
def test_rows_are_those_of_the_server(script: str, connection: Any) -> None:
    found = rows(script)
    assert found is not None
    expected = on_server(connection, script)
    assert len(found) == len(expected)
    for row, real in zip(
        sorted(found, key=lambda row: str(row["id"])), sorted(expected, key=lambda row: str(row["id"])), strict=True
    ):
        assert set(row) == set(real)
        for column, value in row.items():
            sure = value is None or isinstance(value, (str, int))
            assert sure or script in PARTLY or column == "kind"
            if sure:
                assert value == real[column]


@pytest.mark.parametrize("script", PARTLY)
def test_some_values_are_not_known(script: str) -> None:
    assert any(not isinstance(v, (str, int)) and v is not None for row in rows(script) or [] for v in row.values())


@pytest.mark.parametrize("script", UNKNOWN)
def test_rows_that_cannot_be_known(script: str) -> None:
    assert rows(script) is None


def test_a_default_is_not_known() -> None:
    found = rows("")
    assert found is not None
    assert [row["kind"] for row in found] == [Unsure.UNSURE] * 3


def test_rows_that_reference_deleted_ones() -> None:
    other = Name("public", "other")
    assert rows("DELETE FROM t WHERE id = 1", other) is None
    assert rows("UPDATE t SET n = 1", other) == rows("", other)
    assert rows("DELETE FROM t WHERE id = 99", other) == rows("", other)
