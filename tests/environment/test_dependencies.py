"""Packages of the project that `pyproject.toml` names by their path."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.environment.dependencies import roots
from migralint.project import Project
from migralint.tree import WorkTree
from tests.project import Alembic

POETRY = '[tool.poetry.dependencies]\npython = "^3.11"\nenums = {path = "%s"}\n'
GROUP = '[tool.poetry.group.dev.dependencies]\nenums = {path = "%s", develop = true}\n'
UV = '[project]\nname = "x"\n[tool.uv.sources]\nenums = { path = "%s" }\nother = { git = "https://example.org" }\n'


@pytest.mark.parametrize("text", [POETRY, GROUP, UV])
def test_their_folders_are_roots(text: str, tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend" / "pyproject.toml").write_text(text % "../third-party/enums")
    (tmp_path / "pyproject.toml").write_text(POETRY % "lib")
    found = roots(WorkTree(str(tmp_path)), "backend")
    assert found == ["third-party/enums", "third-party/enums/src", "lib", "lib/src"]


NESTED = "a = " + "[" * 200_000


@pytest.mark.parametrize(
    "text",
    [
        POETRY % "../../outside",
        POETRY % "/etc",
        "[tool",
        "[tool]\npoetry = 1\n",
        "\0",
        "\xff",
        pytest.param(NESTED, id="nested"),
    ],
)
def test_what_leads_out_of_the_project_or_says_nothing_is_left_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(text.encode("latin-1"))
    assert roots(WorkTree(str(tmp_path)), "") == []


OPERATIONS = """\
import alembic.autogenerate.render
from alembic.operations import MigrateOperation, Operations


@Operations.register_operation("fill")
class Fill(MigrateOperation):
    def __init__(self, table):
        self.table = table

    @classmethod
    def fill(cls, operations, table):
        return operations.invoke(cls(table))


@Operations.implementation_for(Fill)
def fill(operations, operation):
    operations.execute(f"INSERT INTO {alembic.autogenerate.render._ident(operation.table)} (id) VALUES (1)")
"""


def test_operations_that_such_a_package_registers_are_followed(tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    package = tmp_path / "third-party" / "enums" / "enumtables"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from .operations import *\n")
    (package / "operations.py").write_text(OPERATIONS)
    (tmp_path / "pyproject.toml").write_text(POETRY % "third-party/enums")
    path = project.revision("one", 'op.create_table("t", sa.Column("id", sa.Integer))\nop.fill("t")')
    path.write_text(path.read_text().replace("import sqlalchemy as sa", "import enumtables\nimport sqlalchemy as sa"))
    (history,) = Project.open(str(tmp_path), cache=False).histories
    assert [(s.operation.operation, s.certainty) for s in history.steps("one")] == [
        ("create_table", "certain"),
        ("insert", "certain"),
    ]
