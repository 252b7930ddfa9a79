"""The revisions that a dump says its database is at: what it holds of Alembic's version table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from migralint.operations import Copy, Insert, Place, RowOperation
from migralint.operations.steps import Step
from migralint.schema import Name, Schema

COLUMN = "version_num"
"""The one column of the version table."""


class Version(NamedTuple):
    """What a version table holds, and where a dump says so; an empty one is that of a database without revisions."""

    revisions: tuple[str, ...]
    place: Place


def version_in(text: str, schema: Schema, steps: Iterable[Step], table: str) -> Version | None:
    """What the dump with this text holds of the version table; None where it holds no rows, as with `--schema-only`.

    `table` is the name without a schema. Where the dump has no table of that name, its only other table that looks
    like a version table is taken.
    """
    found: dict[Name, list[tuple[Place, tuple[str, ...]]]] = {}
    for step in steps:
        operation = step.operation
        if isinstance(operation, Copy | Insert):
            rows = _rows(text, operation, step.place)
            if rows is not None:
                found.setdefault(operation.table, []).append((step.place, rows))
    named = [name for name in found if name.name == table]
    likely = named or [name for name in found if _looks(schema, name)]
    if len(likely) != 1:
        return None
    told = found[likely[0]]
    return Version(tuple(sorted({one for _, rows in told for one in rows})), told[0][0])


def _looks(schema: Schema, name: Name) -> bool:
    """Whether a table has the one column of a version table, as far as the dump makes it."""
    table = schema.tables.get(name)
    return table is not None and [column.name for column in table.columns] == [COLUMN]


def _rows(text: str, operation: RowOperation, place: Place) -> tuple[str, ...] | None:
    """The values that a statement writes to a table of one column; None where that is not told."""
    if isinstance(operation, Insert):
        values = [dict(row).get(COLUMN) for row in operation.rows or ()]
        return tuple(map(str, values)) if values and None not in values else None
    if isinstance(operation, Copy):
        return tuple(_copied(text, place.end)) if "stdin" in text[place.start : place.end].lower() else None
    return None


def _copied(text: str, start: int) -> Iterator[str]:
    """The first values of the lines after COPY ... FROM stdin, up to the end of data."""
    for line in text[text.find("\n", start) + 1 :].split("\n"):
        if line.rstrip("\r") == "\\.":
            return
        yield line.rstrip("\r").split("\t")[0]
