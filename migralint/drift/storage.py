"""Where the rows of a table lie: in it or in its partitions, below other tables, or nowhere after a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.drift.comparison import INTEGRITY, Part
from migralint.schema import Table
from migralint.schema.expressions import normal


def text(one: Table) -> str:
    """What is said of it beside columns, constraints and indexes."""
    kind = f"{one.persistence} table" if one.persistence != "permanent" else "table"
    above = ", ".join(map(str, one.parents))
    if one.is_partition:
        kind = f"{kind.replace('table', 'partition')} of {above} {one.partition_bound or ''}".rstrip()
    elif above:
        kind += f" that inherits {above}"
    kind += f", partitioned by {one.partition_by}" if one.partition_by else ""
    return kind if kind != "table" else "ordinary table"


def unlike(one: Table, other: Table) -> Iterator[Part]:
    """What surely differs, however the server spells bounds and keys."""
    if "temporary" in (one.persistence, other.persistence):
        return
    if one.persistence != other.persistence:
        yield INTEGRITY, "only one of them has its rows after a crash"
    if one.is_partition != other.is_partition or set(one.parents) != set(other.parents):
        yield INTEGRITY, "they are not below the same tables"
    if _strategy(one) != _strategy(other):
        yield INTEGRITY, "they are not partitioned alike"


def _strategy(one: Table) -> str:
    """How it is partitioned: by which columns, or only the strategy where the server prints expressions anew."""
    said = normal(one.partition_by or "").lower().replace('"', "")
    return said if re.fullmatch(r"\w+ ?\([\w, ]+\)", said) else said.partition("(")[0].strip()
