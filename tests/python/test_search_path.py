"""Types that code names without a schema, where a search path finds them."""

from __future__ import annotations

import pytest

from migralint.schema import Name
from tests.python.following import follow

PATH = """
    op.execute("CREATE SCHEMA m")
    op.execute("SET search_path TO m, public")
    op.execute("CREATE TYPE public.e AS ENUM ('a')")
    op.execute("CREATE TYPE f AS ENUM ('a')")
"""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ('sa.Enum("x", name="g")', "m.g"),
        ('postgresql.ENUM(name="f", create_type=False)', "m.f"),
        ('postgresql.ENUM(name="e", create_type=False)', "e"),
        ('postgresql.ARRAY(postgresql.ENUM(name="f", create_type=False))', "m.f[]"),
        ("sa.String(3)", "character varying(3)"),
    ],
)
def test_the_type_of_a_column(kind: str, expected: str) -> None:
    code = f"""
    op.create_table("t", sa.Column("c", {kind}), sa.Column("d", sa.Integer))
    op.alter_column("t", "d", type_={kind if "ENUM" in kind else "sa.Text()"}, postgresql_using="NULL")
    """
    schema = follow(PATH + code).paper.schema
    found = {column.name: column.type for column in schema.tables[Name("m", "t")].columns}
    assert found == {"c": expected, "d": expected if "ENUM" in kind else "text"}


def test_a_default_goes_with_its_type() -> None:
    code = """
    op.create_table("t", sa.Column("c", sa.Enum("x", name="g"), server_default="x"))
    op.execute("ALTER TABLE t ALTER c TYPE text USING c::text")
    op.execute("DROP TYPE g CASCADE")
    """
    (column,) = follow(PATH + code).paper.schema.tables[Name("m", "t")].columns
    assert column.default is None


@pytest.mark.parametrize(("name", "expected"), [("f", True), ("e", True), ("nothing", False)])
def test_the_dialect_is_asked_for_a_type(name: str, expected: bool) -> None:
    code = f"""
    bind = op.get_bind()
    if bind.dialect.has_type(bind, {name!r}):
        op.execute("CREATE TABLE there (a int)")
    """
    assert follow(PATH + code).told[3:] == (["create_table there -"] if expected else [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [('"0"', None), ('sa.DefaultClause("0")', "'0'"), ('sa.DefaultClause(sa.text("0"))', "0")],
)
def test_a_text_that_is_put_on_a_column_is_no_default(value: str, expected: str | None) -> None:
    code = f"""
    c = sa.Column("n", sa.Integer)
    c.server_default = {value}
    op.create_table("t", c)
    """
    (column,) = follow(code).paper.schema.tables[Name("public", "t")].columns
    assert column.default == expected


def test_the_inspector_lists_what_is_visible() -> None:
    code = """
    op.execute("CREATE TABLE public.seen (a int)")
    insp = sa.inspect(op.get_bind())
    if "seen" not in insp.get_table_names():
        op.create_table("seen", sa.Column("a", sa.Integer))
    if "seen" not in insp.get_table_names(schema="m"):
        op.create_table("other", sa.Column("a", sa.Integer))
    """
    assert follow(PATH + code).told[3:] == ["create_table seen -", "create_table other -"]


def test_a_missing_table_that_is_reflected_raises_where_somebody_waits_for_it() -> None:
    code = """
    try:
        sa.Table("gone", sa.MetaData(), autoload_with=op.get_bind())
    except sa.exc.NoSuchTableError:
        op.execute("CREATE TABLE gone (a int)")
    """
    assert follow(code).told == ["create_table gone -"]
