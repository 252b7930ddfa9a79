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
    assert _made(tmp_path, "import outside", body) == expected


def test_the_metadata_of_sqlmodel_has_the_tables_of_the_modules_that_were_imported(tmp_path: Path) -> None:
    model = "from sqlmodel import Field, SQLModel\nclass {0}(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n"
    (tmp_path / "one.py").write_text(model.format("One"))
    (tmp_path / "two.py").write_text(model.format("Two"))
    (tmp_path / "three.py").write_text(model.format("Three"))
    body = "import two\nfrom sqlmodel import SQLModel\nSQLModel.metadata.create_all(op.get_bind())"
    assert _made(tmp_path, "import one", body) == ["one", "two"]


def test_a_module_that_makes_its_tables_while_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "one.py").write_text(MODEL.format(base="base import Base", name="One", table="one"))
    engine = "Base.metadata.create_all(sa.create_engine('postgresql://'))\nnames = sorted(Base.metadata.tables)\n"
    (tmp_path / "two.py").write_text(
        "import one\n" + MODEL.format(base="base import Base", name="Two", table="two") + engine
    )
    body = "from two import Base, names\nBase.metadata.create_all(op.get_bind())\nop.create_table('-'.join(names))"
    assert _made(tmp_path, "import one", body) == ["one", "one-two", "two"]


def _made(folder: Path, imported: str, body: str) -> list[str]:
    """The tables of a history of one revision, whose env.py imports models."""
    project = Alembic(folder)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
    env = folder / "alembic" / "env.py"
    env.write_text(f"{imported}\n{env.read_text()}")
    project.revision("one", body, "pass")
    (found,) = Project.open(str(folder), cache=False).histories
    return sorted(name.name for name in found.schema.tables)
