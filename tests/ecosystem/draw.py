"""Draws lines of CSV files with equal columns, to be read.

    python -m tests.ecosystem.draw FILE.csv ... --sample 30 --seed SEED

The lines are numbered through the files in the order in which these are given, and drawn without repetition; they are
printed in that order, each with the name of its file.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Sequence
from pathlib import Path


def drawn(files: Sequence[Path], count: int, seed: int) -> list[dict[str, str]]:
    """The drawn lines, all where there are not more; `file` is the name of the file without its suffix."""
    lines: list[dict[str, str]] = []
    for path in files:
        with path.open(newline="") as file:
            lines += ({"file": path.stem, **line} for line in csv.DictReader(file))
    chosen = random.Random(seed).sample(range(len(lines)), min(count, len(lines)))
    return [lines[at] for at in sorted(chosen)]


def main() -> None:
    """Prints them as CSV."""
    parser = argparse.ArgumentParser(prog="python -m tests.ecosystem.draw", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--sample", type=int, default=30, metavar="N")
    parser.add_argument("--seed", type=int, required=True)
    given = parser.parse_args()
    lines = drawn(given.files, given.sample, given.seed)
    writer = csv.DictWriter(sys.stdout, list(lines[0]) if lines else ["file"])
    writer.writeheader()
    writer.writerows(lines)


if __name__ == "__main__":
    main()
