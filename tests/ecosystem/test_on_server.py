"""Reading a server's catalogs, running migrations, and loading what migralint prints."""

from __future__ import annotations

import sys
from pathlib import Path

from migralint.schema.document import document
from tests.ecosystem.answers import Answer
from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import database
from tests.ecosystem.execute import drive
from tests.ecosystem.measure import load_back
from tests.ecosystem.operations.operation import Recorded
from tests.ecosystem.operations.reduce import operations
from tests.ecosystem.projects import Execution, Project
from tests.ecosystem.recorded import Record
from tests.ecosystem.score import score_schema
from tests.postgres.server import Server, server
from tests.sql.reading import read

__all__ = ["server"]

EVERYTHING = (Path(__file__).parents[1] / "render" / "everything.sql").read_text()
SHOP = Project("shop", "shop==1", "shop-1.whl", "00", ("plain",), "migrations")
FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "a1", None

def upgrade(note):
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("state", sa.Enum("new", name="state")))
    op.execute("CREATE INDEX ix_state ON orders (state); UPDATE orders SET state = 'new'")
    op.get_bind().execute(sa.text("CREATE VIEW v AS SELECT id FROM orders"))
"""
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "b2", "a1"

def upgrade(note):
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column(note, sa.Text, server_default="-"))
        batch.create_check_constraint("short", sa.text(f"length({note}) < 9"))
    op.rename_table("orders", "purchases")
"""

OWN = """
import sqlalchemy as sa
from alembic import op
from alembic.operations import MigrateOperation, Operations, ops

revision, down_revision = "a1", None
LONG = "ix_" + "customers_" * 8

@Operations.register_operation("create_entity")
class CreateOp(MigrateOperation):
    def __init__(self, sql):
        self.sql = sql

    @classmethod
    def create_entity(cls, operations, sql):
        return operations.invoke(cls(sql))

@Operations.implementation_for(CreateOp)
def create_entity(operations, operation):
    if operation.sql:
        operations.execute(sa.text(operation.sql))
    else:
        operations.add_column("orders", sa.Column("state", sa.Text))
        operations.get_bind().execute(sa.text("DELETE FROM orders"))

class CheckedOp(ops.DropColumnOp):
    pass

@Operations.implementation_for(CheckedOp)
def checked(operations, operation):
    operations.drop_column(operation.table_name, operation.column_name)

def upgrade(note):
    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("gone", sa.Integer))
    op.create_entity("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    op.create_entity("CREATE VIEW v AS SELECT id FROM orders")
    op.create_entity("")
    op.invoke(CheckedOp("orders", "gone"))
    op.create_index(op.f(LONG), "orders", ["id"])
    op.execute("CREATE INDEX raw_" + LONG + " ON orders (id)")
"""


def test_catalog_and_replay_agree_on_everything(server: Server) -> None:
    with database(server, "everything") as made, made.connect() as connection:
        connection.execute(EVERYTHING.encode())
        there = contents(connection)
    score = score_schema(there, document(read(EVERYTHING).schema), ())
    assert score.count > 100
    assert (score.missing, score.extra) == ([], [])


def test_driver_writes_down_what_ran(server: Server, tmp_path: Path) -> None:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "a1.py").write_text(FIRST)
    (versions / "b2.py").write_text(SECOND)
    execution = Execution(arguments={"note": "remark"})
    with database(server, "driven") as made:
        events = drive(Path(sys.executable), SHOP, execution, tmp_path, made.sqlalchemy_url("psycopg"))
        with made.connect() as connection:
            tables = contents(connection)["tables"]
        assert any("CREATE TABLE public.purchases" in statement for statement in made.dump(["alembic_version"]))
    assert set(tables) == {"public.purchases", "public.alembic_version"}
    assert [c["name"] for c in tables["public.purchases"]["columns"]] == ["id", "state", "remark"]
    ran = operations(events)
    assert list(ran) == ["a1", "b2"]
    assert [o for o in ran["a1"] if not o.optional] == [
        Recorded("create_table", "orders"),
        Recorded("create_index", "orders", "ix_state"),
        Recorded("update", "orders"),
        Recorded("create_view", None, "v"),
    ]
    assert [o for o in ran["a1"] if o.optional] == [Recorded("create_type", None, "state", optional=True)]
    assert [o for o in ran["b2"] if not o.optional] == [
        Recorded("add_column", "orders", "remark"),
        Recorded("create_check_constraint", "orders", "short", names=frozenset({"short"})),
        Recorded("rename_table", "orders", renamed_to="purchases"),
    ]


def test_operations_of_others_are_what_they_do(server: Server, tmp_path: Path) -> None:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "a1.py").write_text(OWN)
    with database(server, "own") as made:
        execution = Execution(arguments={"note": ""})
        events = drive(Path(sys.executable), SHOP, execution, tmp_path, made.sqlalchemy_url("psycopg"))
        with made.connect() as connection:
            indexes = {index["name"] for index in contents(connection)["tables"]["public.orders"]["indexes"]}
    ran = [o for o in operations(events)["a1"] if not o.optional]
    assert [(o.operation, o.table, o.name) for o in ran[:-2]] == [
        ("create_table", "orders", None),
        ("create_function", None, "f"),
        ("create_view", None, "v"),
        ("add_column", "orders", "state"),
        ("delete", "orders", None),
        ("drop_column", "orders", "gone"),
    ]
    assert {o.name for o in ran[-2:]} == indexes


def test_sql_that_makes_something_else_is_found(server: Server) -> None:
    with database(server, "recorded") as made, made.connect() as connection:
        connection.execute("CREATE TABLE t (id serial PRIMARY KEY, a text); CREATE INDEX i ON t (a)")
        record = Record(contents(connection), {}, {})
    right = Answer({}, "CREATE TABLE t (id serial PRIMARY KEY, a text); CREATE INDEX i ON t (a)", [])
    assert load_back(SHOP, record, right, server)[0].is_equal
    wrong = Answer({}, "CREATE TABLE t (id serial PRIMARY KEY, a varchar)", [])
    score = load_back(SHOP, record, wrong, server)[0].score
    assert score is not None
    assert [kind for kind, _ in score.missing] == ["type", "index", "index_name"]
    broken = load_back(SHOP, record, Answer({}, "CREATE TABEL t ()", []), server)[0]
    assert broken.failure is not None
    assert "syntax error" in broken.failure


def test_dumps_of_the_same_schema_are_the_same(server: Server) -> None:
    first = "CREATE TABLE a (x int NOT NULL); CREATE TABLE b (y text DEFAULT '--')"
    second = "CREATE TABLE b (y text DEFAULT '--'); CREATE TABLE c (x int NOT NULL); ALTER TABLE c RENAME TO a"
    dumps = []
    for script in (first, second, first.replace("text", "varchar")):
        with database(server, "dumped") as made:
            with made.connect() as connection:
                connection.execute(script.encode())
            dumps.append(made.dump())
    assert dumps[0] == dumps[1] != dumps[2]
