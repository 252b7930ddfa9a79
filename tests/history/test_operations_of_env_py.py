"""Operations that `env.py` adds to `op`."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.project import Project

ENV = """\
from alembic import context
from alembic.operations import MigrateOperation, Operations


class Stored(MigrateOperation):
    def __init__(self, target):
        self.target = target

    @classmethod
    def of(cls, operations, target):
        return operations.invoke(cls(target))

    @classmethod
    def replace(cls, operations, target, replaces):
        revision, name = replaces.split(".")
        old = getattr(operations.get_context().script.get_revision(revision).module, name)
        operations.invoke(Dropped(old))
        operations.invoke(cls(target))


@Operations.register_operation("create_view", "of")
@Operations.register_operation("replace_view", "replace")
class Created(Stored):
    pass


@Operations.register_operation("drop_view", "of")
class Dropped(Stored):
    pass


@Operations.implementation_for(Created)
def create(operations, operation):
    operations.execute(f"CREATE VIEW {operation.target[0]} AS {operation.target[1]}")


@Operations.implementation_for(Dropped)
def drop(operations, operation):
    operations.execute(f"DROP VIEW {operation.target[0]}")


context.configure()
context.run_migrations()
"""
ONE = """\
from alembic import op
revision = "one"
down_revision = None
total = ("total", "SELECT 1 AS a")


def upgrade():
    op.create_view(total)
"""
TWO = """\
from alembic import op
revision = "two"
down_revision = "one"
total = ("total", "SELECT 2 AS b")


def upgrade():
    op.replace_view(total, replaces="one.total")
"""


OPERATIONS, REST = ENV.split("\n\n\ncontext.configure()")


@pytest.mark.parametrize("imports", ["import views", "from lib import views", "from lib.views import Created", None])
def test_they_are_known_to_revisions(imports: str | None, tmp_path: Path) -> None:
    versions = tmp_path / "alembic" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
    env = ENV if imports is None else f"from alembic import context\n{imports}\n\ncontext.configure(){REST}"
    (tmp_path / "alembic" / "env.py").write_text(env)
    (tmp_path / "lib").mkdir()
    for path in ("views.py", "lib/views.py"):
        (tmp_path / path).write_text(OPERATIONS)
    (tmp_path / "lib" / "__init__.py").write_text("")
    (versions / "one.py").write_text(ONE)
    (versions / "two.py").write_text(TWO)
    (history,) = Project.open(str(tmp_path), cache=False, directions=("upgrade",)).histories
    told = [(step.operation.operation, step.certainty) for one in ("one", "two") for step in history.steps(one)]
    assert told == [("create_view", "certain"), ("drop_view", "certain"), ("create_view", "certain")]
    (view,) = history.schema.views.values()
    assert "2 AS b" in view.definition
