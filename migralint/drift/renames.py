"""Which objects are one under two names, judged by their structure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from migralint.schema import Column, ForeignKey, Name, Table

SHARE = 0.6
"""The share of equal columns from which two tables are taken for one."""

LEAD = 0.15
"""How much better than with any other table it has to fit."""

COLUMNS = 3
"""The fewest equal columns that are evidence."""

_MOST = 300
"""Up to how many tables without a partner are compared with each other."""


class Renamed(NamedTuple):
    """A table at head and the one of the derived side that it is."""

    head: Table
    derived: Table
    evidence: str


def renamed_tables(head: Sequence[Table], derived: Sequence[Table], all_tables: Sequence[Table]) -> list[Renamed]:
    """Pairs of tables that fit each other clearly better than any other.

    `head` and `derived` have no partner of their name. A column that many of `all_tables` have, such as `id`, says
    little: it weighs as one divided by their number.
    """
    if len(head) > _MOST or len(derived) > _MOST:
        return []
    count = Counter(column.name for table in all_tables for column in table.columns)
    scores = {(one.name, two.name): _score(one, two, count) for one in head for two in derived}
    best = _best_two(scores)
    found = []
    for one in head:
        for two in derived:
            score = scores[one.name, two.name]
            enough = len(one.columns) > 1 and _equal(one, two) >= min(COLUMNS, len(one.columns))
            rivals = [s for side, name in ((0, one.name), (1, two.name)) for s in best[side, name][1:]]
            leads = score == best[0, one.name][0] == best[1, two.name][0] and score >= max(rivals, default=0.0) + LEAD
            if enough and leads and score >= SHARE:
                found.append(Renamed(one, two, _evidence(one, two)))
    return found


def _best_two(scores: dict[tuple[Name, Name], float]) -> dict[tuple[int, Name], list[float]]:
    """The two best scores of each table, by its side (0 is head) and name."""
    best: dict[tuple[int, Name], list[float]] = {}
    for names, score in scores.items():
        for side in (0, 1):
            known = best.setdefault((side, names[side]), [])
            known.append(score)
            known.sort(reverse=True)
            del known[2:]
    return best


def _score(one: Table, two: Table, count: Counter[str]) -> float:
    """From 0 to 1: the weight of columns with equal names, half of it for equal types."""
    names = {c.name for c in (*one.columns, *two.columns)}
    whole = sum(1 / count[name] for name in names)
    shared = 0.0
    for column in one.columns:
        other = two.column(column.name)
        if other is not None:
            shared += (0.5 + 0.5 * (column.type == other.type)) / count[column.name]
    return shared / whole if whole else 0.0


def _equal(one: Table, two: Table) -> int:
    return sum(two.column(column.name) is not None for column in one.columns)


def _evidence(one: Table, two: Table) -> str:
    most = max(len(one.columns), len(two.columns))
    typed = sum((other := two.column(c.name)) is not None and other.type == c.type for c in one.columns)
    text = f"{_equal(one, two)} of {most} columns have the same name, {typed} of them the same type"
    same = [k for k in _keys(one) if k in _keys(two)]
    if same:
        text += (
            f", and foreign keys lead to {', '.join(sorted(str(references) for _, references in same))} on both sides"
        )
    return text


def _keys(table: Table) -> list[tuple[tuple[str, ...], Name]]:
    return [(key.columns, key.references) for key in table.of_kind(ForeignKey)]


def renamed_columns(head: Table, derived: Table) -> list[tuple[Column, Column]]:
    """Columns without a partner that are one: of the same type, after the same column, and nothing else fits."""
    left = [c for c in head.columns if derived.column(c.name) is None]
    right = [c for c in derived.columns if head.column(c.name) is None]
    found = []
    for one in left:
        fitting = [c for c in right if c.type == one.type]
        rivals = [c for c in left if c.type == one.type]
        if len(fitting) == len(rivals) == 1 and _before(head, one) == _before(derived, fitting[0]):
            found.append((one, fitting[0]))
    return found


def _before(table: Table, column: Column) -> str | None:
    at = table.columns.index(column)
    return table.columns[at - 1].name if at else None
