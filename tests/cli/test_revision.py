"""`migralint revision`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from migralint.project import Project
from migralint.rule import Example, Rule
from migralint.verdict.check import Request, check
from tests.cli.conftest import Run
from tests.models.mutations.revisions import decided
from tests.rules.project import RAISE, revision, write
from tests.rules.test_examples import cases

ORDERS = 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text))'
MODEL = 'orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True), {})'
NOTE = 'sa.Column("note", sa.Text)'

STAYS = {
    "MG401-2": "a table with its rows: somebody has to decide",
    "MG402-2": "a column with what it holds: somebody has to decide",
    "MG403-2": "the time zone of the values is not known: somebody has to decide",
    "MG404-2": "a label that rows may have: somebody has to decide",
    "MG410-1": "what the model says is not known",
    "MG414-1": "the model is there, its module has to be imported",
    "MG419-1": "PostgreSQL refuses what the model says",
    "MG417-1": "most often it is the model that is wrong: somebody has to decide",
}
"""The bad examples whose finding stays, and why."""

WARNS = {
    "MG401-3": {"MG214"},  # the models rename, and running code does not know it
    "MG402-3": {"MG214"},
    "MG407-2": {"MG103"},  # the models take less for unique
}
"""Rules about the new revision that say what the models ask for."""


def written(call: Run, example: Example, *more: str) -> list[Path]:
    """The files that the command writes for an example, which is put into the current folder."""
    write(example, Path())
    ran = call("revision", "-m", "follow the models", *more)
    assert ran.code == 0, ran.err
    return [Path(line) for line in ran.out.splitlines()]


def upgrade(path: Path) -> str:
    text = path.read_text()
    return text[text.index("def upgrade") : text.index("def downgrade")].split('"""')[-1].strip("\n")


def findings() -> dict[str, set[str]]:
    """The codes of all findings by the file that they are in."""
    found: dict[str, set[str]] = {}
    for one in check(Project.open(".", cache=False), Request()).active:
        found.setdefault(one.path, set()).add(one.code)
    return found


@pytest.mark.parametrize(("rule", "example"), [one for one in cases("bad") if one.id.startswith("MG4")])  # type: ignore[attr-defined]
def test_what_it_closes_is_no_finding_any_more(rule: type[Rule], example: Example, call: Run) -> None:
    number = f"{rule.code}-{rule.bad.index(example) + 1}"
    made = written(call, example)
    for path in made:
        ast.parse(path.read_text())
    after = findings()
    assert (rule.code in set().union(*after.values())) is (number in STAYS)
    about = [after.get(str(path), set()) for path in made]
    assert set().union(*about) == WARNS.get(number, set())
    if number not in STAYS:  # nothing else of the models is left open either, but for what is a decision
        left = {code for codes in after.values() for code in codes if code.startswith("MG4")}
        assert left <= {"MG402"} if number == "MG415-1" else not left
        assert call("revision", "-m", "again").out == "" or left


def test_a_column_and_its_index_and_foreign_key(call: Run) -> None:
    users = 'users = sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True))\n'
    column = 'sa.Column("user_id", sa.ForeignKey("users.id"), index=True)'
    first, second = written(call, Example(upgrade=ORDERS, models=users + MODEL.format(f"{NOTE}, {column}")))
    assert upgrade(first) == (
        """\
    op.add_column("orders", sa.Column("user_id", sa.Integer(), nullable=True))
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
    )
    op.create_foreign_key(
        op.f("orders_user_id_fkey"),
        "orders",
        "users",
        ["user_id"],
        ["id"],
        postgresql_not_valid=True,
    )"""
    )
    assert upgrade(second) == (
        """\
    with op.get_context().autocommit_block():
        op.create_index(
            op.f("ix_orders_user_id"),
            "orders",
            ["user_id"],
            unique=False,
            postgresql_concurrently=True,
        )
        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey")"""
    )
    assert f"down_revision: Union[str, Sequence[str], None] = '{first.name.partition('_')[0]}'" in second.read_text()
    assert second.name.endswith("_finish_follow_the_models.py")
    assert not {code for codes in findings().values() for code in codes}


