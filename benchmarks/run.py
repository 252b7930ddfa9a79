"""Compares the wall time of `migralint check` with that of other linters, side by side on one machine.

`make bench` installs each peer into an environment of its own and runs this. Prints a table; writes nothing outside a
temporary folder. A peer that is not installed, or fails, is named and left out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from history import write

SIZES = (1, 1000)
FINDINGS = (0, 1)
"""Exit codes with which all of them say that they ran: nothing found, something found."""


class Failed(Exception):
    """A tool did not do its work; the message is its last word."""


@dataclass
class Tool:
    """A tool: its name and its command, or two of which the first writes what the second reads."""

    name: str
    commands: Sequence[Sequence[str]]
    times: dict[int, list[float]] = field(default_factory=dict)
    failure: str | None = None

    def run(self, folder: Path, environment: dict[str, str]) -> float:
        """Seconds of wall time. Raises Failed."""
        start = time.perf_counter()
        written: bytes | None = None
        for command in self.commands:
            done = subprocess.run(command, input=written, cwd=folder, env=environment, capture_output=True, check=False)
            if done.returncode not in FINDINGS:
                said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
                raise Failed(f"exit code {done.returncode}: {said[-1] if said else 'without a word'}")
            written = done.stdout
        return time.perf_counter() - start

    def measure(self, size: int, folder: Path, environment: dict[str, str]) -> None:
        """Runs it once, unless it failed before."""
        if self.failure is None:
            try:
                self.times.setdefault(size, []).append(self.run(folder, environment))
            except (Failed, OSError) as failed:
                self.failure = str(failed)


def tools(migralint: Path, peers: Path) -> list[Tool]:
    """Migralint without and with its cache, and the peers."""
    squawk, guard = (peers.absolute() / name / "bin" for name in ("squawk", "alembic-guard"))
    check = [str(migralint.absolute()), "check", "--quiet"]
    render = [str(squawk / "alembic"), "upgrade", "base:head", "--sql"]
    return [
        Tool("migralint check, without cache", [[*check, "--no-cache"]]),
        Tool("migralint check, with cache", [check]),
        Tool("alembic upgrade --sql | squawk", [render, [str(squawk / "squawk")]]),
        Tool("alembic-guard", [[str(guard / "alembic-guard"), "alembic/versions"]]),
    ]


def table(compared: Sequence[Tool]) -> str:
    """Medians in milliseconds, and how many times the cold and the warm run take of each peer's time."""
    medians = {
        tool.name: {size: statistics.median(times) for size, times in tool.times.items()}
        for tool in compared
        if tool.failure is None
    }
    cold, warm = (medians.get(tool.name, {}) for tool in compared[:2])
    lines = [f"{'':32}" + "".join(f"{f'{size:,} revisions':>18}{'cold/it':>10}{'warm/it':>10}" for size in SIZES)]
    for tool in compared:
        if tool.failure is not None:
            lines.append(f"{tool.name:32}  failed: {tool.failure}")
            continue
        line = f"{tool.name:32}"
        for size in SIZES:
            took = medians[tool.name][size]
            line += f"{took * 1000:>15.0f} ms"
            line += "".join(f"{mine[size] / took:>10.2f}" if mine else f"{'':>10}" for mine in (cold, warm))
        lines.append(line)
    return "\n".join(lines)


def main() -> int:
    """Measures and prints; 1 where migralint itself failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--migralint", type=Path, required=True, metavar="FILE", help="the command to measure")
    parser.add_argument("--peers", type=Path, required=True, metavar="DIR", help="folder of the peers' environments")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each tool (default: 7)")
    given = parser.parse_args()
    compared = tools(given.migralint, given.peers)
    with tempfile.TemporaryDirectory(prefix="migralint-bench-") as name:
        environment = {**os.environ, "XDG_CACHE_HOME": str(Path(name, "cache"))}
        folders = {size: Path(name, str(size)) for size in SIZES}
        for size, folder in folders.items():
            write(folder, size)
            for tool in compared:  # once unmeasured: fills the cache, and the operating system's
                tool.measure(size, folder, environment)
                tool.times.clear()
        for _ in range(given.rounds):
            for size, folder in folders.items():
                for tool in compared:
                    tool.measure(size, folder, environment)
    print(f"Medians of {given.rounds} rounds, every tool once a round.\n\n{table(compared)}")
    return 1 if any(tool.failure for tool in compared[:2]) else 0


if __name__ == "__main__":
    sys.exit(main())
