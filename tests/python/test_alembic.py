"""What the evaluator knows of Alembic and SQLAlchemy."""

from __future__ import annotations

import pytest

from migralint.operations import AlterColumn, AlterTypeAddValue, CreateConstraint, CreateIndex, CreateTable, Update
from migralint.schema import Check, EnumType, ForeignKey, Generated, Name, PrimaryKey, Table
from tests.python.following import follow, run

TABLE = "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.String(50)))"


def _table(code: str, **options: object) -> object:
    return follow(code, **options).paper.schema.tables[Name("public", "t")]  # type: ignore[arg-type]  # options of follow


def test_aliased_imports() -> None:
    for line in ("from alembic import op as o", "import alembic.op as o", "import alembic\no = alembic.op"):
        assert run(f"{line}\ndef upgrade():\n    o.drop_table('t')").told == ["drop_table t -"]


def test_create_table_becomes_columns_keys_and_sequences() -> None:
    code = """
    op.create_table(
        't',
        sa.Column('id', sa.BigInteger(), primary_key=True),
        sa.Column('email', sa.String(100), nullable=False, unique=True),
        sa.Column('at', sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.Column('kind', sa.Text(), server_default='x'),
        sa.Column('ok', sa.Boolean(), server_default=sa.text('true'), nullable=False),
        sa.CheckConstraint('length(email) > 3'),
    )
    """
    schema = follow(code).paper.schema
    table = schema.tables[Name("public", "t")]
    shown = [(c.name, c.type, c.not_null, c.default) for c in table.columns]
    assert shown == [
        ("id", "bigint", True, "nextval('t_id_seq'::regclass)"),
        ("email", "character varying(100)", True, None),
        ("at", "timestamp with time zone", False, "now()"),
        ("kind", "text", False, "'x'"),
        ("ok", "boolean", True, "true"),
    ]
    assert sorted(c.name for c in table.constraints) == ["t_email_check", "t_email_key", "t_pkey"]
    assert [str(s) for s in schema.sequences] == ["public.t_id_seq"]


def test_options_of_create_table() -> None:
    code = """
    op.create_table('t', sa.Column('id', sa.Integer()), sa.Column('at', sa.Date()),
        sa.PrimaryKeyConstraint('id', 'at', name='own', deferrable=True, initially='DEFERRED'),
        prefixes=['UNLOGGED'], postgresql_partition_by='RANGE (at)')
    """
    table = _table(code)
    assert isinstance(table, Table)
    assert (table.persistence, table.partition_by) == ("unlogged", "RANGE (at)")
    assert table.primary_key == PrimaryKey("own", ("id", "at"), (), True, "DEFERRED")


def test_colons_that_are_no_parameters() -> None:
    code = (
        TABLE
        + r"""
    op.execute("ALTER TABLE t ADD CONSTRAINT one CHECK (a <> '\\:x')")
    op.create_check_constraint('two', 't', "a <> '\\:x'")
    op.add_column('t', sa.Column('b', sa.Text(), sa.Computed("a || '\\:x'")))
    """.replace("\n    op", "\nop")
    )
    table = _table(code)
    assert isinstance(table, Table)
    assert {c.expression for c in table.of_kind(Check)} == {"a <> ':x'"}
    assert table.columns[-1].generated == Generated("a || ':x'")


def test_collations_that_types_bring() -> None:
    code = """
    op.create_table('t', sa.Column('a', sa.String(9, 'C')), sa.Column('b', sa.Text(collation='POSIX')),
        sa.Column('c', postgresql.ARRAY(sa.Unicode(collation='C'))), sa.Column('d', sa.Enum('x', 'y', name='e')),
        sa.Column('e', sa.String().with_variant(sa.String(collation='C'), 'postgresql')), sa.Column('f', sa.String(9)))
    op.alter_column('t', 'a', type_=sa.Text())
    op.alter_column('t', 'f', type_=sa.Text(collation='C'))
    """
    table = follow(code).paper.schema.tables[Name("public", "t")]
    assert [c.collation for c in table.columns] == [None, "POSIX", "C", None, "C", "C"]


def test_values_taken_out_of_json_are_cast() -> None:
    code = """
    op.add_column('t', sa.Column('data', sa.JSON))
    data = sa.column('data', sa.JSON)
    for name, kind in (('a', data['k'].as_string()), ('b', data[('k', 'l')].as_string()), ('c', data['k'].as_integer()),
                       ('d', data['k'].as_numeric(10, 2)), ('e', data['k'].astext)):
        op.create_index(name, 't', [kind])
    """
    followed = follow(code, setup=TABLE)
    keys = {i.name: i.keys[0].expression for i in followed.paper.schema.tables[Name("public", "t")].indexes}
    assert keys == {
        "a": "CAST((data ->> 'k') AS VARCHAR)",
        "b": "CAST((data #>> '{k,l}') AS VARCHAR)",
        "c": "CAST((data ->> 'k') AS INTEGER)",
        "d": "CAST((data ->> 'k') AS NUMERIC(10, 2))",
        "e": "(data ->> 'k')",
    }


