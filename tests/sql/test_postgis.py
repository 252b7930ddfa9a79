"""Functions of PostGIS that run DDL."""

from __future__ import annotations

import pytest

from migralint.schema import Name
from tests.sql.reading import read

TABLE = "CREATE SCHEMA app; CREATE TABLE t (id int); CREATE TABLE app.t (id int);"


@pytest.mark.parametrize(
    ("call", "table", "expected"),
    [
        ("SELECT AddGeometryColumn('t', 'g', 4326, 'POINT', 2)", "public", "geometry(Point,4326)"),
        ("SELECT AddGeometryColumn('app', 't', 'g', -1, 'LINESTRING', 3)", "app", "geometry(LineStringZ)"),
        (
            "SELECT public.addgeometrycolumn('db', 'app', 't', 'g', 3857, 'POINTM', 3, true);",
            "app",
            "geometry(PointM,3857)",
        ),
    ],
)
def test_a_column_that_is_added(call: str, table: str, expected: str) -> None:
    (column,) = [c for c in read(f"{TABLE} {call}").schema.tables[Name(table, "t")].columns if c.name == "g"]
    assert column.type == expected


def test_what_is_dropped() -> None:
    added = f"{TABLE} SELECT AddGeometryColumn('t', 'g', 4326, 'POINT', 2);"
    dropped = read(f"{added} SELECT DropGeometryColumn('public', 't', 'g')").schema
    assert [c.name for c in dropped.tables[Name("public", "t")].columns] == ["id"]
    assert Name("app", "t") not in read(f"{added} SELECT DropGeometryTable('app', 't')").schema.tables


@pytest.mark.parametrize(
    "call", ["AddGeometryColumn('t', 'g')", "AddGeometryColumn('t', lower('g'), 4326, 'POINT', 2)"]
)
def test_arguments_that_do_not_fit_are_told(call: str) -> None:
    assert read(f"{TABLE} SELECT {call}").schema.opaque


def test_rows_of_system_tables_are_no_tables_of_the_history() -> None:
    found = read("UPDATE pg_catalog.pg_database SET datcollversion = NULL WHERE datname = current_database()")
    assert not found.schema.tables
    assert [step.failure for step in found.steps] == [None]
