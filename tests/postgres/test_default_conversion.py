"""A default whose column changes its type: what PostgreSQL keeps, and what the paper says of it."""

from __future__ import annotations

import pytest

from migralint.operations import AlterColumn, CreateTable
from migralint.schema import Column, Name, Schema, Table
from migralint.schema.expressions import same_default
from tests.postgres.server import Server, wipe

NAME = Name("public", "t")


@pytest.mark.parametrize(
    ("default", "old", "new"),
    [
        ("'80.'", "numeric", "integer"),
        ("'+8'", "numeric", "bigint"),
        ("' 1.50 '", "numeric(6,2)", "double precision"),
        ("'-7'", "numeric", "smallint"),
        ("'2e2'", "numeric", "integer"),
        ("'123456789012345678901234567890'", "numeric", "double precision"),
        ("'5'", "integer", "bigint"),
        ("'-5'", "integer", "numeric"),
        ("'5'", "bigint", "integer"),
        ("'1.5'", "real", "numeric"),
        ("'1.5'", "double precision", "integer"),
        ("80", "numeric", "integer"),
        ("'x'", "text", "character varying(5)"),
    ],
)
def test_a_literal_stays_a_number_of_its_type(default: str, old: str, new: str, server: Server) -> None:
    schema = CreateTable(Table(NAME, (Column("a", old, default=default),))).apply(Schema.empty())
    schema = AlterColumn(NAME, "a", type=new).apply(schema)
    told = schema.tables[NAME].columns[0].default
    with server.connect(autocommit=False) as connection:
        wipe(connection)
        connection.execute(f"CREATE TABLE t (a {old} DEFAULT {default})")
        connection.execute(f"ALTER TABLE t ALTER a TYPE {new}")
        connection.execute(f"CREATE TABLE told (a {new} DEFAULT {told})")
        query = "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = %s::regclass"
        (kept,), (again,) = (connection.execute(query, (table,)).fetchone() or () for table in ("t", "told"))
        assert kept == again
        assert same_default(told, kept, new)
        connection.rollback()


@pytest.mark.parametrize("default", ["'x'", "'1e9999'", "1"])
def test_what_is_no_number_is_left_alone(default: str) -> None:
    table = Table(NAME, (Column("a", "numeric", default=default),))
    schema = AlterColumn(NAME, "a", type="real").apply(Schema.empty().with_table(table))
    assert schema.tables[NAME].columns[0].default == default
