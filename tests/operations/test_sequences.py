"""Sequences that are renamed, moved or dropped, and the defaults that use them."""

from __future__ import annotations

import pytest

from migralint.schema import Name
from tests.sql.reading import read

TABLES = "CREATE SCHEMA app; CREATE TABLE t (id serial, i int GENERATED ALWAYS AS IDENTITY); CREATE SEQUENCE s;"


def defaults(statements: str) -> list[str | None]:
    """The defaults of every column that has one. Each line of the tests was seen on PostgreSQL 18."""
    schema = read(f"{TABLES} {statements}").schema
    return [c.default for t in schema.tables.values() for c in t.columns if c.default]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ('ALTER SEQUENCE t_id_seq RENAME TO "It\'s"', "nextval('\"It''s\"'::regclass)"),
        ("ALTER TABLE t_id_seq RENAME TO n", "nextval('n'::regclass)"),
        ("ALTER TABLE t RENAME TO u", "nextval('t_id_seq'::regclass)"),
        ("ALTER TABLE t SET SCHEMA app", "nextval('app.t_id_seq'::regclass)"),
        ("ALTER TABLE t SET SCHEMA app; ALTER SCHEMA app RENAME TO b", "nextval('b.t_id_seq'::regclass)"),
        (
            "ALTER TABLE t ALTER id SET DEFAULT nextval('s'); ALTER SEQUENCE s SET SCHEMA app",
            "nextval('app.s'::regclass)",
        ),
    ],
)
def test_defaults_follow(statements: str, expected: str) -> None:
    assert defaults(statements) == [expected]


def test_a_dropped_sequence() -> None:
    shared = "ALTER TABLE t ALTER id SET DEFAULT nextval('s');"
    assert defaults(f"{shared} DROP SEQUENCE s CASCADE") == []
    for statement, reason in (
        (f"{shared} DROP SEQUENCE s", "the default of public.t.id uses it"),
        ("DROP SEQUENCE t_i_seq CASCADE", "an identity column requires it"),
        ("ALTER SEQUENCE s RENAME TO t", "the relation already exists"),
    ):
        paper = read(f"{TABLES} {statement}")
        (step,) = [s for s in paper.steps if s.failure]
        assert step.failure is not None
        assert reason in str(step.failure)
        assert Name("public", "s") in paper.schema.sequences
