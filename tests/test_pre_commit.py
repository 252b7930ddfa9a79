"""The hook in real repositories, as pre-commit and prek install and run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGED = (".pre-commit-hooks.yaml", "LICENSE", "README.md", "migralint", "pyproject.toml", "rules", "setup.py")
"""What a clone of the repository has that the hook needs."""

BAD = '    op.create_index("ix_orders_status", "orders", ["status"])'
GOOD = """\
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)"""

ENV_PY = """\
from alembic import context

context.configure(dialect_name="postgresql")
context.execute("SET lock_timeout = '5s'")
context.run_migrations()
"""
REVISION = """\
from alembic import op
import sqlalchemy as sa

revision: str = {revision!r}
down_revision: str | None = {down_revision!r}


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
    raise NotImplementedError("forward only")
"""
ORDERS = """\
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
    )"""
SNAPSHOT = "CREATE TABLE orders (id serial PRIMARY KEY, status text NOT NULL);\n"

pytestmark = [
    pytest.mark.registry,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]


def _tool(name: str) -> str:
    tool = Path(sys.executable).parent / name
    if not tool.exists():
        pytest.skip(f"{name} is not installed beside this Python")
    return str(tool)


def _git(folder: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=someone", "-c", "user.email=someone@example.org", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _commit(folder: Path) -> None:
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--no-verify", "--message", "begin")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with what is checked out here, committed."""
    folder = tmp_path_factory.mktemp("hooks") / "migralint"
    folder.mkdir()
    for name in PACKAGED:
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        else:
            shutil.copy(REPOSITORY / name, folder / name)
    _commit(folder)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Variables under which the tools keep their environments, and migralint its answers, in a folder of the test."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "PREK"))}
    return {
        **kept,
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "PREK_HOME": str(home / "prek"),
        "XDG_CACHE_HOME": str(home / "cache"),
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A committed project whose only revision makes `orders`."""
    folder = tmp_path / "project"
    versions = folder / "alembic" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n")
    (folder / "alembic" / "env.py").write_text(ENV_PY)
    (versions / "a1.py").write_text(REVISION.format(revision="a1", down_revision=None, upgrade=ORDERS))
    _commit(folder)
    return folder


@pytest.mark.parametrize("tool", ["pre-commit", "prek"])
def test_hook_stops_a_bad_migration_and_lets_a_good_one_pass(
    tool: str, hooks: Path, environment: Mapping[str, str], project: Path
) -> None:
    command = [_tool(tool), "try-repo", str(hooks), "migralint", "--verbose"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    revision = project / "alembic" / "versions" / "b2.py"
    revision.write_text(REVISION.format(revision="b2", down_revision="a1", upgrade=BAD))
    _git(project, "add", "--all")
    bad = run()
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "MG201" in bad.stdout
    assert "alembic/versions/b2.py" in bad.stdout

    revision.write_text(REVISION.format(revision="b2", down_revision="a1", upgrade=GOOD))
    _git(project, "add", "--all")
    good = run()
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    assert "MG201" not in good.stdout


@pytest.mark.parametrize("tool", ["pre-commit", "prek"])
def test_hook_runs_when_a_file_changes_that_it_may_read(
    tool: str, hooks: Path, environment: Mapping[str, str], project: Path
) -> None:
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hooks, capture_output=True, text=True, check=True)
    configured = f"repos: [{{repo: {hooks}, rev: {head.stdout.strip()}, hooks: [{{id: migralint}}]}}]\n"
    (project / ".pre-commit-config.yaml").write_text(configured)
    # An empty file would be drift: a snapshot that lacks what the history makes.
    (project / "supabase_schema.sql").write_text(SNAPSHOT)
    _git(project, "add", "--all")
    _git(project, "commit", "--quiet", "--message", "configure the hook")

    def ran(changed: str) -> bool:
        with (project / changed).open("a") as file:
            file.write("\n")
        _git(project, "add", "--all")
        done = subprocess.run(
            [_tool(tool), "run", "--verbose"], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        _git(project, "commit", "--quiet", "--message", "change")
        return "Passed" in done.stdout

    read = ("models.py", "supabase_schema.sql", "alembic.ini", "migralint.toml", "alembic/script.py.mako")
    assert [name for name in (*read, "README.md") if ran(name)] == list(read)
