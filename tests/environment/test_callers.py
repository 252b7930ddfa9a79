"""Main options that the project's own code sets before it calls Alembic."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.operations import CreateTable
from migralint.project import Project

CALLER = """\
from contextlib import contextmanager
from alembic import command
from alembic.config import Config

DEFAULT = "app_"


@contextmanager
def configured(engine, prefix: str = DEFAULT):
    config = Config("alembic.ini")
    config.set_main_option("sqlalchemy.url", str(engine.url))
    config.set_main_option("app.prefix", prefix)
    yield config


def upgrade(engine):
    with configured(engine) as config:
        command.upgrade(config, "head")
"""
ENV = """\
from alembic import context

context.configure()
context.run_migrations(config=context.config)
"""
REVISION = """\
from alembic import op
import sqlalchemy as sa
revision = "one"
down_revision = None


def upgrade(config):
    prefix = config.get_main_option("app.prefix")
    if prefix is None:
        raise RuntimeError("app.prefix is not set")
    op.create_table(prefix + "users", sa.Column("id", sa.Integer))
"""


def tables(root: Path, files: dict[str, str]) -> list[str]:
    ini = "[alembic]\nscript_location = app/migrations\n"
    for path, text in {
        "alembic.ini": ini,
        "app/migrations/env.py": ENV,
        "app/migrations/versions/one.py": REVISION,
        **files,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (history,) = Project.open(str(root), cache=False, directions=("upgrade",)).histories
    made = [step.operation for step in history.steps("one")]
    return sorted(made.definition.name.name for made in made if isinstance(made, CreateTable))


@pytest.mark.parametrize(
    "path", ["app/migrations/__init__.py", "app/migrations/run.py", "app/database.py", "manage.py"]
)
def test_what_code_beside_or_above_the_script_location_sets(tmp_path: Path, path: str) -> None:
    assert tables(tmp_path, {path: CALLER}) == ["app_users"]


def test_code_elsewhere_does_not_count(tmp_path: Path) -> None:
    assert tables(tmp_path, {"other/database.py": CALLER}) == []


def test_the_configuration_file_comes_first(tmp_path: Path) -> None:
    ini = "[alembic]\nscript_location = app/migrations\napp.prefix = x_\n"
    assert tables(tmp_path, {"alembic.ini": ini, "app/database.py": CALLER}) == ["x_users"]


def test_env_py_comes_first(tmp_path: Path) -> None:
    env = ENV.replace("context.configure()", 'context.config.set_main_option("app.prefix", "e_")')
    assert tables(tmp_path, {"app/migrations/env.py": env, "app/database.py": CALLER}) == ["e_users"]


def test_two_callers_that_differ_leave_the_option_unknown(tmp_path: Path) -> None:
    other = CALLER.replace('"app_"', '"b_"')
    assert tables(tmp_path, {"app/database.py": CALLER, "manage.py": other}) == []


def test_a_parameter_without_a_default_leaves_the_option_unknown(tmp_path: Path) -> None:
    assert tables(tmp_path, {"manage.py": CALLER.replace(" = DEFAULT", "")}) == []


def test_a_method(tmp_path: Path) -> None:
    code = """\
from alembic.config import Config

class Database:
    def config(self):
        config = Config()
        config.set_main_option("app.prefix", "m_")
        return config
"""
    assert tables(tmp_path, {"manage.py": code}) == ["m_users"]
