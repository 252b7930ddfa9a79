"""Writes every operation of real histories as code, reads the code back, and compares the schemas.

    python -m tests.ecosystem.written [NAME ...]

Each revision of a project becomes one of a new history; what of its operations cannot be written is counted.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from migralint.operations import Operation
from migralint.project import Project as Linted
from migralint.project import Replayed
from migralint.render.code import Body, upgrade
from tests.ecosystem.answers import settings
from tests.ecosystem.projects import EcosystemError, Project, projects
from tests.ecosystem.sources import unpacked
from tests.operations.facts import Facts, differences, of_paper
from tests.project import Alembic


def replayed(root: Path, options: list[str], target: str | None = None) -> Replayed:
    """The only history below a folder, to its heads or to a revision."""
    project = Linted.open(str(root), configuration_overrides=options, cache=False, directions=("upgrade",))
    return project.replayed_to(target) if target else project.histories[0]


def bodies(history: Replayed) -> dict[str, Body]:
    """The code of each revision, in upgrade order."""
    found = {}
    for revision in history.revisions:
        steps = [s for s in history.steps(revision) if s.applied and s.failure is None]
        found[revision] = upgrade((step.operation for step in steps), history.before(revision))
    return found


def read_again(written: dict[str, Body], root: Path, dialect: str) -> Replayed:
    """The history that these revisions are."""
    project = Alembic(root)
    for number, body in enumerate(written.values()):
        path = project.revision(f"r{number}", "pass")
        imports = "".join(f"{line}\n" for line in body.imports)
        text = path.read_text().partition("def upgrade():")[0]
        path.write_text(f"{text}\n{imports}\n\ndef upgrade() -> None:\n{body.text}\n")
    return replayed(root, [f'dialect = "{dialect}"'])


def compared(project: Project) -> tuple[list[str], Facts, list[Operation], int]:
    """What differs, all facts, what was left out, and how many operations there were."""
    history = replayed(unpacked(project), settings(project), project.target)
    written = bodies(history)
    with tempfile.TemporaryDirectory() as folder:
        again = read_again(written, Path(folder), project.dialect)
    facts = of_paper(history.schema)
    left_out = [operation for body in written.values() for operation in body.left_out]
    count = sum(len(history.steps(revision)) for revision in history.revisions)
    return differences(facts, of_paper(again.schema)), facts, left_out, count


def main() -> int:
    """The command line."""
    chosen = projects()
    names = sys.argv[1:] or list(chosen)
    missed, total = 0, 0
    for name in names:
        try:
            found, facts, left_out, count = compared(chosen[name])
        except EcosystemError as problem:
            print(f"{name}: {problem}")
            continue
        kinds = Counter(operation.operation for operation in left_out if operation.changes_schema)
        print(f"{name}: {count} operations, {len(facts)} facts, {len(found)} differ, left out: {dict(kinds)}")
        print("".join(f"    {line}\n" for line in found), end="")
        missed, total = missed + len(found), total + len(facts)
    print(f"{total - missed} of {total} facts come back")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