def test_enum_types_are_made_by_create_table_and_not_by_add_column() -> None:
    made = follow("op.create_table('t', sa.Column('s', sa.Enum('a', 'b', name='st')))")
    assert made.told == ["create_type - public.st", "create_table t -"]
    assert made.steps[0].implicit
    added = follow("op.add_column('t', sa.Column('s', sa.Enum('a', 'b', name='st')))", setup=TABLE)
    assert added.told == ["add_column t s"]
    assert follow("op.create_table('u', sa.Column('s', postgresql.ENUM('a', name='x', create_type=False)))").told == [
        "create_table u -"
    ]


def test_enum_objects_create_and_drop_with_checkfirst() -> None:
    code = """
    e = postgresql.ENUM('a', 'b', name='st')
    e.create(op.get_bind(), checkfirst=True)
    e.create(op.get_bind(), checkfirst=True)
    e.drop(op.get_bind())
    e.drop(op.get_bind(), checkfirst=True)
    """
    assert follow(code).told == ["create_type - public.st", "drop_type - public.st"]


def test_tables_and_indexes_create_and_drop_with_checkfirst() -> None:
    code = """
    bind = op.get_bind()
    metadata = sa.MetaData()
    t = sa.Table('t', metadata, sa.Column('a', sa.Integer(), index=True))
    for time in range(2):
        t.create(bind, checkfirst=True)
        for index in t.indexes:
            index.create(bind, checkfirst=True)
    for time in range(2):
        for index in t.indexes:
            index.drop(bind, checkfirst=True)
        t.drop(bind, checkfirst=True)
        metadata.drop_all(bind)
    """
    assert follow(code).told == [
        "create_table t -",
        "create_index t ix_t_a",
        "drop_index t ix_t_a",
        "drop_table t -",
    ]


def test_python_enums_give_their_member_names() -> None:
    source = """
import enum
import sqlalchemy as sa
from alembic import op
class S(enum.Enum):
    A = "aa"
    B = "bb"
def upgrade():
    op.create_table("t", sa.Column("s", sa.Enum(S)), sa.Column("v", sa.Enum(S, name="v", values_callable=lambda e: [m.value for m in e])))
"""
    schema = run(source).paper.schema
    assert {str(e.name): e.labels for e in schema.enums()} == {"public.s": ("A", "B"), "public.v": ("aa", "bb")}


def test_auto_gives_what_the_class_of_the_enum_says() -> None:
    source = """
import enum
import sqlalchemy as sa
from alembic import op
class Named(str, enum.Enum):
    @staticmethod
    def _generate_next_value_(name, *_, **__):
        return name
    @staticmethod
    def auto():
        return enum.auto()
class State(Named):
    OPEN = Named.auto()
    PAID = Named.auto()
class Number(enum.Enum):
    ONE = enum.auto()
    TWO = enum.auto()
def upgrade():
    op.create_table("t", sa.Column("s", sa.Text, server_default=State.PAID), sa.Column("n", sa.Text, server_default=f"{Number.TWO.value}"))
"""
    [table] = run(source).paper.schema.tables.values()
    assert [column.default for column in table.columns] == ["'PAID'", "'2'"]


def test_batch_operations_run_at_the_end_of_the_block() -> None:
    code = """
    with op.batch_alter_table('t') as batch_op:
        batch_op.add_column(sa.Column('b', sa.Integer()))
        op.execute('UPDATE t SET a = 1')
        batch_op.create_index('ix_b', ['b'])
    """
    assert follow(code, setup=TABLE).told == ["update t -", "add_column t b", "create_index t ix_b"]


def test_a_batch_that_makes_the_table_anew_is_told() -> None:
    code = "with op.batch_alter_table('t', recreate='always') as batch_op:\n    batch_op.drop_column('a')"
    for how, notes in (("always", ["MG002"]), ("auto", [])):  # only its names are not known: no doubt about the rest
        found = follow(code.replace("always", how), setup=TABLE)
        assert found.told == ["drop_column t a"]
        assert [note.kind for note in found.paper.notes] == notes


def test_autocommit_block_is_outside_of_transactions() -> None:
    code = """
    with op.get_context().autocommit_block():
        op.create_index('ix', 't', ['a'], postgresql_concurrently=True)
    op.drop_column('t', 'a')
    """
    steps = follow(code, setup=TABLE).steps
    assert [s.transaction for s in steps] == [None, 1]
    assert isinstance(steps[0].operation, CreateIndex)
    assert steps[0].operation.concurrently


