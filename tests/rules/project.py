"""A mini project around an example of a rule, and what migralint says about it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from migralint.rule import Example
from migralint.verdict.finding import Verdict
from tests.repository import Git

RAISE = 'raise NotImplementedError("forward only")'
ENV = """\
import sqlalchemy as sa
from alembic import context

engine = sa.create_engine("postgresql://")
with engine.connect() as connection:
    connection.execute(sa.text("SET lock_timeout = '2s'"))
    connection.execute(sa.text("SET statement_timeout = '5min'"))
    connection.commit()
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
MODELS = """\
import enum

import sqlalchemy as sa

metadata = sa.MetaData()
"""
REVISION = """\
import sqlalchemy as sa
from alembic import op
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql

revision = "{id}"
down_revision = {parent}


def upgrade():
{upgrade}


def downgrade():
{downgrade}
"""


def write(example: Example, root: Path) -> None:
    """The files of the project: the revision under test is `second`, its parent `first` makes what it needs.

    An example with files in `versions/` brings its own history.
    """
    versions = root / "alembic" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
    env = ENV
    if example.models:
        (root / "models.py").write_text(f"{MODELS}{example.models}\n")
        env = f"import models\n{ENV}".replace("target_metadata=None", "target_metadata=models.metadata")
    (root / "alembic" / "env.py").write_text(env)
    if example.settings:
        (root / "migralint.toml").write_text("\n".join(example.settings) + "\n")
    for path, text in example.files:
        _put(root, path, text)
    if any(path.startswith("versions/") for path, _ in example.files):
        return
    if example.setup:
        (versions / "first.py").write_text(revision("first", None, example.setup, RAISE))
    parent = "first" if example.setup else None
    downgrade = RAISE if example.downgrade is None else example.downgrade
    (versions / "second.py").write_text(revision("second", parent, example.upgrade, downgrade))


def _put(root: Path, path: str, text: str | None) -> None:
    """Writes a file of an example; None removes it."""
    file = root / "alembic" / path if path.startswith(("versions/", "env.py")) else root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if text is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(text)


def revision(id: str, parent: str | None, upgrade: str, downgrade: str) -> str:
    """A revision file."""
    bodies = {"upgrade": textwrap.indent(upgrade, "    "), "downgrade": textwrap.indent(downgrade, "    ")}
    return REVISION.format(id=id, parent=repr(parent), **bodies)


def judged(root: Path, *families: str) -> Verdict:
    """What migralint says about the project; with `families`, only these rules, and the differences."""
    from migralint.project import Project
    from migralint.verdict.check import Request, check

    return check(Project.open(str(root), cache=False), Request(families=families))


def judged_example(example: Example, root: Path) -> Verdict:
    """What migralint says about an example, which is written here: of one with a base, what the change adds to that."""
    from migralint.cli.answers import answer
    from migralint.cli.values import Check, Checking, Common

    write(example, root)
    if example.base is None:
        return judged(root)
    git = Git(root)
    for path, text in example.base:
        _put(root, path, text)
    git.commit("the merge base")
    git("checkout", "-q", "-b", "topic")
    for path, _ in example.base:
        _put(root, path, None)
    write(example, root)
    git.commit("the change")
    git("checkout", "-q", "main")
    for path, text in example.ahead:
        _put(root, path, text)
    git.commit("what others have merged since")
    git("checkout", "-q", "topic")
    asked = Check(Common(project=str(root), no_cache=True, quiet=True), Checking(diff_base="main"))
    return answer(asked).verdict