def test_a_column_that_rows_cannot_be_without(call: Run) -> None:
    models = MODEL.format(f'{NOTE}, sa.Column("amount", sa.Integer, nullable=False)')
    first, second = written(call, Example(upgrade=ORDERS, models=models))
    assert 'sa.Column("amount", sa.Integer(), nullable=True)' in upgrade(first)
    assert "postgresql_not_valid=True" in upgrade(first)
    assert upgrade(second).startswith(
        "    # Fill public.orders.amount before this, in batches: it stops where a row has none.\n"
        "    with op.get_context().autocommit_block():\n"
        '        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT orders_amount_not_null")\n'
    )
    assert "nullable=False" in upgrade(second)
    assert "op.drop_constraint" in upgrade(second)


def test_a_default_that_is_computed_for_each_row(call: Run) -> None:
    key = 'sa.Column("key", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()"))'
    first, second = written(call, Example(upgrade=ORDERS, models=MODEL.format(f"{NOTE}, {key}")))
    assert 'op.add_column("orders", sa.Column("key", sa.Uuid(), nullable=True))' in upgrade(first)
    assert 'server_default=sa.text("gen_random_uuid()")' in upgrade(first)
    assert "# Fill public.orders.key before this" in upgrade(second)
    assert not findings()


def test_a_constant_of_the_models_fills_the_rows(call: Run) -> None:
    models = MODEL.format(f'{NOTE}, sa.Column("amount", sa.Integer, nullable=False, default=7)')
    first, second = written(call, Example(upgrade=ORDERS, models=models))
    assert 'sa.Column("amount", sa.Integer(), server_default=sa.text("7"), nullable=False)' in upgrade(first)
    assert "server_default=None" in upgrade(second)


def test_a_step_that_loses_rows_is_a_comment_that_can_be_taken_off(call: Run) -> None:
    models = 'refunds = sa.Table("refunds", metadata, sa.Column("id", sa.Integer, primary_key=True))'
    (made,) = written(call, Example(upgrade=ORDERS, models=models))
    assert '    # op.drop_table("orders")' in upgrade(made)
    made.write_text(made.read_text().replace('    # op.drop_table("orders")', '    op.drop_table("orders")'))
    assert not any(code.startswith("MG4") for codes in findings().values() for code in codes)


def test_the_enum_of_a_dropped_column_goes_with_it(call: Run) -> None:
    setup = (
        'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
        'sa.Column("note", sa.Text), sa.Column("state", sa.Enum("open", name="state")))'
    )
    (made,) = written(call, Example(upgrade=setup, models=MODEL.format(NOTE)))
    text = upgrade(made)
    assert text.index('# op.drop_column("orders", "state")') < text.index('# op.execute("DROP TYPE state")')


def test_a_new_member_is_no_mistake_where_the_others_are_named_as_their_values(call: Run) -> None:
    setup = (
        'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
        'sa.Column("state", sa.Enum("open", name="state")))'
    )
    state = 'class State(enum.Enum):\n    open = "open"\n    PAID = "paid"\n\n\n'
    (made,) = written(call, Example(upgrade=setup, models=state + MODEL.format('sa.Column("state", sa.Enum(State))')))
    assert "ADD VALUE IF NOT EXISTS 'PAID'" in upgrade(made)


def test_a_type_that_no_value_can_be_cast_to_is_a_decision(call: Run) -> None:
    at, count = 'sa.Column("at", {})', 'sa.Column("count", {})'
    setup = f'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), {at}, {count})'
    models = MODEL.format(f"{at}, {count}".format("sa.Integer", "sa.Integer"))
    (made,) = written(call, Example(upgrade=setup.format("sa.DateTime", "sa.Text"), models=models))
    assert '    #     postgresql_using="at::text::integer",' in upgrade(made)
    assert '        postgresql_using="count::integer",' in upgrade(made)


@pytest.mark.parametrize(
    ("old", "new", "cast"),
    [
        ('sa.Enum("a", name="s")', "sa.Integer", "state::text::integer"),
        ("sa.Integer", 'sa.Enum("a", name="s")', "state::text::s"),
    ],
)
def test_an_enum_is_cast_to_another_type_through_text(old: str, new: str, cast: str, call: Run) -> None:
    setup = f'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("state", {old}))'
    made = written(call, Example(upgrade=setup, models=MODEL.format(f'sa.Column("state", {new})')))[0]
    assert f'    #     postgresql_using="{cast}",' in upgrade(made)


