"""Measures the drift that migralint finds between head and models of real projects.

    python -m tests.ecosystem.drift [NAME ...] [--list]

What counts as true is the difference of two databases that were recorded: one that the project's migrations made, and
one that `create_all` of its models made.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.ecosystem.answers import models_setting, output
from tests.ecosystem.drift.score import DriftScore, score
from tests.ecosystem.projects import EcosystemError, Project, projects
from tests.ecosystem.recorded import Record
from tests.ecosystem.sources import unpacked

TIMEOUT = 300


def told(project: Project, root: Path) -> list[dict[str, Any]]:
    """The differences of `migralint drift`; raises `EcosystemError` where there is no answer."""
    command = ("drift", "--output-format", "json", "--exit-zero")
    with tempfile.TemporaryDirectory() as scratch:
        said = output(project, root, Path(scratch), *command, more=[models_setting(project)], timeout=TIMEOUT)
    found: list[dict[str, Any]] = json.loads(said)["differences"]
    return found


def measured(project: Project) -> DriftScore | None:
    """The score of a project; None where its models were not recorded, or it did not begin with an empty database."""
    record = Record.read(project.record)
    if record.models is None or record.base is not None or project.dialect != "postgresql" or not project.models:
        return None
    return score(
        record.schema, record.models, told(project, unpacked(project)), project.version_table, project.left_out
    )


def line(name: str, one: DriftScore) -> str:
    """A line of the table."""
    names = " | ".join(map(str, one.names))
    return f"| {name} | {one.there} | {one.recall:.4f} | {one.claimed} | {one.precision:.4f} | {names} |"


def main() -> int:
    """The program; 1 where a project could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem.drift", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help="names in projects.toml; all without")
    parser.add_argument("--list", action="store_true", help="list what was missed and what was told wrongly")
    arguments = parser.parse_args()
    known = projects()
    if unknown := [name for name in arguments.name if name not in known]:
        parser.error(f"not in projects.toml: {', '.join(unknown)}")
    total, bad = DriftScore(), 0
    print("| project | differences | recall | told | precision | other names | told | right |")
    print("|---|---|---|---|---|---|---|---|")
    for name in arguments.name or known:
        try:
            one = measured(known[name])
        except EcosystemError as error:
            print(error, file=sys.stderr)
            bad = 1
            continue
        if one is None:
            continue
        total += one
        print(line(name, one), flush=True)
        for sign, found in (("-", one.missed), ("+", one.wrong)) if arguments.list else ():
            for unit in found:
                print(f"  {sign} {unit.kind} {unit.table} {', '.join(sorted(unit.names))}")
    print(line("all", total))
    return bad


if __name__ == "__main__":
    sys.exit(main())
