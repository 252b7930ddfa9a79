"""Judges thousands of real statements: `python -m tests.differential [--cache DIR] [--show N] [PATH ...]`.

Without PATH the packages of `packages.txt` are fetched. Their SQL files are read, the SQL strings of their migrations,
and what pg_dump writes of the schemas that their histories leave. With PATH (files and folders) only the .sql files
there: the regression tests of PostgreSQL, for example.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg

from migralint.render.sql import script
from tests.differential.compare import AGREES, MISREAD, NOT_MODELLED, OUTSIDE, REFUSED, Judgement, judge
from tests.differential.dumps import schemas, without_missing
from tests.differential.sources import FetchError, Script, fetched, files, packages, strings
from tests.postgres.server import started

_COLUMNS = (AGREES, OUTSIDE, NOT_MODELLED, MISREAD)


def dumps(cache: Path) -> Iterator[Script]:
    """What pg_dump writes of the schema of every history."""
    server = started()
    for name, schema in schemas(cache):
        try:
            with server.empty() as connection:
                connection.execute(without_missing(script(schema), server).encode())
                yield Script("dumps of histories' schemas", name, server.dump(), True)
        except psycopg.Error as problem:
            print(f"{name}: {problem}", file=sys.stderr)


def scripts(paths: list[Path], cache: Path) -> Iterator[Script]:
    """The scripts to be judged."""
    for path in paths:
        yield from files(path, str(path))
    for package in [] if paths else packages():
        try:
            folder = fetched(package, cache)
        except FetchError as problem:
            print(problem, file=sys.stderr)
            continue
        yield from files(folder, "SQL files of packages")
        yield from strings(folder, "SQL strings of migrations")
    if not paths:
        yield from dumps(cache)


class Table:
    """Counts by source; a statement that occurs again counts once."""

    def __init__(self, shown: int) -> None:
        self.counts: dict[tuple[str, str], Counter[str]] = {}
        self.shown: Counter[tuple[str, str]] = Counter()
        self.limit = shown
        self.refused = 0
        self.outside: Counter[str] = Counter()
        self._seen: set[str] = set()

    def add(self, script: Script, found: Judgement) -> None:
        """Counts one statement, and shows what is not right about it."""
        text = " ".join(found.text.split())
        if text in self._seen and found.outcome != MISREAD:
            return
        self._seen.add(text)
        if found.outcome == REFUSED:
            self.refused += 1
            return
        self.counts.setdefault((script.source, found.group), Counter())[found.outcome] += 1
        if found.outcome == OUTSIDE:
            self.outside[found.kind] += 1
        key = (found.outcome, found.kind)
        if found.outcome in (NOT_MODELLED, MISREAD) and self.shown[key] < self.limit:
            self.shown[key] += 1
            print(f"{found.outcome}: {found.kind}: {script.name}\n    {text[:300]}\n    {'; '.join(found.told)[:600]}")

    def __str__(self) -> str:
        lines = [f"| source | statements | {' | '.join(_COLUMNS)} |", "|---|--:|--:|--:|--:|--:|"]
        total: dict[str, Counter[str]] = {}
        for (source, group), counts in self.counts.items():
            lines.append(_row(f"{source}, {group}", counts))
            total.setdefault(group, Counter()).update(counts)
        return "\n".join([*lines, *(_row(f"all, {group}", counts) for group, counts in total.items())])


def _row(name: str, counts: Counter[str]) -> str:
    whole = counts.total()
    shares = (f"{counts[one]:,} ({counts[one] / whole:.2%})" for one in _COLUMNS)
    return f"| {name} | {whole:,} | {' | '.join(shares)} |"


def main() -> int:
    """The program; 1 where a statement is misread."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--cache", type=Path, default=Path(".bench/differential"), help="where packages are kept")
    parser.add_argument("--show", type=int, default=5, metavar="N", help="statements shown of each kind and outcome")
    arguments = parser.parse_args()
    table = Table(arguments.show)
    for one in scripts(arguments.paths, arguments.cache):
        for found in judge(one.text, psql=one.psql):
            table.add(one, found)
    print(table)
    kinds = (f"{kind} {count:,}" for kind, count in table.outside.most_common())
    print(f"\nOutside the schema: {', '.join(kinds)}")
    print(f"\nNot judged, as PostgreSQL's parser refuses them: {table.refused:,}")
    return int(any(counts[MISREAD] for counts in table.counts.values()))


if __name__ == "__main__":
    sys.exit(main())
