"""A mini project around an example of a rule, and what migralint says about it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from migralint.rule import Example
from migralint.verdict.finding import Verdict

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
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
    env = ENV
    if example.models:
        (root / "models.py").write_text(f"{MODELS}{example.models}\n")
        env = f"import models\n{ENV}".replace("target_metadata=None", "target_metadata=models.metadata")
    (root / "alembic" / "env.py").write_text(env)
    if example.settings:
        (root / "migralint.toml").write_text("\n".join(example.settings) + "\n")
    for path, text in example.files:
        file = root / "alembic" / path if path.startswith(("versions/", "env.py")) else root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    if any(path.startswith("versions/") for path, _ in example.files):
        return
    if example.setup:
        (versions / "first.py").write_text(revision("first", None, example.setup, RAISE))
    parent = "first" if example.setup else None
    downgrade = RAISE if example.downgrade is None else example.downgrade
    (versions / "second.py").write_text(revision("second", parent, example.upgrade, downgrade))


def revision(id: str, parent: str | None, upgrade: str, downgrade: str) -> str:
    """A revision file."""
    bodies = {"upgrade": textwrap.indent(upgrade, "    "), "downgrade": textwrap.indent(downgrade, "    ")}
    return REVISION.format(id=id, parent=repr(parent), **bodies)


def judged(root: Path) -> Verdict:
    """What migralint says about the project."""
    from migralint.project import Project
    from migralint.verdict.check import Request, check

    return check(Project.open(str(root), cache=False), Request())
