"""Which types an index of each access method takes without an operator class, pair by pair."""

from __future__ import annotations

import psycopg
import pytest

from migralint.schema.methods import default_class, indexable
from tests.postgres.server import Server
from tests.postgres.test_casts import NAMES, SCHEMA, SETUP


@pytest.mark.parametrize("method", ["btree", "hash", "gist", "gin", "spgist"])
def test_default_operator_classes(method: str, server: Server) -> None:
    with server.empty() as connection:
        connection.execute(SETUP)
        for name in NAMES:
            connection.execute(f"DROP TABLE x; CREATE TABLE x (a {name})".encode())
            try:
                connection.execute(f"CREATE INDEX ON x USING {method} (a)".encode())
            except psycopg.errors.UndefinedObject:
                assert indexable(SCHEMA, name, method) is False, name
            else:
                assert indexable(SCHEMA, name, method) is not False, name
                chosen = connection.execute(
                    "SELECT opcname FROM pg_index JOIN pg_opclass c ON c.oid = indclass[0] WHERE indrelid = 'x'::regclass"
                ).fetchone()
                assert chosen is not None
                assert default_class(SCHEMA, name, method) in (chosen[0], None), name
