"""`migralint plan --environment`: pending revisions on the schema that a dump shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.test_environments import HOTFIX, MADE, at, configured
from tests.project import Alembic

GUARDED = """\
if not sa.inspect(op.get_bind()).has_table("items"):
    op.create_table("items", sa.Column("id", sa.Integer))
op.execute("CREATE INDEX IF NOT EXISTS hot ON orders (note)")"""


@pytest.fixture
def project(call: Run) -> Alembic:
    made = Alembic(Path.cwd())
    made.revision(
        "one", 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("note", sa.Text))'
    )
    made.revision("two", 'op.add_column("orders", sa.Column("total", sa.Integer))')
    configured('staging = "staging.sql"')
    return made


def planned(call: Run, *arguments: str, code: int = 0) -> dict[str, Any]:
    ran = call("plan", "--environment", "staging", *arguments, "--format", "json")
    assert ran.code == code, ran.err
    data: dict[str, Any] = json.loads(ran.out)
    return data


def test_it_begins_after_the_revision_of_the_environment_and_nothing_remains(call: Run, project: Alembic) -> None:
    Path("staging.sql").write_text(MADE + at("one"))
    data = planned(call)
    assert (data["base"], data["head"], data["version"]) == ("one", "two", ["two"])
    assert [step["sql"] for step in data["steps"]] == ["ALTER TABLE orders ADD COLUMN total integer"]
    assert data["remaining"] == []


def test_what_is_there_already_fails_and_what_nobody_declared_remains(call: Run, project: Alembic) -> None:
    project.revision("three", 'op.create_index("hot", "orders", ["note"])')
    more = "CREATE TABLE public.extra (id integer);\n"
    Path("staging.sql").write_text(MADE + HOTFIX + more + at("one"))
    data = planned(call, code=1)
    assert [step["fails"] for step in data["steps"]] == [None, "index public.orders.hot: the relation already exists"]
    (table,) = data["remaining"]
    assert (table["kind"], table["object"]["table"], table["sides"]["head"]) == ("table", "public.extra", None)
    out = call("plan", "--environment", "staging").out
    assert "of which 1 step would fail" in out
    assert "After it, staging still differs from head in 1 place:\n+ table public.extra" in out
    assert "What still differs afterwards" in call("plan", "--environment", "staging", "--format", "markdown").out


def test_what_was_dropped_by_hand_is_missed(call: Run, project: Alembic) -> None:
    project.revision("three", 'op.drop_column("orders", "note")')
    Path("staging.sql").write_text(MADE.replace(",\n    note text", "") + at("two"))
    (step,) = planned(call, code=1)["steps"]
    assert "no such column" in step["fails"]


def test_what_a_guard_skips_is_told(call: Run, project: Alembic) -> None:
    project.revision("three", GUARDED)
    there = "CREATE TABLE public.items (id bigint);\n"
    Path("staging.sql").write_text(MADE.replace("note text", "note text, total integer") + there + HOTFIX + at("two"))
    data = planned(call)
    assert [(step["operation"], step["reason"]) for step in data["steps"]] == [
        ("create_index", "skipped: it is done already"),
        ("create_table", "skipped: a condition is false here"),
    ]
    assert [(one["kind"], one["sides"]) for one in data["remaining"]] == [
        ("type", {"head": "integer", "staging": "bigint"})
    ]
    assert "0 steps, 2 skipped" in call("plan", "--environment", "staging").out


def test_locks_are_those_of_the_indexes_and_constraints_that_are_there(call: Run, project: Alembic) -> None:
    project.revision("three", 'op.alter_column("orders", "note", nullable=False)')
    proof = "ALTER TABLE ONLY public.orders ADD CONSTRAINT full_note CHECK ((note IS NOT NULL));\n"
    plain = MADE.replace("note text", "note text, total integer") + at("two")
    Path("staging.sql").write_text(plain)
    assert planned(call)["steps"][0]["effects"]["scans"] == ["public.orders"]
    Path("staging.sql").write_text(plain + proof)
    assert planned(call)["steps"][0]["effects"]["scans"] == []


def test_rows_of_a_dump_are_not_known(call: Run, project: Alembic) -> None:
    loop = 'for row in op.get_bind().execute(sa.text("SELECT id FROM orders")):\n'
    loop += "    op.execute(f\"UPDATE orders SET note = 'x' WHERE id = {row.id}\")"
    project.revision("three", loop)
    Path("staging.sql").write_text(MADE.replace("note text", "note text, total integer") + at("two"))
    (step,) = planned(call)["steps"]
    assert step["certainty"] == "conditional"


def test_the_truth_is_what_remains_is_told_against(call: Run, project: Alembic) -> None:
    Path("staging.sql").write_text(MADE + at("one"))
    Path("prod.sql").write_text(MADE.replace("note text", "note text, total bigint") + at("two"))
    configured('staging = "staging.sql"', 'prod = "prod.sql"')
    assert [one["sides"] for one in planned(call, "--truth", "prod")["remaining"]] == [
        {"prod": "bigint", "staging": "integer"}
    ]
    assert planned(call)["remaining"] == []


def test_a_target_before_the_head(call: Run, project: Alembic) -> None:
    project.revision("three", 'op.create_index("hot", "orders", ["note"])')
    Path("staging.sql").write_text(MADE + at("one"))
    data = planned(call, "..two")
    assert (data["version"], data["remaining"]) == (["two"], [])


def test_an_unknown_revision_is_asked_for(call: Run, project: Alembic) -> None:
    Path("staging.sql").write_text(MADE)
    ran = call("plan", "--environment", "staging")
    assert ran.code == 2
    assert "staging is at a revision that nothing tells: give BASE..HEAD" in ran.err
    assert planned(call, "one..")["remaining"] == []
    Path("staging.sql").write_text(MADE + at("lost"))
    assert "lost, which the history does not have" in call("plan", "--environment", "staging").err


@pytest.mark.parametrize(("kind", "fails"), [("sa.Enum", True), ("postgresql.ENUM", False)])
def test_only_the_enum_of_postgresql_looks_whether_its_type_is_there(
    call: Run, project: Alembic, kind: str, fails: bool
) -> None:
    body = f'from sqlalchemy.dialects import postgresql\n{kind}("new", "paid", name="status").create(op.get_bind())'
    project.revision("three", body)
    there = "CREATE TYPE public.status AS ENUM ('new', 'paid');\n"
    Path("staging.sql").write_text(MADE.replace("note text", "note text, total integer") + there + at("two"))
    steps = planned(call, code=int(fails))["steps"]
    assert [bool(step["fails"]) for step in steps] == [fails]


def test_what_may_not_run_is_not_said_to_fail(call: Run, project: Alembic) -> None:
    guarded = 'if op.get_bind().execute(sa.text("SELECT 1 FROM orders")).first():\n'
    project.revision("three", guarded + '    op.add_column("orders", sa.Column("note", sa.Text))')
    Path("staging.sql").write_text(MADE.replace("note text", "note text, total integer") + at("two"))
    (step,) = planned(call)["steps"]
    assert (step["certainty"], step["fails"]) == ("conditional", None)
    assert "already exists" in step["reason"]


@pytest.mark.parametrize("alone", [True, False])
def test_a_failure_that_the_code_swallows_stops_it_only_in_a_transaction(
    call: Run, project: Alembic, alone: bool
) -> None:
    tried = 'try:\n    op.add_column("orders", sa.Column("note", sa.Text))\nexcept Exception:\n    pass'
    block = "with op.get_context().autocommit_block():\n" + "\n".join(f"    {line}" for line in tried.split("\n"))
    project.revision("three", block if alone else tried)
    Path("staging.sql").write_text(MADE.replace("note text", "note text, total integer") + at("two"))
    (step,) = planned(call, code=int(not alone))["steps"]
    assert bool(step["fails"]) is not alone


def test_a_dump_that_could_not_be_read_is_no_rehearsal(call: Run, project: Alembic) -> None:
    Path("staging.sql").write_bytes(b"\x00\xff\xfe" * 500)
    configured('staging = {dump = "staging.sql", revision = "one"}')
    ran = call("plan", "--environment", "staging")
    assert (ran.code, ran.out) == (2, "")
    assert "staging: the snapshot was not read" in ran.err
    assert "nothing can be rehearsed on it" in ran.err
