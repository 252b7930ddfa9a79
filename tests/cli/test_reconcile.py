"""`migralint reconcile`: one forward-only migration after which every side has what the truth has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from migralint.rule import Example
from tests.cli.conftest import Run
from tests.models.mutations.revisions import decided
from tests.postgres.server import Server, server, wipe
from tests.project import Alembic
from tests.rules.project import write

__all__ = ["server"]

ORDERS = """op.execute("CREATE TYPE status AS ENUM ('new', 'paid')")
op.create_table(
    "orders",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("buyer", sa.Text, nullable=False),
    sa.Column("amount", sa.Integer),
    sa.Column("note", sa.String(50)),
    sa.Column("status", sa.Enum("new", "paid", name="status", create_type=False), server_default="new"),
)
op.create_table(
    "items",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id", name="items_order")),
)
op.create_index("ix_note", "orders", ["note"])
op.execute("ALTER TABLE items ENABLE ROW LEVEL SECURITY")
op.execute("CREATE POLICY own ON items FOR SELECT USING (id > 0)")"""
ROWS = """
INSERT INTO orders (buyer, amount, note) VALUES ('ada', 1, 'x'), ('bob', 2, 'y');
INSERT INTO items (order_id) VALUES (1), (2);
"""
BY_HAND = (
    "ALTER TABLE orders RENAME TO purchases",
    "ALTER TABLE orders RENAME COLUMN note TO remark",
    "ALTER TABLE orders ALTER COLUMN note TYPE character varying(80)",
    "ALTER TABLE orders ADD COLUMN paid_at timestamp with time zone",
    "ALTER TABLE items DROP CONSTRAINT items_order, ADD CONSTRAINT items_order FOREIGN KEY (order_id) "
    "REFERENCES orders (id) ON DELETE CASCADE",
    "ALTER TABLE items DROP CONSTRAINT items_order",
    "ALTER TYPE status ADD VALUE 'sent'",
    "ALTER TABLE orders ALTER COLUMN amount SET DEFAULT 0",
    "ALTER TABLE orders ALTER COLUMN buyer DROP NOT NULL",
    "ALTER TABLE orders ALTER COLUMN amount SET NOT NULL",
    "DROP INDEX ix_note; CREATE INDEX by_buyer ON orders (buyer)",
    "ALTER INDEX ix_note RENAME TO by_note",
    "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0)",
    "ALTER TABLE orders ADD CONSTRAINT one_note UNIQUE (note)",
    "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY reading ON orders FOR SELECT USING (true)",
    "ALTER POLICY own ON items USING (id > 1)",
    "CREATE TABLE refunds (id integer PRIMARY KEY, order_id integer REFERENCES orders (id)); "
    "CREATE INDEX by_order ON refunds (order_id)",
    "CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders'; "
    "CREATE VIEW totals AS SELECT total() AS number",
)
"""What was done by hand in production, each alone."""


@pytest.fixture
def project(call: Run) -> Alembic:
    made = Alembic(Path.cwd())
    made.revision("one", ORDERS)
    Path("migralint.toml").write_text('queries = "alembic"\n[environments]\nproduction = "production.sql"\n')
    return made


class Databases:
    """Makes databases on a server and runs the project's migrations on them."""

    def __init__(self, server: Server, connection: psycopg.Connection[Any]) -> None:
        self.server = server
        self.connection = connection

    def make(self, *by_hand: str) -> None:
        """The one that the history made up to `one`, with rows, after changes by hand."""
        wipe(self.connection)
        self.upgrade("one")
        for statement in (ROWS, *by_hand):
            self.connection.execute(statement.encode())

    def upgrade(self, target: str = "heads") -> None:
        config = Config()
        config.set_main_option("script_location", "alembic")
        script = ScriptDirectory.from_config(config)
        url = self.server.uri.replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url)

        def steps(heads: Any, _context: Any) -> Any:
            return script._upgrade_revs(target, heads)

        with EnvironmentContext(config, script, fn=steps) as environment, engine.connect() as connection:
            environment.configure(connection=connection, transaction_per_migration=True)
            with environment.begin_transaction():
                environment.run_migrations()
        engine.dispose()

    def dump(self) -> str:
        rows = self.connection.execute("SELECT version_num FROM alembic_version").fetchall()
        written = "".join(f"INSERT INTO public.alembic_version VALUES ('{row[0]}');\n" for row in rows)
        return self.server.dump() + written

    def rows(self) -> list[Sequence[Any]]:
        tables = [t for t in ("orders", "purchases", "items") if self._has(t)]
        return [row for t in tables for row in self.connection.execute(f"SELECT * FROM {t} ORDER BY 1").fetchall()]

    def _has(self, table: str) -> bool:
        row = self.connection.execute("SELECT to_regclass(%s)", [table]).fetchone()
        return row is not None and row[0] is not None


@pytest.fixture
def databases(server: Server) -> Any:
    with server.empty() as connection:
        yield Databases(server, connection)


def differences(call: Run) -> list[tuple[str, str]]:
    data = json.loads(call("drift", "--output-format", "json", "--no-cache").out)
    return [(one["kind"], one["object"]["name"] or one["object"]["table"]) for one in data["differences"]]


