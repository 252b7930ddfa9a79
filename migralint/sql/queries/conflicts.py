"""Which rows INSERT ... ON CONFLICT adds, where those of the table are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from migralint.operations import Database
from migralint.operations.data import Rows
from migralint.operations.rows import complete
from migralint.schema import Exclusion, Keyed, Name, Table, Unique

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TEXT = ("text", "character varying")


class Conflict(NamedTuple):
    """What ON CONFLICT says: `columns` name a key, without them every key counts.

    `limited`: more than these columns tells which rows conflict, such as the condition of an index.
    """

    columns: tuple[str, ...] = ()
    limited: bool = False
    updates: bool = False


def added(database: Database, table: Name, rows: Rows, conflict: Conflict) -> Rows | None:
    """The rows that are added: those that agree in no key with one before them. None where that cannot be known."""
    before = database.rows(table)
    found = database.ask(table).tables.get(table)
    if before is None or found is None or found.assumed:
        return None
    present = [complete(row, found) for row in before]
    new: list[tuple[tuple[str, object], ...]] = []
    for row in rows:
        whole = complete(dict(row), found)
        agrees = _agrees(found, whole, present, conflict) if present else False
        if agrees is None or (agrees and conflict.updates):
            return None
        if not agrees:
            new.append(row)
            present.append(whole)
    return tuple(new)


def _agrees(
    table: Table, row: dict[str, object], present: Sequence[dict[str, object]], conflict: Conflict
) -> bool | None:
    """Whether a row agrees with one of those present in a key; None where that is not known."""
    keys = [conflict.columns] if conflict.columns else _keys(table)
    if keys is None:
        return None
    nulls_are_equal = any(i.nulls_not_distinct for i in table.indexes) or any(
        isinstance(c, Unique) and c.nulls_not_distinct for c in table.constraints
    )
    doubt = False
    for other in present:
        for key in keys:
            same = [_same(table, column, row.get(column), other.get(column), nulls_are_equal) for column in key]
            if all(one is True for one in same):
                if not conflict.limited:
                    return True
                doubt = True
            elif not any(one is False for one in same):
                doubt = True
    return None if doubt else False


def _keys(table: Table) -> list[tuple[str, ...]] | None:
    """The columns of every key of a table, None where rows may conflict by something else."""
    if any(index.unique for index in table.indexes) or any(isinstance(c, Exclusion) for c in table.constraints):
        return None
    return [c.columns for c in table.constraints if isinstance(c, Keyed)]


def _same(table: Table, name: str, left: object, right: object, nulls_are_equal: bool) -> bool | None:
    """Whether two values are equal; None where that is not known, as two texts may mean the same value of a type."""
    column = table.column(name)
    if column is None or column.generated:
        return None
    if left is None or right is None:
        return None if nulls_are_equal else False
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    if not isinstance(left, str) or not isinstance(right, str):
        return None
    if left == right:
        return True
    if column.type.startswith(_TEXT) and column.collation is None:
        return False
    if column.type == "uuid" and _UUID.fullmatch(left) and _UUID.fullmatch(right):
        return left.lower() == right.lower()
    return None
