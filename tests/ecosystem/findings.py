"""Counts the findings of `migralint check` on real projects, and draws samples of them to be read.

    python -m tests.ecosystem.findings [NAME ...]                 a table: findings of each rule per 100 revisions
    python -m tests.ecosystem.findings --sample 60 --seed 7       as CSV: project, path, line, code, message

The projects are those of `projects.toml` for PostgreSQL, as they were released. They are read with the settings that say
where their history is, and with no others, as by somebody who tries migralint for the first time; `--sizes` adds the
`table-sizes` of `sizes.toml`, as a team has them that runs the project.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.ecosystem.answers import settings, toml
from tests.ecosystem.projects import EcosystemError, Project, projects
from tests.ecosystem.sources import CACHE, unpacked

TIMEOUT = 300
SIZES = Path(__file__).with_name("sizes.toml")
"""The small tables of each project."""


class Found(NamedTuple):
    """What `check` says of one project: its findings as in the JSON report, and how many revisions were judged."""

    project: Project
    findings: list[dict[str, Any]]
    revisions: int


def check(project: Project, cache: Path, select: str | None, small: Sequence[str] = ()) -> Found:
    """Runs `check` on the unpacked files, with `small` tables; raises `EcosystemError` where it gives no answer."""
    root = unpacked(project, cache)
    command = [sys.executable, "-P", "-m", "migralint", "check", "--project", str(root), "--no-cache"]
    command += ["--output-format", "json", "--exit-zero", *(["--select", select] if select else [])]
    for setting in settings(project):
        if not setting.startswith("transaction-per-migration"):  # so the records were made; the project may say another
            command += ["--config", setting]
    if small:
        command += ["--config", f"table-sizes = {toml(dict.fromkeys(small, 'small'))}"]
    with tempfile.TemporaryDirectory() as scratch:
        try:
            done = subprocess.run(command, cwd=scratch, capture_output=True, timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired as error:
            raise EcosystemError(f"{project.name}: migralint check took over {TIMEOUT} seconds") from error
    if done.returncode:
        last = (done.stderr.decode().strip().splitlines() or ["no message"])[-1]
        raise EcosystemError(f"{project.name}: migralint check: exit code {done.returncode}: {last}")
    document = json.loads(done.stdout)
    found = [one for one in document["findings"] if one["suppressed"] is None]
    return Found(project, found, document["coverage"]["revisions"])


def table(results: list[Found]) -> list[str]:
    """A line for each rule: how many findings, per 100 revisions, by severity, and in how many projects."""
    revisions = sum(result.revisions for result in results)
    count: Counter[str] = Counter()
    severities: dict[str, Counter[str]] = {}
    names: dict[str, str] = {}
    owners: dict[str, set[str]] = {}
    for result in results:
        for one in result.findings:
            code = one["code"]
            count[code] += 1
            names[code] = one["name"]
            severities.setdefault(code, Counter())[one["severity"]] += 1
            owners.setdefault(code, set()).add(result.project.name)
    lines = [f"{len(results)} projects, {revisions} revisions, {sum(count.values())} findings", ""]
    lines += [
        "| rule | findings | per 100 revisions | error | warning | info | projects |",
        "|---|---|---|---|---|---|---|",
    ]
    for code in sorted(count):
        by = severities[code]
        rate = 100 * count[code] / max(revisions, 1)
        kinds = " | ".join(str(by[kind]) for kind in ("error", "warning", "info"))
        lines.append(f"| {code} {names[code]} | {count[code]} | {rate:.2f} | {kinds} | {len(owners[code])} |")
    return lines


def sample(results: list[Found], size: int, seed: int) -> list[tuple[str, str, int, str, str]]:
    """Findings drawn at random, the same for the same seed and findings, in the order of projects and files.

    Rules take turns, so that a rule with many findings does not hide those with few.
    """
    draw = random.Random(seed)
    pools: dict[str, list[tuple[str, str, int, str, str]]] = {}
    for result in sorted(results, key=lambda result: result.project.name):
        for one in result.findings:
            line = (result.project.name, str(one["path"]), int(one["line"]), str(one["code"]), str(one["message"]))
            pools.setdefault(one["code"], []).append(line)
    for code in sorted(pools):
        draw.shuffle(pools[code])
    drawn: list[tuple[str, str, int, str, str]] = []
    while pools and len(drawn) < size:
        turn = draw.sample(sorted(pools), min(len(pools), size - len(drawn)))
        drawn += [pools[code].pop() for code in turn]
        pools = {code: left for code, left in pools.items() if left}
    return sorted(drawn)


def main() -> int:
    """The command line; 1 where a project could not be checked."""
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem.findings", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", help="names in projects.toml; all for PostgreSQL without")
    parser.add_argument("--select", help="rules or families, as for check")
    parser.add_argument("--sample", type=int, help="draw that many findings instead of counting")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--sizes", action="store_true", help="with the small tables of sizes.toml")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where packages are kept")
    arguments = parser.parse_args()
    known = projects()
    if unknown := [name for name in arguments.name if name not in known]:
        parser.error(f"not in projects.toml: {', '.join(unknown)}")
    wanted = [known[name] for name in arguments.name] or [p for p in known.values() if p.dialect == "postgresql"]
    results: list[Found] = []
    bad = 0
    with ThreadPoolExecutor(2) as pool:
        run = partial(check, cache=arguments.cache, select=arguments.select)
        small = tomllib.loads(SIZES.read_text()) if arguments.sizes else {}
        for future in [pool.submit(run, one, small=small.get(one.name, {}).get("small", ())) for one in wanted]:
            try:
                results.append(future.result())
            except EcosystemError as error:
                print(error, file=sys.stderr)
                bad = 1
    if arguments.sample is None:
        print("\n".join(table(results)))
    else:
        csv.writer(sys.stdout, lineterminator="\n").writerows(sample(results, arguments.sample, arguments.seed))
    return bad


if __name__ == "__main__":
    sys.exit(main())
