"""What findings say: the cause in full, help that works, one finding for one cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.rule import Example
from migralint.verdict.finding import Finding
from tests.rules.project import judged, write

USERS = """op.create_table(
    "users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text), sa.Column("mail", sa.Text)
)
op.create_table("visits", sa.Column("id", sa.Integer, primary_key=True), sa.Column("user_id", sa.Integer))"""


def said(
    root: Path,
    code: str,
    upgrade: str,
    *,
    setup: str = USERS,
    downgrade: str | None = None,
    settings: tuple[str, ...] = (),
) -> list[Finding]:
    """The findings of a rule."""
    write(Example(setup=setup, upgrade=upgrade, downgrade=downgrade, settings=settings), root)
    return [one for one in judged(root).active if one.code == code]


# downgrades that the policy forbids ---------------------------------------------------------------------------------
WRONG = 'op.drop_column("users", "phone")\nop.execute(open("/etc/hostname").read())'


def test_of_a_downgrade_that_has_to_go_only_that_is_said(tmp_path: Path) -> None:
    write(Example(setup=USERS, upgrade='op.add_column("users", sa.Column("a", sa.Text))', downgrade=WRONG), tmp_path)
    verdict = judged(tmp_path)
    assert [one.code for one in verdict.active] == ["MG310"]
    assert "and it cannot run: PostgreSQL refuses drop_column (column public.users.phone: " in verdict.active[0].message
    assert verdict.coverage.opaque == 1


def test_where_downgrades_are_run_they_are_judged(tmp_path: Path) -> None:
    example = Example(setup=USERS, upgrade="pass", downgrade=WRONG, settings=('downgrade = "any"',))
    write(example, tmp_path)
    assert sorted(one.code for one in judged(tmp_path).active) == ["MG002", "MG320"]


def test_a_downgrade_that_overwrites_values_destroys_them(tmp_path: Path) -> None:
    downgrade = "op.execute(\"UPDATE users SET name = NULL WHERE name = 'x'\")"
    [one] = said(tmp_path, "MG310", "pass", downgrade=downgrade)
    assert one.severity == "error"
    assert "destroys values of public.users.name" in one.message


def test_an_error_of_the_downgrade_is_told_with_it(tmp_path: Path) -> None:
    [one] = said(tmp_path, "MG310", "pass", downgrade='op.drop_constraint(None, "users")')
    assert "and it cannot run: the code raises CompileError" in one.message


# what was not understood --------------------------------------------------------------------------------------------
def test_one_call_of_a_helper_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def run(bind, text):\n    bind.execute(text)\n    bind.execute(text)\n")
    code = "import helper\nhelper.run(op.get_bind(), open('/etc/hostname').read())"
    assert len(said(tmp_path, "MG002", code)) == 1


def test_what_always_raises_is_told_so(tmp_path: Path) -> None:
    [one] = said(tmp_path, "MG002", 'op.drop_constraint(None, "users")')
    assert one.message.endswith("a constraint without a name: the upgrade always stops here, and does nothing")


def test_a_detail_of_a_column_that_is_not_known_is_told(tmp_path: Path) -> None:
    column = "sa.Column('a', values.kind, nullable=values.empty, server_default=values.first)"
    told = said(tmp_path, "MG002", f"from elsewhere import values\nop.add_column('users', {column})")
    assert {one.severity for one in told} == {"info"}
    assert sorted(one.message.partition(" is not known")[0] for one in told) == [
        "the default of column a",
        "the type of column a",
        "whether column a takes NULL",
    ]


# locks that are held already ----------------------------------------------------------------------------------------
HELD = 'op.add_column("visits", sa.Column("page", sa.Text))\n'
KEY = 'op.create_foreign_key("of_user", "visits", "users", ["user_id"], ["id"], deferrable=True, initially="DEFERRED")'


def test_reads_wait_too_where_the_table_is_locked_already(tmp_path: Path) -> None:
    index = 'op.create_index("ix", "visits", ["user_id"])'
    [one] = said(tmp_path / "index", "MG201", HELD + index)
    assert "which the transaction has locked before: all reads and writes wait until" in one.message
    [one] = said(tmp_path / "key", "MG205", HELD + KEY)
    assert "and no reads of public.visits, which the transaction has locked before" in one.message
    [one] = said(tmp_path / "alone", "MG205", KEY)
    assert "no reads" not in one.message


def test_the_table_that_waits_is_named_not_the_new_one(tmp_path: Path) -> None:
    new = 'op.create_table("logins", sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id")))'
    root = tmp_path / "project"
    write(Example(setup=USERS, upgrade=new), root)
    env = root / "alembic" / "env.py"
    env.write_text("\n".join(line for line in env.read_text().splitlines() if "lock_timeout" not in line))
    [one] = [one for one in judged(root).active if one.code == "MG225"]
    assert one.related[0].message == "locks public.users"


# help ---------------------------------------------------------------------------------------------------------------
def help_of(root: Path, code: str, upgrade: str, setup: str = USERS) -> str:
    [one] = said(root, code, upgrade, setup=setup)
    return one.help or ""


def test_help_keeps_what_the_statement_says(tmp_path: Path) -> None:
    assert 'deferrable=True, initially="DEFERRED"' in help_of(tmp_path / "key", "MG205", KEY)
    index = 'op.drop_index("ix", table_name="users", if_exists=True)'
    setup = f'{USERS}\nop.create_index("ix", "users", ["name"])'
    assert "if_exists=True" in help_of(tmp_path / "index", "MG209", index, setup)


def test_help_for_a_dropped_column_is_what_postgresql_accepts(tmp_path: Path) -> None:
    assert "nullable" not in help_of(tmp_path / "nullable", "MG102", 'op.drop_column("users", "name")')
    assert "nullable" not in help_of(tmp_path / "key", "MG102", 'op.drop_column("visits", "id")')
    setup = 'op.create_table("users", sa.Column("name", sa.Text, nullable=False))'
    assert "nullable=True" in help_of(tmp_path / "not null", "MG102", 'op.drop_column("users", "name")', setup)


def test_a_column_that_is_overwritten_has_no_null_to_look_for(tmp_path: Path) -> None:
    change = "op.execute(\"UPDATE users SET name = 'x'\")"
    assert help_of(tmp_path / "over", "MG801", change).endswith(
        "UPDATE users SET name = ... WHERE id BETWEEN :a AND :b"
    )


def test_a_new_column_that_gets_one_value_has_it_as_its_default(tmp_path: Path) -> None:
    added = 'op.add_column("users", sa.Column("plan", sa.Text))\n'
    filled = "op.execute(\"UPDATE users SET plan = 'free'\")\n"
    strict = 'op.alter_column("users", "plan", nullable=False)'
    at_once = help_of(tmp_path / "strict", "MG223", added + filled + strict)
    assert at_once.endswith(
        """op.add_column("users", sa.Column("plan", sa.Text(), nullable=False, server_default=sa.text("'free'")))"""
    )
    alone = f"{added}with op.get_context().autocommit_block():\n    {filled}{strict}"
    assert help_of(tmp_path / "alone", "MG206", alone) == at_once
    assert "nullable" not in help_of(tmp_path / "nullable", "MG223", added + filled)
    several = "op.execute(\"UPDATE users SET plan = 'paid' WHERE id < 10\")"
    assert "in batches" in help_of(tmp_path / "several", "MG223", added + filled + several)


def test_work_under_locks_of_several_transactions_is_one_finding(tmp_path: Path) -> None:
    added = 'op.add_column("{0}", sa.Column("plan", sa.Text))\nop.execute("UPDATE {0} SET plan = lower(\'A\')")\n'
    block = 'with op.get_context().autocommit_block():\n    op.execute("ANALYZE users")\n'
    [one] = said(tmp_path, "MG223", added.format("users") + block + added.format("visits"))
    assert one.message.startswith("UPDATE of public.users runs while")
    assert [place.message for place in one.related] == ["locks public.users", "so does UPDATE of public.visits"]


def test_an_enum_with_more_values_is_told_to_gain_them(tmp_path: Path) -> None:
    setup = "op.execute(\"CREATE TYPE one AS ENUM ('a', 'b')\")\nop.execute('CREATE TABLE t (kind one)')"
    upgrade = (
        "op.execute(\"CREATE TYPE two AS ENUM ('a', 'b', 'c')\")\n"
        'op.execute("ALTER TABLE t ALTER COLUMN kind TYPE two USING kind::text::two")'
    )
    assert "ALTER TYPE one ADD VALUE 'c'" in help_of(tmp_path / "other", "MG204", upgrade, setup)
    renamed = 'op.execute("ALTER TYPE one RENAME TO old")\n' + upgrade.replace("two", "one")
    assert "ALTER TYPE one ADD VALUE 'c'" in help_of(tmp_path / "renamed", "MG204", renamed, setup)


def test_a_key_over_the_primary_key_is_removed(tmp_path: Path) -> None:
    assert help_of(tmp_path, "MG208", 'op.create_unique_constraint("uq", "users", ["id"])') == "remove it"


def test_the_view_of_a_renamed_table_shows_renamed_columns_as_before(tmp_path: Path) -> None:
    upgrade = 'op.rename_table("users", "people")\nop.alter_column("people", "name", new_column_name="full_name")'
    assert "SELECT id, full_name AS name, mail FROM people" in help_of(tmp_path, "MG214", upgrade)


# one finding for one cause ------------------------------------------------------------------------------------------
def test_columns_that_become_not_null_are_one_finding_for_a_table(tmp_path: Path) -> None:
    upgrade = "\n".join(f'op.alter_column("users", "{name}", nullable=False)' for name in ("name", "mail"))
    [one] = said(tmp_path, "MG206", upgrade)
    assert one.message.startswith("SET NOT NULL on public.users.name, mail reads every row under ACCESS EXCLUSIVE, 2 ")
    assert "CHECK (name IS NOT NULL AND mail IS NOT NULL) NOT VALID" in (one.help or "")


STRICT = 'op.alter_column("users", "plan", nullable=False)'


def test_a_scan_after_the_change_of_all_rows_is_the_same_wait(tmp_path: Path) -> None:
    added = 'op.add_column("users", sa.Column("plan", sa.Text))\n'
    small = "op.execute('UPDATE visits SET user_id = lower(1::text)::int')\n"
    sizes = ('table-sizes = {visits = "small"}',)
    filled = "op.execute('UPDATE users SET plan = lower(name)')\n"
    copied = (
        "op.execute('WITH new AS (INSERT INTO visits SELECT id, id FROM users) UPDATE users SET plan = lower(name)')\n"
    )
    other = "op.execute('UPDATE visits SET user_id = user_id + 1')\n"
    assert said(tmp_path / "small", "MG206", added + small + filled + STRICT, settings=sizes) == []
    assert said(tmp_path / "one statement", "MG206", added + copied + STRICT) == []
    assert len(said(tmp_path / "other", "MG206", added + other + filled + STRICT)) == 1


def test_a_table_that_may_have_no_row_keeps_nobody_waiting(tmp_path: Path) -> None:
    lines = [
        'op.alter_column("users", "name", nullable=False)',
        'op.create_unique_constraint("one", "users", ["mail"])',
        'op.create_index("names", "users", ["name"])',
        'op.create_check_constraint("some", "users", "name <> mail")',
    ]
    refused = 'op.add_column("users", sa.Column("plan", sa.Text, nullable=False))'
    write(Example(setup=USERS, upgrade="\n".join([*lines, refused])), tmp_path / "refused")
    assert [one.code for one in judged(tmp_path / "refused").active] == ["MG203"]
    emptied = 'op.execute("DELETE FROM users")'
    write(Example(setup=USERS, upgrade="\n".join([*lines, emptied, refused])), tmp_path / "emptied")
    told = {one.code for one in judged(tmp_path / "emptied").active}
    assert told >= {"MG201", "MG203", "MG205", "MG206", "MG208"}


def test_columns_that_a_loop_drops_are_one_finding(tmp_path: Path) -> None:
    [one] = said(tmp_path, "MG102", 'for name in ("name", "mail"):\n    op.drop_column("users", name)')
    assert one.message.endswith("the same code does so to column public.users.mail")


def test_columns_that_one_revision_drops_of_a_table_are_one_finding(tmp_path: Path) -> None:
    lines = 'op.drop_column("users", "name")\nop.drop_column("orders", "note")\nop.drop_column("users", "mail")'
    setup = f'{USERS}\nop.create_table("orders", sa.Column("id", sa.Integer), sa.Column("note", sa.Text))'
    users, orders = sorted(said(tmp_path, "MG102", lines, setup=setup), key=lambda one: one.line)
    assert users.message.endswith("; the same revision does so to column public.users.mail")
    assert [place.message for place in users.related] == ["column public.users.mail"]
    assert users.related[0].line == users.line + 2
    assert orders.message.startswith("drops column public.orders.note")


@pytest.mark.parametrize(
    ("before", "carried"),
    [
        ("", False),
        ("op.execute(\"UPDATE users SET mail = lower(name) WHERE mail = ''\")", True),
        ("op.execute(\"UPDATE users SET mail = '' WHERE mail IS NULL\")", False),
        ('op.execute("INSERT INTO visits (user_id) SELECT id FROM users")', True),
        ("op.execute(\"UPDATE visits SET user_id = (SELECT id FROM users WHERE name = 'x') WHERE id = 1\")", True),
        ('for row in op.get_bind().execute(sa.text("SELECT id, name FROM users")):\n    print(row)', True),
    ],
)
def test_values_that_a_revision_may_carry_over_are_not_said_to_be_lost(
    tmp_path: Path, before: str, carried: bool
) -> None:
    [column] = said(tmp_path / "column", "MG102", f'{before}\nop.drop_column("users", "name")')
    [table] = said(tmp_path / "table", "MG101", f'{before}\nop.drop_table("users")')
    assert ("does not carry over" in column.message) is carried
    assert ("does not carry over" in table.message) is carried
    assert (" with its values;" in column.message) is ("with every row in it" in table.message) is not carried


def test_types_that_one_revision_changes_of_a_table_are_one_finding(tmp_path: Path) -> None:
    setup = 'op.create_table("t", sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))'
    upgrade = "\n".join(f'op.alter_column("t", "{name}", type_=sa.BigInteger())' for name in "ab")
    [one] = said(tmp_path, "MG204", upgrade, setup=setup)
    assert one.message.startswith("changing public.t.a from integer to bigint rewrites the table")
    assert one.message.endswith("; the same revision does so to column public.t.b")


def test_columns_that_only_the_models_want_filled_are_one_finding_for_a_table(tmp_path: Path) -> None:
    columns = ('sa.Column("a", sa.Text, nullable={})', 'sa.Column("b", sa.Text, nullable={})')
    made = "\n".join(f'op.create_table("{t}", sa.Column("id", sa.Integer), {", ".join(columns)})' for t in "tu")
    key = 'sa.Column("id", sa.Integer, primary_key=True)'
    upgrade = made.replace('sa.Column("id", sa.Integer)', key).format(True, True, True, True)
    models = "\n".join(f'{t} = sa.Table("{t}", metadata, {key}, {", ".join(columns)})' for t in "tu")
    write(Example(upgrade=upgrade, models=models.format(False, False, False, False)), tmp_path)
    found = [one.message for one in judged(tmp_path).active if one.code == "MG405"]
    assert [message[: len("public.t.a is NOT NULL in the models")] for message in sorted(found)] == [
        "public.t.a is NOT NULL in the models",
        "public.u.a is NOT NULL in the models",
    ]
    assert all(
        message.endswith(f"; so it is with column public.{t}.b") for t, message in zip("tu", sorted(found), strict=True)
    )


def test_a_partial_index_in_place_of_a_key_is_named(tmp_path: Path) -> None:
    upgrade = """op.execute("CREATE UNIQUE INDEX users_mail ON users (mail) WHERE id > 0")
