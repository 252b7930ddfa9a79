"""Models on paper against what `MetaData.create_all` makes on a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migralint.project import Project
from migralint.schema.document import document
from tests.ecosystem.score import score_schema
from tests.models.cases import Case, cases
from tests.models.really import Really

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_schema_is_what_create_all_makes(case: Case, tmp_path: Path, really: Really) -> None:
    case.write(tmp_path)
    project = Project.open(str(tmp_path), postgresql_version=18, cache=False)
    models = project.models
    answer = json.loads(json.dumps(document(models.schema)))
    truth = really(tmp_path)
    score = score_schema(truth, answer, ())
    order = {table: [c["name"] for c in found["columns"]] for table, found in answer["tables"].items()}
    assert score.is_equal, f"missing {score.missing}\nextra {score.extra}"
    assert order == {table: [c["name"] for c in found["columns"]] for table, found in truth["tables"].items()}
    assert not [note.message for note in models.notes], "all of it is known"


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)
