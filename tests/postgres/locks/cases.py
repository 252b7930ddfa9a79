"""The cases: SQL files of a base and of statements to measure on it.

A file begins with its base (`-- with NAME`: what NAME.base says comes before it), up to a line `-- cases`. Then blank lines
stand between cases. A case is the statements that are measured, in one transaction; what has to be committed before
stands above a line `-->`. Comments say in which major versions it runs (`-- from 14`, `-- to 17`) and which extension it
cannot do without (`-- needs citext`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migralint.sql.splitter import split

FOLDER = Path(__file__).parent / "cases"
OLDEST, NEWEST = 12, 18

_START = re.compile(r"^-- cases$", re.MULTILINE)
_SHARED = re.compile(r"^-- with (\S+)$", re.MULTILINE)
_MARK = re.compile(r"^-- (from|to|needs) (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """`statements` in one transaction, after `base` and `setup` were committed."""

    file: str
    base: str
    setup: str
    statements: tuple[str, ...]
    oldest: int = OLDEST
    newest: int = NEWEST
    extension: str | None = None

    @property
    def title(self) -> str:
        """What it measures, as findings and the list of disagreements name it."""
        return f"{self.file}: " + (f"{' '.join(self.setup.split())} --> " if self.setup else "") + self.measured

    @property
    def measured(self) -> str:
        """The statements in one line."""
        return "; ".join(" ".join(statement.split()) for statement in self.statements)

    def runs_on(self, major: int) -> bool:
        """Whether PostgreSQL of this version knows the statements."""
        return self.oldest <= major <= self.newest


def files() -> list[Path]:
    """The files of cases, by name."""
    return sorted(FOLDER.glob("*.sql"))


def read(path: Path) -> list[Case]:
    """The cases of one file, those without a setup of their own first."""
    head, _, rest = _parted(path.read_text())
    base = "".join((FOLDER / f"{name}.base").read_text() for name in _SHARED.findall(head)) + head
    cases = [_case(path.stem, base, block) for block in re.split(r"\n\s*\n", rest) if _statements(block)]
    return sorted(cases, key=lambda case: case.setup != "")


def every() -> Iterator[Case]:
    """All cases of all files."""
    for path in files():
        yield from read(path)


def _parted(text: str) -> tuple[str, str, str]:
    found = _START.search(text)
    assert found is not None, "no line `-- cases`"
    return text[: found.start()], found[0], text[found.end() :]


def _case(file: str, base: str, block: str) -> Case:
    marks = dict(_MARK.findall(block))
    before, arrow, after = block.rpartition("\n-->\n")
    return Case(
        file,
        base,
        "\n".join(f"{statement};" for statement in _statements(before)) if arrow else "",
        _statements(after),
        int(marks.get("from", OLDEST)),
        int(marks.get("to", NEWEST)),
        marks.get("needs"),
    )


def _statements(text: str) -> tuple[str, ...]:
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return tuple(one.text for one in split(plain, "postgresql", psql=False))
