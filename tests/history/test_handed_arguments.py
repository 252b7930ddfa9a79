"""What `env.py` hands to the functions of revisions through `run_migrations()`."""

from __future__ import annotations

from pathlib import Path

from migralint.operations.steps import Step
from migralint.project import Project

ENV = """\
import hosts
from alembic import context, op as operations

context.configure()
context.run_migrations(op=operations, prefix="app_", suffix=hosts.suffix(), more=1)
"""
REVISION = """\
import sqlalchemy as sa
revision = "one"
down_revision = None


def upgrade({parameters}):
    op.drop_table(prefix + "t" + suffix)


def downgrade({parameters}):
    raise NotImplementedError
"""


def steps(root: Path, parameters: str, env: str = ENV) -> list[Step]:
    versions = root / "alembic" / "versions"
    versions.mkdir(parents=True)
    (root / "alembic.ini").write_text("[alembic]\nscript_location = alembic\n")
    (root / "alembic" / "env.py").write_text(env)
    (versions / "one.py").write_text(REVISION.format(parameters=parameters))
    (history,) = Project.open(str(root), cache=False, directions=("upgrade",)).histories
    return list(history.steps("one"))


def test_they_are_handed_over(tmp_path: Path) -> None:
    (step,) = steps(tmp_path, 'op, prefix, suffix=""')
    assert (step.operation.operation, str(step.operation.table_name)) == ("drop_table", "public.app_t")


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    (step,) = steps(tmp_path, "op, prefix, suffix")
    assert step.certainty == "opaque"
    assert "hosts.suffix" in str(step.reason)


def test_what_is_not_handed_over_is_said(tmp_path: Path) -> None:
    (step,) = steps(tmp_path, 'op, prefix, suffix=""', ENV.replace("op=operations, ", ""))
    assert step.reason == "upgrade() takes op, which env.py is not seen to hand over"


OPTIONS = """\
from alembic import context

prefix = context.config.attributes.get("prefix", "app_")
context.configure(table_prefix=prefix)
context.run_migrations()
"""


def test_options_of_env_py_are_known_to_revisions(tmp_path: Path) -> None:
    steps(tmp_path, "", OPTIONS)
    code = REVISION.format(parameters="").replace(
        'prefix + "t" + suffix', 'op.get_context().opts["table_prefix"] + "t"'
    )
    (tmp_path / "alembic" / "versions" / "one.py").write_text("from alembic import op\n" + code)
    (history,) = Project.open(str(tmp_path), cache=False, directions=("upgrade",)).histories
    (step,) = history.steps("one")
    assert (step.operation.operation, str(step.operation.table_name)) == ("drop_table", "public.app_t")
