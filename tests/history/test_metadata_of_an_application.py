"""A `target_metadata` that only a running application has: its naming convention is not known, and that is said."""

from __future__ import annotations

from pathlib import Path

from migralint.project import Project
from tests.project import Alembic


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