op.drop_constraint("uq_mail", "users", type_="unique")"""
    setup = f'{USERS}\nop.create_unique_constraint("uq_mail", "users", ["mail"])'
    [one] = said(tmp_path, "MG103", upgrade, setup=setup)
    assert "users_mail keeps (mail) unique only WHERE id > 0, and ON CONFLICT" in one.message


def test_a_column_that_was_renamed_in_the_revision_is_named_by_no_code(tmp_path: Path) -> None:
    upgrade = """op.alter_column("users", "name", new_column_name="old")
op.add_column("users", sa.Column("name", sa.String(50)))
op.drop_column("users", "old")"""
    [one] = said(tmp_path, "MG102", upgrade)
    assert one.message.endswith("it was name before this revision, and nothing that was read copies them")


def test_columns_that_a_model_lacks_are_one_finding(tmp_path: Path) -> None:
    columns = ", ".join(f'sa.Column("{name}", sa.Text)' for name in ("a", "b", "c"))
    upgrade = f'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), {columns})'
    models = 't = sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("d", sa.Text))'
    write(Example(upgrade=upgrade, models=models), tmp_path)
    found = {one.severity: one.message for one in judged(tmp_path).active if one.code == "MG402"}
    assert "column public.t.d, which no revision adds" in found["error"]
    assert found["info"].endswith("; so it is with column public.t.b, column public.t.c")


def test_policies_that_one_side_lacks_are_one_finding_for_a_table(tmp_path: Path) -> None:
    tables = "CREATE TABLE public.t (id integer); CREATE TABLE public.u (id integer);"
    policies = "".join(f"CREATE POLICY {name} ON public.{name[0]} USING (true);" for name in ("ta", "tb", "ua"))
    upgrade = """op.create_table("t", sa.Column("id", sa.Integer))
