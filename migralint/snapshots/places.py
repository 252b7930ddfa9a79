"""Where a SQL file says what: from its operations, and inside CREATE TABLE from the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from migralint.operations import CreateTable, ObjectRef, Place
from migralint.operations.steps import Step
from migralint.schema import Table

_WORD = r'(?:"((?:[^"]|"")+)"|([^\W\d][\w$]*))'
_FIRST = re.compile(rf"(?:[(,]\s*|^[ \t]*)(?={_WORD}\s)", re.MULTILINE)
"""The first word of a definition: after a parenthesis, a comma or at the beginning of a line."""
_CONSTRAINT = re.compile(rf"(?<!\w)(?=constraint\s+{_WORD})", re.IGNORECASE)


def places(text: str, steps: Iterable[Step]) -> dict[ObjectRef, Place]:
    """The last place of each object; columns and constraints of CREATE TABLE have their own."""
    found: dict[ObjectRef, Place] = {}
    for step in steps:
        operation = step.operation
        if isinstance(operation, CreateTable):
            found.update(_of_table(text, operation.definition, step.place))
        elif operation.object.kind != "table":
            found[operation.object] = step.place
    return found


def _of_table(text: str, table: Table, place: Place) -> Iterator[tuple[ObjectRef, Place]]:
    head = text.find("(", place.start, place.end)
    yield ObjectRef("table", table.name), place._replace(end=head) if head > 0 else place
    if head < 0:
        return
    for kind, pattern, names in (
        ("column", _FIRST, [column.name for column in table.columns]),
        ("constraint", _CONSTRAINT, [constraint.name for constraint in table.constraints]),
    ):
        starts = _starts(pattern, text, head, place.end)
        for name in names:
            if (start := starts.get(name)) is not None:
                yield ObjectRef(kind, table.name, name), place._replace(start=start, end=_end(text, start, place))


def _starts(pattern: re.Pattern[str], text: str, start: int, end: int) -> dict[str, int]:
    """Where definitions begin, by the name that the pattern sees after its end."""
    found: dict[str, int] = {}
    for match in pattern.finditer(text, start, end):
        quoted, plain = match.groups()
        found.setdefault(quoted.replace('""', '"') if quoted is not None else plain.lower(), match.end())
    return found


def _end(text: str, start: int, place: Place) -> int:
    """The end of the line, without a comma."""
    end = text.find("\n", start, place.end)
    return start + len(text[start : end if end > 0 else place.end].rstrip().rstrip(","))
