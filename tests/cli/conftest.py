from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from migralint.cli.main import run
from migralint.operations import CreateTable, DropTable
from migralint.schema import Name
from migralint.tree import Recorder, WorkTree
from tests.verdict.fake import FakeProject, rules, table


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ran]

FIRST, SECOND = "versions/a1.py", "versions/b2.py"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in an empty folder, `project`, with a cache of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MIGRALINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("NO_COLOR", raising=False)

    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(arguments)
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def opened(call: Run, monkeypatch: pytest.MonkeyPatch) -> list[FakeProject]:
    """Puts a project with two revisions, the second of which drops a table, in the place of the real one.

    The list holds every project that was opened.
    """
    Path("versions").mkdir()
    Path(FIRST).write_text('op.create_table("orders")\n')
    Path(SECOND).write_text('op.drop_table("orders")\n')
    made: list[FakeProject] = []
    root = Path.cwd()

    def open_project(*_: object, **__: object) -> FakeProject:
        files = {path: (root / path).read_text() for path in (FIRST, SECOND)}
        project = FakeProject(files, root=str(root))
        project.tree = Recorder(WorkTree(project.root))
        project.add("a1", FIRST, (CreateTable(table("orders", "id", "note")), "op.create_table"))
        drop = DropTable(Name("public", "orders"))
        back = CreateTable(table("orders", "id"))
        text = 'op.drop_table("orders")'
        project.add("b2", SECOND, (drop, text), downgrade=((back, text),))
        made.append(project)
        return project

    for module in ("answers", "baseline", "graph", "history", "init", "operations"):
        monkeypatch.setattr(f"migralint.cli.{module}.open_project", open_project)
    monkeypatch.setattr("migralint.verdict.check.load", lambda folders: rules())
    return made
