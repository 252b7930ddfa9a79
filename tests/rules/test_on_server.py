"""The examples on a real PostgreSQL, run by Alembic: what a rule says is refused is refused, all else works."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from migralint.rule import Example, Rule
from tests.postgres.server import Server, wipe
from tests.rules.project import write
from tests.rules.test_examples import RULES

REFUSED = {"MG202", "MG203", "MG320", "MG321", "MG322", "MG323", "MG324", "MG326", "MG327"}
"""Rules about what PostgreSQL refuses."""

NOTICED = {"MG326", "MG327"}
"""Rules of the engine that say what PostgreSQL refuses."""

NOT_RUN = {"MG001", "MG002", "MG003", "MG004", "MG010", "MG011", "MG012", "MG330", "MG802"}
"""Rules about reading, about what tools see, and about code that is not there."""

ROW = "INSERT INTO users DEFAULT VALUES"

ENV = """\
from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
"""


def cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{kind}-{number}")
        for rule in RULES.values()
        for number, example in enumerate(getattr(rule, kind), 1)
        if (rule.scope in ("operation", "revision") or rule.code in NOTICED)
        and rule.code not in NOT_RUN
        and not example.files
    ]


def run(example: Example, folder: Path, server: Server, between: str = "") -> None:
    """The first revision, `between` as SQL, and the revision under test."""
    write(example, folder)
    (folder / "alembic" / "env.py").write_text(ENV)
    engine = sa.create_engine(server.uri.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    with server.empty() as own, engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config = Config(str(folder / "alembic.ini"))
        config.set_main_option("script_location", str(folder / "alembic"))
        config.attributes["connection"] = connection
        if example.setup:
            command.upgrade(config, "first")
            connection.commit()
            own.execute(between)
        try:
            command.upgrade(config, "head")
        finally:
            connection.rollback()
            connection.close()
            wipe(own)


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_bad_examples(rule: type[Rule], example: Example, tmp_path: Path, server: Server) -> None:
    if rule.code in REFUSED:
        with pytest.raises(sa.exc.DBAPIError):
            run(example, tmp_path, server, ROW if rule.code == "MG203" else "")
    else:
        run(example, tmp_path, server)


@pytest.mark.parametrize(("rule", "example"), cases("good"))
def test_good_examples(rule: type[Rule], example: Example, tmp_path: Path, server: Server) -> None:
    run(example, tmp_path, server)
