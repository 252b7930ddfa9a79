from __future__ import annotations

from pathlib import Path

import pytest

from migralint.cli.values import Common
from migralint.server.checks import Checks, Problem
from tests.project import shop


def test_the_project_of_a_file(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    project = shop(root / "backend")
    file = str(project.versions / "two.py")
    assert Checks(Common()).root(file, [str(root)]) == str(root)
    assert Checks(Common(project=str(root))).root(file, []) == str(root)
    (root / "backend/migralint.toml").write_text("")
    assert Checks(Common()).root(file, [str(root)]) == str(root / "backend")


def test_a_mistake_of_ours_does_not_end_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("migralint.server.checks.open_project", broken)
    assert Checks(Common()).run(str(tmp_path), {}) == Problem("KeyError: 'x'", True)
