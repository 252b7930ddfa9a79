"""Extended statistics on paper: what follows columns, tables and schemas."""

from __future__ import annotations

import pytest

from migralint.schema import Name
from tests.sql.reading import read

MADE = (
    "CREATE SCHEMA s; CREATE TABLE t (a integer, b text, c text); CREATE STATISTICS s.x (mcv) ON a, (lower(b)) FROM t;"
)


def left(text: str) -> list[tuple[str, list[str]]]:
    """The statistics of all tables, with their keys."""
    paper = read(MADE + text)
    assert [str(step.failure) for step in paper.steps if step.failure] == []
    tables = paper.schema.tables.values()
    return [(str(one.name), [str(key) for key in one.keys]) for table in tables for one in table.statistics]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("", [("s.x", ["a", "lower(b)"])]),
        ('ALTER TABLE t RENAME b TO "B"', [("s.x", ["a", 'lower("B")'])]),
        ("ALTER TABLE t RENAME TO u; ALTER TABLE u DROP c", [("s.x", ["a", "lower(b)"])]),
        ("ALTER TABLE t DROP b", []),
        ("DROP TABLE t", []),
        ("DROP STATISTICS s.x", []),
        ("DROP STATISTICS IF EXISTS nope", [("s.x", ["a", "lower(b)"])]),
        ("ALTER SCHEMA s RENAME TO z", [("z.x", ["a", "lower(b)"])]),
        ("ALTER STATISTICS s.x RENAME TO y; ALTER STATISTICS s.y SET SCHEMA public", [("public.y", ["a", "lower(b)"])]),
        ("DROP STATISTICS s.x; CREATE STATISTICS ON c, b FROM t", [("public.t_c_b_stat", ["c", "b"])]),
    ],
)
def test_statistics_follow(statements: str, expected: list[tuple[str, list[str]]]) -> None:
    assert left(statements) == expected


@pytest.mark.parametrize(
    "statement",
    ["CREATE STATISTICS s.x ON a, b FROM t", "CREATE STATISTICS y ON a, nope FROM t", "DROP STATISTICS y"],
)
def test_what_the_server_refuses_fails(statement: str) -> None:
    assert read(MADE + statement).steps[-1].failure is not None


def test_target_comes_and_goes() -> None:
    paper = read(MADE + "ALTER STATISTICS s.x SET STATISTICS 50")
    assert paper.schema.tables[Name("public", "t")].statistics[0].target == 50
    again = read(MADE + "ALTER STATISTICS s.x SET STATISTICS 50; ALTER STATISTICS s.x SET STATISTICS -1")
    assert again.schema.tables[Name("public", "t")].statistics[0].target is None


def test_undoing() -> None:
    paper = read(MADE)
    dropped = read(MADE + "DROP STATISTICS s.x").steps[-1].operation
    (back,) = dropped.inverse(paper.schema)  # type: ignore[misc]  # it is not Lost
    assert back.apply(dropped.apply(paper.schema)) == paper.schema
