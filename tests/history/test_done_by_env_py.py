"""What `env.py` does on the connection before it runs the revisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.history.replay import Replayed
from migralint.project import Project
from tests.project import Alembic

ENV = """\
import os

import sqlalchemy as sa
from alembic import context

SCHEMA = os.getenv("APP_SCHEMA", "app")


def run_migrations_online():
    engine = sa.create_engine("postgresql://")
    with engine.connect() as connection:
        {before}
        context.configure(connection=connection)
        with context.begin_transaction():
            {inside}
            context.run_migrations()
        {after}


if context.is_offline_mode():
    context.configure(url="postgresql://")
else:
    run_migrations_online()
"""
PREPARED = """connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        connection.execute(sa.text("SET search_path TO " + SCHEMA + ", public"))
        connection.commit()"""


def history(root: Path, before: str = "pass", inside: str = "pass", after: str = "pass") -> Replayed:
    project = Alembic(root)
    (root / "alembic" / "env.py").write_text(
        ENV.replace("{before}", before).replace("{inside}", inside).replace("{after}", after)
    )
    project.revision("one", 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))', "pass")
    project.revision("two", 'op.execute("CREATE TABLE lines (id int REFERENCES orders (id))")')
    (found,) = Project.open(str(root), cache=False).histories
    return found


def test_its_search_path_holds_for_every_revision(tmp_path: Path) -> None:
    found = history(tmp_path, PREPARED)
    assert sorted(map(str, found.schema.tables)) == ["app.lines", "app.orders"]
    assert "app" in found.schema.schemas
    assert [step.failure for step in found.steps_all()] == [None, None]
    assert [str(step.operation.table_name) for step in found.again("one")] == ["app.orders"]  # a session of its own


@pytest.mark.parametrize(
    "inside", ["context.execute('SET search_path TO app')", "connection.exec_driver_sql('SET search_path TO app')"]
)
def test_it_may_be_set_within_the_transaction(inside: str, tmp_path: Path) -> None:
    found = history(tmp_path, "connection.execute(sa.schema.CreateSchema('app'))", inside)
    assert sorted(map(str, found.schema.tables)) == ["app.lines", "app.orders"]


def test_what_comes_after_the_revisions_does_not_count(tmp_path: Path) -> None:
    found = history(tmp_path, after=PREPARED)
    assert sorted(map(str, found.schema.tables)) == ["public.lines", "public.orders"]


def test_what_it_makes_is_there_before_the_first_revision(tmp_path: Path) -> None:
    found = history(tmp_path, 'connection.execute(sa.text("CREATE TABLE orders (id int PRIMARY KEY)"))')
    assert sorted(map(str, found.schema.tables)) == ["public.lines", "public.orders"]
    assert [bool(step.failure) for step in found.steps("one")] == [True]


def test_a_schema_that_is_not_known_changes_nothing(tmp_path: Path) -> None:
    found = history(tmp_path, "connection.execute(sa.text(f\"SET search_path TO {os.environ['TENANT']}\"))")
    assert sorted(map(str, found.schema.tables)) == ["public.lines", "public.orders"]


MODELS = """\
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
"""


@pytest.mark.parametrize("settings", [(), ('models = ["models"]',)])
def test_models_are_made_in_the_same_schema(settings: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    project = Alembic(tmp_path)
    env = ENV.replace("{before}", PREPARED).replace("{inside}", "pass").replace("{after}", "pass")
    env = env.replace("import os\n", "import os\n\nfrom models import Base\n").replace(
        "configure(connection=connection)", "configure(connection=connection, target_metadata=Base.metadata)"
    )
    (tmp_path / "alembic" / "env.py").write_text(env)
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = alembic\nprepend_sys_path = .\n")
    project.revision("one", 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))')
    models = Project.open(str(tmp_path), configuration_overrides=settings, cache=False).models
    assert sorted(map(str, models.schema.tables)) == ["app.orders"]


@pytest.mark.parametrize(("options", "expected"), [("", "app"), (", transaction_per_migration=True", "public")])
def test_set_local_holds_for_the_transaction(options: str, expected: str, tmp_path: Path) -> None:
    project = Alembic(tmp_path)
    env = ENV.replace("{before}", "pass").replace("{inside}", "pass").replace("{after}", "pass")
    (tmp_path / "alembic" / "env.py").write_text(
        env.replace("connection=connection", f"connection=connection{options}")
    )
    project.revision("one", 'op.execute("CREATE SCHEMA app")\nop.execute("SET LOCAL search_path TO app, public")')
    project.revision("two", 'op.create_table("t", sa.Column("id", sa.Integer))')
    project.revision("three", 'op.execute("COMMIT")\nop.create_table("u", sa.Column("id", sa.Integer))')
    (found,) = Project.open(str(tmp_path), cache=False).histories
    assert sorted(map(str, found.schema.tables)) == sorted([f"{expected}.t", "public.u"])
