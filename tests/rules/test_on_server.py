"""The examples on a real PostgreSQL, run by Alembic: what a rule says is refused is refused, all else works."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from migralint.rule import Example, Rule
from tests.postgres.server import Server, wipe
from tests.rules.observed import Done, observed
from tests.rules.project import write
from tests.rules.test_examples import RULES

REFUSED = {"MG202", "MG203", "MG222", "MG320", "MG321", "MG322", "MG323", "MG324", "MG326", "MG327"}
"""Rules about what PostgreSQL refuses."""

NOTICED = {"MG326", "MG327"}
"""Rules of the engine that say what PostgreSQL refuses."""

NOT_RUN = {"MG001", "MG002", "MG003", "MG004", "MG010", "MG011", "MG012", "MG330", "MG802"}
"""Rules about reading, about what tools see, and about code that is not there."""

BLOCKING = {
    **dict.fromkeys(("MG201", "MG219", "MG221"), "SHARE"),
    "MG205": "SHARE ROW EXCLUSIVE",
    **dict.fromkeys(
        ("MG204", "MG206", "MG207", "MG208", "MG212", "MG215", "MG218", "MG220", "MG223", "MG227"), "ACCESS EXCLUSIVE"
    ),
}
"""Rules about work that takes time for each row, with the weakest lock that they speak of."""

SHUTTING = {"MG209": 1, "MG213": 1, "MG216": 1, "MG217": 2, "MG224": 2}
"""Rules about ACCESS EXCLUSIVE for a moment, with the number of tables."""

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


def run(
    example: Example,
    folder: Path,
    server: Server,
    between: str = "",
    change: Callable[[Path], None] = lambda _: None,
    look: Callable[[psycopg.Connection[Any]], None] = lambda _: None,
) -> Done:
    """The first revision, `between` as SQL, and the revision under test, of which it tells what it did.

    `change` may change the files before they are run, `look` is shown the database afterwards.
    """
    write(example, folder)
    change(folder)
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
            with observed(connection) as done:
                command.upgrade(config, "head")
            connection.commit()
            look(own)
            return done
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
        done = run(example, tmp_path, server)
        if rule.code in BLOCKING and not outside(example):
            assert done.works_under(BLOCKING[rule.code]), done
        assert len(done.shut()) >= SHUTTING.get(rule.code, 0), done


@pytest.mark.parametrize(("rule", "example"), cases("good"))
def test_good_examples(rule: type[Rule], example: Example, tmp_path: Path, server: Server) -> None:
    done = run(example, tmp_path, server)
    if rule.code in BLOCKING and not example.settings:
        assert not done.works_under(BLOCKING[rule.code]), done


def outside(example: Example) -> bool:
    """Whether it runs outside of transactions, where no lock is left to be seen."""
    return "autocommit_block" in example.upgrade
