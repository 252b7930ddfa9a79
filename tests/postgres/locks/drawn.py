"""Compares `effects()` with the server for statements that nobody chose: drawn against schemas that are drawn too.

    python -m tests.postgres.locks.drawn --count 200 --seed 1 --major 14

Each sequence makes a schema, statement by statement, and measures each before it is carried out. What the server or
paper refuses is passed over: `tests/operations/agree.py` compares that. Tables hold rows where a row of defaults fits.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field

import psycopg

from migralint import sql
from migralint.operations import CannotApply, Opaque
from migralint.operations.effects import Transaction
from migralint.operations.paper import Paper
from tests.operations.drawn.draw import Draw
from tests.operations.drawn.sequences import next_statement
from tests.postgres.locks.measure import Bench
from tests.postgres.locks.observe import observe
from tests.postgres.locks.said import differences, said_of
from tests.postgres.locks.servers import VERSIONS, running
from tests.postgres.server import Server, started, wipe
from tests.sql.reading import at

_LEFT_OUT = ("rows", "temporary", "schemas", "extension", "create_as")
"""Kinds of statements whose locks depend on rows and plans, or that change what unqualified names mean."""


@dataclass
class Tally:
    """What a run saw: how many statements were measured, and those that disagree, with what is said and seen."""

    measured: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    disagreements: list[tuple[str, str, list[str]]] = field(default_factory=list)


def sequence(bench: Bench, seed: str, tally: Tally, length: int = 25) -> None:
    """One schema, and what its statements did."""
    wipe(bench.worker)
    bench.holds = None
    major = bench.server.version
    paper = Paper("postgresql", major, script=True)
    draw = Draw(random.Random(seed), paper, major)
    for _ in range(length):
        kind, statement = next_statement(draw, _LEFT_OUT)
        moment, count = paper.moment(), len(paper.steps)
        try:
            with paper.subtransaction():
                sql.run(statement, paper, at)
            steps = paper.steps[count:]
            if not steps or any(isinstance(step.operation, Opaque) for step in steps):
                raise CannotApply("invalid", steps[0].operation.object) if steps else psycopg.DataError
            seen = observe(bench.worker, bench.prober, (statement,))
            bench.worker.execute(statement.encode())
            if statement.startswith("DO"):  # where a query inside reads is up to the planner
                seen[0].scans = None
        except (CannotApply, psycopg.Error):
            paper.restore(moment)
            continue
        tally.measured += 1
        tally.kinds[kind] += 1
        claim, _ = said_of(steps, major, Transaction())
        if found := differences([claim], seen):
            tally.disagreements.append((seed, statement, found))
        if kind.startswith("create_table"):
            _fill(bench, paper)


def _fill(bench: Bench, paper: Paper) -> None:
    """A row of defaults in each table that takes one."""
    for name in paper.schema.tables:
        with suppress(psycopg.Error):
            bench.worker.execute(f'INSERT INTO "{name.schema}"."{name.name}" DEFAULT VALUES')


def run(server: Server, count: int, seed: int) -> Tally:
    """Runs `count` sequences."""
    tally = Tally()
    with Bench(server) as bench:
        for number in range(count):
            sequence(bench, f"{seed}-{number}", tally)
    return tally


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--major", type=int, choices=sorted(VERSIONS), help="of PostgreSQL, fetched as for make locks")
    parser.add_argument("--show", type=int, default=20, help="disagreements that are printed")
    arguments = parser.parse_args()
    with running(arguments.major) if arguments.major else nullcontext(started()) as server:
        tally = run(server, arguments.count, arguments.seed)
    agree = tally.measured - len(tally.disagreements)
    print(f"{agree} of {tally.measured} statements agree ({100 * agree / max(tally.measured, 1):.2f} %)")
    for seed, statement, found in tally.disagreements[: arguments.show]:
        print(f"-- seed {seed}\n{statement}", *found, sep="\n      ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
