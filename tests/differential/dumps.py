"""Schemas, as pg_dump writes them, read back: `python -m tests.differential.dumps [--cache DIR] [--version N]`.

The schema of every history in the packages of `packages.txt` is loaded into a real PostgreSQL from the SQL that
`migralint schema` prints. What pg_dump then writes has to read back into the same schema; and the SQL of what was
read has to make the same dump again.
"""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

from migralint.configuration import Configuration
from migralint.drift import drift
from migralint.operations import Opaque, Place
from migralint.operations.paper import Paper
from migralint.project import ProjectError
from migralint.render.sql import script
from migralint.schema import Schema
from migralint.snapshots.read import read as read_snapshot
from migralint.sql import run
from tests.differential.sources import FetchError, fetched, histories, packages
from tests.drift.comparing import SNAPSHOT, tree
from tests.postgres.server import Server, started

_COMMANDS = re.compile(r"^\\.*$", re.M)
_EXTENSION = re.compile(r'^CREATE EXTENSION IF NOT EXISTS "?([\w-]+)"?;$', re.M)
_NOT_COMPARED = re.compile(r"^(--.*|\\(un)?restrict .*|\s*)$")


def read(dump: str) -> Paper:
    """The database on paper after a dump."""
    paper = Paper(server_version=18, script=True)
    run(dump, paper, lambda start, end: Place("dump.sql", -1, start, end), psql=True)
    return paper


def round_trip(text: str, server: Server) -> Iterator[str]:
    """What goes wrong with the script of a schema: its dump reads back as the script does, and makes the same dump."""
    with server.empty() as connection:
        connection.execute(text.encode())
        first = server.dump()
    with server.empty() as connection:  # what a server prints of an expression changes once more when it is read
        connection.execute(_COMMANDS.sub("", first).encode())
        again = server.dump()
    paper = read(first)
    yield from misread(first, paper, text)
    with server.empty() as connection:
        try:
            connection.execute(script(paper.result).encode())
        except psycopg.Error as problem:
            yield f"what was read does not load: {problem}"
            return
        second = server.dump()
    yield from difflib.unified_diff(
        _compared(again), _compared(second), "dump", "dump of what was read", n=0, lineterm=""
    )


def misread(dump: str, paper: Paper, text: str) -> Iterator[str]:
    """What was not read of a dump, given the paper after it, or not as the script `text` of the same schema is."""
    for step in paper.steps:
        if step.failure is not None or isinstance(step.operation, Opaque):
            yield f"not read: {step.sql}: {step.failure or step.reason}"
    derived = read_snapshot(tree(dump), SNAPSHOT, Configuration())
    yield from (f"read differently: {d.object}: {d.message}" for d in drift(read(text).result, derived, lambda _: None))


def without_missing(text: str, server: Server) -> str:
    """A script without the extensions that this server does not have."""
    with server.connect() as connection:
        there = {name for (name,) in connection.execute("SELECT name FROM pg_available_extensions").fetchall()}
    return _EXTENSION.sub(lambda found: found[0] if found[1] in there else "", text)


def _compared(dump: str) -> list[str]:
    return [line.rstrip() for line in dump.splitlines() if not _NOT_COMPARED.match(line)]


def schemas(cache: Path) -> Iterator[tuple[str, Schema]]:
    """The schema of every history for PostgreSQL."""
    for package in packages():
        try:
            folder = fetched(package, cache)
        except FetchError as problem:
            print(problem, file=sys.stderr)
            continue
        for name, project in histories(folder):
            try:
                for replayed in project.histories:
                    yield f"{package.name} {package.version}: {name}", replayed.schema
            except ProjectError as problem:
                print(f"{name}: {problem}", file=sys.stderr)


def main() -> int:
    """The program; 1 where a dump does not read back."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential.dumps", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path(".bench/differential"), help="where packages are kept")
    parser.add_argument("--version", type=int, default=18, choices=(16, 18), help="major version of the server")
    arguments = parser.parse_args()
    server, wrong, right = started(arguments.version), 0, 0
    for name, schema in schemas(arguments.cache):
        try:
            told = list(round_trip(without_missing(script(schema), server), server))
        except psycopg.Error as problem:
            told = [f"does not load: {problem}"]
        print(f"{name}: {len(schema.tables)} tables: {'same' if not told else 'DIFFERS'}")
        print("".join(f"    {line}\n" for line in told[:20]), end="")
        wrong, right = wrong + bool(told), right + (not told)
    print(f"{right} schemas come back the same from PostgreSQL {server.version}, {wrong} do not")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