def test_naming_conventions_and_shortening() -> None:
    naming = {
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
    code = f"""
    {TABLE}
    op.create_unique_constraint(None, 't', ['a'])
    op.create_check_constraint('short', 't', 'a <> 1')
    op.create_check_constraint(op.f('kept'), 't', 'a <> 2')
    op.create_index(op.f('ix_' + 'x' * 70), 't', ['a'])
    """
    followed = follow(code, naming=naming)
    names = [s.operation.object_name for s in followed.steps[1:]]
    assert names[:3] == ["uq_t_a", "ck_t_short", "kept"]
    assert names[3] is not None
    assert len(names[3]) == 60
    assert followed.paper.schema.tables[Name("public", "t")].primary_key.name == "pk_t"  # type: ignore[union-attr]  # it has one


def test_alter_column_keeps_what_it_does_not_mention() -> None:
    followed = follow(
        "op.alter_column('t', 'a', new_column_name='b', type_=sa.Text(), nullable=False, server_default=None)",
        setup=TABLE,
    )
    operation = followed.steps[0].operation
    assert operation == AlterColumn(Name("public", "t"), "a", new_name="b", type="text", not_null=True, default=None)


def test_foreign_keys_in_all_forms() -> None:
    code = """
    op.create_table('u', sa.Column('t_id', sa.Integer(), sa.ForeignKey('t.id', ondelete='CASCADE')))
    op.create_foreign_key('fk', 'u', 't', ['t_id'], ['id'], ondelete='SET NULL', postgresql_not_valid=True)
    """
    followed = follow(code, setup=TABLE)
    keys = list(followed.paper.schema.tables[Name("public", "u")].of_kind(ForeignKey))
    assert [(k.name, k.on_delete, k.validated) for k in keys] == [
        ("u_t_id_fkey", "CASCADE", True),
        ("fk", "SET NULL", False),
    ]


def test_statements_as_constructs() -> None:
    code = """
    t = sa.table('t', sa.column('id'), sa.column('a'))
    op.execute(t.update().where(t.c.id == 5).values(a='x'))
    op.execute(sa.update(t).values(a='y'))
    op.get_bind().execute(t.insert().values(a='z'))
    op.execute(t.delete())
    op.bulk_insert(t, [{'id': 1, 'a': 'q'}])
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["update t -", "update t -", "insert t -", "delete t -", "bulk_insert t -"]
    assert [o.where for o in followed.operations if isinstance(o, Update)] == [True, False]


def test_sql_text_is_read_and_placed_in_its_literal() -> None:
    code = """
    name = 't'
    op.execute(f"ALTER TABLE {name} " + "DROP COLUMN a; DROP TABLE missing")
    op.execute(sa.text('DROP TABLE %s' % name))
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["drop_column t a", "drop_table missing -", "drop_table t -"]
    assert all(s.place.node >= 0 for s in followed.steps)


CIRCLE = """
m = sa.MetaData()
sa.Table("a", m, sa.Column("id", sa.Integer, primary_key=True), sa.Column("b", sa.ForeignKey("b.id", name="to_b"{first})))
sa.Table("b", m, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.ForeignKey("a.id", name="to_a")))
m.create_all(op.get_bind())
"""


@pytest.mark.parametrize(
    ("first", "keys"),
    [
        ("", ["create_foreign_key a to_b", "create_foreign_key b to_a"]),
        (", use_alter=True", ["create_foreign_key a to_b"]),
    ],
)
def test_tables_that_reference_one_another_get_their_keys_at_the_end(first: str, keys: list[str]) -> None:
    code = CIRCLE.format(first=first)
    assert follow(code).told == ["create_table a -", "create_table b -", *keys]
    found = follow(f"{code}m.drop_all(op.get_bind())").paper.schema
    assert not found.tables


def test_metadata_create_all_and_reflection() -> None:
    code = """
    m = sa.MetaData()
    sa.Table('b', m, sa.Column('id', sa.Integer(), primary_key=True), sa.Column('t_id', sa.Integer(), sa.ForeignKey('c.id')))
    sa.Table('c', m, sa.Column('id', sa.Integer(), primary_key=True), sa.Column('x', sa.Integer(), index=True))
    m.create_all(op.get_bind())
    r = sa.Table('t', sa.MetaData(), autoload_with=op.get_bind())
    return [c.name for c in r.columns]
    """
    followed = follow(code, setup=TABLE)
    assert followed.told == ["create_table c -", "create_index c ix_c_x", "create_table b -"]
    assert followed.value == ["id", "a"]


def test_names_read_back_by_reflection() -> None:
    setup = f"""
    {TABLE}
    op.create_index('ix_a', 't', ['a'])
    op.create_unique_constraint(None, 't', ['a'])
    """
    code = """
    insp = sa.inspect(op.get_bind())
    for u in insp.get_unique_constraints('t'):
        op.drop_constraint(u['name'], 't', type_='unique')
    for i in insp.get_indexes('t'):
        op.drop_index(i['name'], table_name='t')
    """
    assert follow(code, setup=setup).told == ["drop_constraint t t_a_key", "drop_index t ix_a"]


def test_type_decorators_of_the_project() -> None:
    files = {
        "types_.py": """
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator
class GUID(TypeDecorator):
    impl = sa.CHAR
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.UUID())
        return dialect.type_descriptor(sa.CHAR(32))
class Short(TypeDecorator):
    impl = sa.String(20)
"""
    }
    code = "from types_ import GUID, Short\nop.create_table('t', sa.Column('g', GUID()), sa.Column('s', Short))"
    table = follow(code, files=files).paper.schema.tables[Name("public", "t")]
    assert [c.type for c in table.columns] == ["uuid", "character varying(20)"]


def test_unknown_operations_and_types_are_told() -> None:
    assert follow("op.no_such_thing('t')").told == ["!opaque - -"]
    followed = follow("import pkg\nop.create_table('t', sa.Column('a', pkg.Odd()))")
    assert followed.told == ["create_table t -"]
    assert [n.kind for n in followed.paper.notes] == ["MG002"]
    column = followed.paper.schema.tables[Name("public", "t")].column("a")
    assert column is not None
    assert column.doubtful


def test_sql_files_of_the_project_are_read() -> None:
    files = {"sql/up.sql": "DROP TABLE t;"}
    code = "from pathlib import Path\nop.execute((Path(__file__).parent / 'sql' / 'up.sql').read_text())"
    followed = follow(code, setup=TABLE, files=files)
    assert followed.told == ["drop_table t -"]
    assert followed.steps[0].place.path == "sql/up.sql"


def test_create_table_operation_keeps_unnamed_constraints_for_the_server() -> None:
    operation = follow("op.create_table('t', sa.Column('a', sa.Integer(), unique=True))").operations[0]
    assert isinstance(operation, CreateTable)
    assert [c.name for c in operation.definition.constraints] == [""]
    made = follow("op.create_primary_key(None, 't', ['a'])", setup="op.create_table('t', sa.Column('a', sa.Integer()))")
    assert isinstance(made.operations[0], CreateConstraint)


def test_labels_have_the_schema_that_a_table_is_given_with() -> None:
    code = "op.create_table('t', sa.Column('p', sa.Integer, index=True), schema='app')"
    assert follow(code, setup="op.execute('CREATE SCHEMA app')").told[1:] == ["create_index t ix_app_t_p"]
    added = "op.add_column('t', sa.Column('q', sa.Integer, index=True), schema='app')"
    setup = "op.execute('CREATE SCHEMA app'); op.create_table('t', schema='app')"
    assert follow(added, setup=setup).told[1:] == ["create_index t ix_app_t_q"]


def test_enums_without_a_type_may_bring_a_check() -> None:
    kind = "sa.Enum('a', 'b', native_enum=False, create_constraint=True, name='ck_k')"
    made = follow(f"op.create_table('t', sa.Column('k', {kind}))").paper.schema.tables[Name("public", "t")]
    assert [(c.name, c.expression) for c in made.of_kind(Check)] == [("ck_k", "k IN ('a', 'b')")]
    added = follow(f"op.add_column('t', sa.Column('k', {kind}))", setup="op.create_table('t')")
    assert added.told == ["add_column t k", "create_check_constraint t ck_k"]
    native = "op.create_table('t', sa.Column('k', sa.Enum('a', create_constraint=True, name='e')))"
    assert not list(follow(native).paper.schema.tables[Name("public", "t")].of_kind(Check))


def test_a_primary_key_column_that_is_added_counts() -> None:
    schema = follow("op.add_column('t', sa.Column('id', sa.Integer, primary_key=True))", setup="op.create_table('t')")
    (column,) = schema.paper.schema.tables[Name("public", "t")].columns
    assert (column.type, column.not_null, column.default) == ("integer", True, "nextval('t_id_seq'::regclass)")
    code = "op.add_column('t', sa.Column('id', sa.Integer, primary_key=True), inline_primary_key=True)"
    assert follow(code, setup="op.create_table('t')").told == ["add_column t id", "create_primary_key t -"]


def test_what_is_known_of_an_alter_column_counts() -> None:
    code = "import x\nop.alter_column('t', 'a', nullable=False, type_=x.kind())"
    followed = follow(code, setup=TABLE)
    assert followed.told == ["alter_column t a", "!opaque - -"]
    column = followed.paper.schema.tables[Name("public", "t")].column("a")
    assert column is not None
    assert column.not_null


REFERENCES = """
op.create_table('a', sa.Column('id', sa.Integer, primary_key=True))
op.create_table('b', sa.Column('x', sa.Integer, sa.ForeignKey('a.id')), sa.Column('y', sa.Integer))
"""


def test_reflected_tables_have_their_foreign_keys() -> None:
    code = """
    t = sa.Table('b', sa.MetaData(), autoload_with=op.get_bind())
    assert [fk.parent.name for fk in t.foreign_keys] == ['x']
    assert not t.c.y.foreign_keys
    for fk in t.c.x.foreign_keys:
        assert fk.column.table.name == 'a'
        op.drop_constraint(fk.constraint.name, 'b')
    """
    assert follow(code, setup=REFERENCES).told == ["drop_constraint b b_x_fkey"]
    code = """
    t = sa.Table('b', sa.MetaData(), autoload_with=op.get_bind())
    for c in t.constraints:
        if isinstance(c, sa.ForeignKeyConstraint):
            op.drop_constraint(c.name, 'b')
    """
    assert follow(code, setup=REFERENCES).told == ["drop_constraint b b_x_fkey"]


def test_columns_that_are_compared_are_one_or_not() -> None:
    code = """
    metadata = sa.MetaData()
    a = sa.Table('a', metadata, autoload_with=op.get_bind())
    b = sa.Table('b', metadata, autoload_with=op.get_bind())
    (key,) = b.foreign_keys
    return [bool(x) for x in (key.column == a.c.id, key.parent == b.c.x, key.parent == b.c.y, key.parent != b.c.y)]
    """
    assert follow(code, setup=REFERENCES).value == [True, True, False, True]


def test_an_inspector_gives_its_first_answer_again() -> None:
    code = """
    inspector = sa.inspect(op.get_bind())
    for time in range(2):
        for key in inspector.get_foreign_keys('b'):
            if time:
                op.create_foreign_key(key['name'], 'b', 'a', key['constrained_columns'], ['id'])
            else:
                op.drop_constraint(key['name'], 'b')
    inspector.clear_cache()
    return len(inspector.get_foreign_keys('b')), len(sa.inspect(op.get_bind()).get_foreign_keys('b'))
    """
    followed = follow(code, setup=REFERENCES)
    assert followed.told == ["drop_constraint b b_x_fkey", "create_foreign_key b b_x_fkey"]
    assert followed.value == (1, 1)


def test_dialects_are_instances() -> None:
    code = """
    from sqlalchemy.dialects.postgresql.base import PGDialect
    from sqlalchemy.dialects.mysql.base import MySQLDialect
    dialect = op.get_bind().dialect
    return isinstance(dialect, PGDialect), isinstance(dialect, MySQLDialect)
    """
    assert follow(code).value == (True, False)


def test_types_of_the_project_that_are_mutable() -> None:
    code = """
    from sqlalchemy.ext import mutable
    class Text(sa.TypeDecorator):
        impl = sa.Text
    class Own(mutable.Mutable, list):
        pass
    op.create_table('t', sa.Column('a', Own.as_mutable(Text)))
    """
    assert _table(code).columns[0].type == "text"  # type: ignore[attr-defined]  # a table


def test_temporary_tables_hide_no_others() -> None:
    code = """
    op.execute("CREATE TEMP TABLE tmp AS SELECT 1 AS id")
    op.create_table('own', prefixes=['TEMPORARY'])
    op.add_column('t', sa.Column('z', sa.Integer))
    op.create_table('new')
    op.execute("ALTER TABLE t ADD COLUMN q int")
    op.drop_table('own')
    op.drop_table('tmp')
    """
    followed = follow(code, setup=TABLE)
    assert [str(s.operation.table_name) for s in followed.steps] == [
        "pg_temp.tmp",
        "pg_temp.own",
        "public.t",
        "public.new",
        "public.t",
        "pg_temp.own",
        "pg_temp.tmp",
    ]
    assert [s.failure for s in followed.steps] == [None] * 7


def test_the_search_path_finds_what_is_there() -> None:
    code = """
    op.execute("CREATE SCHEMA other")
    op.execute("SET search_path TO other, public")
    op.add_column('t', sa.Column('z', sa.Integer))
    op.create_table('t', sa.Column('z', sa.Integer))
    op.drop_column('t', 'z')
    return sa.inspect(op.get_bind()).has_table('t')
    """
    followed = follow(code, setup=TABLE)
    names = [str(s.operation.table_name) for s in followed.steps[1:]]
    assert names == ["public.t", "other.t", "other.t"]
    assert followed.value is True


def test_a_connection_of_its_own_in_autocommit() -> None:
    code = """
    own = op.get_bind().engine.connect().execution_options(isolation_level='AUTOCOMMIT')
    with own as connection:
        connection.exec_driver_sql('CREATE INDEX CONCURRENTLY i ON t (a)')
    op.get_bind().execution_options(isolation_level='AUTOCOMMIT').execute(sa.text('DROP INDEX i'))
    """
    steps = follow(code, setup=TABLE).steps
    assert [s.transaction is None for s in steps] == [True, False]


def test_sync_enum_values_of_pairs() -> None:
    setup = "op.execute(\"CREATE TYPE e AS ENUM ('a')\"); op.execute('CREATE TABLE t (k e)')"
    call = "op.sync_enum_values(enum_schema='public', enum_name='e', new_values=['a', 'b'], affected_columns=[%s])"
    followed = follow(call % "('t', 'k')", setup=setup)
    assert [e.labels for e in followed.paper.schema.enums()] == [("a", "b")]
    assert follow(call % "('t',)", setup=setup).told == ["!opaque - -"]


def test_columns_as_keys_of_values() -> None:
    code = "t = sa.table('t', sa.column('a'), sa.column('b'))\nop.execute(t.update().values({t.c.a: t.c.b}))"
    (operation,) = follow(code, setup=TABLE).operations
    assert isinstance(operation, Update)
    assert operation.columns == ("a",)


def test_sync_enum_values_makes_indexes_anew() -> None:
    setup = """
    postgresql.ENUM('a', 'b', name='e').create(op.get_bind())
    op.create_table('t', sa.Column('a', postgresql.ENUM(name='e', create_type=False)))
    op.execute("CREATE INDEX i ON t (a) WHERE a <> 'b'::e")
    """
    code = """
    from alembic_postgresql_enum import TableReference, TableIndex
    op.sync_enum_values(
        'public', 'e', ['a', 'c'], [TableReference(table_schema='public', table_name='t', column_name='a')],
        enum_values_to_rename=[('b', 'c')],
        indexes_to_recreate=[TableIndex(name='public.i', definition="CREATE INDEX i ON public.t (a) WHERE a <> 'b'::e")],
    )
    op.add_enum_value(enum_schema='public', enum_name='e', new_value='d', before_value='a')
    """
    found = follow(code, setup=setup)
    assert [line for line in found.told if "index" in line] == ["drop_index - i", "create_index t i"]
    (table,) = found.paper.schema.tables.values()
    assert [index.where for index in table.indexes] == ["a <> 'c'::e"]
    assert [kind.labels for kind in found.paper.schema.types.values() if isinstance(kind, EnumType)] == [
        ("a", "d", "c")
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("utils.index_exists(engine, 't', 'ix_a')", True),
        ("utils.index_exists(engine, 't', 'ix_b')", False),
        ("utils.index_exists_on_columns(engine, 't', ['a'])", True),
        ("utils.index_exists_on_columns(engine, 't', ('b',))", False),
        ("utils.column_exists(engine, 't', 'a')", True),
        ("utils.column_exists(engine, 't', 'c')", False),
        ("bool(utils.get_indexes(engine, 't'))", True),
        ("engine.dialect.name == 'postgresql'", True),
    ],
)
def test_what_oslo_db_is_asked(question: str, expected: bool) -> None:
    imports = "from oslo_db.sqlalchemy import enginefacade, utils\nengine = enginefacade.reader.get_engine()"
    setup = "op.create_table('t', sa.Column('a', sa.Integer()), sa.Column('b', sa.Integer()))\nop.create_index('ix_a', 't', ['a'])"
    found = follow(f"{imports}\nif {question}:\n    op.drop_table('t')", setup=setup)
    assert found.told == (["drop_table t -"] if expected else [])


