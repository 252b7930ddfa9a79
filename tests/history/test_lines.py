"""Lines of a history: together where one database can hold them, apart where they make the same tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project
from migralint.schema import Name

REVISION = """
from alembic import op
import sqlalchemy as sa
revision = {id!r}
down_revision = {down!r}
branch_labels = {labels!r}
def upgrade():
    op.create_table({table!r}, sa.Column({column!r}, sa.Integer))
"""


def project(root: Path, *revisions: tuple[str, str | None, str | None, str, str]) -> Project:
    versions = root / "alembic" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n")
    for id, down, labels, table, column in revisions:
        text = REVISION.format(id=id, down=down, labels=labels, table=table, column=column)
        (versions / f"{id}.py").write_text(text)
    return Project.open(str(root), cache=False)


def test_lines_that_exclude_each_other(tmp_path: Path) -> None:
    (history,) = project(
        tmp_path,
        ("a1", None, "new", "t", "n"),
        ("a2", "a1", None, "u", "n"),
        ("b1", None, "old", "t", "o"),
        ("b2", "b1", None, "v", "o"),
    ).histories
    assert [step.failure for step in history.steps_all()] == [None] * 4
    first = next(iter(history.revisions))
    other = "b1" if first == "a1" else "a1"
    assert Name("public", "t") not in history.before(other).tables
    table = history.steps(first)[0].after.tables[Name("public", "t")]
    assert history.schema.tables[Name("public", "t")] == table
    assert Name("public", "v" if first == "a1" else "u") not in history.schema.tables


@pytest.mark.parametrize("labels", ["old", None])
def test_lines_in_one_database(tmp_path: Path, labels: str | None) -> None:
    (history,) = project(
        tmp_path,
        ("a1", None, "new", "t", "n"),
        ("b1", None, labels, "u" if labels else "t", "o"),
    ).histories
    if labels:
        assert len(history.schema.tables) == 2
    else:  # a revision that forgot its parent: the second table is refused, and that is a finding
        assert len([step for step in history.steps_all() if step.failure]) == 1
