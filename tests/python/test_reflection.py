"""What the database is asked through SQLAlchemy: metadata that reflects, the dialect, names of what is found."""

from __future__ import annotations

import pytest

from tests.python.following import follow

SETUP = """
op.create_table('a', sa.Column('id', sa.Integer(), primary_key=True))
op.create_table('b', sa.Column('id', sa.Integer()), sa.Column('a_id', sa.Integer()),
    sa.PrimaryKeyConstraint('id', name='own_pk'), sa.UniqueConstraint('a_id', name='own_uq'),
    sa.ForeignKeyConstraint(['a_id'], ['a.id'], name='own_fk'))
op.create_index('own_ix', 'b', ['a_id'])
op.execute('CREATE SEQUENCE counted')
"""

DROP_KEYS = """
metadata.naming_convention = {'fk': 'fk_%(table_name)s'}
metadata.reflect(bind=op.get_bind(), only=['b'], extend_existing=True)
for key in metadata.tables['b'].foreign_keys:
    op.drop_constraint(key.name, 'b', type_='foreignkey')
"""


@pytest.mark.parametrize(
    "base",
    [
        "from sqlmodel import SQLModel\nmetadata = SQLModel.metadata",
        "import sqlmodel\nmetadata = sqlmodel.SQLModel.metadata",
        "from sqlalchemy.orm import declarative_base\nmetadata = declarative_base().metadata",
        "from sqlalchemy.orm import registry\nmetadata = registry().metadata",
        "from sqlalchemy.orm import registry\nmetadata = registry().generate_base().metadata",
        "from sqlalchemy.orm import registry\nmetadata = registry(metadata=sa.MetaData()).metadata",
        "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\nmetadata = Base.metadata",
        "metadata = sa.MetaData()",
    ],
)
def test_keys_of_reflected_tables_have_the_names_of_the_database(base: str) -> None:
    assert follow(f"{base}\n{DROP_KEYS}", setup=SETUP).told == ["drop_constraint b own_fk"]


def test_reflecting_follows_foreign_keys_unless_told_otherwise() -> None:
    code = "m = sa.MetaData()\nm.reflect(op.get_bind(), only=['b']{})\nfor n in m.tables:\n    op.drop_table(n)"
    assert follow(code.format(""), setup=SETUP).told == ["drop_table b -", "drop_table a -"]
    assert follow(code.format(", resolve_fks=False"), setup=SETUP).told == ["drop_table b -"]


def test_a_table_is_reflected_again_only_where_it_is_told_to() -> None:
    code = """
    m = sa.MetaData()
    t = sa.Table('b', m, sa.Column('other', sa.Integer()))
    m.reflect(op.get_bind(), {})
    for column in m.tables['b'].columns:
        op.drop_column('b', column.name)
    """
    kept = follow(code.format("only=['b']"), setup=SETUP + "op.add_column('b', sa.Column('other', sa.Integer()))")
    assert kept.told == ["drop_column b other"]
    again = follow(code.format("only=['b'], extend_existing=True"), setup=SETUP)
    assert again.told == ["drop_column b id", "drop_column b a_id"]


def test_what_models_put_in_the_metadata_of_a_library_is_not_known() -> None:
    code = "from sqlmodel import SQLModel\nfor t in SQLModel.metadata.tables.values():\n    op.drop_table(t.name)"
    assert [line for line in follow(code, setup=SETUP).told if not line.startswith(("!", "?"))] == []
    made = follow("from sqlmodel import SQLModel\nSQLModel.metadata.create_all(op.get_bind())", setup=SETUP).told
    assert made == ["!opaque - -"]
    code = "from sqlmodel import SQLModel\nif 'z' in SQLModel.metadata.tables:\n    op.drop_table('b')"
    assert follow(code, setup=SETUP).told == ["?drop_table b -"]