@pytest.mark.parametrize("by_hand", BY_HAND)
def test_the_history_and_production_become_what_production_is(
    call: Run, project: Alembic, databases: Databases, by_hand: str
) -> None:
    databases.make(by_hand)
    Path("production.sql").write_text(databases.dump())
    assert differences(call)
    ran = call("reconcile", "--truth", "production")
    assert ran.code == 0, ran.err
    assert ran.out, ran.err
    said = "\n".join(Path(line).read_text() for line in ran.out.splitlines())
    for changes in ((by_hand,), ()):  # production itself, and a database that the history made
        databases.make(*changes)
        before = databases.rows()
        databases.upgrade()
        assert [row[: len(old)] for row, old in zip(databases.rows(), before, strict=True)] == before
        Path("production.sql").write_text(databases.dump())
        if "# Decide" not in said:
            assert differences(call) == [], f"{changes}\n{said}"


@pytest.mark.parametrize("by_hand", BY_HAND)
def test_production_becomes_what_the_history_makes(
    call: Run, project: Alembic, databases: Databases, by_hand: str
) -> None:
    databases.make(by_hand)
    Path("production.sql").write_text(databases.dump())
    ran = call("reconcile")
    assert ran.code == 0, ran.err
    said = "\n".join(Path(line).read_text() for line in ran.out.splitlines())
    for changes in ((by_hand,), ()):
        databases.make(*changes)
        before = databases.rows()
        databases.upgrade()
        assert len(databases.rows()) == len(before)
        Path("production.sql").write_text(databases.dump())
        if "# Decide" not in said:
            assert differences(call) == [], f"{changes}\n{said}"


def upgrade_of(path: str) -> str:
    text = Path(path).read_text()
    return text[text.index("def upgrade") : text.index("def downgrade")].split('"""', 2)[-1].strip("\n")


def test_one_migration_converges_environments_that_differ(call: Run, project: Alembic, databases: Databases) -> None:
    by_hand = {
        "production": ("ALTER TABLE orders RENAME TO purchases", "CREATE INDEX hot ON purchases (amount)"),
        "staging": ("CREATE INDEX hot ON orders (amount)",),
        "ci": ("DROP INDEX ix_note", "ALTER TABLE items DROP CONSTRAINT items_order"),
    }
    configured = "".join(f'{name} = "{name}.sql"\n' for name in by_hand)
    Path("migralint.toml").write_text(f'truth = "production"\nqueries = "alembic"\n[environments]\n{configured}')
    for name, statements in by_hand.items():
        databases.make(*statements)
        Path(f"{name}.sql").write_text(databases.dump())
    ran = call("reconcile", "-m", "converge")
    assert ran.code == 0, ran.err
    assert ran.err == ""
    for name, statements in by_hand.items():
        databases.make(*statements)
        before = databases.rows()
        databases.upgrade()
        assert databases.rows() == before
        Path(f"{name}.sql").write_text(databases.dump())
    assert differences(call) == []
    assert "at the head" in call("drift").out
    again = call("reconcile")
    assert (again.out, "there is nothing to write" in again.err) == ("", True)


def test_what_every_side_needs_is_not_guarded(call: Run, project: Alembic, databases: Databases) -> None:
    databases.make()
    Path("production.sql").write_text(databases.dump())
    databases.make("ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0)")
    Path("supabase_schema.sql").write_text(databases.dump())
    ran = call("reconcile", "--truth", "snapshot")
    first, second = ran.out.splitlines()
    assert "IF NOT EXISTS (SELECT FROM pg_constraint" in upgrade_of(first)  # the snapshot has it
    Path(first).unlink()
    Path(second).unlink()
    databases.make("ALTER TABLE orders RENAME TO purchases")
    Path("supabase_schema.sql").write_text(databases.dump())
    (path,) = call("reconcile", "--truth", "snapshot").out.splitlines()
    assert "to_regclass('public.orders') IS NOT NULL" in upgrade_of(path)


def test_what_loses_something_is_left_to_decide(call: Run, project: Alembic, databases: Databases) -> None:
    databases.make("ALTER TABLE orders ADD COLUMN paid_at date", "CREATE TABLE refunds (id integer)")
    Path("production.sql").write_text(databases.dump())
    ran = call("reconcile")
    (path,) = ran.out.splitlines()
    text = upgrade_of(path)
    assert '    # op.execute("ALTER TABLE orders DROP COLUMN IF EXISTS paid_at")' in text
    assert '    # op.drop_table("refunds", if_exists=True)' in text
    assert text.endswith("    pass")
    assert "left to decide: table public.refunds of production is table with id, in head it is not there" in ran.err


