"""Random edits of real projects' models: does migralint tell those that change what SQLAlchemy would make?

    python -m tests.models.mutations [NAME ...] [--seed 20261130] [--count 60] [--list]

Of each project in `projects.toml`, `--count` edits of the source of its models are drawn, one at a time: a column added,
dropped or renamed, its type, nullability, default, index, uniqueness or foreign key, a value of an enum, a table. The
kind is drawn first, then the place. SQLAlchemy compiles the DDL before and after in a process of its own, and says
whether it changed. migralint tells an edit where its findings about the models are others than before: the differences from the head, the
migration that closes one (a table that no revision makes is one difference, whatever it has), and models that PostgreSQL
would refuse to make, such as a foreign key to a column of another type.

The seed of the first run, 20261130, was set down here before it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from migralint.drift.difference import MODELS
from migralint.project import Project
from tests.ecosystem.answers import models_setting, settings
from tests.ecosystem.projects import EcosystemError
from tests.models.mutations.drawing import Edited, Mutation, edited, known

SEED = 20261130


def told(one: Edited) -> set[tuple[object, ...]]:
    """The findings about head and models, each difference with the migration that closes it."""
    pairs = [*settings(one.project), models_setting(one.project), "queries = []", "snapshots = []"]
    project = Project.open(str(one.root), configuration_overrides=pairs)
    found = [difference for difference in project.differences if difference.source == MODELS]
    refused = {(note.message,) for note in project.models.unread}
    return {(f.kind, f.object, f.sides, f.cause, f.closing) for f in found} | refused


def measured(one: Edited, seed: int, count: int, show: bool) -> Counter[tuple[bool, bool]]:
    """How many edits there are that change something or not, and that migralint tells or not."""
    before, found = told(one), Counter[tuple[bool, bool]]()
    for mutation in one.mutations(seed, count):
        with one.put(mutation):
            after = told(one)
        seen = after != before
        found[mutation.changed, seen] += 1
        if show and mutation.changed != seen:
            print(shown(mutation, seen), flush=True)
            for sign, side in (("-", before - after), ("+", after - before)):
                for difference in side:
                    print(f"    {sign} {difference}")
    return found


def shown(mutation: Mutation, seen: bool) -> str:
    """An edit that was judged wrongly."""
    lines = [f"  {'told, and nothing changes' if seen else 'not told'}: {mutation.kind} in {mutation.path}"]
    for sign, statements in zip("-+", mutation.statements, strict=True):
        lines += (f"    {sign} {' '.join(statement.split())}" for statement in statements)
    return "\n".join(lines)


def row(name: str, found: Counter[tuple[bool, bool]]) -> str:
    """A line of the table."""
    changing, others = found[True, True] + found[True, False], found[False, True] + found[False, False]
    return f"| {name} | {changing} | {found[True, True]} | {others} | {found[False, True]} |"


def main() -> int:
    """The program; 1 where a project could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.models.mutations", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help="names in projects.toml; all without")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=60, help="edits of each project")
    parser.add_argument("--list", action="store_true", help="list what was judged wrongly")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.name if name not in known()]:
        parser.error(f"not in projects.toml: {', '.join(unknown)}")
    total, bad = Counter[tuple[bool, bool]](), 0
    print("| project | edits that change something | told | edits that do not | told |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["MIGRALINT_CACHE_DIR"] = str(Path(cache))
        for name in arguments.name or known():
            try:
                with edited(name) as one:
                    found = measured(one, arguments.seed, arguments.count, arguments.list)
            except EcosystemError as error:
                print(error, file=sys.stderr)
                bad = 1
                continue
            total += found
            print(row(name, found), flush=True)
    print(row("all", total))
    return bad


if __name__ == "__main__":
    sys.exit(main())