def test_what_references_a_column_goes_with_it(call: Run) -> None:
    setup = (
        'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
        'sa.Column("number", sa.Integer, unique=True))\n'
        'op.create_table("refunds", sa.Column("id", sa.Integer, primary_key=True), '
        'sa.Column("number", sa.Integer, sa.ForeignKey("orders.number", name="of_order")))'
    )
    models = 'orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer, primary_key=True))'
    (made,) = written(call, Example(upgrade=setup, models=models))
    text = upgrade(made)
    assert text.index('# op.drop_constraint(op.f("of_order"), "refunds"') < text.index("# op.drop_column")


def test_a_key_that_goes_with_a_column_is_made_again(call: Run) -> None:
    setup = (
        'op.create_table("orders", sa.Column("a", sa.Integer, primary_key=True), '
        'sa.Column("b", sa.Integer, primary_key=True), sa.UniqueConstraint("b", "a", name="both"))'
    )
    models = (
        'orders = sa.Table("orders", metadata, '
        'sa.Column("a", sa.Integer, primary_key=True, autoincrement=False, index=True))'
    )
    (made,) = written(call, Example(upgrade=setup, models=models))
    text = upgrade(made)
    assert text.index('# op.drop_column("orders", "b")') < text.index("PRIMARY KEY USING INDEX")
    assert text.index("ix_orders_a") < text.index("drop_column"), "it has nothing to do with the column"
    made.write_text(decided(made.read_text()))
    assert not any(code.startswith("MG4") for codes in findings().values() for code in codes)


@pytest.mark.parametrize(
    ("policy", "downgrade"),
    [
        ("forward-only", 'raise NotImplementedError("forward only: write a new revision")'),
        ("forward-only-or-empty", 'raise NotImplementedError("forward only: write a new revision")'),
        ("any", 'op.drop_column("orders", "more")'),
        ("required", 'op.drop_column("orders", "more")'),
    ],
)
def test_the_downgrade_is_that_of_the_policy(policy: str, downgrade: str, call: Run) -> None:
    models = MODEL.format(f'{NOTE}, sa.Column("more", sa.Text)')
    (made,) = written(call, Example(upgrade=ORDERS, models=models, settings=(f'downgrade = "{policy}"',)))
    assert made.read_text().rstrip().endswith(downgrade)
    assert str(made) not in findings()


def test_a_downgrade_says_what_it_does_not_undo(call: Run) -> None:
    state = 'sa.Column("state", sa.Enum({}, name="state"))'
    setup = f'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), {state.format("1, 2")})'
    models = MODEL.format(state.format('"open", "paid", "sent"') + ', sa.Column("more", sa.Text)')
    setup = setup.replace("1, 2", '"open", "sent"')
    (made,) = written(call, Example(upgrade=setup, models=models, settings=('downgrade = "required"',)))
    assert "ADD VALUE IF NOT EXISTS 'paid' AFTER 'open'" in upgrade(made)
    assert "    # Not undone: alter_type_add_value of type public.state, as" in made.read_text()
    assert made.read_text().rstrip().endswith('op.drop_column("orders", "more")')


def test_new_names_are_given_back(call: Run) -> None:
    models = 'orders = sa.Table("purchases", metadata, sa.Column("id", sa.Integer, primary_key=True), {}, {})'
    setup = ORDERS[:-1] + ', sa.Column("buyer", sa.Text))'
    example = Example(
        upgrade=setup,
        models=models.format(NOTE, 'sa.Column("buyer", sa.Text)'),
        settings=('downgrade = "required"',),
    )
    (made,) = written(call, example)
    assert 'op.rename_table("orders", "purchases")' in upgrade(made)
    assert "RENAME CONSTRAINT orders_pkey TO purchases_pkey" in upgrade(made)
    assert 'op.rename_table("purchases", "orders")' in made.read_text()
    assert "drop_table" not in made.read_text()


def test_a_history_without_revisions_is_not_found(call: Run) -> None:
    write(Example(models=MODEL.format(NOTE)), Path())
    Path("alembic/versions/second.py").unlink()
    ran = call("revision", "-m", "make orders")
    assert ran.code == 2
    assert "holds no revision files" in ran.err


def test_where_nothing_differs_nothing_is_written(call: Run) -> None:
    write(Example(upgrade=ORDERS, models=MODEL.format(NOTE)), Path())
    ran = call("revision", "-m", "nothing")
    assert (ran.code, ran.out) == (0, "")
    assert "there is nothing to write" in ran.err


