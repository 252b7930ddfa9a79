"""What is kept in the repository: the list of projects and their records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ecosystem.facts import facts
from tests.ecosystem.measure import Loaded, Result
from tests.ecosystem.projects import EcosystemError, projects
from tests.ecosystem.record import differences
from tests.ecosystem.recorded import Record
from tests.ecosystem.report import page
from tests.ecosystem.score import score_schema

PROJECTS = projects()
ENTRY = """
[[project]]
name = "shop"
requirement = "shop==1.0"
file = "shop-1.0-py3-none-any.whl"
sha256 = "00"
styles = ["plain"]
script-location = "shop/migrations"
"""


def test_there_are_enough_projects_and_some_are_run() -> None:
    assert len(PROJECTS) >= 30
    assert sum(project.execute is not None for project in PROJECTS.values()) >= 6


@pytest.mark.parametrize("name", PROJECTS)
def test_record(name: str, tmp_path: Path) -> None:
    project = PROJECTS[name]
    record = Record.read(project.record)
    assert sum(counted.total() for counted in facts(record.schema).values()) > 50
    assert record.operations
    assert project.styles
    again = tmp_path / "again.json.gz"
    record.write(again)
    assert again.read_bytes() == project.record.read_bytes()
    assert differences(project, record, Record.read(again)) == []


def test_every_record_is_a_projects() -> None:
    kept = {path.name for path in (Path(__file__).parent / "recorded").iterdir()}
    assert kept == {project.record.name for project in PROJECTS.values()}


def test_a_changed_record_is_told() -> None:
    project = PROJECTS["meltano"]
    old, new = Record.read(project.record), Record.read(project.record)
    revision, *_ = new.operations
    dropped = new.operations[revision].pop(0)
    del new.schema["tables"]["public.runs"]["columns"][0]
    changes = differences(project, old, new)
    assert f"- {revision} {dropped.to_data()}" in changes
    assert any(change.startswith("- column: runs ") for change in changes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY + 'colour = "red"', "shop: unknown: colour"),
        (ENTRY + ENTRY, "listed twice: shop"),
        (ENTRY.replace("sha256", "#"), "shop: .*sha256"),
    ],
)
def test_entries_that_cannot_be_used(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "projects.toml"
    path.write_text(text)
    with pytest.raises(EcosystemError, match=message):
        projects(path)


def test_page_says_what_differs() -> None:
    project = PROJECTS["meltano"]
    record = Record.read(project.record)
    wrong = Record.read(project.record).schema
    wrong["tables"]["public.runs"]["columns"][1]["type"] = "xml"
    schema = score_schema(record.schema, wrong, {"alembic_version"})
    models = score_schema(record.schema, {"tables": {}}, {"alembic_version"})
    text = page([Result(project, record, schema, models=models, loaded=Loaded(failure="syntax error"))])
    assert "missing type: runs job_name character varying" in text
    assert "surplus type: runs job_name xml" in text
    assert "the SQL does not load: syntax error" in text
    assert "| meltano | 70 | 0.9857 | 0.9857 |" in text
    assert "| meltano | 70 | 0.0000 | 0.0000 |" in text
    assert "missing table: runs" in text


def test_a_record_keeps_what_is_not_validated(tmp_path: Path) -> None:
    checks = [{"name": "c", "expression": "id > 0", "validated": False}]
    table = {"columns": [{"name": "id", "type": "integer", "not_null": False}], "checks": checks}
    record = Record({"tables": {"public.orders": table}}, {}, {})
    record.write(tmp_path / "orders.json.gz")
    kept = Record.read(tmp_path / "orders.json.gz")
    assert facts(kept.schema) == facts(record.schema)
    assert facts(kept.schema)["not_validated"].total() == 1
