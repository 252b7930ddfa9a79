"""Code of the linted project never runs: planted side effects, watched by an audit hook."""

from __future__ import annotations

from pathlib import Path

from tests.safety.audit import audit

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "shop"
EVIL = """
import os, subprocess, sys, socket
open({marker!r}, "w").write("ran")
os.system("touch {marker}")
subprocess.run(["touch", {marker!r}])
exec("open({marker!r}, 'w')")
eval("__import__('os').system('touch {marker}')")
socket.create_connection(("127.0.0.1", 9))
"""


def _planted(folder: Path) -> tuple[Path, Path]:
    """A project whose every file does harm when it runs, and the file that would show it."""
    marker = folder / "ran"
    evil = EVIL.format(marker=str(marker))
    project = folder / "project"
    files = {
        "alembic.ini": "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n",
        "migrations/env.py": f"{evil}\nfrom alembic import context\nfrom app.models import Base\n"
        "context.configure(target_metadata=Base.metadata)\n",
        "migrations/script.py.mako": "<% import os; os.system('touch " + str(marker) + "') %>",
        "migrations/versions/a.py": "from alembic import op\nimport sqlalchemy as sa\nfrom app.models import Base\n"
        f"revision = 'a'\ndown_revision = None\n{evil}\n"
        f"def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer()))\n"
        + "".join(f"    {line}\n" for line in evil.splitlines() if line)
        + "    op.execute('DROP TABLE t')\n",
        "app/__init__.py": evil,
        "app/models.py": f"{evil}\nimport sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\n"
        "Base = declarative_base()\n",
        "sitecustomize.py": evil,
        "conftest.py": evil,
        "migralint.toml": "rule-paths = ['own']\n",
        "own/mg999_own.py": evil,
        "sqlglot.py": evil,
        "libcst.py": evil,
    }
    for path, text in files.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return project, marker


def test_a_planted_project_does_nothing(tmp_path: Path) -> None:
    project, marker = _planted(tmp_path)
    code, events = audit(project, [])
    assert events == []
    assert code in (0, 1)
    assert not marker.exists()


def test_the_example_is_only_read() -> None:
    assert audit(EXAMPLE, []) == (1, [])


def test_the_hook_would_see_it(tmp_path: Path) -> None:
    """With --project-rules the project's own rules run: the hook has to tell, or it tells nothing."""
    project, _ = _planted(tmp_path)
    _, events = audit(project, ["--project-rules"])
    assert events
