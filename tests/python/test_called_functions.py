"""Functions of the history that a query calls: what they do to the schema is followed, whoever sends the query."""

from __future__ import annotations

import pytest

from tests.python.following import follow

SETUP = """
op.execute("CREATE TABLE t (a int)")
op.execute("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t ADD COLUMN x int; END $$")
op.execute('''CREATE FUNCTION g(name text) RETURNS int LANGUAGE plpgsql AS $$
    BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN x int', name); RETURN 1; END $$''')
op.execute("CREATE FUNCTION harmless() RETURNS int LANGUAGE sql AS 'SELECT 1'")
"""


@pytest.mark.parametrize(
    "code",
    [
        "op.execute('SELECT f()')",
        "op.execute('SELECT * FROM f()')",
        "op.execute(sa.select(sa.func.f()))",
        "op.get_bind().execute(sa.text('SELECT g(:name)'), {'name': 't'})",
        "op.get_bind().execute(sa.text('SELECT g(:name)').bindparams(name='t')).scalar()",
        "op.execute('WITH q AS (SELECT f()) SELECT * FROM q')",
        "op.execute(\"SELECT g(relname) FROM pg_class WHERE relname = 't'\")",
    ],
)
def test_a_query_runs_the_functions_that_it_calls(code: str) -> None:
    assert follow(code, setup=SETUP).told == ["add_column t x"]


def test_a_function_that_changes_nothing_is_not_told() -> None:
    assert follow("op.execute('SELECT harmless()')", setup=SETUP).told == []