def test_altering_a_column_object_alters_nothing() -> None:
    code = (
        "with op.batch_alter_table('t') as batch:\n    batch.alter_column(sa.Column('a', sa.Integer(), nullable=False))"
    )
    found = follow(code, setup="op.create_table('t', sa.Column('a', sa.Integer()))")
    assert found.told == ["alter_column t a"]
    assert found.steps[0].before == found.steps[0].after


def test_names_of_constraints_at_their_positions() -> None:
    code = """
    op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table(
        "t",
        sa.Column("a", sa.Integer, sa.CheckConstraint("a > 1", "inline")),
        sa.CheckConstraint("a > 2", "listed"),
        sa.ForeignKeyConstraint(["a"], ["p.id"], "key"),
    )
    """
    tables = follow(code).paper.result.tables
    assert {c.name for table in tables.values() for c in table.constraints} == {"p_pkey", "inline", "listed", "key"}


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("str(url).startswith('sqlite')", []),
        ("not str(url).startswith('sqlite')", ["drop_table t -"]),
        ("'sqlite' in str(url)", []),
        ("'postgresql' in str(url).lower()", ["drop_table t -"]),
        ("url.drivername.startswith('postgres')", ["drop_table t -"]),
        ("url.drivername.startswith(('mysql', 'sqlite'))", []),
        ("url.get_backend_name() == 'postgresql'", ["drop_table t -"]),
        ("url.get_dialect().name == 'sqlite'", []),
        ("'localhost' in str(url)", ["?drop_table t -"]),
        ("str(url).startswith('postgresql+asyncpg')", ["?drop_table t -"]),
        ("url.database == 'test'", ["?drop_table t -"]),
    ],
)
def test_what_the_url_tells(condition: str, told: list[str]) -> None:
    setup = "op.create_table('t', sa.Column('a', sa.Integer()))"
    for engine in ("op.get_bind().engine", "op.get_bind()", "op.get_context().bind.engine"):
        found = follow(f"url = {engine}.url\nif {condition}:\n    op.drop_table('t')", setup=setup)
        assert found.told == told


