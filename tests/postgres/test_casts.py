"""Which types PostgreSQL turns into which by itself, pair by pair."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from migralint.schema import Domain, EnumType, Name, OtherType, Schema
from migralint.schema.casts import assignable, referable
from tests.postgres.server import Server

TYPES = """smallint | integer | bigint | numeric | real | double precision | money | boolean | text | character varying
character | "char" | name | bytea | date | timestamp without time zone | timestamp with time zone
time without time zone | time with time zone | interval | uuid | json | jsonb | xml | inet | cidr | macaddr | macaddr8
bit | bit varying | oid | regclass | point | box | polygon | circle | path | lseg | line | tsvector | tsquery
int4range | daterange | mood | pair | short | integer[] | text[] | mood[]""".replace("\n", "|").split("|")
NAMES = [name.strip() for name in TYPES]
SETUP = """CREATE TYPE mood AS ENUM ('a'); CREATE TYPE pair AS (x int); CREATE DOMAIN short AS varchar(7);
    CREATE TABLE x (a int)"""
SCHEMA = (
    Schema.empty()
    .with_type(EnumType(Name("public", "mood"), ("a",)))
    .with_type(OtherType(Name("public", "pair"), (("x", "integer"),)))
    .with_type(Domain(Name("public", "short"), "character varying(7)"))
)
NOT_COLLATABLE = "XX000"


def works(connection: psycopg.Connection[Any], statement: str) -> bool:
    connection.execute("BEGIN")
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        assert error.sqlstate in ("42804", NOT_COLLATABLE), statement
        return False
    finally:
        connection.execute("ROLLBACK")
    return True


def test_changes_without_using(server: Server) -> None:
    with server.empty() as connection:
        connection.execute(SETUP)
        for old in NAMES:
            connection.execute(f"DROP TABLE x; CREATE TABLE x (a {old})".encode())
            for new in NAMES:
                expected = works(connection, f"ALTER TABLE x ALTER a TYPE {new}")
                assert assignable(SCHEMA, old, new) is expected, (old, new)


def test_foreign_keys(server: Server) -> None:
    with server.empty() as connection:
        connection.execute(SETUP)
        for key in NAMES:
            connection.execute("DROP TABLE IF EXISTS r")
            try:
                connection.execute(f"CREATE TABLE r (k {key} UNIQUE)".encode())
            except psycopg.errors.UndefinedObject:
                continue  # the type has no order
            for own in NAMES:
                expected = works(connection, f"CREATE TABLE q (a {own} REFERENCES r (k))")
                assert referable(SCHEMA, own, key) is expected, (own, key)


@pytest.mark.parametrize("other", ["geometry", "citext", "app.mood"])
def test_types_that_are_not_known(other: str) -> None:
    assert assignable(SCHEMA, other, "integer") is None
    assert assignable(SCHEMA, "integer", other) is None
    assert assignable(SCHEMA, other, "text") is True
    assert referable(SCHEMA, other, "integer") is None
