"""Measures snapshots: what drift says of them, and the migrations that bring history and snapshot together.

    python -m tests.ecosystem.snapshots [NAME ...] [--seed N] [--list]
    python -m tests.ecosystem.snapshots --folder FOLDER --location alembic --snapshot schema.sql [--models app.db:Base]

Each project's migrations are run on a PostgreSQL that has what Supabase's has. The snapshot is a dump of a copy in which
ten things were changed by hand, drawn with the seed; the example `shop` and a folder that is given bring their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import psycopg

from tests.ecosystem.drift.score import DriftScore
from tests.ecosystem.projects import EcosystemError, Execution, Project, projects
from tests.ecosystem.snapshots.measure import Score, measure
from tests.ecosystem.snapshots.pair import Pair, given, mutated
from tests.ecosystem.snapshots.supabase import prepare
from tests.postgres.server import Server, started

SHOP = "shop"
_SHOP = Path(__file__).parents[3] / "docs" / "examples" / "shop"
HEADER = """\
| project | snapshot: differences | recall | told | precision | models: differences | recall | told | precision \
| reconciled | left to decide | tables with rows | unchanged | without rows |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


def line(name: str, one: Score) -> str:
    """A line of the table."""
    return (
        f"| {name} | {_drift(one.snapshot)} | {_drift(one.models)} | {one.equal} of {one.databases} | {one.decisions} "
        f"| {one.tables} | {one.kept} | {one.empty} |"
    )


def _drift(one: DriftScore) -> str:
    return f"{one.there} | {one.recall:.4f} | {one.claimed} | {one.precision:.4f}"


def pairs(arguments: argparse.Namespace, server: Server) -> Iterator[tuple[str, AbstractContextManager[Pair]]]:
    """What is measured, by name."""
    if arguments.folder is not None:
        yield arguments.folder.name, _given(arguments, server)
        return
    known = projects()
    for name in arguments.name or [SHOP, *(name for name, one in known.items() if is_measured(one))]:
        if name == SHOP:
            models = ("app.models", "app.models:Base.metadata")
            yield name, given(name, _SHOP, "supabase_schema.sql", server, models=models)
        else:
            yield name, mutated(known[name], server, Random(f"{arguments.seed} {name}"))


def is_measured(project: Project) -> bool:
    """Whether its history can be run here, and its models were recorded."""
    return project.execute is not None and project.dialect == "postgresql" and bool(project.models)


def _given(arguments: argparse.Namespace, server: Server) -> AbstractContextManager[Pair]:
    return given(
        arguments.folder.name,
        arguments.folder,
        arguments.snapshot,
        server,
        script_location=arguments.location,
        models=tuple(arguments.models),
        setup=arguments.setup,
        target=arguments.target,
        execute=Execution(
            tuple(arguments.requirement), arguments.sqlalchemy, arguments.alembic, (), dict(arguments.environment)
        ),
    )


def parsed() -> argparse.Namespace:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem.snapshots", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help="shop, or names in projects.toml; without, all with recorded models")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="say what was not as it should be")
    parser.add_argument("--folder", type=Path, help="a folder that has a history and a snapshot")
    parser.add_argument("--location", default="alembic", help="where in it env.py lies")
    parser.add_argument("--snapshot", default="supabase_schema.sql", help="where in it the snapshot lies")
    parser.add_argument("--models", action="append", default=[], help="modules and metadata of its models")
    parser.add_argument("--requirement", action="append", default=[], help="what its revisions import")
    parser.add_argument("--sqlalchemy", default=Execution.sqlalchemy, help="the version that they need")
    parser.add_argument("--alembic", default=Execution.alembic, help="the version that they need")
    parser.add_argument("--setup", default="", help="SQL that its databases have to have seen")
    parser.add_argument("--target", help="the revision that is upgraded to, where that is not the head")
    parser.add_argument(
        "--environment", action="append", default=[], type=lambda text: text.split("=", 1), help="NAME=VALUE"
    )
    return parser.parse_args()


def main() -> int:
    """The program; 1 where a project could not be measured."""
    arguments = parsed()
    server, total, bad = started(), Score(), 0
    with server.connect() as connection:  # databases come and go, and none is kept
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    prepare(server)
    print(HEADER)
    for name, each in pairs(arguments, server):
        try:
            with each as pair:
                score = measure(pair)
        except (EcosystemError, psycopg.Error) as error:
            print(f"{name}: {error}", file=sys.stderr)
            bad = 1
            continue
        total += score
        print(line(name, score), flush=True)
        for remark in (*pair.changes, *score.remarks) if arguments.list else ():
            print(f"  {remark}", flush=True)
    print(line("all", total))
    return bad


if __name__ == "__main__":
    sys.exit(main())