@pytest.mark.parametrize(
    "asked",
    [
        "get_pk_constraint({0}table_name='b')['name'] == 'own_pk'",
        "get_pk_constraint({0}'b', schema='public')['constrained_columns'] == ['id']",
        "get_unique_constraints({0}'b')[0]['name'] == 'own_uq'",
        "get_foreign_keys({0}'b')[0]['referred_table'] == 'a'",
        "get_columns({0}'b')[1]['name'] == 'a_id'",
        "get_indexes({0}'b')[0]['name'] == 'own_ix'",
        "get_check_constraints({0}'b') == []",
        "get_table_comment({0}'b')['text'] is None",
        "get_table_names({0}schema='public') == ['a', 'b']",
        "get_view_names({0}) == []",
        "get_enums({0}) == []",
        "has_table({0}'b')",
        "not has_table({0}'z')",
        "has_index({0}'b', 'own_ix')",
        "has_sequence({0}'counted')",
        "has_sequence({0}sequence_name='counted', schema='public')",
        "not has_sequence({0}'other')",
    ],
)
def test_the_dialect_answers_as_the_inspector_does(asked: str) -> None:
    for owner, first in (("bind.dialect", "bind, "), ("sa.inspect(bind)", "")):
        negated = "not " if asked.startswith("not ") else ""
        question = f"{negated}{owner}.{asked.removeprefix('not ').format(first)}"
        code = f"bind = op.get_bind()\nif {question}:\n    op.drop_table('b')"
        assert follow(code, setup=SETUP).told == ["drop_table b -"], question


def test_the_dialect_may_be_given_the_connection_by_name() -> None:
    code = "bind = op.get_bind()\nif bind.dialect.has_table(connection=bind, table_name='b'):\n    op.drop_table('b')"
    assert follow(code, setup=SETUP).told == ["drop_table b -"]


def test_a_copy_of_a_reflected_serial_column_has_a_sequence_of_its_own() -> None:
    setup = "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))"
    code = """
    bind = op.get_bind()
    old = sa.Table('t', sa.MetaData(), autoload_with=bind)
    new = sa.Table('n', sa.MetaData())
    for column in old.columns:
        new.append_column(column.copy())
    new.create(bind)
    op.drop_table('t')
    op.rename_table('n', 't')
    """
    followed = follow(code, setup=setup)
    assert followed.told == ["create_table n -", "drop_table t -", "rename_table n -"]
    assert [step.failure for step in followed.steps] == [None, None, None]
    assert [str(name) for name in followed.paper.schema.sequences] == ["public.n_id_seq"]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("md = sa.MetaData()\nmd.reflect(op.get_bind(), only=lambda name, md: name.startswith('r_'))", ["r_a"]),
        ("md = sa.MetaData(schema='s')\nmd.reflect(op.get_bind())", ["s.b"]),
        ("md = sa.MetaData(schema='s')\nmd.reflect(op.get_bind(), schema='public')", ["public.r_a", "public.t"]),
    ],
)
def test_which_tables_are_reflected(made: str, expected: list[str]) -> None:
    setup = "op.execute('CREATE SCHEMA s; CREATE TABLE r_a (i int); CREATE TABLE t (i int); CREATE TABLE s.b (i int)')"
    found = follow(f"{made}\nfor name in sorted(md.tables):\n    op.execute('DROP TABLE ' + name)", setup=setup)
    dropped = [str(step.operation.table_name) for step in found.steps]
    assert dropped == [name if "." in name else f"public.{name}" for name in expected]


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("smallint", "SMALLINT", "SMALLINT"),
        ("varchar(5)", "VARCHAR(5)", "VARCHAR"),
        ("varchar", "VARCHAR", "VARCHAR"),
        ("char(3)", "CHAR(3)", "CHAR"),
        ("numeric(10)", "NUMERIC(10, 0)", "NUMERIC"),
        ("numeric(10,2)", "NUMERIC(10, 2)", "NUMERIC"),
        ("double precision", "DOUBLE PRECISION", "DOUBLE_PRECISION"),
        ("timestamptz", "TIMESTAMP", "TIMESTAMP"),
        ("time(3)", "TIME", "TIME"),
        ("varchar(5)[]", "ARRAY", "ARRAY"),
        ("jsonb", "JSONB", "JSONB"),
    ],
)
def test_a_reflected_type_as_a_text(kind: str, text: str, name: str) -> None:
    """As SQLAlchemy 2.0 gives it for a column that was read from PostgreSQL 18."""
    code = """
    (c,) = sa.inspect(op.get_bind()).get_columns("t")
    op.execute(f'CREATE TABLE "{c["type"]} {c["type"].__class__.__name__}" (a int)')
    """
    followed = follow(code, setup=f"op.execute('CREATE TABLE t (a {kind})')")
    assert [step.operation.table_name.name for step in followed.steps] == [f"{text} {name}"]
