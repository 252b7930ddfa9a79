"""Runs the code that is written for drawn operations, by Alembic on a server, and compares what it makes.

    python -m tests.render.written --count 500 --seed 2026

A sequence of statements is run on a server and read on paper. What both accept is written as two revisions and run by
Alembic on an empty database: the catalog has to say the same as after the statements. Then the second is undone by the
code of its downgrade: the catalog has to say what paper says of the state between the two.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from migralint import sql
from migralint.operations import CannotApply, Lost, Operation
from migralint.operations.paper import Paper
from migralint.operations.steps import Step
from migralint.render.code import Body, downgrade, upgrade
from migralint.schema import Schema
from tests.operations.drawn.draw import Draw
from tests.operations.drawn.sequences import next_statement
from tests.operations.facts import Facts, differences, of_paper, of_server
from tests.postgres.server import Server, started
from tests.sql.reading import at

NOT_WRITTEN = ("temporary", "table_options", "unmodelled", "rows", "comment", "extension")
"""Kinds of statements with more to them than operations hold."""
VIEWS = ("create_view", "alter_view", "drop_view")
RENAMES = ("rename_table", "rename_column", "alter_view", "alter_type", "schemas", "drop_type")
"""What the text of views does not follow on paper: a sequence has either these or views."""


def module(up: Body, down: Body | None = None) -> str:
    """A revision with these functions, as far as code goes."""
    imports = "\n".join(dict.fromkeys([*up.imports, *(down.imports if down else ())]))
    text = f"{imports}\n\n\ndef upgrade() -> None:\n{up.text}\n".lstrip("\n")
    return text + (f"\n\ndef downgrade() -> None:\n{down.text}\n" if down else "")


class Sequence:
    """Statements that a server and paper accept; what the server holds after them is `facts`."""

    def __init__(self, seed: str, server: Server, length: int = 20) -> None:
        self.paper = Paper(server_version=server.version)
        rng = random.Random(seed)
        draw = Draw(rng, self.paper, server.version)
        without = NOT_WRITTEN + rng.choice([VIEWS, RENAMES])
        self.steps: list[Step] = []
        with server.empty(), server.connect(autocommit=False) as connection:
            for _ in range(length):
                self._add(next_statement(draw, without)[1], connection)
            connection.execute("SET search_path TO public")
            self.facts = of_server(connection)
            connection.rollback()

    def _add(self, statement: str, connection: psycopg.Connection[Any]) -> None:
        before, path, count = self.paper.schema, self.paper.search_path, len(self.paper.steps)
        try:
            with connection.transaction():
                connection.execute(statement.encode())
                with self.paper.subtransaction():
                    sql.run(statement, self.paper, at)
        except (CannotApply, psycopg.Error):
            self.paper.schema = before
            self.paper.set_search_path(path)
        else:
            self.steps += [step for step in self.paper.steps[count:] if step.applied and step.failure is None]

    def halves(self) -> tuple[list[Operation], list[Operation], Schema]:
        """The operations in two parts, and the state between them."""
        half = len(self.steps) // 2
        operations = [step.operation for step in self.steps]
        return operations[:half], operations[half:], self.steps[half].before if self.steps else Schema.empty()


@contextmanager
def alembic(server: Server) -> Iterator[sa.Connection]:
    """A connection on which the functions of `alembic.op` work, each call in the transaction of a revision."""
    engine = sa.create_engine(server.uri.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    options = {"transaction_per_migration": True}
    with engine.connect() as connection, Operations.context(MigrationContext.configure(connection, opts=options)):
        yield connection


def call(source: str, function: str, connection: sa.Connection) -> None:
    """Runs a function of the revision."""
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102  # code that was just written here
    context = names["op"].get_context()
    with context.begin_transaction(_per_migration=True):
        names[function]()
    connection.commit()


def parted(sequence: Sequence, server: Server) -> str | None:
    """Where the code and the statements part, or None."""
    first, second, between = sequence.halves()
    one, two = upgrade(first, Schema.empty()), upgrade(second, between)
    back = downgrade(second, between)
    if not one.imports or not two.imports:
        return None  # nothing to run
    source = module(two, back if isinstance(back, Body) else None)
    with server.empty() as own, alembic(server) as connection:
        try:
            call(module(one), "upgrade", connection)
            call(source, "upgrade", connection)
            if found := differences(sequence.facts, of_server(own)):
                return "\n".join([*found, module(one), source])
            if isinstance(back, Lost) or not back.imports:
                return None
            call(source, "downgrade", connection)
        except sa.exc.SQLAlchemyError as problem:
            if isinstance(problem.__cause__, psycopg.errors.CannotCoerce):
                return None  # the type that was there cannot be made of the one that is there now
            return f"{problem}\n{module(one)}\n{source}"
        differing = differences(_unordered(of_paper(between)), _unordered(of_server(own)))
        return "undone: " + "\n".join([*differing, source]) if differing else None


def _unordered(facts: Facts) -> Facts:
    """Without the order of columns, which no downgrade restores."""
    return {key: fact for key, fact in facts.items() if key[0] != "columns"}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--show", type=int, default=3)
    arguments = parser.parse_args()
    server = started()
    kinds: Counter[str] = Counter()
    parting = []
    for number in range(arguments.first, arguments.first + arguments.count):
        sequence = Sequence(f"{arguments.seed}-{number}", server)
        kinds.update(step.operation.operation for step in sequence.steps)
        if (found := parted(sequence, server)) is not None:
            parting.append((number, found))
    for number, found in parting[: arguments.show]:
        print(f"-- seed {arguments.seed}-{number}\n{found}\n")
    for number, found in parting:
        print(number, found.splitlines()[0][:150])
    print(f"{arguments.count - len(parting)} of {arguments.count} sequences agree")
    print(f"{kinds.total()} operations of {len(kinds)} kinds")
    return 1 if parting else 0


if __name__ == "__main__":
    sys.exit(main())
