"""Prints `docs/accuracy.md` from what the scorer of recorded projects measured.

    python benchmarks/accuracy.py RESULTS.json > docs/accuracy.md

RESULTS.json is what `make accuracy TRUTH=DIR RESULTS=RESULTS.json` writes: one entry a project.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib.metadata import version
from typing import Any

PACKAGES = ("migralint", "libcst", "sqlglot")

HEAD = """# Accuracy

What migralint says that a history does, compared with what happened when the history was run on a real database
(PostgreSQL 15.18; SQLite where marked). Each project is a package with its own Alembic history, fetched from the
package registry and only read. The comparison takes a schema apart into facts (a column, its type, its default, a
constraint, a name, ...) and a history into operations.

- **recall**: of what is really there, the share that migralint says.
- **precision**: of what migralint says, the share that is really there.
- **certain**: recall of operations, counting only those that migralint is sure of (not `conditional`).
- **silent**: operations missed in revisions where migralint did not say that anything was unclear.

`make accuracy TRUTH=DIR` runs it again, with the recorded results in `DIR`.
"""


def _rate(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _row(name: str, results: list[dict[str, Any]]) -> str:
    schema = [r["schema"]["overall"] for r in results]
    operations = [r["operations"] for r in results]
    truth, found = sum(s["truth"] for s in schema), sum(s["found"] for s in schema)
    extra = sum(s["extra"] for s in schema)
    count, hit = sum(o["n"] for o in operations), sum(o["found"] for o in operations)
    surplus = sum(len(o["surplus"]) for o in operations)
    certain = sum(o["found_certain"] for o in operations)
    cells = [
        name,
        str(truth),
        f"{_rate(found, truth):.4f}",
        f"{_rate(found, found + extra):.4f}",
        str(count),
        f"{_rate(hit, count):.4f}",
        f"{_rate(certain, count):.4f}",
        f"{_rate(hit, hit + surplus):.4f}",
        str(sum(o["silent"] for o in operations)),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """The program."""
    with open(sys.argv[1], encoding="utf-8") as file:
        results: list[dict[str, Any]] = json.load(file)
    plain = [r for r in results if r["clean"] and r["dialect"] == "postgresql"]
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(HEAD)
    print(f"Measured with {versions}, Python {platform.python_version()}.\n")
    print("| project | facts | recall | precision | operations | recall | certain | precision | silent |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for result in results:
        mark = " (SQLite)" if result["dialect"] == "sqlite" else "" if result["clean"] else " (prepared database)"
        print(_row(result["project"] + mark, [result]))
    print(_row(f"**PostgreSQL, from an empty database ({len(plain)})**", plain))
    print(_row(f"**all ({len(results)})**", results))
    print("\nKnown gaps: histories whose names come from settings given at run time (a table prefix, say) are opaque,")
    print("and rows that a history computes from other rows are not followed.")


if __name__ == "__main__":
    main()
