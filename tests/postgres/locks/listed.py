"""The disagreements that are known, each with its reason."""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).parent / "disagreements.txt"


def listed() -> dict[str, str]:
    """The reason for each case that is listed, by its title."""
    found: dict[str, str] = {}
    reason = ""
    for line in _FILE.read_text().splitlines():
        if line.startswith("# "):
            reason = line[2:]
        elif line:
            found[line] = reason
    return found