def test_what_a_batch_puts_off_stays_as_doubtful_as_it_was() -> None:
    code = "import requests\nwith op.batch_alter_table('t') as b:\n    if requests.get():\n        b.drop_column('a')"
    setup = "op.create_table('t', sa.Column('a', sa.Integer()), sa.Column('b', sa.Integer()))"
    assert [line for line in follow(code, setup=setup).told if "drop" in line] == ["?drop_column t a"]
    code = "import requests\nwith op.batch_alter_table('t') as b:\n    for name in requests.get():\n        b.drop_column('a')"
    found = follow(code, setup=setup)
    assert "?drop_column t a" in found.told
    assert next(iter(found.paper.result.tables.values())).column("a") is not None


def test_the_dialect_knows_indexes() -> None:
    code = "if not op.get_bind().dialect.has_index(op.get_bind(), 't', 'ix'):\n    op.create_index('ix', 't', ['a'])"
    assert follow(code, setup="op.create_table('t', sa.Column('a', sa.Integer()))").told == ["create_index t ix"]


def test_an_enum_is_synchronised_under_a_column_with_a_default() -> None:
    setup = "op.create_table('t', sa.Column('a', sa.Enum('x', name='e'), server_default='x'))"
    found = follow(
        "op.sync_enum_values('public', 'e', ['x', 'y'], [('t', 'a')], enum_values_to_rename=[])", setup=setup
    )
    assert [step.failure for step in found.steps if step.failure] == []
    column = next(iter(found.paper.result.tables.values())).columns[0]
    assert (column.type, column.default) == ("e", "'x'::e")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ChoiceType([('a', 'A')])", "character varying(255)"),
        ("ChoiceType(Kind, impl=sa.Integer())", "integer"),
        ("EmailType()", "character varying(255)"),
    ],
)
def test_sizes_of_types_of_other_packages(kind: str, expected: str) -> None:
    found = follow(
        f"import sqlalchemy_utils\nop.add_column('t', sa.Column('c', sqlalchemy_utils.{kind}))".replace(
            "Kind", "object"
        ),
        setup="op.create_table('t', sa.Column('a', sa.Integer()))",
    )
    assert next(iter(found.paper.result.tables.values())).columns[1].type == expected


