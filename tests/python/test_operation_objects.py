"""Operations as objects: Alembic's own, and the entities of alembic-utils."""

from __future__ import annotations

import pytest

from tests.python.following import follow

TABLE = "op.create_table('t', sa.Column('a', sa.Integer()), sa.Column('b', sa.Text()))"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ops.CreateTableOp('n', [sa.Column('x', sa.Integer())])", ["create_table n -"]),
        ("ops.CreateTableOp('n', columns=[sa.Column('x', sa.Integer())], schema='s')", ["create_table n -"]),
        (
            "ops.CreateTableOp.from_table(sa.Table('n', sa.MetaData(), sa.Column('x', sa.Integer())))",
            ["create_table n -"],
        ),
        ("ops.DropTableOp('t')", ["drop_table t -"]),
        ("ops.AddColumnOp('t', sa.Column('c', sa.Integer()))", ["add_column t c"]),
        ("ops.DropColumnOp('t', 'a')", ["drop_column t a"]),
        ("ops.AlterColumnOp('t', 'a', modify_type=sa.BigInteger(), modify_nullable=False)", ["alter_column t a"]),
        ("ops.CreateIndexOp('ix', 't', ['a'], unique=True)", ["create_index t ix"]),
        ("ops.CreateUniqueConstraintOp('uq', 't', ['a'])", ["create_unique_constraint t uq"]),
        ("ops.ExecuteSQLOp('DROP TABLE t')", ["drop_table t -"]),
        ("ops.RenameTableOp('t', 'u')", ["rename_table t -"]),
        (
            "ops.ModifyTableOps('t', [ops.DropColumnOp('t', 'a'), ops.DropColumnOp('t', 'b')])",
            ["drop_column t a", "drop_column t b"],
        ),
        ("ops.UpgradeOps(ops=[ops.DropTableOp('t')])", ["drop_table t -"]),
        ("ops.CreateIndexOp.from_index(unknown)", ["!opaque - -"]),
        ("unknown()", ["!opaque - -", "!opaque - -"]),
    ],
)
def test_invoked(code: str, told: list[str]) -> None:
    found = follow(f"from alembic.operations import ops\nop.invoke({code})", setup=TABLE)
    assert found.told == told


def test_what_an_altered_column_becomes() -> None:
    code = "op.invoke(ops.AlterColumnOp('t', 'a', modify_type=sa.BigInteger(), modify_nullable=False, modify_name='z'))"
    found = follow(f"from alembic.operations import ops\n{code}", setup=TABLE)
    column = next(iter(found.paper.result.tables.values())).columns[0]
    assert (column.name, column.type, column.not_null) == ("z", "bigint", True)


def test_a_class_of_the_project() -> None:
    code = """
    from alembic.operations import Operations, MigrateOperation

    class DropTwo(MigrateOperation):
        def __init__(self, names):
            self.names = names

    @Operations.implementation_for(DropTwo)
    def drop_two(operations, operation):
        for name in operation.names:
            operations.drop_table(name)

    op.invoke(DropTwo(['t']))
    """
    assert follow(code, setup=TABLE).told == ["drop_table t -"]


ENTITIES = """
from alembic_utils.pg_function import PGFunction
from alembic_utils.pg_view import PGView
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_trigger import PGTrigger
from alembic_utils.pg_policy import PGPolicy
from alembic_utils.pg_extension import PGExtension
from alembic_utils.pg_grant_table import PGGrantTable
function = PGFunction(
    schema="public", signature="touch(n integer DEFAULT 1)", definition="RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql"
)
view = PGView("public", "v", "SELECT a, b FROM t;")
stored = PGMaterializedView(schema="public", signature="m", definition="SELECT a FROM t", with_data=False)
trigger = PGTrigger("public", "touched", "BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()", on_entity="public.t")
policy = PGPolicy(schema="public", signature="own", on_entity="public.t", definition="AS PERMISSIVE FOR SELECT TO public USING (a > 0)")
extension = PGExtension("public", "citext")
grant = PGGrantTable(schema="public", table="t", role="anon", grant="DELETE")
"""


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("op.create_entity(function)", ["create_function - public.touch"]),
        ("op.replace_entity(function)", ["create_function - public.touch"]),
        (
            "op.create_entity(function); op.drop_entity(function)",
            ["create_function - public.touch", "drop_function - public.touch"],
        ),
        ("op.create_entity(view)", ["create_view - public.v"]),
        ("op.create_entity(view); op.replace_entity(view)", ["create_view - public.v", "create_view - public.v"]),
        (
            "op.create_entity(view); op.drop_entity(view, cascade=True)",
            ["create_view - public.v", "drop_view - public.v"],
        ),
        ("op.create_entity(stored)", ["create_materialized_view - public.m"]),
        ("op.replace_entity(stored)", ["drop_materialized_view - public.m", "create_materialized_view - public.m"]),
        (
            "op.create_entity(function); op.create_entity(trigger)",
            ["create_function - public.touch", "create_trigger t touched"],
        ),
        (
            "op.create_entity(function); op.create_entity(trigger); op.drop_entity(trigger)",
            ["create_function - public.touch", "create_trigger t touched", "drop_trigger t touched"],
        ),
        ("op.create_entity(policy)", ["create_policy t own"]),
        (
            "op.create_entity(policy); op.replace_entity(policy)",
            ["create_policy t own", "drop_policy t own", "create_policy t own"],
        ),
        ("op.create_entity(extension)", ["create_extension - citext"]),
        ("op.create_entity(grant); op.drop_entity(grant)", ["grant - -", "revoke - -"]),
        ("op.create_entity(PGView('public', 'v', unknown()))", ["!opaque - -", "!opaque - -"]),
        ("op.create_entity(unknown())", ["!opaque - -", "!opaque - -"]),
    ],
)
def test_entities(code: str, told: list[str]) -> None:
    found = follow(ENTITIES + code, setup=TABLE)
    assert found.told == told
    assert [step.failure for step in found.steps if step.failure] == []
