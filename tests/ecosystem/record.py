"""Runs projects' migrations on a real PostgreSQL and writes down what they did.

python -m tests.ecosystem.record NAME...      renews recorded/NAME.json.gz
python -m tests.ecosystem.record --check NAME...   says what a renewed record would change
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from tests.ecosystem.databases import database
from tests.ecosystem.execute import upgrade
from tests.ecosystem.projects import EcosystemError, Project, projects
from tests.ecosystem.recorded import Record
from tests.ecosystem.score import score_schema
from tests.postgres.server import started


def differences(project: Project, old: Record, new: Record) -> list[str]:
    """What two records of a project say differently, a line each."""
    tables = {project.version_table, "alembic_version"}
    score = score_schema(old.schema, new.schema, tables, base=old.base, not_recorded=old.not_recorded)
    found = [f"- {kind}: {' '.join(fact)}" for kind, fact in score.missing]
    found += [f"+ {kind}: {' '.join(fact)}" for kind, fact in score.extra]
    for revision in {**old.operations, **new.operations}:
        before, after = old.operations.get(revision), new.operations.get(revision)
        if before is None or after is None:
            found.append(f"{'+' if before is None else '-'} revision {revision}")
        else:
            found += [f"- {revision} {o.to_data()}" for o in before if o not in after and not o.optional]
            found += [f"+ {revision} {o.to_data()}" for o in after if o not in before and not o.optional]
    return found


def main() -> int:
    """The program; 1 where a project could not be run or, with --check, differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem.record", description=__doc__)
    parser.add_argument("name", nargs="+", help="names in projects.toml")
    parser.add_argument("--check", action="store_true", help="write nothing; say what would change")
    arguments = parser.parse_args()
    known = projects()
    if unknown := [name for name in arguments.name if name not in known]:
        parser.error(f"not in projects.toml: {', '.join(unknown)}")
    server = started()
    bad = 0
    for name in arguments.name:
        project = known[name]
        try:
            with database(server, "recorded", project.setup) as made:
                new = upgrade(project, made)
            old = Record.read(project.record) if project.record.exists() else None
            changes = differences(project, old, new) if old is not None else None
        except EcosystemError as error:
            print(error, file=sys.stderr)
            bad += 1
            continue
        for line in changes or ():
            print(f"{name}: {line}")
        if arguments.check:
            bad += changes is None or bool(changes)
        else:
            replace(new, models=old.models if old is not None else None).write(project.record)
        operations = sum(len(ran) for ran in new.operations.values())
        print(f"{name}: {len(new.operations)} revisions, {operations} operations, {len(new.schema['tables'])} tables")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