def test_what_cannot_be_decided_is_said(call: Run) -> None:
    write(Example(upgrade=ORDERS, models=MODEL.format(NOTE)), Path())
    assert "Missing option '-m'" in call("revision").err
    Path("alembic/versions/third.py").write_text(revision("third", None, "pass", RAISE))
    ran = call("revision", "-m", "x")
    assert ran.code == 2
    assert "several heads: second, third; join them first: alembic merge" in ran.err
    Path("alembic/versions/third.py").write_text(revision("third", "fourth", "pass", RAISE))
    assert call("revision", "-m", "x").code == 2
    Path("alembic/versions/third.py").unlink()
    Path("models.py").write_text("from somewhere import metadata\n")
    ran = call("revision", "-m", "x")
    assert ran.code == 2
    assert "target_metadata is not known" in ran.err
    assert "PostgreSQL only" in call("revision", "-m", "x", "--dialect", "sqlite").err
    assert len(list(Path("alembic/versions").iterdir())) == 1


def test_the_projects_own_template_and_file_name_are_used(call: Run) -> None:
    write(Example(upgrade=ORDERS, models=MODEL.format(f'{NOTE}, sa.Column("more", sa.Text)')), Path())
    Path("alembic.ini").write_text(
        "[alembic]\nscript_location = alembic\nprepend_sys_path = .\nfile_template = r_%%(slug)s\n"
    )
    Path("alembic/script.py.mako").write_text(
        "# Ours\nimport sqlalchemy as sa\nfrom alembic import op\n${imports if imports else ''}\n"
        "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n\n\n"
        "def upgrade():\n    ${upgrades if upgrades else 'pass'}\n\n\n"
        "def downgrade():\n    ${downgrades if downgrades else 'pass'}\n"
    )
    (made,) = [Path(line) for line in call("revision", "-m", "add more").out.splitlines()]
    assert made == Path("alembic/versions/r_add_more.py")
    assert made.read_text().startswith("# Ours\n")
    Path("alembic/versions/second.py").write_text(revision("second", None, "pass", RAISE))
    made.write_text("")
    assert "is already there" in call("revision", "-m", "add more").err


def test_it_says_what_it_did_not_read(call: Run) -> None:
    write(Example(upgrade=ORDERS, models=MODEL.format(f'{NOTE}, sa.Column("more", unheard_of)')), Path())
    ran = call("revision", "-m", "x")
    assert ran.out == ""
    assert "models.py:" in ran.err
    assert "not compared with the history" in ran.err


def test_a_circle_of_foreign_keys_is_closed_after_its_tables(call: Run) -> None:
    models = (
        'a = sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True), '
        'sa.Column("b", sa.ForeignKey("b.id")))\n'
        'b = sa.Table("b", metadata, sa.Column("id", sa.Integer, primary_key=True), '
        'sa.Column("a", sa.ForeignKey("a.id")))\n'
    )
    (made,) = written(call, Example(models=models))
    text = upgrade(made)
    assert text.index('"a",\n') < text.index('"b",\n') < text.index("op.create_foreign_key")
    assert not findings()


def test_a_checked_text_becomes_an_enum_and_keeps_its_default(call: Run) -> None:
    setup = (
        'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), '
        "sa.Column(\"state\", sa.String(20), sa.CheckConstraint(\"state IN ('new', 'paid')\"), "
        'server_default="new", nullable=False))'
    )
    kind = 'sa.Column("state", sa.Enum("new", "paid", name="state"), server_default="new", nullable=False)'
    [path] = written(call, Example(upgrade=setup, models=MODEL.format(kind)))
    text = upgrade(path)
    assert "Decide" not in text
    dropped, changed = text.index("server_default=None"), text.index('postgresql_using="state::state"')
    assert text.index("drop_constraint") < dropped < changed
    assert "MG403" not in findings().get("models.py", set())


def test_where_a_block_is_refused_it_is_said(call: Run) -> None:
    env = """import sqlalchemy as sa
from alembic import context
from models import metadata

with sa.create_engine("postgresql://").begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
    table = MODEL.format('sa.Column("note", sa.Text, index=True)')
    models = f"import sqlalchemy as sa\n\nmetadata = sa.MetaData()\n{table}\n"
    write(Example(upgrade=ORDERS, files=(("env.py", env), ("models.py", models))), Path())
    ran = call("revision", "-m", "x")
    assert ran.code == 0
    assert "MG210" in ran.err
