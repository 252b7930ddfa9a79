"""What pg_dump writes of a schema reads back equal to the script that made it."""

from __future__ import annotations

import pytest

from tests.drift.comparing import told
from tests.postgres.server import Server
from tests.snapshots.test_read import DUMPED

MORE = """
CREATE SCHEMA app;
CREATE DOMAIN app.email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE app.people (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "Mail" app.email NOT NULL UNIQUE,
    born date DEFAULT CURRENT_DATE - 1,
    tags text[] DEFAULT ARRAY[]::text[],
    meta jsonb DEFAULT '{"a": [1, 2]}',
    active boolean DEFAULT 't',
    wait interval DEFAULT '1 day',
    at timestamp DEFAULT (now() AT TIME ZONE 'utc'),
    tag text GENERATED ALWAYS AS (meta ->> 'tag') STORED,
    boss bigint REFERENCES app.people ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT sane CHECK (born BETWEEN '1900-01-01' AND '2100-01-01' AND (active OR id <> 5) AND wait > interval '1 hour'),
    UNIQUE NULLS NOT DISTINCT (born, tag)
);
CREATE INDEX ON app.people USING gin (tags);
CREATE INDEX ON app.people ((meta ->> 'x'), born DESC) WHERE active IS NOT FALSE AND tag NOT IN ('a', 'b');
"""


@pytest.mark.parametrize("script", [DUMPED, MORE])
def test_a_dump_reads_back_equal(script: str, server: Server) -> None:
    with server.empty() as connection:
        connection.execute(script)
        dumped = server.dump()
    assert told(script, dumped) == []