def test_an_enum_may_be_the_variant_of_a_type_and_have_one() -> None:
    found = follow("""
    kind = sa.Enum('a', 'b', name='e').with_variant(sa.String(10), 'sqlite')
    other = sa.Enum('c', name='f').with_variant(postgresql.TEXT(), 'postgresql')
    op.create_table('t', sa.Column('x', kind), sa.Column('y', other))
    """)
    (table,) = found.paper.schema.tables.values()
    assert [(column.name, column.type) for column in table.columns] == [("x", "e"), ("y", "text")]
    assert [str(name) for name in found.paper.schema.types] == ["public.e"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("op.create_table('t', db.Column('id', db.Integer, primary_key=True))", ["create_table t -"]),
        ("db.session.execute('CREATE TABLE t (id int)')\ndb.session.commit()", ["create_table t -"]),
        ("with db.engine.begin() as c:\n    c.execute(sa.text('CREATE TABLE t (id int)'))", ["create_table t -"]),
        ("t = db.Table('t', db.Column('id', db.Integer))\ndb.metadata.create_all(op.get_bind())", ["create_table t -"]),
        (
            "class T(db.Model):\n    __tablename__ = 't'\n    id = db.Column(db.Integer)\n    r = db.relationship('Z')\n"
            "T.__table__.create(op.get_bind())\ndb.session.add(T(id=1))",
            ["create_table t -", "insert t -"],
        ),
    ],
)
def test_flask_sqlalchemy(code: str, told: list[str]) -> None:
    assert follow(f"from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n{code}").told == told


