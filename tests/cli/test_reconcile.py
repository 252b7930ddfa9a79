"""`migralint reconcile`: one forward-only migration after which every side has what the truth has."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.rule import Example
from tests.cli.conftest import Run
from tests.cli.databases import Databases, databases, differences
from tests.models.mutations.revisions import decided
from tests.postgres.server import server
from tests.project import Alembic
from tests.rules.project import write

__all__ = ["databases", "server"]

ORDERS = """op.execute("CREATE TYPE status AS ENUM ('new', 'paid')")
op.execute("CREATE DOMAIN word AS text DEFAULT 'x' CONSTRAINT said CHECK (VALUE <> '')")
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
op.execute("ALTER TABLE orders ADD CONSTRAINT unproven CHECK (amount < 100) NOT VALID")
op.execute("ALTER TABLE items ENABLE ROW LEVEL SECURITY")
op.execute("CREATE POLICY own ON items FOR SELECT USING (id > 0)")
op.execute("CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
op.execute("CREATE TRIGGER kept BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION kept()")
op.execute("ALTER TABLE items ADD COLUMN twice integer GENERATED ALWAYS AS (order_id * 2) STORED")
op.execute("CREATE INDEX by_twice ON items (twice)")
op.execute("CREATE VIEW dear AS SELECT id, amount FROM orders WHERE amount > 10")
op.execute("CREATE VIEW dearest AS SELECT id FROM dear WHERE amount > 100")
op.execute("CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'")
op.execute("CREATE POLICY noted ON orders USING (id > 0)")
op.execute("CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY, at date NOT NULL) PARTITION BY RANGE (at)")"""
BY_HAND = (
    "ALTER TABLE orders RENAME TO purchases",
    "ALTER TABLE orders RENAME TO purchases; ALTER TABLE purchases RENAME COLUMN id TO number; "
    "ALTER SEQUENCE orders_id_seq RENAME TO purchases_number_seq",
    "CREATE SCHEMA billing; ALTER TABLE items SET SCHEMA billing",
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
    "ALTER DOMAIN word DROP CONSTRAINT said; ALTER DOMAIN word ADD CONSTRAINT said CHECK (VALUE <> ' ')",
    "ALTER DOMAIN word SET NOT NULL; ALTER DOMAIN word DROP DEFAULT",
    "ALTER TABLE orders ALTER COLUMN buyer TYPE word",
    "ALTER INDEX ix_note RENAME TO by_note",
    "ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0)",
    "ALTER TABLE orders ADD CONSTRAINT one_line CHECK (note NOT LIKE E'%\\n%')",
    "ALTER TABLE orders ADD CONSTRAINT one_note UNIQUE (note)",
    "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY reading ON orders FOR SELECT USING (true)",
    "ALTER TABLE items FORCE ROW LEVEL SECURITY",
    "ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    "ALTER TABLE items DISABLE TRIGGER kept",
    "ALTER TABLE items DROP CONSTRAINT items_order, ADD CONSTRAINT items_order FOREIGN KEY (order_id) "
    "REFERENCES orders (id) MATCH FULL",
    "ALTER POLICY own ON items USING (id > 1)",
    "CREATE TABLE refunds (id integer PRIMARY KEY, order_id integer REFERENCES orders (id)); "
    "CREATE INDEX by_order ON refunds (order_id)",
    "CREATE TABLE log_2024 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "DROP POLICY own ON items; ALTER TABLE items ALTER COLUMN id TYPE bigint; "
    "CREATE POLICY own ON items FOR SELECT USING (id > 0)",
    "ALTER TABLE items DROP COLUMN twice, ALTER COLUMN order_id TYPE bigint; "
    "ALTER TABLE items ADD COLUMN twice integer GENERATED ALWAYS AS (order_id * 2) STORED; "
    "CREATE INDEX by_twice ON items (twice)",
    "ALTER TABLE items DROP COLUMN twice; "
    "ALTER TABLE items ADD COLUMN twice integer GENERATED ALWAYS AS (order_id + order_id) STORED; "
    "CREATE INDEX by_twice ON items (twice)",
    "DROP VIEW dear CASCADE; ALTER TABLE orders ALTER COLUMN amount TYPE bigint; "
    "CREATE VIEW dear AS SELECT id, amount FROM orders WHERE amount > 10; "
    "CREATE VIEW dearest AS SELECT id FROM dear WHERE amount > 100",
    "DROP VIEW dear CASCADE; CREATE VIEW dear AS SELECT amount, id FROM orders WHERE amount > 20; "
    "CREATE VIEW dearest AS SELECT id FROM dear WHERE amount > 100",
    "DROP POLICY noted ON orders; DROP VIEW dear CASCADE; ALTER TABLE orders ALTER COLUMN id TYPE bigint; "
    "CREATE POLICY noted ON orders USING (id > 1); "
    "CREATE VIEW dear AS SELECT id, amount FROM orders WHERE amount > 10; "
    "CREATE VIEW dearest AS SELECT id FROM dear WHERE amount > 100",
    "CREATE OR REPLACE VIEW dear AS SELECT id, amount, note FROM orders WHERE amount > 10",
    "DROP VIEW dearest; CREATE MATERIALIZED VIEW dearest AS SELECT id FROM dear WHERE amount > 100",
    'ALTER TABLE orders ALTER COLUMN buyer TYPE text COLLATE "C"',
    "DROP FUNCTION counted(); CREATE FUNCTION counted() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM orders'; "
    "CREATE VIEW totals AS SELECT total() AS number",
)
"""What was done by hand in production, each alone."""
IDENTITY = (
    "ALTER TABLE items ALTER COLUMN id DROP DEFAULT; DROP SEQUENCE items_id_seq; "
    "ALTER TABLE items ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (START 3)"
)


@pytest.fixture
def project(call: Run) -> Alembic:
    made = Alembic(Path.cwd())
    made.revision("one", ORDERS)
    Path("migralint.toml").write_text('queries = "alembic"\n[environments]\nproduction = "production.sql"\n')
    return made


@pytest.mark.parametrize("by_hand", [*BY_HAND, "ALTER TABLE orders VALIDATE CONSTRAINT unproven"])
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
    assert "left to decide: table public.refunds: table with id in production, not there in head" in ran.err


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


@pytest.mark.parametrize("truth", ["production", "head"])
def test_an_identity_and_a_sequence_take_the_place_of_each_other(
    call: Run, project: Alembic, databases: Databases, truth: str
) -> None:
    databases.make(IDENTITY)
    Path("production.sql").write_text(databases.dump())
    assert differences(call) == [("default", "id")]
    call("reconcile", "--truth", truth)
    for changes in ((IDENTITY,), ()):
        databases.make(*changes)
        before = databases.rows()
        databases.upgrade()
        assert databases.rows() == before
        databases.connection.execute("INSERT INTO items (order_id) VALUES (1)")
        Path("production.sql").write_text(databases.dump())
        assert differences(call) == []


def test_a_new_table_gets_its_row_security(call: Run, project: Alembic, databases: Databases) -> None:
    by_hand = (
        "CREATE TABLE refunds (id integer); ALTER TABLE refunds ENABLE ROW LEVEL SECURITY; "
        "CREATE POLICY mine ON refunds USING (id > 0); "
        "CREATE FUNCTION cleaned() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
        "CREATE TRIGGER cleaning BEFORE INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION cleaned()"
    )
    databases.make(by_hand)
    Path("production.sql").write_text(databases.dump())
    call("reconcile", "--truth", "production")
    for changes in ((by_hand,), ()):
        databases.make(*changes)
        databases.upgrade()
        asked = "SELECT relrowsecurity, polname, tgname FROM pg_class c LEFT JOIN pg_policy ON polrelid = c.oid "
        asked += "LEFT JOIN pg_trigger ON tgrelid = c.oid WHERE relname = 'refunds'"
        assert databases.connection.execute(asked.encode()).fetchall() == [(True, "mine", "cleaning")]


def test_an_index_takes_the_name_of_another(call: Run, project: Alembic, databases: Databases) -> None:
    project.revision("two", 'op.create_index("by_buyer", "orders", ["buyer"], unique=True)')
    by_hand = "DROP INDEX by_buyer; CREATE INDEX by_buyer ON orders (buyer); ALTER TABLE orders ADD UNIQUE (buyer)"
    databases.make()
    databases.upgrade("two")
    databases.connection.execute(by_hand.encode())
    Path("production.sql").write_text(databases.dump())
    for line in call("reconcile").out.splitlines():
        Path(line).write_text(decided(Path(line).read_text()))
    for changes in ((by_hand,), ()):
        databases.make()
        databases.upgrade("two")
        for statement in changes:
            databases.connection.execute(statement.encode())
        databases.upgrade()
        Path("production.sql").write_text(databases.dump())
        assert differences(call) == []


def test_a_trigger_of_a_table_of_others_goes_before_its_function(call: Run, project: Alembic) -> None:
    project.revision(
        "two",
        "op.execute(\"CREATE FUNCTION greet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'\")\n"
        'op.execute("CREATE TRIGGER made AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION greet()")',
    )
    Path("migralint.toml").unlink()
    policy = "CREATE POLICY reading ON storage.objects FOR SELECT USING (bucket_id = 'a');"
    Path("supabase_schema.sql").write_text(f"{call('schema', 'one').out} {policy}")
    first, *_ = call("reconcile", "--truth", "snapshot").out.splitlines()
    text = Path(first).read_text()
    assert "CREATE POLICY reading ON storage.objects" in text
    assert text.index("DROP TRIGGER IF EXISTS made ON auth.users") < text.index("DROP FUNCTION IF EXISTS greet()")


TO_OTHERS = "u uuid REFERENCES auth.users (id) ON DELETE CASCADE"


def test_a_foreign_key_to_a_table_of_others_is_left_to_decide_or_written(call: Run, project: Alembic) -> None:
    project.revision("two", 'op.execute("CREATE TABLE profiles (id integer PRIMARY KEY, u uuid)")')
    Path("migralint.toml").unlink()
    made = call("schema", "two").out
    with_key = made.replace("u uuid", TO_OTHERS)
    Path("supabase_schema.sql").write_text(with_key[with_key.index("CREATE") :])
    assert ("foreign_key", "profiles_u_fkey") in differences(call)
    ran = call("reconcile", "--truth", "head")
    assert "nothing to write" not in ran.err
    (path,) = ran.out.splitlines()
    assert "profiles_u_fkey" in upgrade_of(path)


def test_the_sequences_of_a_renamed_table_have_its_name(call: Run, project: Alembic, databases: Databases) -> None:
    databases.make("ALTER TABLE orders RENAME TO purchases; ALTER SEQUENCE orders_id_seq RENAME TO purchases_id_seq")
    Path("production.sql").write_text(databases.dump())
    call("reconcile", "--truth", "production")
    databases.make()
    databases.upgrade()
    query = "SELECT pg_get_serial_sequence('purchases', 'id')"
    assert databases.connection.execute(query).fetchall() == [("public.purchases_id_seq",)]


def test_an_extension_of_the_history_is_made_before_what_needs_it(call: Run, project: Alembic) -> None:
    said = '"uuid-ossp" WITH SCHEMA extensions'
    default = "ALTER TABLE items ADD COLUMN code uuid DEFAULT extensions.uuid_generate_v4()"
    project.revision("two", f"op.execute('CREATE EXTENSION {said}')\nop.execute('{default}')")
    Path("migralint.toml").unlink()
    Path("supabase_schema.sql").write_text(call("schema", "one").out)
    ran = call("reconcile")
    text = "".join(Path(line).read_text() for line in ran.out.splitlines())
    assert "Decide" not in text
    assert 0 < text.index(f"CREATE EXTENSION IF NOT EXISTS {said}") < text.index("uuid_generate_v4")


def test_a_foreign_key_of_the_history_to_a_table_of_others(call: Run, project: Alembic) -> None:
    project.revision("two", f'op.execute("CREATE TABLE profiles (id integer PRIMARY KEY, {TO_OTHERS})")')
    Path("migralint.toml").unlink()
    with_key = call("schema", "two").out.replace("u uuid", TO_OTHERS)
    whole = with_key[with_key.index("CREATE TYPE") :]
    without_others = whole.replace("CREATE TABLE auth.users (\n);", "")
    for text, found in (
        (whole, []),
        (without_others, []),
        (without_others.replace(TO_OTHERS, "u uuid"), [("foreign_key", "profiles_u_fkey")]),
    ):
        Path("supabase_schema.sql").write_text(text)
        assert differences(call) == found


def test_what_migralint_itself_leaves_out_of_a_snapshot_is_not_lacking(call: Run, project: Alembic) -> None:
    project.revision("two", f'op.execute("CREATE TABLE profiles (id integer PRIMARY KEY, {TO_OTHERS})")')
    Path("migralint.toml").unlink()
    Path("supabase_schema.sql").write_text(call("schema", "two").out)
    assert differences(call) == []


def test_an_expression_is_dropped_where_the_column_has_one(call: Run, project: Alembic, databases: Databases) -> None:
    generated = "ALTER TABLE orders ADD COLUMN twice integer GENERATED ALWAYS AS (amount * 2) STORED"
    project.revision("two", f'op.execute("{generated}")')
    plain = "ALTER TABLE orders ALTER COLUMN twice DROP EXPRESSION"
    databases.make()
    databases.upgrade("two")
    databases.connection.execute(plain)
    Path("production.sql").write_text(databases.dump())
    (path,) = call("reconcile", "--truth", "production").out.splitlines()
    assert f"{plain} IF EXISTS" in upgrade_of(path)
    for changes in ((plain,), ()):
        databases.make()
        databases.upgrade("two")
        for statement in changes:
            databases.connection.execute(statement.encode())
        databases.upgrade()
        Path("production.sql").write_text(databases.dump())
        assert differences(call) == []


def test_what_is_of_an_enum_that_is_made_anew_makes_room(call: Run, project: Alembic) -> None:
    made = """
CREATE TYPE kind AS ENUM ('usual', 'odd');
ALTER TABLE orders ADD COLUMN kind kind;
CREATE INDEX by_kind ON orders (amount) WHERE kind = 'usual';
CREATE TABLE notes (id integer, order_id integer);
CREATE FUNCTION fits(kind) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE TYPE pair AS (one kind, two integer);
CREATE POLICY own ON notes USING (order_id IN (SELECT o.id FROM orders o WHERE o.kind = 'usual' AND fits(o.kind)));
"""
    project.revision("two", f"op.execute({made!r})")
    Path("migralint.toml").unlink()
    text = call("schema", "two").out
    Path("supabase_schema.sql").write_text(text[text.index("CREATE") :].replace("'odd'", "'rare'"))
    ran = call("reconcile", "--truth", "snapshot")
    written = " ".join("".join(Path(line).read_text() for line in ran.out.splitlines()).replace("#", "").split())
    steps = (
        *("DROP POLICY", "DROP FUNCTION", "RENAME TO kind_old", "op.drop_index(", "TYPE kind USING", "ALTER ATTRIBUTE"),
        *("DROP TYPE IF EXISTS kind_old", "CREATE OR REPLACE FUNCTION fits", "op.create_index(", "CREATE POLICY own"),
    )
    places = [written.index(one) for one in steps]
    assert places == sorted(places)


def test_a_type_under_a_policy_makes_room(call: Run, project: Alembic) -> None:
    policy = "CREATE POLICY small ON orders USING (amount > 0);\n"
    project.revision("two", f'op.execute("{policy.strip()}")')
    Path("migralint.toml").unlink()
    made = call("schema", "one").out
    wider = made[made.index("CREATE") :].replace("amount integer", "amount bigint") + policy
    Path("supabase_schema.sql").write_text(wider)
    ran = call("reconcile", "--truth", "snapshot")
    text = " ".join("".join(Path(line).read_text() for line in ran.out.splitlines()).replace("#", "").split())
    assert text.index("DROP POLICY small") < text.index("type_=sa.BigInteger()") < text.index("CREATE POLICY small")
    assert "makes no bigint" not in text
    assert "amount::text" not in text


def test_an_environment_that_stops_before_it_is_told_of(call: Run, project: Alembic, databases: Databases) -> None:
    databases.make("CREATE INDEX by_buyer ON orders (buyer); ALTER TABLE items ADD COLUMN note text")
    Path("production.sql").write_text(databases.dump())
    project.revision("two", 'op.create_index("by_buyer", "orders", ["buyer"])')
    said = "create_index of index public.orders.by_buyer fails in production"
    assert said in call("reconcile", "--truth", "production").err
    assert f"error[MG518] {said}" in call("drift", "--no-cache").out


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
