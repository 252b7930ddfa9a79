"""A `target_metadata` that only a running application has: the project's code makes it, or it is said to be unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project
from tests.project import Alembic

ENV = """
from alembic import context
from flask import current_app

target_db = current_app.extensions["migrate"].db

def get_metadata():
    if hasattr(target_db, "metadatas"):
        return target_db.metadatas[None]
    return target_db.metadata

context.configure(target_metadata=get_metadata(), **current_app.extensions["migrate"].configure_args)
"""


@pytest.mark.parametrize(
    "made",
    [
        'from sqlalchemy import MetaData\ndb = SQLAlchemy(metadata=MetaData(naming_convention={"uq": "only_%(table_name)s"}))',
        "from sqlalchemy.orm import DeclarativeBase\nfrom sqlalchemy import MetaData\nclass Base(DeclarativeBase):\n"
        '    metadata = MetaData(naming_convention={"uq": "only_%(table_name)s"})\ndb = SQLAlchemy(model_class=Base)',
        "class Own(SQLAlchemy):\n    pass\ndb: Own = Own()\n"
        'db.Model.metadata.naming_convention = {"uq": "only_%(table_name)s"}',
        'db = SQLAlchemy()\ndb.metadata.naming_convention = {"uq": "%(only)s%(table_name)s", "only": '
        'lambda constraint, table: "only_" if [c.name for c in constraint.columns] == ["a"] else table.name}',
    ],
)
def test_the_database_that_the_code_makes_is_that_of_the_application(tmp_path: Path, made: str) -> None:
    project = Alembic(tmp_path)
    project.revision("one", 'op.create_table("t", sa.Column("a", sa.Integer), sa.UniqueConstraint("a"))')
    (tmp_path / "alembic" / "env.py").write_text(ENV)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "extensions.py").write_text(f"from flask_sqlalchemy import SQLAlchemy\n{made}\n")
    (history,) = Project.open(str(tmp_path), cache=False).histories
    assert not [note for note in history.notes if note.kind == "MG004"]
    (table,) = history.schema.tables.values()
    assert [constraint.name for constraint in table.constraints] == ["only_t"]


def test_a_database_of_a_class_of_the_project_is_that_of_the_application(tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    project.revision("one", 'op.create_table("t", sa.Column("a", sa.Integer), sa.UniqueConstraint("a"))')
    (tmp_path / "alembic" / "env.py").write_text(ENV)
    (tmp_path / "database.py").write_text("from flask_sqlalchemy import SQLAlchemy\nclass Own(SQLAlchemy):\n    pass\n")
    (tmp_path / "shop.py").write_text(
        "from database import Own\nfrom flask_migrate import Migrate\nfrom sqlalchemy import MetaData\n"
        'db = Own(metadata=MetaData(naming_convention={"uq": "only_%(table_name)s"}))\nMigrate(None, db)\n'
    )
    (history,) = Project.open(str(tmp_path), cache=False).histories
    (table,) = history.schema.tables.values()
    assert [constraint.name for constraint in table.constraints] == ["only_t"]


def test_of_databases_with_different_names_none_is_taken(tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    project.revision("one", "pass")
    (tmp_path / "alembic" / "env.py").write_text(ENV)
    for name, naming in (("one", "{}"), ("two", '{"uq": "only_%(table_name)s"}')):
        (tmp_path / f"{name}.py").write_text(
            "from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy import MetaData\n"
            f"db = SQLAlchemy(metadata=MetaData(naming_convention={naming}))\n"
        )
    (history,) = Project.open(str(tmp_path), cache=False).histories
    assert [note.kind for note in history.notes] == ["MG004"]


def test_it_is_told(tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    project.revision("one", "pass")
    (tmp_path / "alembic" / "env.py").write_text(
        "from alembic import context\nfrom flask import current_app\n"
        'context.configure(target_metadata=current_app.extensions["migrate"].db.metadata)\n'
    )
    (history,) = Project.open(str(tmp_path), cache=False).histories
    (note,) = history.notes
    assert (note.kind, note.place.path) == ("MG004", "alembic/env.py")
    assert "target_metadata" in note.message
