"""Draws uses of a database from applications, to be read against what migralint says of them.

    python -m tests.ecosystem.uses FOLDER ... --sample 100 --seed SEED

Places are found by their text alone: calls of the methods of supabase-py and of those that execute SQL. What migralint
knows of the line is printed beside it, so that a use that it misses is seen too. The schema is not needed: tables that
are named are taken for tables about which nothing else is known.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from migralint.cache import Cache
from migralint.configuration import Configuration
from migralint.history.files import Files
from migralint.operations import Place
from migralint.python.positions import Located
from migralint.queries.collect import Queries, collect
from migralint.schema import Schema, Table
from migralint.tree import WorkTree

_REQUEST = re.compile(
    r"""\.(?:table|from_|rpc|select|eq|neq|gte?|lte?|like|ilike|is_|in_|or_|order|filter|match|contains|insert|update|
    upsert)\(\s*[\w"'f{\[]""",
    re.VERBOSE,
)
_EXECUTES = re.compile(r"(?:\.(?:execute|executemany|fetch|fetchrow|fetchval)|\btext)\(")
_SQL = re.compile(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b")
_ASIDE = re.compile(r"(?:^|/)(?:tests?|migrations|alembic|versions)/|(?:^|/)test_|_test\.py$")
_CLIENTS = re.compile(r"supabase|postgrest|asyncpg|psycopg")


class Site(NamedTuple):
    """A line that may use the database."""

    application: str
    path: str
    line: int
    text: str


def sites(folder: Path) -> Iterator[Site]:
    """The lines of an application that its text shows."""
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder).as_posix()
        text = file.read_text(errors="replace")
        if _ASIDE.search(path) or not _CLIENTS.search(text.lower()):
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            near = "\n".join(lines[number - 1 : number + 4])
            if _REQUEST.search(line) or (_EXECUTES.search(line) and _SQL.search(near)):
                yield Site(folder.name, path, number, line.strip())


def _collected(files: Files, schema: Schema) -> Queries:
    return collect(files, Configuration(), ["", "src", "app", "backend"], [], schema, lambda ref: None)


def known(folder: Path) -> dict[tuple[str, int], list[str]]:
    """What migralint says of each line."""
    files = Files(WorkTree(str(folder)), Cache(None))
    named = _collected(files, Schema.empty())
    names = {use.object.table for use in named.uses if use.object.table is not None}
    found = _collected(files, Schema(tables={name: Table(name, assumed=True) for name in names}))
    located: dict[str, Located] = {}
    out: dict[tuple[str, int], list[str]] = {}

    def line_of(place: Place) -> int:
        if place.path not in located:
            located[place.path] = Located(files.text(place.path))
        return located[place.path].span(place.node, place.start, place.end)[0]

    for use in found.uses:
        out.setdefault((use.place.path, line_of(use.place)), []).append(f"{use.how} {use.object}")
    for gap in found.gaps:
        out.setdefault((gap.place.path, line_of(gap.place)), []).append(f"not known: {gap.reason}")
    return out


def main() -> None:
    """Prints the sample as CSV."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, required=True)
    given = parser.parse_args()
    every = [site for folder in given.folders for site in sites(folder)]
    drawn = sorted(random.Random(given.seed).sample(every, min(given.sample, len(every))))
    says = {folder.name: known(folder) for folder in given.folders}
    writer = csv.writer(sys.stdout)
    writer.writerow([*Site._fields, "migralint"])
    for site in drawn:
        writer.writerow([*site, "; ".join(says[site.application].get((site.path, site.line), []))])


if __name__ == "__main__":
    main()
