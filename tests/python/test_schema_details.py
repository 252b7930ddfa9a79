"""What SQLAlchemy's code says of a schema beside columns and keys: options, types given as classes, texts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from migralint.schema import Check, ForeignKey, Name, Schema
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


def test_an_identity_is_added_or_set_as_alembic_does() -> None:
    setup = "op.create_table('t', sa.Column('a', sa.Integer(), sa.Identity(), nullable=False))"
    there = "op.alter_column('t', 'a', server_default=sa.Identity(always=True){})"
    assert left(there.format(", existing_server_default=sa.Identity()"), setup=setup).tables[T].columns[0].identity
    (step,) = follow(there.format(""), setup=setup).steps
    assert step.failure is not None
    assert "identity column already" in str(step.failure)


SEQUENCES = """
m = sa.MetaData()
counting = sa.Sequence('q', start=5, increment=2, cycle=True, cache=3, data_type=sa.SmallInteger)
t = sa.Table('t', m, sa.Column('a', sa.Integer(), counting, primary_key=True), sa.Column('o', sa.Integer(), sa.Sequence('no', optional=True)))
own = sa.Sequence('own', metadata=m, minvalue=-5)
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("m.create_all(op.get_bind())", ["own", "q"]),
        ("t.create(op.get_bind())", ["q"]),
        ("m.create_all(op.get_bind())\nm.drop_all(op.get_bind())", []),
        ("t.create(op.get_bind())\nt.drop(op.get_bind())", []),
        ("op.create_table('t', sa.Column('a', sa.Integer(), counting))", []),
        ("op.execute(sa.schema.CreateSequence(counting))", ["q"]),
    ],
)
def test_sequences_come_and_go_with_what_counts_with_them(code: str, expected: list[str]) -> None:
    sequences = left(SEQUENCES + code).sequences
    assert sorted(name.name for name in sequences) == expected
    options = {name.name: sequence.options for name, sequence in sequences.items()}
    if "q" in options:
        assert options["q"] == (
            ("cache", "3"),
            ("cycle", "true"),
            ("increment", "2"),
            ("start", "5"),
            ("type", "smallint"),
        )
    if "own" in options:
        assert options["own"] == (("minvalue", "-5"),)


def test_columns_are_called_by_their_keys() -> None:
    code = """
    m = sa.MetaData()
    t = sa.Table('t', m, sa.Column('User', sa.Integer(), key='user', primary_key=True), sa.Column('b', sa.Text()),
        sa.Index('i', 'user', 'b', postgresql_include=['user'], postgresql_ops={'user': 'int4_ops'}))
    r = sa.Table('r', m, sa.Column('Ref', sa.Integer(), key='ref'), sa.Column('two', sa.ForeignKey('t.user')),
        sa.UniqueConstraint('ref', name='u'), sa.ForeignKeyConstraint(['ref'], ['t.user'], name='f'))
    m.create_all(op.get_bind())
    op.create_table('w', sa.Column('a b', sa.Integer(), key='ab'), sa.UniqueConstraint('ab', name='u2'))
    """
    tables = left(code).tables
    (index,) = tables[T].indexes
    assert ([key.column for key in index.keys], index.include) == (["User", "b"], ("User",))
    constraints = {c.name: c for c in tables[Name("public", "r")].constraints}
    assert constraints["u"].columns_used == ("Ref",)
    keys = tables[Name("public", "r")].of_kind(ForeignKey)
    assert sorted((key.columns, key.referenced_columns) for key in keys) == [
        (("Ref",), ("User",)),
        (("two",), ("User",)),
    ]
    assert tables[Name("public", "w")].constraints[0].columns_used == ("a b",)


@pytest.mark.parametrize(
    ("requires", "column", "serial"),
    [
        ("1.4.54", "sa.Numeric()", True),
        ("2.0.40", "sa.Float()", True),
        ("2.1.0", "sa.Numeric()", False),
        ("2.1.0", "sa.Numeric(5, 0), autoincrement=True", True),
        ("1.4.54", "sa.Text()", False),
    ],
)
def test_numbers_that_sqlalchemy_makes_serial(requires: str, column: str, serial: bool) -> None:
    code = f"op.create_table('t', sa.Column('a', {column}, primary_key=True))"
    schema = follow(code, version=tuple(map(int, requires.split(".")))).paper.schema
    assert (schema.tables[T].columns[0].default is not None) == serial


def test_what_types_of_the_project_are() -> None:
    code = """
    from sqlalchemy.ext.compiler import compiles

    class Id(sa.types.TypeDecorator):
        impl = sa.String

        def __init__(self, *args, **kwargs):
            kwargs['length'] = 11
            super(Id, self).__init__(*args, **kwargs)

    class Amount(sa.types.TypeDecorator):
        impl = sa.Numeric

        def __init__(self, scale):
            sa.types.TypeDecorator.__init__(self, 20, scale)

    class Guid(sa.types.TypeDecorator):
        impl = sa.CHAR

        @staticmethod
        def load_dialect_impl(dialect):
            return dialect.type_descriptor(postgresql.UUID() if dialect.name == 'postgresql' else sa.CHAR(32))

    class Words(sa.types.TypeDecorator):
        impl = sa.UnicodeText

    @compiles(Words, 'postgresql')
    def words(element, compiler, **kw):
        return 'tsvector'

    sa.Guid = Guid
    kinds = Id(length=3), Amount(5), sa.Guid(), Words(), postgresql.INTERVAL(fields='DAY TO SECOND', precision=3)
    op.create_table('t', *(sa.Column(f'c{n}', kind) for n, kind in enumerate(kinds)))
    """
    types = [column.type for column in left(code).tables[T].columns]
    assert types == ["character varying(11)", "numeric(20,5)", "uuid", "tsvector", "interval day to second(3)"]


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


def test_what_stands_in_the_body_of_a_class_becomes_part_of_its_table() -> None:
    code = """
    from sqlalchemy.orm import declarative_base
    Base = declarative_base()

    class Year(Base):
        __tablename__ = "t"
        id = sa.Column(sa.Integer, primary_key=True)
        a = sa.Column(sa.Integer)
        b = sa.Column(sa.Integer)
        sa.Index("i", a, b)
        sa.UniqueConstraint(b, name="u")

    Base.metadata.create_all(op.get_bind())
    """
    table = left(code).tables[T]
    assert [(index.name, [key.column for key in index.keys]) for index in table.indexes] == [("i", ["a", "b"])]
    assert table.constraint("u") is not None


def test_a_key_of_a_column_that_is_no_text_is_none() -> None:
    table = left(
        "t = sa.Table('t', sa.MetaData(), sa.Column('a', sa.Text, key=['k']))\nt.create(op.get_bind())"
    ).tables[T]
    assert [column.name for column in table.columns] == ["a"]
