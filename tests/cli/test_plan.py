"""`migralint plan`: what a deployment does, step by step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.project import Alembic
from tests.repository import Git

ORDERS = """op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text))
op.create_table("items", sa.Column("id", sa.Integer, primary_key=True), sa.Column("order_id", sa.Integer))"""
INDEX = """with op.get_context().autocommit_block():
    op.create_index("ix_note", "orders", ["note"], postgresql_concurrently=True)"""


@pytest.fixture
def project(call: Run) -> Alembic:
    made = Alembic(Path.cwd())
    made.revision("one", ORDERS)
    made.revision("two", 'op.add_column("orders", sa.Column("total", sa.Integer))')
    made.revision("three", 'op.create_foreign_key("fk", "items", "orders", ["order_id"], ["id"])')
    return made


def planned(call: Run, *arguments: str, code: int = 0) -> dict[str, Any]:
    ran = call("plan", *arguments, "--format", "json")
    assert ran.code == code, ran.err
    data: dict[str, Any] = json.loads(ran.out)
    return data


def test_steps_have_what_a_release_needs(call: Run, project: Alembic) -> None:
    data = planned(call, "one..")
    assert (data["format"], data["base"], data["head"], data["version"]) == (1, "one", "three", ["three"])
    total, key = data["steps"]
    assert total["sql"] == "ALTER TABLE orders ADD COLUMN total integer"
    assert total["effects"]["locks"] == [{"relation": "public.orders", "mode": "ACCESS EXCLUSIVE"}]
    assert total["undo"] == 'op.drop_column("orders", "total")'
    assert "attname = 'total'" in total["verify"]
    assert total["backup"] is None
    assert total["fails"] is None
    assert "convalidated" in key["verify"]


def test_revisions_share_a_transaction_and_its_locks(call: Run, project: Alembic) -> None:
    total, key = planned(call, "one..")["steps"]
    assert (total["transaction"], key["transaction"]) == (0, 0)
    # the lock that the first took is held while the second reads the tables
    assert {"relation": "public.orders", "duration": "size"} in key["effects"]["blocks_reads"]
    total, key = planned(call, "one..", "--config", "transaction-per-migration = true")["steps"]
    assert (total["transaction"], key["transaction"]) == (0, 1)
    assert key["effects"]["blocks_reads"] == []


def test_an_autocommit_block_ends_the_shared_transaction(call: Run, project: Alembic) -> None:
    project.revision("four", INDEX)
    project.revision("five", 'op.add_column("items", sa.Column("note", sa.Text))')
    assert [step["transaction"] for step in planned(call, "one..")["steps"]] == [0, 0, None, 1]


def test_tables_of_the_deployment_are_new_only_in_their_transaction(call: Run, project: Alembic) -> None:
    steps = planned(call, "base..")["steps"]
    assert all(step["effects"]["locks"] == [] for step in steps)
    steps = planned(call, "base..", "--config", "transaction-per-migration = true")["steps"]
    assert steps[-1]["effects"]["locks"] != []


def test_what_is_destroyed_is_saved_before(call: Run, project: Alembic) -> None:
    project.revision(
        "four",
        'op.drop_column("orders", "note")\nop.drop_table("items")\n'
        'op.create_table("t", sa.Column("id", sa.Integer))\nop.drop_table("t")',
    )
    column, table, _, own = planned(call, "three..")["steps"]
    assert column["backup"] == (
        "\\copy (SELECT id, note FROM public.orders) TO 'public.orders.note.csv' WITH (FORMAT csv, HEADER)"
    )
    assert table["backup"] == "pg_dump --data-only --table='public.items' --file='public.items.sql' \"$DATABASE_URL\""
    assert own["backup"] is None
    assert column["undo"].endswith("# Its rows are not restored by this: load them from the backup.")


def test_a_type_that_holds_less_is_saved_a_wider_one_is_not(call: Run, project: Alembic) -> None:
    project.revision(
        "four",
        'op.alter_column("orders", "note", type_=sa.String(5))\nop.alter_column("orders", "note", type_=sa.String(9))',
    )
    narrower, wider = planned(call, "three..")["steps"]
    assert "SELECT id, note FROM public.orders" in narrower["backup"]
    assert wider["backup"] is None


def test_what_cannot_be_undone_says_why(call: Run, project: Alembic) -> None:
    project.revision("four", "op.execute(\"UPDATE orders SET note = 'x'\")")
    (update,) = planned(call, "three..")["steps"]
    assert update["undo"].startswith("# Cannot be undone: ")
    assert update["undo"].endswith("Restore it from the backup.")
    assert "pg_dump" in update["backup"]
    assert update["verify"] is None


def test_a_step_that_fails_is_named_and_the_exit_code_1(call: Run, project: Alembic) -> None:
    project.revision("four", 'op.drop_column("orders", "nothing")')
    (step,) = planned(call, "three..", code=1)["steps"]
    assert "no such column" in step["fails"]
    ran = call("plan", "three..")
    assert ran.code == 1
    assert "of which 1 step would fail" in ran.out


def test_the_version_table_of_branches(call: Run, project: Alembic) -> None:
    project.heads = ["one"]
    project.revision("side", 'op.add_column("items", sa.Column("side", sa.Text))')
    assert planned(call, "two..")["version"] == ["side", "three"]
    assert planned(call, "two..three")["version"] == ["three"]
    assert planned(call, "three..three")["steps"] == []


def test_people_read_the_same(call: Run, project: Alembic) -> None:
    text = call("plan", "one..three").out
    assert text.startswith("From one to three: 2 revisions, 2 steps.\n")
    assert "share one transaction" in text
    assert "    verify    SELECT EXISTS" in text
    markdown = call("plan", "one..three", "--format", "markdown").out
    assert "- [ ] **1. add&#95;column** public.orders total" in markdown
    assert '```python\nop.drop_column("orders", "total")\n```' in markdown
    assert "- [ ] `alembic current` says <code>three</code>" in markdown


def test_where_the_database_is(call: Run, project: Alembic) -> None:
    ran = call("plan")
    assert ran.code == 2
    assert "Nothing says where the database is" in ran.err
    assert planned(call, "--config", 'start-after = ["two"]')["base"] == "two"
    for wrong in ("one", "..one", "one..two..three"):
        ran = call("plan", wrong)
        assert ran.code == 2, wrong
        assert "plan takes BASE..HEAD" in ran.err
    ran = call("plan", "missing..")
    assert ran.code == 2
    assert "no revision or branch is called 'missing'" in ran.err


def test_other_databases_have_other_locks(call: Run, project: Alembic) -> None:
    ran = call("plan", "base..", "--dialect", "sqlite")
    assert ran.code == 2
    assert "plan is about PostgreSQL" in ran.err


@pytest.mark.parametrize(
    ("parents", "said"),
    [({"one": "gone"}, "'gone' of 'one' is no revision"), ({"one": "three"}, "build on each other in a circle")],
)
def test_a_history_without_an_order_cannot_be_deployed(
    call: Run, project: Alembic, parents: dict[str, str], said: str
) -> None:
    for revision, parent in parents.items():
        path = project.versions / f"{revision}.py"
        path.write_text(path.read_text().replace("down_revision = None", f"down_revision = {parent!r}"))
    ran = call("plan", "base..")
    assert ran.code == 2
    assert ran.out == ""
    assert said in ran.err
    assert "Alembic does not load this history" in ran.err


def test_without_a_range_the_plan_begins_where_the_environment_is(call: Run, project: Alembic) -> None:
    Path("migralint.toml").write_text(
        'start-after = ["one"]\n[environments]\nproduction = {revision = "two"}\nstaging = {dump = "staging.sql"}\n'
    )
    Path("staging.sql").write_text("")
    ran = call("plan", "--format", "json")
    assert json.loads(ran.out)["base"] == "two"
    assert "the plan begins after two, where the environment production is" in ran.err
    other = "environments = {staging = {revision = 'three'}, production = {revision = 'two'}}"
    assert planned(call, "--config", other)["base"] == "one", "which of the two is meant is not said"


def test_without_anything_the_plan_is_what_the_branch_adds(call: Run, project: Alembic) -> None:
    git = Git(Path.cwd())
    ran = call("plan")
    assert (ran.code, ran.out) == (2, "")
    assert "neither origin/HEAD nor a branch main or master" in ran.err
    git.commit()
    git("checkout", "-q", "-b", "topic")
    project.revision("four", 'op.add_column("orders", sa.Column("more", sa.Integer))')
    ran = call("plan", "--format", "json")
    data = json.loads(ran.out)
    assert (data["base"], data["version"], len(data["steps"])) == ("three", ["four"], 1)
    assert "the plan begins after three, which is what main has where this branch left it" in ran.err


def test_a_history_that_the_branch_brings_is_planned_from_the_start(call: Run) -> None:
    git = Git(Path.cwd())
    git.commit()
    git("checkout", "-q", "-b", "topic")
    Alembic(Path.cwd()).revision("one", ORDERS)
    assert planned(call)["version"] == ["one"]
