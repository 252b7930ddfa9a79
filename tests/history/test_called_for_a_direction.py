"""What Alembic calls as `upgrade` and `downgrade`, where it is no function that the file defines."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.operations.steps import Step
from migralint.project import Project
from tests.project import Alembic


def steps(root: Path, code: str, direction: str) -> list[Step]:
    project = Alembic(root)
    text = f"from alembic import op\nrevision = 'one'\ndown_revision = None\n{code}\n"
    (project.versions / "one.py").write_text(text)
    (history,) = Project.open(str(root), cache=False).histories
    return list(history.steps("one", direction))


@pytest.mark.parametrize("direction", ["upgrade", "downgrade"])
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("from nowhere import {0}", "nowhere.{0} is not known"),
        ("from nowhere import make\n{0} = make('t')", "nowhere.make is not known"),
    ],
)
def test_what_cannot_be_followed_is_opaque(tmp_path: Path, direction: str, code: str, reason: str) -> None:
    (step,) = steps(tmp_path, code.format(direction), direction)
    assert step.certainty == "opaque"
    assert step.reason == f"{direction} could not be followed: {reason.format(direction)}"


@pytest.mark.parametrize(
    "code",
    [
        "class Moves:\n    def up(self):\n        op.drop_table('t')\nupgrade = Moves().up",
        "from functools import partial\nupgrade = partial(op.drop_table, 't')",
        "upgrade = lambda: op.drop_table('t')",
    ],
)
def test_other_callables_are_called(tmp_path: Path, code: str) -> None:
    assert [step.operation.operation for step in steps(tmp_path, code, "upgrade")] == ["drop_table"]


def test_none_at_all(tmp_path: Path) -> None:
    """Alembic asks the module for `upgrade` and fails; a downgrade that is absent is forward only."""
    (step,) = steps(tmp_path, "", "upgrade")
    assert step.reason == "upgrade could not be followed: there is no such function, so Alembic stops here"
    assert steps(tmp_path / "other", "", "downgrade") == []