GEO = "from geoalchemy2 import Geometry, Geography, Raster\n"
POINT = "Geometry('POINT', srid=4326"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (f"op.create_table('t', sa.Column('g', {POINT})))", ["create_table t -", "create_index t idx_t_g"]),
        (f"op.create_table('t', sa.Column('g', {POINT}, spatial_index=False)))", ["create_table t -"]),
        ("op.create_table('t', sa.Column('g', Geography))", ["create_table t -", "create_index t idx_t_g"]),
        (
            f"op.create_geospatial_table('t', sa.Column('g', {POINT}, spatial_index=False)))\n"
            "op.create_geospatial_index('idx_t_g', 't', ['g'], postgresql_using='gist')\n"
            "op.drop_geospatial_index('idx_t_g', 't', column_name='g')\nop.drop_geospatial_table('t')",
            ["create_table t -", "create_index t idx_t_g", "drop_index t idx_t_g", "drop_table t -"],
        ),
        (
            "op.create_table('t', sa.Column('id', sa.Integer))\n"
            f"op.add_column('t', sa.Column('g', {POINT})))\nop.add_geospatial_column('t', sa.Column('h', {POINT})))\n"
            "op.drop_geospatial_column('t', 'h')",
            ["create_table t -", "add_column t g", "create_index t idx_t_g", "add_column t h", "drop_column t h"],
        ),
        (
            "op.create_table('t', sa.Column('id', sa.Integer))\nwith op.batch_alter_table('t') as b:\n"
            f"    b.add_geospatial_column(sa.Column('h', {POINT}, spatial_index=False)))\n"
            "    b.create_geospatial_index('ih', ['h'])",
            ["create_table t -", "add_column t h", "create_index t ih"],
        ),
    ],
)
def test_geoalchemy2_makes_an_index_with_each_column(code: str, told: list[str]) -> None:
    steps = follow(GEO + code).steps
    assert [f"{s.operation.operation} t {s.operation.object_name or '-'}" for s in steps] == told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "op.sync_enum_values('public', 'kind', ['a'], ['c', 'a', 'b'])",
            ["alter_type_add_value public.kind b", "alter_type_add_value public.kind c"],
        ),
        ("op.sync_enum_values('public', 'kind', ['a', 'b'], ['a'], [('t', 'c')], False)", []),
        ("op.sync_enum_values('public', 'kind', ['a', 'b'], ['a'], [('t', 'c')], True)", ["!"]),
    ],
)
def test_sync_enum_values_of_old_and_new_labels(code: str, told: list[str]) -> None:
    followed = follow(code, setup="postgresql.ENUM('a', name='kind').create(op.get_bind())")
    found = [s.operation for s in followed.steps]
    assert [
        f"alter_type_add_value {o.name} {o.value}" if isinstance(o, AlterTypeAddValue) else "!" for o in found
    ] == told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("op.execute(sa.DDL('CREATE TABLE %(t)s (id int)', context={'t': 'q'}))", ["create_table q -"]),
        (
            "from sqlalchemy.dialects.postgresql.base import CreateEnumType, DropEnumType\n"
            "e = postgresql.ENUM('a', name='kind', schema='public')\n"
            "op.execute(CreateEnumType(e))\nop.execute(f'ALTER TYPE {e.schema}.{e.name} RENAME TO sort')",
            ["create_type - public.kind", "alter_type_rename - public.kind"],
        ),
        (
            "from sqlalchemy.ext.compiler import compiles\nfrom sqlalchemy.schema import DDLElement\n"
            "class View(DDLElement):\n    def __init__(self, name, query):\n        self.name = name\n"
            "        self.query = query\n"
            "@compiles(View, 'mysql')\ndef _no(element, compiler, **kw):\n    return 'no'\n"
            "@compiles(View)\ndef _make(element, compiler, **kw):\n"
            "    return 'CREATE VIEW %s AS %s' % (element.name, compiler.sql_compiler.process(element.query))\n"
            "op.execute(View('v', sa.text('SELECT 1 AS a')))",
            ["create_view - public.v"],
        ),
        (
            "from psycopg2 import sql\nq = sql.SQL('CREATE TABLE {} ({})').format(sql.Identifier('s', 'T'), "
            "sql.SQL(', ').join(sql.Identifier(n) + sql.SQL(' int') for n in ('a', 'b')))\n"
            "op.execute('CREATE SCHEMA s')\nop.get_bind().connection.cursor().execute(q)\n"
            "op.execute(sql.SQL('DROP TABLE s.{name}').format(name=sql.Identifier('T')).as_string(op.get_bind()))",
            ["create_schema - s", "create_table T -", "drop_table T -"],
        ),
        (
            "from psycopg2.extras import execute_batch, execute_values\nop.execute('CREATE TABLE t (id int)')\n"
            "cursor = op.get_bind().connection.cursor()\nexecute_values(cursor, 'INSERT INTO t VALUES %s', [(1,)])\n"
            "execute_batch(cursor, 'UPDATE t SET id = %s', [(1,)])\nexecute_batch(cursor, 'DELETE FROM t', [])\n"
            "with open('x.csv') as f:\n    cursor.copy_expert('COPY t FROM STDIN', f)",
            ["create_table t -", "insert t -", "update t -", "copy t -"],
        ),
    ],
)
def test_statements_that_libraries_compose(code: str, told: list[str]) -> None:
    assert follow(code).told == told


