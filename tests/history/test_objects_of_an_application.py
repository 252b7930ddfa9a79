"""Objects that the application sets up before its migrations run: what they are without that decides nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project
from tests.project import Alembic

FACTORY = """
class Factory:
    def __init__(self):
        self._adapter = None

    def init_app(self, app):
        self._adapter = app.config["ADAPTER"]

    def create(self, kind):
        if self._adapter:
            return self._adapter.create(kind)
        raise Exception("init_app was not called")

factory = Factory()
"""
TABLE = """
op.create_table("t", sa.Column("id", sa.Integer), sa.Column("secret", factory.create(sa.Text)))
"""


@pytest.mark.parametrize(
    ("body", "tables"), [(f"from app.crypto import factory{TABLE}", ["t"]), (f"{FACTORY}{TABLE}", [])]
)
def test_a_method_that_raises_where_nothing_was_set_up(body: str, tables: list[str], tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "crypto.py").write_text(FACTORY)
    project.revision("one", body, "pass")
    (found,) = Project.open(str(tmp_path), cache=False).histories
    assert [name.name for name in found.schema.tables] == tables
    assert found.schema.opaque is (not tables)