op.create_table("u", sa.Column("id", sa.Integer))
op.execute("CREATE POLICY tc ON t USING (id > 0)")"""
    write(Example(upgrade=upgrade, files=(("supabase_schema.sql", tables + policies),)), tmp_path)
    found = judged(tmp_path, "snapshots")
    assert sorted(one.message for one in found.active) == [
        "supabase_schema.sql has policy public.t.ta, which the history lacks; so it is with policy public.t.tb",
        "supabase_schema.sql has policy public.u.ua, which the history lacks",
        "the history has policy public.t.tc, which supabase_schema.sql lacks",
    ]
    assert {one.finding for one in found.differences} == {one.fingerprint for one in found.active}


@pytest.mark.parametrize(
    ("more", "severity"), [("", "error"), ('client.table("orders").delete().eq("buyer", 1)', "warning")]
)
def test_a_delete_that_relies_on_a_cascade_is_blocking(tmp_path: Path, more: str, severity: str) -> None:
    upgrade = """op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))
op.create_table("orders", sa.Column("buyer", sa.Integer, sa.ForeignKey("users.id", name="of_buyer")))"""
    snapshot = "CREATE TABLE users (id integer PRIMARY KEY); CREATE TABLE orders (buyer integer, "
    snapshot += "CONSTRAINT of_buyer FOREIGN KEY (buyer) REFERENCES users (id) ON DELETE CASCADE);"
    api = 'from supabase import create_client\n\nclient = create_client("", "")\n'
    api += f'client.table("users").delete().eq("id", 1).execute()\n{more}\n'
    write(Example(upgrade=upgrade, files=(("supabase_schema.sql", snapshot), ("app/api.py", api))), tmp_path)
    [one] = [one for one in judged(tmp_path).active if one.code == "MG506"]
    assert one.severity == severity
    assert ("app/api.py deletes from public.users, which fails where nothing cascades" in one.message) is (not more)


def test_a_type_that_the_models_have_smaller_is_not_to_be_migrated_to(tmp_path: Path) -> None:
    upgrade = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.BigInteger))'
    models = 't = sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))'
    write(Example(upgrade=upgrade, models=models), tmp_path)
    [found] = [one for one in judged(tmp_path).active if one.code == "MG403"]
    assert found.help == (
        "let the models have bigint: a migration to integer stops at values outside the range of integer"
    )


# what is not so -----------------------------------------------------------------------------------------------------
def test_a_table_that_was_emptied_is_not_said_to_refuse(tmp_path: Path) -> None:
    new = 'op.add_column("users", sa.Column("region", sa.Text, nullable=False))'
    [one] = said(tmp_path / "same", "MG203", f'op.execute("DELETE FROM users")\n{new}')
    assert one.severity == "warning"
    assert "PostgreSQL accepts it, but the running release" in one.message
    more = f'op.execute("DELETE FROM users")\n{new}\n{new.replace("region", "town")}'
    [one] = said(tmp_path / "more", "MG203", more)
    assert "users.region" in one.message
    renamed = 'op.execute("DELETE FROM users")\nop.rename_table("users", "people")\n' + new.replace("users", "people")
    assert said(tmp_path / "renamed", "MG203", renamed) == []  # no code that runs knows it by that name


def test_a_cast_by_a_computation_is_a_rewrite_in_any_time_zone(tmp_path: Path) -> None:
    setup = 'op.create_table("t", sa.Column("at", sa.DateTime))'
    alter = 'op.execute("ALTER TABLE t ALTER COLUMN at TYPE timestamptz{}")'
    [plain] = said(tmp_path / "plain", "MG204", alter.format(""), setup=setup)
    assert "unless the session's TimeZone is UTC" in plain.message
    [computed] = said(tmp_path / "computed", "MG204", alter.format(" USING at AT TIME ZONE 'UTC'"), setup=setup)
    assert "unless" not in computed.message


def test_a_name_of_not_null_is_none_before_18_so_nothing_is_locked(tmp_path: Path) -> None:
    upgrade = """for table in ("users", "visits"):
    try:
        with op.get_bind().begin_nested():
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {table}_id_not_null TO {table}_there")
    except sa.exc.ProgrammingError:
        pass"""
    setup = USERS + '\nop.create_foreign_key("of_user", "visits", "users", ["user_id"], ["id"])'
    assert not said(tmp_path / "old", "MG224", upgrade, setup=setup)
    assert said(tmp_path / "new", "MG224", upgrade, setup=setup, settings=("postgresql-version = 18",))


def test_a_column_of_an_enum_is_written_with_its_type(tmp_path: Path) -> None:
    setup = "op.execute(\"CREATE TYPE mood AS ENUM ('sad', 'ok')\")\nop.execute('CREATE TABLE t (kind text)')"
    upgrade = 'op.execute("ALTER TABLE t ALTER COLUMN kind TYPE mood USING kind::mood")'
    written = 'sa.Column("kind_new", postgresql.ENUM(name="mood", create_type=False), nullable=True)'
    assert written in help_of(tmp_path, "MG204", upgrade, setup)
