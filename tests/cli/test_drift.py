from __future__ import annotations

import json
from pathlib import Path

import pytest

from migralint.drift.difference import Difference
from migralint.operations import ObjectRef, Place
from migralint.schema import Name
from tests.cli.conftest import FIRST, SECOND, Run
from tests.project import Alembic
from tests.verdict.fake import FakeProject

ID = Difference(
    "type",
    "blocking",
    ObjectRef("column", Name("public", "orders"), "id"),
    (("head", "integer"), ("models.py", "bigint")),
    "orders.id is a bigint in the models",
    Place("models.py", -1, 0, 2),
    Place(FIRST, 0, 0, 2),
)


@pytest.fixture
def differing(opened: list[FakeProject], monkeypatch: pytest.MonkeyPatch) -> None:
    from migralint.cli import answers

    original = answers.open_project

    def open_project(*given: object, **files: object) -> FakeProject:
        project: FakeProject = original(*given)  # type: ignore[assignment, arg-type]  # the one made by hand
        project.differences = (ID,)
        return project

    monkeypatch.setattr(answers, "open_project", open_project)
    Path("models.py").write_text("id = Column(BigInteger)\n")


def test_drift_is_told_by_class_with_both_sides(call: Run, differing: None) -> None:
    ran = call("drift")
    assert ran.code == 1
    assert ran.out.startswith(
        "blocking: 1 difference (breaks at run time)\n"
        "  column public.orders.id: type  models.py:1\n"
        "      head       integer\n"
        "      models.py  bigint\n"
    )
    assert SECOND not in ran.out


def test_drift_as_json(call: Run, differing: None) -> None:
    data = json.loads(call("drift", "--output-format", "json").out)
    (difference,) = data["differences"]
    assert difference["sides"] == {"head": "integer", "models.py": "bigint"}
    assert [finding["fingerprint"] for finding in data["findings"]] == [difference["finding"]]
    assert data["environments"] == []
    assert "differences" not in json.loads(call("check", "--output-format", "json").out)


def test_accepted_drift_is_marked(call: Run, differing: None) -> None:
    Path("models.py").write_text("id = Column(BigInteger)  # migralint: ignore[MG4] goes with the next release\n")
    ran = call("drift")
    assert ran.code == 0
    assert "models.py:1 [suppressed by comment]" in ran.out


def test_revisions_without_an_order_are_told_beside_the_differences(call: Run, tmp_path: Path) -> None:
    project = Alembic(tmp_path / "broken")
    path = project.revision("one", "pass")
    path.write_text(path.read_text().replace("down_revision = None", "down_revision = 'gone'"))
    ran = call("drift", "--project", str(tmp_path / "broken"))
    assert ran.code == 1
    assert "MG302" in ran.out


def test_what_functions_of_a_snapshot_write_that_is_nowhere(call: Run) -> None:
    Alembic(Path.cwd()).revision("one", 'op.create_table("profiles", sa.Column("id", sa.Integer, primary_key=True))')
    body = (
        "BEGIN INSERT INTO profils (id) VALUES (new.id); UPDATE stats SET n = 1; DELETE FROM profiles; RETURN new; END"
    )
    Path("supabase_schema.sql").write_text(
        "CREATE TABLE profiles (id integer PRIMARY KEY); CREATE TABLE stats (n integer);\n"
        f"CREATE FUNCTION added() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$;\n"
    )
    data = json.loads(call("drift", "--output-format", "json", "--exit-zero").out)
    assert [(one["code"], one["line"]) for one in data["findings"] if one["code"].startswith("MG6")] == [("MG601", 2)]
