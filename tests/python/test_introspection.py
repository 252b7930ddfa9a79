"""`isinstance`, `hasattr` and what else asks a value for what it is."""

from __future__ import annotations

import pytest

from tests.python.following import follow

SETUP = "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("isinstance(sa.Table('a', sa.MetaData()), sa.Table)", True),
        ("isinstance(sa.Table('a', sa.MetaData()), (sa.Column, sa.MetaData))", False),
        ("isinstance(sa.Column('a', sa.Text), sa.Column)", True),
        ("isinstance('a', sa.Table)", False),
        ("hasattr('a', '__tablename__')", False),
        ("hasattr(['a'], 'append')", True),
    ],
)
def test_what_a_value_is(asked: str, expected: bool) -> None:
    assert follow(f"    return {asked}").value is expected


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("from sqlalchemy.dialects.postgresql.base import PGDialect as D", "postgresql"),
        ("from sqlalchemy.dialects.mysql.base import MySQLDialect as D", "mysql"),
        ("from sqlalchemy.dialects.postgresql import dialect as D", "postgresql"),
    ],
)
def test_dialects_that_are_made(code: str, name: str) -> None:
    made = f"    {code}\n    quote = D().identifier_preparer.quote('T')\n    return D().name, D().dialect_description, quote"
    found = follow(made).value
    assert found[0] == name
    assert (found[1:] == ("postgresql+psycopg2", '"T"')) is (name == "postgresql")
