"""Does `migralint revision` make a database what the edited models make?

    python -m tests.models.mutations.revisions [NAME ...] [--seed 20261130] [--count 60] [--list]

Takes the first edits that `python -m tests.models.mutations` draws, that change something and that PostgreSQL accepts, the
same number of each project. For each one the command writes its revisions; what they leave to decide is decided with yes, by taking the marks
of the comment off. They are run, by Alembic, on a PostgreSQL that has the project's whole history, and the database is
compared with one that `create_all` of the edited models made: tables, columns, types, nullability, defaults, enums, keys,
foreign keys, checks and indexes, by what they do; names apart.

*Equal* is a database in which nothing differs. *As before* is one in which nothing differs that would not differ without
the edit as well: what migralint does not know of a project, or its env.py leaves out, is there with every edit.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.ecosystem.answers import models_setting, settings
from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import Database, database
from tests.ecosystem.drift.score import kept_out
from tests.ecosystem.drift.units import Unit, units
from tests.ecosystem.execute import drive
from tests.ecosystem.facts.document import Document
from tests.ecosystem.projects import EcosystemError, Execution
from tests.models.mutations.__main__ import SEED
from tests.models.mutations.drawing import Edited, edited, known, python_of
from tests.postgres.server import Server, started

_BEGINS = re.compile(r"    # (?:op\.|with op|from sqlalchemy)")


def decided(text: str) -> str:
    """A revision with yes to all that somebody has to decide: from the first statement after the words on, it is code."""
    lines, open_, code = [], False, False
    for line in text.split("\n"):
        if line.startswith("    # Decide:"):
            open_, code = "PostgreSQL refuses" not in line, False
        elif not line.startswith("    #"):
            open_ = False
        code = open_ and (code or _BEGINS.match(line) is not None)
        lines.append(f"    {line[6:]}" if code else line)
    return "\n".join(lines)


class Trial:
    """A project with a database that has all of its history."""

    def __init__(self, one: Edited, server: Server, head: Database) -> None:
        self._one = one
        self._server = server
        self._head = head
        project = one.project
        self._python = python_of(project.name)
        self._execution = project.execute or Execution()
        self._versions = {project.version_table, "alembic_version"}

    def migrate(self, target: Database) -> None:
        """Runs what the history has and the database not; raises `EcosystemError`."""
        drive(self._python, self._one.project, self._execution, self._one.root, target.sqlalchemy_url())

    def write(self) -> list[Path]:
        """The revisions that the command writes; raises `EcosystemError`."""
        pairs = [*settings(self._one.project), models_setting(self._one.project)]
        command = [
            sys.executable,
            "-P",
            "-m",
            "migralint",
            "revision",
            "-m",
            "edited",
            "--project",
            str(self._one.root),
        ]
        done = subprocess.run(
            [*command, *(part for pair in pairs for part in ("--config", pair))],
            cwd=self._one.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EcosystemError(f"migralint revision: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        paths = [self._one.root / line for line in done.stdout.splitlines()]
        for path in paths:
            path.write_text(decided(path.read_text()))
        return paths

    def wanted(self) -> Document | None:
        """What `create_all` makes; None where PostgreSQL refuses it."""
        with database(self._server, "wanted", self._one.project.setup) as made:
            answer = self._one.judge.ask(made.sqlalchemy_url())
            return None if "error" in answer else _contents(made)

    def left(self, wanted: Document) -> tuple[set[Unit], list[str]]:
        """What still differs when the revisions have run, and their texts; raises `EcosystemError`."""
        paths = self.write()
        texts = [path.read_text() for path in paths]
        try:
            with self._copy() as made:
                self.migrate(made)
                return self._compared(_contents(made), wanted), texts
        except EcosystemError as error:
            raise EcosystemError("\n".join([str(error), *texts])) from error
        finally:
            for path in paths:
                path.unlink()

    def _compared(self, made: Document, wanted: Document) -> set[Unit]:
        found = units(made, wanted, self._versions).counted
        return {one for one in found if one.kind != "name" and not kept_out(one, self._one.project.left_out)}

    @contextmanager
    def _copy(self) -> Iterator[Database]:
        """A copy of the database with the history."""
        with self._server.connect() as connection:
            connection.execute('DROP DATABASE IF EXISTS "made" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "made" TEMPLATE "{self._head.name}"'.encode())
        try:
            yield Database("made", self._head.uri.replace(f"/{self._head.name}", "/made"))
        finally:
            with self._server.connect() as connection:
                connection.execute('DROP DATABASE IF EXISTS "made" WITH (FORCE)')


def _contents(one: Database) -> Document:
    with one.connect() as connection:
        return contents(connection)


def measured(one: Edited, server: Server, seed: int, count: int, show: bool) -> Counter[str]:
    """How many edits there are, after how many the databases are equal, and after how many they are as before."""
    found = Counter[str]()
    with database(server, "head", one.project.setup) as head:
        trial = Trial(one, server, head)
        trial.migrate(head)
        wanted = trial.wanted()
        if wanted is None:
            raise EcosystemError("PostgreSQL refuses its models")
        before, _ = trial.left(wanted)
        if show and before:
            print(f"  {one.project.name}, without an edit: {_listed(before)}", flush=True)
        for mutation in one.mutations(seed, 1000):
            if not mutation.changed:
                continue
            problem = ""
            with one.put(mutation):
                wanted = trial.wanted()
                if wanted is None:  # such as a foreign key to a column of another type
                    continue
                found["edits"] += 1
                try:
                    after, texts = trial.left(wanted)
                    found["equal"] += not after
                    found["as before"] += not after - before
                    problem = "\n".join([_listed(after - before), *texts]) if after - before else ""
                except EcosystemError as error:
                    found["failed"] += 1
                    problem = str(error)
            if show and problem:
                print(f"  {mutation.kind} in {mutation.path}")
                for sign, statements in zip("-+", mutation.statements, strict=True):
                    print(*(f"    {sign} {' '.join(statement.split())}" for statement in statements), sep="\n")
                print(problem, flush=True)
            if found["edits"] == count:
                break
    return found


def _listed(found: set[Unit]) -> str:
    return "; ".join(sorted(f"{one.kind} {one.table} {', '.join(sorted(one.names))}" for one in found))


def row(name: str, found: Counter[str]) -> str:
    """A line of the table."""
    return f"| {name} | {found['edits']} | {found['equal']} | {found['as before']} | {found['failed']} |"


def _possible() -> list[str]:
    """The projects whose databases can become what their models make."""
    return [name for name, how in known().items() if "no-revisions" not in how]


def shares(names: Sequence[str], count: int) -> dict[str, int]:
    """How many edits of each project make that many in all."""
    return {name: count // len(names) + (at < count % len(names)) for at, name in enumerate(names)}


def main() -> int:
    """The program; 1 where a project could not be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.models.mutations.revisions", description=__doc__.splitlines()[0]
    )
    parser.add_argument("name", nargs="*", help="names in projects.toml; without, all that can be equal")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=60, help="edits of all projects together")
    parser.add_argument("--list", action="store_true", help="list what differs, with the revisions")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.name if name not in known()]:
        parser.error(f"not in projects.toml: {', '.join(unknown)}")
    total, bad = Counter[str](), 0
    print("| project | edits | equal | as before | failed |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["MIGRALINT_CACHE_DIR"] = cache
        for name, number in shares(arguments.name or _possible(), arguments.count).items():
            try:
                with edited(name) as one:
                    found = measured(one, started(), arguments.seed, number, arguments.list)
            except EcosystemError as error:
                print(f"{name}: {error}", file=sys.stderr)
                bad = 1
                continue
            total += found
            print(row(name, found), flush=True)
    print(row("all", total))
    return bad


if __name__ == "__main__":
    sys.exit(main())
