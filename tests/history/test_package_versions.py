"""What a revision does may depend on the release of a package that the project has."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project
from tests.project import Alembic

MADE = """op.execute("CREATE TYPE state AS ENUM ('a', 'b')")
op.execute("CREATE TABLE t (s state)")
op.execute("CREATE INDEX some ON t (s) WHERE s = 'a'")
op.execute("CREATE INDEX whole ON t (s)")"""
SYNCED = """op.sync_enum_values(
    enum_schema="public", enum_name="state", new_values=["a", "b", "c"],
    affected_columns=[TableReference(table_schema="public", table_name="t", column_name="s")],
    enum_values_to_rename=[],
)"""


@pytest.mark.parametrize(
    ("pinned", "operators", "indexes"),
    [("1.8.0", 0, ["whole"]), ("1.9.0", 2, ["some", "whole"]), (None, 2, ["some", "whole"])],
)
def test_how_comparisons_of_old_and_new_labels_go(
    pinned: str | None, operators: int, indexes: list[str], tmp_path: Path
) -> None:
    project = Alembic(tmp_path)
    if pinned is not None:
        (tmp_path / "requirements.txt").write_text(f"alembic\nalembic-postgresql-enum=={pinned}\n")
    project.revision("one", MADE)
    path = project.revision("two", SYNCED)
    imported = "from alembic_postgresql_enum import TableReference\nimport sqlalchemy as sa"
    path.write_text(path.read_text().replace("import sqlalchemy as sa", imported))
    (history,) = Project.open(str(tmp_path), cache=False).histories
    assert [step.operation.operation for step in history.steps("two")].count("drop_operator") == operators
    (table,) = history.schema.tables.values()
    assert sorted(index.name for index in table.indexes) == indexes
    assert not any(step.failure for step in history.steps("two"))
