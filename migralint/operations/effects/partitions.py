"""Effects of attaching and detaching partitions and children."""

from __future__ import annotations

import re

from migralint.operations.attaching import partition_columns
from migralint.operations.base import CannotApply
from migralint.operations.effects.nulls import conjuncts, proven_not_null
from migralint.operations.effects.reach import (
    default_partition,
    index_names,
    new_indexes,
    partitions,
    referenced,
    stored,
    tree,
)
from migralint.operations.effects.tables import below_referenced
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ACCESS_SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
    strongest,
)
from migralint.operations.parts import referencing
from migralint.operations.tables import AttachPartition, DetachPartition
from migralint.schema import Check, ForeignKey, Schema, Table

_RANGE = re.compile(r"for\s+values\s+from\s*\((.*)\)\s*to\s*\((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(r"for\s+values\s+in\s*\(([^,]*)\)\s*\Z", re.IGNORECASE | re.DOTALL)


def attach_partition(operation: AttachPartition, before: Schema, server: int) -> Effects:
    """ATTACH PARTITION leaves the parent in use; the table and the default partition are searched.

    Not where checks prove that there are none. INHERIT looks at no rows.
    """
    child, parent = before.tables.get(operation.partition), before.tables.get(operation.table)
    locks = locked(SHARE_UPDATE_EXCLUSIVE, [operation.table])
    if operation.inherit or child is None or parent is None:
        return Effects(locks + locked(ACCESS_EXCLUSIVE, [operation.partition]))
    tables = tree(before, operation.partition)
    scans = [] if _fits(parent, child, operation.bound) else list(tables)
    rest = default_partition(before, operation.table)
    if rest is not None:
        tables += partitions(before, rest)
        if not _excludes(parent, before.tables[rest], operation.bound):
            scans += partitions(before, rest)
    locks += locked(ACCESS_EXCLUSIVE, tables)
    keys = list(parent.of_kind(ForeignKey))
    locks += locked(SHARE_ROW_EXCLUSIVE, referenced(before, keys))
    if keys and operation.partition not in scans:
        scans.append(operation.partition)
    locks += below_referenced(before, operation.table, server)
    try:
        builds = new_indexes(before, operation.apply(before))
    except CannotApply:
        builds = ()
    return Effects(strongest(locks), scans=stored(before, scans), builds=builds)


def detach_partition(operation: DetachPartition, before: Schema, server: int) -> Effects:
    """DETACH PARTITION stops the parent for a moment, CONCURRENTLY does not. NO INHERIT leaves the parent alone."""
    child, parent = before.tables.get(operation.partition), before.tables.get(operation.table)
    if child is None or parent is None or not child.is_partition:
        return Effects(locked(ACCESS_EXCLUSIVE, [operation.partition]) + locked(ACCESS_SHARE, [operation.table]))
    rest = default_partition(before, parent.name)
    owners = [owner for owner, _ in referencing(before, parent.name)]
    others = [*([rest] if rest else []), *owners]
    if operation.concurrently:
        locks = locked(SHARE_UPDATE_EXCLUSIVE, [parent.name])
        return Effects(locks + locked(ACCESS_EXCLUSIVE, [child.name, *others]), transactional=False)
    weak = server < 14 and not owners  # but its indexes are locked, and with them whoever plans a query of it
    locks = locked(SHARE_UPDATE_EXCLUSIVE if weak else ACCESS_EXCLUSIVE, [child.name])
    locks += locked(ACCESS_EXCLUSIVE, [parent.name, *others])
    locks += locked(SHARE_ROW_EXCLUSIVE, referenced(before, parent.of_kind(ForeignKey)))
    return Effects(
        strongest(locks),
        scans=stored(before, [*partitions(before, child.name), *owners]) if owners else (),
        shuts=(child.name,) if weak and index_names(child) else (),
    )


def _fits(parent: Table, child: Table, bound: str | None) -> bool:
    """Whether checks of the table prove that its rows lie in the bounds, as far as a simple comparison shows."""
    conditions = _conditions(parent, bound)
    if conditions is None:
        return False
    column, wanted = conditions
    known = child.column(column)
    not_null = (known is not None and known.not_null) or proven_not_null(child, column)
    return not_null and all(text in _known(child) for text in wanted)


def _excludes(parent: Table, rest: Table, bound: str | None) -> bool:
    """Whether checks of the default partition prove that it holds no row of the new one."""
    conditions = _conditions(parent, bound)
    if conditions is None:
        return False
    column, wanted = conditions
    opposite = {"=": "<>", ">=": "<", "<": ">="}
    turned = {f"{column}{opposite[sign]}{value}" for sign, value in (_split(w, column) for w in wanted)}
    known = rest.column(column)
    not_null = (known is not None and known.not_null) or proven_not_null(rest, column)
    return not_null and any(text in _known(rest) for text in turned)


def _conditions(parent: Table, bound: str | None) -> tuple[str, list[str]] | None:
    """The column of the partition key and what the bounds say about it; None where that is not one simple column."""
    columns = partition_columns(parent)
    if not bound or columns is None or len(columns) != 1:
        return None
    column = columns[0]
    if found := _RANGE.match(bound):
        low, high = found[1], found[2]
        parts = [] if low.strip().lower() == "minvalue" else [f"{column}>={_plain(low)}"]
        parts += [] if high.strip().lower() == "maxvalue" else [f"{column}<{_plain(high)}"]
        return column, parts
    if found := _LIST.match(bound):
        return column, [f"{column}={_plain(found[1])}"]
    return None


def _split(condition: str, column: str) -> tuple[str, str]:
    rest = condition[len(column) :]
    sign = ">=" if rest.startswith(">=") else rest[0]
    return sign, rest[len(sign) :]


def _known(table: Table) -> set[str]:
    """The members of all valid checks, without spaces and casts."""
    return {_plain(part) for c in table.of_kind(Check) if c.validated for part in conjuncts(c.expression)}


def _plain(text: str) -> str:
    return re.sub(r"::[\w ]+|[\s()]", "", text)
