from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.project import Alembic

INDEX = 'op.create_index("{0}", "orders", ["status"])'
ENV = """\
from alembic import context
import sqlalchemy as sa

with sa.create_engine("postgresql://", connect_args={"options": "-c lock_timeout=2000"}).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.fixture
def project(call: Run) -> Alembic:
    """One table with an index built in the next revision, and two foreign keys in the one after it."""
    project = Alembic(Path.cwd())
    (project.root / "alembic" / "env.py").write_text(ENV)
    project.revision(
        "one",
        'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))\n'
        'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True), sa.Column("status", sa.Text), '
        'sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))',
    )
    project.revision("two", INDEX.format("ix"))
    project.revision(
        "three",
        "\n".join(f'op.create_foreign_key("{c}", "orders", "users", ["{c}"], ["id"])' for c in "ab"),
    )
    return project


def test_diff_shows_and_writes_nothing(call: Run, project: Alembic) -> None:
    before = {path: path.read_bytes() for path in project.root.rglob("*.py")}
    ran = call("check", "--diff")
    assert ran.code == 1
    assert ran.err == "migralint: would fix 1 finding; 2 more with --unsafe-fixes\n"
    assert ran.out.startswith("--- alembic/versions/two.py\n+++ alembic/versions/two.py\n@@ ")
    assert "+    with op.get_context().autocommit_block():\n" in ran.out
    assert "three.py" not in ran.out
    assert {path: path.read_bytes() for path in project.root.rglob("*.py")} == before


def test_fix_writes_what_is_safe_and_tells_the_rest(call: Run, project: Alembic) -> None:
    ran = call("check", "--fix", "--output-format", "concise")
    assert ran.err == "migralint: fixed 1 finding in 1 file; 2 more with --unsafe-fixes\n"
    assert ran.code == 1
    assert "MG201" not in ran.out
    assert ran.out.count("MG205") == 2
    assert "autocommit_block" in (project.versions / "two.py").read_text()
    assert call("check", "--diff").code == 0


def test_unsafe_fixes_that_each_need_a_revision_make_one_after_the_other(call: Run, project: Alembic) -> None:
    ran = call("check", "--fix", "--unsafe-fixes")
    assert ran.err == "migralint: fixed 4 findings in 5 files\n"
    assert (ran.code, call("check").code) == (0, 0)
    graph = json.loads(call("graph", "--format", "json").out)
    parents = [revision["down_revision"] for revision in graph["revisions"]]
    assert [len(one) for one in parents] == [0, 1, 1, 1, 1]
    assert len(graph["heads"]) == 1
    schema = json.loads(call("schema", "--format", "json").out)
    assert [key["validated"] for key in schema["tables"]["public.orders"]["foreign_keys"]] == [True, True]


def test_the_fix_is_in_the_report_for_machines(call: Run, project: Alembic) -> None:
    found = {one["code"]: one["fix"] for one in json.loads(call("check", "--output-format", "json").out)["findings"]}
    assert set(found["MG201"]) == {"safety", "title", "reason", "edits"}
    assert (found["MG201"]["safety"], found["MG201"]["reason"]) == ("safe", None)
    block, argument = found["MG201"]["edits"]
    assert block == {
        "path": "alembic/versions/two.py",
        "line": 11,
        "column": 5,
        "end_line": 11,
        "end_column": 5,
        "replacement": "with op.get_context().autocommit_block():\n        ",
        "creates": False,
    }
    assert argument["replacement"] == ", postgresql_concurrently=True"
    assert found["MG205"]["safety"] == "unsafe"
    assert "transaction_per_migration" in found["MG205"]["reason"]
    assert [edit["creates"] for edit in found["MG205"]["edits"]] == [False, True]
    # a stored answer has it too
    again = {one["code"]: one["fix"] for one in json.loads(call("check", "--output-format", "json").out)["findings"]}
    assert again["MG201"] == found["MG201"]


def test_people_are_told_what_can_be_fixed(call: Run, project: Alembic) -> None:
    out = call("check").out
    assert "  fix: build the index CONCURRENTLY in an autocommit_block() (--fix)\n" in out
    assert "(--unsafe-fixes)\n" in out
    assert "\n1 fixable with --fix, 2 more with --fix --unsafe-fixes; --diff shows how.\n" in out


def test_what_is_suppressed_or_not_asked_for_is_left_alone(call: Run, project: Alembic) -> None:
    two = project.versions / "two.py"
    assert call("check", "alembic/versions/one.py", "--diff").out == ""
    assert call("check", "--select", "MG1", "--diff").code == 0
    two.write_text(
        two.read_text().replace(INDEX.format("ix"), INDEX.format("ix") + "  # migralint: ignore[MG201] small")
    )
    assert call("check", "--diff").out == ""


def test_a_file_keeps_its_encoding_and_its_line_ends(call: Run, project: Alembic) -> None:
    two = project.versions / "two.py"
    text = "# -*- coding: latin-1 -*-\n# caf\N{LATIN SMALL LETTER E WITH ACUTE}\n" + two.read_text()
    two.write_bytes(text.replace("\n", "\r\n").encode("latin-1"))
    call("check", "--fix")
    data = two.read_bytes()
    assert b"caf\xe9\r\n" in data
    assert b"autocommit_block():\r\n" in data
    assert data.count(b"\n") == data.count(b"\r\n") == text.count("\n") + 1


def test_a_fix_that_brings_another_finding_is_followed_by_its_fix(call: Run, project: Alembic) -> None:
    three = project.versions / "three.py"
    three.write_text("".join(line for line in three.read_text().splitlines(True) if '"b"' not in line))
    (project.versions / "two.py").write_text(
        (project.versions / "two.py").read_text().replace(INDEX.format("ix"), "pass")
    )
    ran = call("check", "--fix", "--unsafe-fixes")
    assert ran.err == "migralint: fixed 2 findings in 3 files\n"
    assert "transaction_per_migration=True" in (project.root / "alembic" / "env.py").read_text()
    assert ran.code == 0
