"""How much longer a history takes when the effects of every operation are computed, as `operations --effects` does.

    .venv/bin/python benchmarks/effects.py

Reads, replays and judges the same generated history in one process, several rounds; prints medians and their ratio.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from history import write
from migralint.operations.effects import course
from migralint.project import Project, Replayed


def replayed(folder: Path) -> tuple[float, Replayed]:
    """Seconds for reading and replaying, without stored answers, and the history."""
    start = time.perf_counter()
    history = Project.open(str(folder), cache=False).histories[0]
    return time.perf_counter() - start, history


def judged(history: Replayed, server: int) -> tuple[float, int]:
    """Seconds for the effects of every step, and the number of steps."""
    start, steps = time.perf_counter(), 0
    for revision in history.revisions:
        for direction in ("upgrade", "downgrade"):
            steps += sum(1 for _ in course(history.steps(revision, direction), server))
    return time.perf_counter() - start, steps


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--revisions", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--server", type=int, default=18, help="major version of PostgreSQL")
    given = parser.parse_args()
    replays, effects, steps = [], [], 0
    with tempfile.TemporaryDirectory(prefix="migralint-bench-") as name:
        folder = Path(name, "project")
        write(folder, given.revisions)
        for _ in range(given.rounds):
            took, history = replayed(folder)
            replays.append(took)
            took, steps = judged(history, given.server)
            effects.append(took)
    replay, judge = statistics.median(replays), statistics.median(effects)
    print(f"{given.revisions:,} revisions, {steps:,} operations; medians of {given.rounds} rounds")
    print(f"reading and replaying {replay * 1000:8.0f} ms")
    print(f"effects of every step {judge * 1000:8.0f} ms   {judge / replay:.3f} of the replay")


if __name__ == "__main__":
    main()
