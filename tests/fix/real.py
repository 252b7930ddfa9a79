"""Puts fixes of real findings into real projects, each alone, and looks whether they do what they say.

    python -m tests.fix.real --count 200 --seed 4001

The projects are those of `tests/ecosystem/projects.toml` for PostgreSQL, as they were released. Of all findings with a
fix some are drawn, as evenly over rules and projects as there are findings, the same for the same seed. What is looked at
is in `proving.py`. Nothing is written: the files are changed on paper.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

from migralint.verdict.finding import Finding
from tests.ecosystem.answers import settings as all_settings
from tests.ecosystem.projects import EcosystemError, Project, projects
from tests.ecosystem.sources import CACHE, unpacked
from tests.fix.proving import Judged, Opening, findings, judge, opened, wrong


class Candidate(NamedTuple):
    """A finding with a fix in a project."""

    project: str
    number: int
    finding: Finding

    @property
    def code(self) -> str:
        """The rule that found it."""
        return self.finding.code


class Result(NamedTuple):
    """What came of a fix; `problems` is empty where it is right."""

    candidate: Candidate
    problems: tuple[str, ...]


class Counted(NamedTuple):
    """A project's findings with a fix, and how many each rule has with or without."""

    candidates: list[Candidate]
    all: Counter[str]


def look(project: Project, cache: Path) -> Counted:
    """The findings of a project. Raises EcosystemError."""
    found = findings(opened(str(unpacked(project, cache)), how=Opening(_settings(project), True)))
    fixable = [one for one in found if one.fix is not None]
    candidates = [Candidate(project.name, number, one) for number, one in enumerate(fixable)]
    return Counted(candidates, Counter(one.code for one in found))


def prove(project: Project, cache: Path, one: Candidate) -> Result:
    """Puts the fix of a finding into the project. Raises EcosystemError.

    Downgrades are followed where they are what is corrected: that is half of the work.
    """
    directions = ("upgrade", "downgrade") if one.finding.direction is None else ("upgrade",)
    how = Opening(_settings(project), True, directions)
    root, before = _before(str(unpacked(project, cache)), how)
    return Result(one, tuple(wrong(root, before, one.finding, how)))


_seen: dict[tuple[str, Opening], tuple[Any, Judged]] = {}


def _before(root: str, how: Opening) -> tuple[Any, Judged]:
    """A project as it is, and what is found in it; the last one is kept, as findings come project by project."""
    key = (root, how)
    if key not in _seen:
        _seen.clear()
        project = opened(root, how=how)
        _seen[key] = project, judge(project)
    return _seen[key]


def _settings(project: Project) -> tuple[str, ...]:
    """As somebody has it who tries migralint: the project may say itself whether a transaction is for one revision."""
    return tuple(one for one in all_settings(project) if not one.startswith("transaction-per-migration"))


def draw(candidates: Iterable[Candidate], count: int, seed: int) -> list[Candidate]:
    """Some of the findings, as evenly over rules, and for each rule over projects, as there are any."""
    chance = random.Random(seed)
    waiting: dict[str, dict[str, list[Candidate]]] = {}
    for one in sorted(candidates, key=lambda one: (one.code, one.project, one.number)):
        waiting.setdefault(one.code, {}).setdefault(one.project, []).append(one)
    drawn: list[Candidate] = []
    while waiting and len(drawn) < count:
        for code in sorted(waiting):
            owners = waiting[code]
            taken = Counter(one.project for one in drawn if one.code == code)
            least = min(taken[name] for name in owners)
            name = chance.choice(sorted(name for name in owners if taken[name] == least))
            drawn.append(owners[name].pop(chance.randrange(len(owners[name]))))
            if not owners[name]:
                del owners[name]
            if not owners:
                del waiting[code]
            if len(drawn) == count:
                break
    return drawn


def table(found: Counter[str], candidates: Iterable[Candidate], results: Iterable[Result]) -> list[str]:
    """A line for each rule."""
    fixable, drawn, right, owners = Counter[str](), Counter[str](), Counter[str](), dict[str, set[str]]()
    safe = Counter[str]()
    for one in candidates:
        fixable[one.code] += 1
        safe[one.code] += one.finding.fix is not None and one.finding.fix.safety == "safe"
    for result in results:
        code = result.candidate.code
        drawn[code] += 1
        right[code] += not result.problems
        owners.setdefault(code, set()).add(result.candidate.project)
    lines = [
        "| rule | findings | with a fix | of these safe | drawn | projects | right |",
        "|---|---|---|---|---|---|---|",
    ]
    for code in sorted(fixable):
        numbers = (found[code], fixable[code], safe[code], drawn[code], len(owners.get(code, ())), right[code])
        lines.append(f"| {code} | {' | '.join(map(str, numbers))} |")
    total = [sum(counter[code] for code in fixable) for counter in (found, fixable, safe, drawn)]
    every = len(set().union(*owners.values())) if owners else 0
    return [*lines, f"| all | {' | '.join(map(str, [*total, every, right.total()]))} |"]


def main() -> int:
    """The command line; 1 where a fix is wrong, or a project could not be read."""
    parser = argparse.ArgumentParser(prog="python -m tests.fix.real", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help="names in projects.toml; all for PostgreSQL without")
    parser.add_argument("--count", type=int, default=200, help="how many findings are drawn")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where packages are kept")
    arguments = parser.parse_args()
    known = projects()
    if unknown := [name for name in arguments.name if name not in known]:
        parser.error(f"not in projects.toml: {', '.join(unknown)}")
    wanted = [known[name] for name in arguments.name] or [p for p in known.values() if p.dialect == "postgresql"]
    candidates: list[Candidate] = []
    found: Counter[str] = Counter()
    results: list[Result] = []
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["MIGRALINT_CACHE_DIR"] = scratch
        with ProcessPoolExecutor(2) as pool:
            for project, looking in [(one, pool.submit(look, one, arguments.cache)) for one in wanted]:
                try:
                    counted = looking.result()
                except EcosystemError as error:
                    print(f"{project.name}: {error}", file=sys.stderr)
                    bad = 1
                    continue
                candidates += counted.candidates
                print(f"{project.name}: {len(counted.candidates)}", file=sys.stderr, flush=True)
                found += counted.all
            drawn = draw(candidates, arguments.count, arguments.seed)
            own = {project.name: project for project in wanted}
            drawn.sort(key=lambda one: (one.project, one.finding.direction is None, one.number))
            running = [pool.submit(prove, own[one.project], arguments.cache, one) for one in drawn]
            for future in as_completed(running):
                results.append(future.result())
                finding, name = results[-1].candidate.finding, results[-1].candidate.project
                print(
                    f"{len(results)} {finding.code} {name} {finding.path}:{finding.line}", file=sys.stderr, flush=True
                )
                for problem in results[-1].problems:
                    print(f"{finding.code} {name} {finding.path}:{finding.line}: {problem}", flush=True)
                    bad = 1
    print("\n".join(table(found, candidates, results)))
    return bad


if __name__ == "__main__":
    sys.exit(main())
