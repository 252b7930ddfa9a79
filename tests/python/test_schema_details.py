"""What SQLAlchemy's code says of a schema beside columns and keys: options, types given as classes, texts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from migralint.schema import Check, Name, Schema
from tests.python.following import follow

T = Name("public", "t")
MADE = "op.create_table('t', sa.Column('a', sa.Integer()), sa.Column('d', postgresql.JSONB()))"


def left(code: str, **options: str) -> Schema:
    """The schema after the code, of which everything was read."""
    found = follow(code, **options)
    assert [str(step.failure or step.reason) for step in found.steps if step.failure or step.reason] == []
    return found.paper.schema


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("sqlalchemy_utils.types.StringEncryptedType", "character varying"),
        ("sqlalchemy_utils.types.encrypted.encrypted_type.StringEncryptedType()", "character varying"),
        ("sa.types.STRINGTYPE", "character varying"),
        ("sa.types.INTEGERTYPE", "integer"),
        ("sa.types.BOOLEANTYPE", "boolean"),
    ],
)
def test_types_that_are_not_called(kind: str, expected: str) -> None:
    schema = left(f"import sqlalchemy_utils\nop.create_table('t', sa.Column('c', {kind}))")
    assert schema.tables[T].columns[0].type == expected


def test_decorator_over_a_constant() -> None:
    code = """
    from sqlalchemy.types import STRINGTYPE

    class Short(sa.TypeDecorator):
        impl = STRINGTYPE

    op.create_table('t', sa.Column('c', Short), sa.Column('d', Short()))
    """
    assert [column.type for column in left(code).tables[T].columns] == ["character varying"] * 2


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a, (d->>'x'), lower(d->>'y') DESC", ["a", "(d->>'x')", "lower(d->>'y') DESC"]),
        ("a", ["a"]),
        ("d->>'x'", ["(d->>'x')"]),
    ],
)
def test_a_text_may_hold_several_keys(text: str, keys: list[str]) -> None:
    schema = left(f'op.create_index("i", "t", [sa.text("{text}")])', setup=MADE)
    assert [str(key) for key in schema.tables[T].indexes[0].keys] == keys


def test_options_of_tables_and_indexes() -> None:
    code = """
    op.create_table('p', sa.Column('a', sa.Integer()), postgresql_partition_by='LIST (a)')
    op.create_table('u', sa.Column('a', sa.Integer()), prefixes=['UNLOGGED'])
    op.create_table('c', sa.Column('b', sa.Integer()), postgresql_inherits='t')
    op.create_index('i', 't', ['a'], postgresql_with={'fillfactor': 70})
    """
    schema = left(code, setup=MADE)
    assert schema.tables[Name("public", "p")].partition_by == "LIST (a)"
    assert schema.tables[Name("public", "u")].persistence == "unlogged"
    child = schema.tables[Name("public", "c")]
    assert (child.parents, [column.name for column in child.columns]) == ((T,), ["a", "d", "b"])
    assert schema.tables[T].indexes[0].options == (("fillfactor", "70"),)


def test_options_of_identities() -> None:
    column = "sa.Column('a', sa.BigInteger(), sa.Identity(always=True, start=5, increment=1, cycle=True, cache=20))"
    schema = left(f"op.create_table('t', {column})")
    (sequence,) = schema.sequences.values()
    assert sequence.options == (("cache", "20"), ("cycle", "true"), ("start", "5"))


def test_escaped_colons_are_colons() -> None:
    body = "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''a\\\\:b''::text'"
    (function,) = left(f'op.execute("{body}")').functions[Name("public", "f")]
    assert function.body == "SELECT 'a:b'::text"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("sa.Text()", "sa.String()", "'x'::text"), ("sa.String(9)", "sa.Text()", "'x'::character varying")],
)
def test_a_default_keeps_its_type(first: str, second: str, expected: str) -> None:
    setup = f"op.create_table('t', sa.Column('a', {first}, server_default='x'))"
    there = f"op.alter_column('t', 'a', type_={second})"
    assert left(there, setup=setup).tables[T].columns[0].default == expected
    back = left(f"{there}\nop.alter_column('t', 'a', type_={first})", setup=setup)
    assert back.tables[T].columns[0].default == "'x'"


ID, OTHER = "sa.Column('id', sa.Integer(){})", "sa.Column('o', sa.Integer(){})"
KEY = "sa.PrimaryKeyConstraint('o', 'id')"


@pytest.mark.parametrize(
    "parts",
    [
        [ID.format(", primary_key=True"), OTHER.format("")],
        [ID.format(", primary_key=True, autoincrement=False"), OTHER.format("")],
        [ID.format(", primary_key=True"), OTHER.format(", primary_key=True")],
        [ID.format(", primary_key=True, autoincrement=True"), OTHER.format(", primary_key=True")],
        [ID.format(", autoincrement=True"), OTHER.format(""), KEY],
        [ID.format(""), OTHER.format(", autoincrement=True"), KEY],
        [ID.format(", autoincrement=True"), OTHER.format("")],
        [ID.format(", sa.ForeignKey('r.k'), primary_key=True"), OTHER.format("")],
        [ID.format(", sa.ForeignKey('r.k'), primary_key=True, autoincrement=True"), OTHER.format("")],
        [ID.format(", sa.ForeignKey('r.k'), primary_key=True, autoincrement='ignore_fk'"), OTHER.format("")],
        [ID.format(", primary_key=True"), OTHER.format(""), "sa.ForeignKeyConstraint(['id'], ['r.k'])"],
        [ID.format(", primary_key=True, autoincrement=True"), "sa.ForeignKeyConstraint(['id'], ['r.k'])"],
    ],
)
def test_the_column_that_sqlalchemy_makes_serial(parts: list[str]) -> None:
    metadata = sa.MetaData()
    sa.Table("r", metadata, sa.Column("k", sa.Integer()))
    table = sa.Table("t", metadata, *(eval(part, {"sa": sa}) for part in parts))
    expected = str(sa.schema.CreateTable(table).compile(dialect=postgresql.dialect()))
    made = follow(
        f"op.create_table('t', {', '.join(parts)})",
        setup="op.create_table('r', sa.Column('k', sa.Integer(), primary_key=True))",
    )
    (found,) = (t for t in made.paper.schema.tables.values() if t.name.name == "t")
    serial = [c.name for c in found.columns if c.default]
    assert serial == [c.name for c in table.columns if f"{c.name} SERIAL" in expected]


@pytest.mark.parametrize(("quoted", "name"), [("True", "Big"), ("None", "Big"), ("False", "big")])
def test_a_quoted_name_is_a_name(quoted: str, name: str) -> None:
    code = f"""
    from sqlalchemy.sql import quoted_name

    op.create_table('t', sa.Column(quoted_name('Big', {quoted}), sa.Integer()))
    """
    assert left(code).tables[T].columns[0].name == name


def test_a_renamed_column_of_a_materialized_view_is_renamed_in_its_indexes() -> None:
    code = """
    op.execute("CREATE MATERIALIZED VIEW m AS SELECT 1 AS a, 'x'::text AS b")
    op.execute("CREATE UNIQUE INDEX i ON m (a, lower(b)) WHERE a > 0")
    op.execute("ALTER MATERIALIZED VIEW m RENAME COLUMN a TO c")
    """
    (view,) = follow(code).paper.result.views.values()
    (index,) = view.indexes
    assert [key.column for key in index.keys] == ["c", None]
    assert (index.where, index.where_columns) == ("c > 0", ("c",))


def test_casts_follow_a_type_that_is_renamed() -> None:
    code = """
    op.execute("CREATE TYPE kind AS ENUM ('a', 'b')")
    op.execute("CREATE TABLE t (a kind DEFAULT 'a'::kind, CHECK (a <> 'b'::public.kind))")
    op.execute("CREATE INDEX i ON t ((a = 'a'::kind)) WHERE a = 'b'::kind")
    op.execute("ALTER TYPE kind RENAME TO old_kind")
    op.execute("CREATE TYPE kind AS ENUM ('a', 'b', 'c')")
    """
    (table,) = follow(code).paper.result.tables.values()
    (check,), (index,) = table.constraints, table.indexes
    assert [table.columns[0].type, table.columns[0].default] == ["old_kind", "'a'::old_kind"]
    assert check.expression == "a <> 'b'::old_kind"
    assert (index.keys[0].expression, index.where) == ("(a = 'a'::old_kind)", "a = 'b'::old_kind")


def test_a_class_below_a_packages_decorator_has_the_type_that_it_names() -> None:
    code = """
    from sqlalchemy_utils import StringEncryptedType
    class Secret(StringEncryptedType):
        impl = sa.Text
    op.create_table("t", sa.Column("a", Secret(None, key="x")), sa.Column("b", StringEncryptedType(key="x")))
    """
    (table,) = follow(code).paper.result.tables.values()
    assert [column.type for column in table.columns] == ["text", "character varying"]


def test_the_driver_takes_doubled_percent_signs_for_one() -> None:
    found = follow("op.get_bind().exec_driver_sql(\"CREATE TABLE t (a int CHECK (a %% 2 = 0), b text DEFAULT '%%')\")")
    (check,) = found.paper.schema.tables[Name("public", "t")].of_kind(Check)
    assert check.expression == "a % 2 = 0"
