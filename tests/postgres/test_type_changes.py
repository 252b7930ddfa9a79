"""`conversion` says for every pair of types whether a server rewrites the table, and whether it rebuilds an index."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from migralint.schema import Check, Domain, EnumType, Name, Schema
from migralint.schema.conversion import constrained, conversion
from migralint.schema.types import canonical
from tests.postgres.server import Server

VALUES = {
    "smallint": "1",
    "integer": "1",
    "bigint": "1",
    "oid": "1",
    "numeric": "1",
    "numeric(10,2)": "1",
    "numeric(12,2)": "1",
    "numeric(12,4)": "1",
    "numeric(8)": "1",
    "real": "1",
    "double precision": "1",
    "varchar(50)": "'1'",
    "varchar(100)": "'1'",
    "varchar": "'1'",
    "text": "'1'",
    "char(5)": "'1'",
    "char(8)": "'1'",
    "name": "'a'",
    "boolean": "true",
    "timestamp": "now()",
    "timestamp(3)": "now()",
    "timestamp(6)": "now()",
    "timestamptz": "now()",
    "timestamptz(3)": "now()",
    "date": "now()",
    "time": "now()::time",
    "time(3)": "now()::time",
    "timetz": "now()::timetz",
    "interval": "'1 s'",
    "interval(3)": "'1 s'",
    "jsonb": "'1'",
    "uuid": "gen_random_uuid()",
    "inet": "'1.2.3.4'",
    "cidr": "'1.2.3.4'",
    "bytea": "'1'",
    "bit(5)": "B'10101'",
    "bit varying(5)": "B'1'",
    "bit varying(8)": "B'1'",
    "bit varying": "B'1'",
    "integer[]": "'{1}'",
    "bigint[]": "'{1}'",
    "text[]": "'{1}'",
    "varchar(5)[]": "'{1}'",
    "plain": "'1'",
    "checked": "'1'",
    "over": "'1'",
    "mood": "'1'",
}
TYPES = """CREATE DOMAIN plain AS text; CREATE DOMAIN checked AS text CHECK (VALUE <> '');
    CREATE DOMAIN over AS checked; CREATE TYPE mood AS ENUM ('1')"""


@pytest.fixture(scope="module")
def schema() -> Schema:
    def named(name: str) -> Name:
        return Name("public", name)

    types = [
        Domain(named("plain"), "text"),
        Domain(named("checked"), "text", checks=(Check("", "VALUE <> ''"),)),
        Domain(named("over"), "checked"),
        EnumType(named("mood"), ("1",)),
    ]
    result = Schema.empty()
    for value in types:
        result = result.with_type(value)
    return result


def files(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    query = "SELECT pg_relation_filenode('t'), pg_relation_filenode('i')"
    table, index = connection.execute(query).fetchone() or (0, 0)
    return table, index


def changed(connection: psycopg.Connection[Any], old: str, new: str) -> tuple[bool, bool] | None:
    """Whether the table was rewritten and the index rebuilt; None where no cast exists."""
    for using in ("", f" USING c::{new}"):
        connection.execute("BEGIN")
        try:
            connection.execute(
                f"CREATE TABLE t (c {old}); CREATE INDEX i ON t (c); INSERT INTO t VALUES ({VALUES[old]})"
            )
            before = files(connection)
            connection.execute(f"ALTER TABLE t ALTER c TYPE {new}{using}")
            after = files(connection)
            return before[0] != after[0], before[1] != after[1]
        except psycopg.Error:
            continue
        finally:
            connection.execute("ROLLBACK")
    return None


def test_every_pair_of_types(schema: Schema, server: Server) -> None:
    wrong, seen = [], 0
    with server.empty() as connection:
        connection.execute(TYPES)
        for old in VALUES:
            for new in VALUES:
                if old == new or (real := changed(connection, old, new)) is None:
                    continue
                seen += 1
                said = conversion(schema, canonical(old), canonical(new))
                if (said.rewrites, said.rewrites or said.reorders) != real:
                    wrong.append((old, new, said, real))
    assert seen > 800
    assert wrong == []


def test_timestamps_are_free_only_in_utc(schema: Schema, server: Server) -> None:
    with server.empty() as connection:
        connection.execute("SET timezone TO 'UTC'")
        assert changed(connection, "timestamp", "timestamptz") == (False, True)
    said = conversion(schema, canonical("timestamp"), canonical("timestamptz"))
    assert said.rewrites
    assert said.reorders
    assert not said.sure


def test_what_is_not_known_is_not_sure(schema: Schema) -> None:
    assert not conversion(schema, "text", "citext").sure
    assert conversion(schema, "text", "mood").sure


def test_domains_with_a_constraint(schema: Schema) -> None:
    assert [constrained(schema, t) for t in ("plain", "checked", "over", "text", "checked[]")] == [
        False,
        True,
        True,
        False,
        False,
    ]