@pytest.mark.parametrize(
    "by_hand",
    [
        "ALTER TABLE orders ALTER COLUMN status DROP DEFAULT, ALTER COLUMN status TYPE text USING status::text; "
        "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'new'; DROP TYPE status",
        "ALTER TYPE status ADD VALUE 'sent'",
    ],
)
@pytest.mark.parametrize("truth", ["head", "production"])
def test_an_enum_with_a_default_can_be_left(
    call: Run, project: Alembic, databases: Databases, by_hand: str, truth: str
) -> None:
    databases.make(by_hand)
    Path("production.sql").write_text(databases.dump())
    paths = [Path(line) for line in call("reconcile", "--truth", truth).out.splitlines()]
    for path in paths:
        path.write_text(decided(path.read_text()))
    for changes in ((by_hand,), ()):
        databases.make(*changes)
        before = databases.rows()
        databases.upgrade()
        assert databases.rows() == before
        Path("production.sql").write_text(databases.dump())
        assert differences(call) == []


def test_a_column_of_the_key_is_filled_before_it_is_one(call: Run, project: Alembic, databases: Databases) -> None:
    keyed = 'op.create_table("settings", *(sa.Column(n, sa.Text, primary_key=True) for n in ("name", "space")))'
    project.revision("two", keyed)
    by_hand = (
        "ALTER TABLE settings DROP COLUMN space, ALTER COLUMN name DROP NOT NULL; INSERT INTO settings VALUES ('a')"
    )
    databases.make()
    databases.upgrade("two")
    databases.connection.execute(by_hand.encode())
    Path("production.sql").write_text(databases.dump())
    first, _ = (Path(line) for line in call("reconcile").out.splitlines())
    databases.upgrade(first.name.partition("_")[0])
    databases.connection.execute("UPDATE settings SET space = 'x'")
    databases.upgrade()
    Path("production.sql").write_text(databases.dump())
    assert differences(call) == []


def test_the_default_of_an_enum_does_not_hold_on_to_its_type(call: Run, project: Alembic, databases: Databases) -> None:
    project.revision("two", 'op.create_table("moods", sa.Column("mood", sa.String(20), server_default="good"))')
    databases.make()
    databases.upgrade("two")
    databases.connection.execute(
        "CREATE TYPE mood AS ENUM ('good', 'bad'); ALTER TABLE moods ALTER COLUMN mood DROP DEFAULT, "
        "ALTER COLUMN mood TYPE mood USING mood::mood, ALTER COLUMN mood SET DEFAULT 'good'"
    )
    by_hand = databases.dump().replace("DEFAULT 'good'::public.mood", "DEFAULT 'good'")
    Path("production.sql").write_text(by_hand)  # as somebody writes it
    for line in call("reconcile").out.splitlines():
        Path(line).write_text(decided(Path(line).read_text()))
    databases.upgrade()
    Path("production.sql").write_text(databases.dump())
    assert differences(call) == []


def test_a_label_is_removed_only_where_it_is(call: Run, project: Alembic, databases: Databases) -> None:
    by_hand = "ALTER TYPE status ADD VALUE 'sent'; CREATE TABLE kept (LIKE orders)"
    databases.make(by_hand)
    Path("production.sql").write_text(databases.dump())
    for line in call("reconcile").out.splitlines():
        Path(line).write_text(decided(Path(line).read_text()))
    number = "SELECT to_regtype('status')::oid"
    for changes, same in (((by_hand,), False), ((), True)):
        databases.make(*changes)
        before = databases.connection.execute(number).fetchone()
        databases.upgrade()
        assert (databases.connection.execute(number).fetchone() == before) is same
        Path("production.sql").write_text(databases.dump())
        assert differences(call) == []


@pytest.mark.parametrize("table", ["orders", "refunds"])
def test_a_function_goes_after_the_triggers_that_run_it(
    call: Run, project: Alembic, databases: Databases, table: str
) -> None:
    by_hand = (
        "CREATE TABLE refunds (id integer); "
        "CREATE FUNCTION cleaned() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
        f"CREATE TRIGGER cleaning BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION cleaned()"
    )
    databases.make(by_hand)
    Path("production.sql").write_text(databases.dump())
    for line in call("reconcile").out.splitlines():
        Path(line).write_text(decided(Path(line).read_text()))
    databases.upgrade()
    Path("production.sql").write_text(databases.dump())
    assert differences(call) == []


def test_several_heads_and_nothing_to_reconcile_with(call: Run, project: Alembic) -> None:
    Path("migralint.toml").write_text("")
    assert "There is nothing to reconcile with" in call("reconcile").err
    Path("supabase_schema.sql").write_text("CREATE TABLE public.refunds (id integer);\n")
    project.heads = []
    project.revision("other", "pass")
    ran = call("reconcile", "--truth", "snapshot")
    assert ran.code == 2
    assert "several heads: one, other" in ran.err


@pytest.mark.parametrize("truth", ["head", "production"])
def test_a_side_that_could_not_be_read_is_not_said_to_have_what_the_truth_has(call: Run, truth: str) -> None:
    write(Example(upgrade='op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))'), Path())
    Path("production.sql").write_bytes(b"\x00\xff\xfe" * 500)
    settings = ["--config", 'environments = {production = {dump = "production.sql", revision = "first"}}']
    ran = call("reconcile", "--truth", truth, *settings)
    assert ran.code == 2
    assert ran.out == ""
    assert "production.sql" in ran.err
    assert "nothing to write" not in ran.err
