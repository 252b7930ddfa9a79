"""Folders that env.py puts on `sys.path`: modules are imported from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project
from tests.project import Alembic

ENV = """
import os, sys
from pathlib import Path
{line}
from persistence import models
target_metadata = models.Base.metadata
"""
MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base
Base = declarative_base()

class T(Base):
    __tablename__ = "t"
    id = sa.Column(sa.Integer, primary_key=True)
"""


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ("sys.path.append(os.path.abspath(os.path.join(os.path.dirname(__file__), '../other/lib')))", "other/lib"),
        ("sys.path.insert(0, str(Path(__file__).parent / 'lib'))", "alembic/lib"),
        ("here = Path(__file__).parents[1] / 'worker'\nsys.path.append(str(here))", "worker"),
    ],
)
def test_folders_that_env_py_names(line: str, folder: str, tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    package = tmp_path / folder / "persistence"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "models.py").write_text(MODELS)
    (tmp_path / "alembic" / "env.py").write_text(ENV.format(line=line))
    project.revision("one", "pass", "pass")
    models = Project.open(str(tmp_path), cache=False).models
    assert [name.name for name in models.schema.tables] == ["t"]
