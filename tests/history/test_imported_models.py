"""All tables of a MetaData are those of every module that env.py and the revisions import, as Python would have run them."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project
from tests.project import Alembic

MODEL = """
import sqlalchemy as sa
from {base}

class {name}(Base):
    __tablename__ = "{table}"
    id = sa.Column(sa.Integer, primary_key=True)
"""
BASE = "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "from app.models.phase import Phase\nPhase.metadata.create_all(op.get_bind())",
            ["event", "outside", "phase"],
        ),
        ('from app.models.phase import Phase\nPhase.metadata.tables["event"].create(op.get_bind())', ["event"]),
        ("from app.models.phase import Phase\nPhase.__table__.create(op.get_bind())", ["phase"]),
        (
            "from app.models.base import Base\n"
            "for table in Base.metadata.sorted_tables:\n    table.create(op.get_bind())",
            ["event", "outside", "phase"],
        ),
    ],
)
def test_the_tables_of_a_metadata(body: str, expected: list[str], tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    models = tmp_path / "app" / "models"
    models.mkdir(parents=True)
    (tmp_path / "app" / "__init__.py").write_text("")
    (models / "__init__.py").write_text("from .phase import Phase\nfrom .event import Event\n")
    (models / "base.py").write_text(BASE)
    (models / "phase.py").write_text(MODEL.format(base=".base import Base", name="Phase", table="phase"))
    (models / "event.py").write_text(MODEL.format(base=".base import Base", name="Event", table="event"))
    (tmp_path / "outside.py").write_text(
        MODEL.format(base="app.models.base import Base", name="Outside", table="outside")
    )
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
    env = tmp_path / "alembic" / "env.py"
    env.write_text(f"import outside\n{env.read_text()}")
    project.revision("one", body, "pass")
    (found,) = Project.open(str(tmp_path), cache=False).histories
    assert sorted(name.name for name in found.schema.tables) == expected
