"""Databases that a history made and somebody changed by hand, on which the migrations of `reconcile` are run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from tests.cli.conftest import Run
from tests.models.mutations.revisions import decided
from tests.postgres.server import Server, wipe

ROWS = """
INSERT INTO orders (buyer, amount, note) VALUES ('ada', 1, 'x'), ('bob', 2, 'y');
INSERT INTO items (order_id) VALUES (1), (2);
"""


class Databases:
    """Makes databases on a server and runs the project's migrations on them."""

    def __init__(self, server: Server, connection: psycopg.Connection[Any]) -> None:
        self.server = server
        self.connection = connection

    def make(self, *by_hand: str, rows: str = ROWS) -> None:
        """The one that the history made up to `one`, with rows, after changes by hand."""
        wipe(self.connection)
        self.upgrade("one")
        for statement in (rows, *by_hand):
            self.connection.execute(statement.encode())

    def converge(self, call: Run, by_hand: str, truth: str, rows: str = ROWS) -> str:
        """Reconciles the database after changes by hand with the history, with yes to what is left to decide, and runs
        that on it and on one that the history made: both have to be as the truth has it. Returns what was written.
        """
        self.make(by_hand, rows=rows)
        Path("production.sql").write_text(self.dump())
        assert differences(call)
        paths = [Path(line) for line in call("reconcile", "--truth", truth).out.splitlines()]
        said = "\n".join(path.read_text() for path in paths)
        for path in paths:
            path.write_text(decided(path.read_text()))
        for changes in ((by_hand,), ()):
            self.make(*changes, rows=rows)
            self.upgrade()
            Path("production.sql").write_text(self.dump())
            assert differences(call) == [], f"{changes}\n{said}"
        return said

    def upgrade(self, target: str = "heads") -> None:
        config = Config()
        config.set_main_option("script_location", "alembic")
        script = ScriptDirectory.from_config(config)
        url = self.server.uri.replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url)

        def steps(heads: Any, _context: Any) -> Any:
            return script._upgrade_revs(target, heads)

        with EnvironmentContext(config, script, fn=steps) as environment, engine.connect() as connection:
            environment.configure(connection=connection, transaction_per_migration=True)
            with environment.begin_transaction():
                environment.run_migrations()
        engine.dispose()

    def dump(self) -> str:
        rows = self.connection.execute("SELECT version_num FROM alembic_version").fetchall()
        written = "".join(f"INSERT INTO public.alembic_version VALUES ('{row[0]}');\n" for row in rows)
        return self.server.dump() + written

    def rows(self) -> list[Sequence[Any]]:
        tables = [t for t in ("orders", "purchases", "items", "billing.items") if self._has(t)]
        return [row for t in tables for row in self.connection.execute(f"SELECT * FROM {t} ORDER BY 1").fetchall()]

    def _has(self, table: str) -> bool:
        row = self.connection.execute("SELECT to_regclass(%s)", [table]).fetchone()
        return row is not None and row[0] is not None


@pytest.fixture
def databases(server: Server) -> Any:
    with server.empty() as connection:
        yield Databases(server, connection)


def differences(call: Run) -> list[tuple[str, str]]:
    data = json.loads(call("drift", "--output-format", "json", "--no-cache").out)
    return [(one["kind"], one["object"]["name"] or one["object"]["table"]) for one in data["differences"]]