def test_a_default_that_the_project_compiles() -> None:
    followed = follow(
        "from sqlalchemy.ext.compiler import compiles\nfrom sqlalchemy.sql.expression import FunctionElement\n"
        "class utcnow(FunctionElement):\n    type = sa.DateTime()\n"
        "@compiles(utcnow, 'postgresql')\ndef _now(element, compiler, **kw):\n    return \"timezone('utc', now())\"\n"
        "op.create_table('t', sa.Column('x', sa.DateTime, server_default=utcnow()))"
    )
    (table,) = followed.paper.schema.tables.values()
    assert table.columns[0].default == "timezone('utc', now())"


def test_a_scale_without_a_precision_is_not_written() -> None:
    columns = "sa.Column('a', sa.Numeric(scale=2)), sa.Column('b', sa.Numeric(8)), sa.Column('c', sa.Numeric(8, 2))"
    (table,) = follow(f"op.create_table('t', {columns})").paper.schema.tables.values()
    assert [column.type for column in table.columns] == ["numeric", "numeric(8,0)", "numeric(8,2)"]


def test_the_srid_of_a_geometry_by_its_place() -> None:
    code = f"{GEO}op.create_table('t', sa.Column('g', Geometry('POINT', 4326, spatial_index=False)))"
    (table,) = follow(code).paper.schema.tables.values()
    assert table.columns[0].type == "geometry(Point,4326)"
