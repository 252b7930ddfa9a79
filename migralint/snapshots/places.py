"""Where a SQL file says what: from its operations, and inside CREATE TABLE from the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from migralint.operations import CreateTable, ObjectRef, Place
from migralint.operations.paper import Step
from migralint.schema import Table


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
    for column in table.columns:
        start = _defined(text, column.name, head, place.end)
        if start is not None:
            yield (
                ObjectRef("column", table.name, column.name),
                place._replace(start=start, end=_end(text, start, place)),
            )
    for constraint in table.constraints:
        named = re.compile(rf'constraint\s+"?{re.escape(constraint.name)}"?(?![\w"])', re.IGNORECASE)
        match = named.search(text, head, place.end) if constraint.name else None
        if match:
            ref = ObjectRef("constraint", table.name, constraint.name)
            yield ref, place._replace(start=match.start(), end=_end(text, match.start(), place))


def _defined(text: str, name: str, start: int, end: int) -> int | None:
    """Where the column's definition begins: after a parenthesis, a comma or at the beginning of a line."""
    first = re.compile(rf'(?:(?<=[(,])\s*|^[ \t]*,?[ \t]*)(?="?{re.escape(name)}"?\s)', re.IGNORECASE | re.MULTILINE)
    match = first.search(text, start, end)
    return match.end() if match else None


def _end(text: str, start: int, place: Place) -> int:
    """The end of the line, without a comma."""
    end = text.find("\n", start, place.end)
    return start + len(text[start : end if end > 0 else place.end].rstrip().rstrip(","))
