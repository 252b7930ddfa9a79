"""Which objects are one under two names, judged by their structure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from migralint.operations import ObjectRef
from migralint.schema import Column, ForeignKey, Name, PrimaryKey, Table, Unique

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


def renamed_tables(
    head: Sequence[Table], derived: Sequence[Table], sides: Sequence[Collection[Table]]
) -> list[Renamed]:
    """Pairs of tables that have keys or indexes of one name, to which the same foreign keys lead, or that clearly fit.

    `head` and `derived` have no partner of their name. A column that many tables of one of the `sides` have, such as
    `id`, says little: it weighs as one divided by their number.
    """
    kept = list[Renamed]()
    for found in (_by_parts, lambda left, right: _by_references(left, right, sides)):
        kept += found(*_unpaired(kept, head, derived))
    left, right = _unpaired(kept, head, derived)
    return kept + _by_columns(left, right, _weights(sides))


def _unpaired(kept: Sequence[Renamed], *sides: Sequence[Table]) -> list[list[Table]]:
    paired = {table.name for one in kept for table in (one.head, one.derived)}
    return [[table for table in side if table.name not in paired] for side in sides]


def _by_references(
    head: Sequence[Table], derived: Sequence[Table], sides: Sequence[Collection[Table]]
) -> Iterator[Renamed]:
    """Tables to which the same columns of the same tables lead, and no others, where all columns of one are alike."""
    left, right = (_referencing(tables, one) for tables, one in zip(sides, (head, derived), strict=True))
    for name, keys in left.items():
        others = [other for other, found in right.items() if found == keys]
        if len(others) != 1 or sum(found == keys for found in left.values()) != 1:
            continue
        one, two = (next(t for t in side if t.name == n) for side, n in ((head, name), (derived, others[0])))
        alike = len(renamed_columns(one, two, {})) + _equal(one, two)
        least, most = sorted((len(one.columns), len(two.columns)))
        if alike == most or (alike == least >= COLUMNS and 2 * least >= most):
            said = ", ".join(sorted(f"{table}.{', '.join(columns)}" for table, columns in keys))
            yield Renamed(one, two, f"foreign keys of {said} lead to it on both sides, and its columns are alike")


def _referencing(tables: Collection[Table], targets: Sequence[Table]) -> dict[Name, set[tuple[Name, tuple[str, ...]]]]:
    """The foreign keys to each of the targets, by their tables and columns."""
    found: dict[Name, set[tuple[Name, tuple[str, ...]]]] = {}
    names = {one.name for one in targets}
    for table in tables:
        for key in table.of_kind(ForeignKey):
            if key.references in names and table.name != key.references:
                found.setdefault(key.references, set()).add((table.name, key.columns))
    return found


def _weights(sides: Sequence[Collection[Table]]) -> dict[str, float]:
    """What a column of each name says."""
    count = Counter[str]()
    for tables in sides:
        count |= Counter(column.name for table in tables for column in table.columns)
    return {name: 1 / number for name, number in count.items()}


def _by_parts(head: Sequence[Table], derived: Sequence[Table]) -> Iterator[Renamed]:
    """A table that is renamed keeps the names of its keys and indexes, and no other of its schema can have them."""
    owners = {name: table for table in head for name in _indexed(table)}
    found: list[Renamed] = []
    for two in derived:
        ones = {one.name: one for name in _indexed(two) if (one := owners.get(name)) is not None}
        for one in ones.values() if len(ones) == 1 else ():
            if 2 * _equal(one, two) >= max(len(one.columns), len(two.columns)):
                name = next(name for name in _indexed(two) if name in _indexed(one))
                found.append(Renamed(one, two, f"{name.name} of it has the name that it has in {one.name}"))
    count = Counter(one.head.name for one in found)
    return (one for one in found if count[one.head.name] == 1)


def _indexed(table: Table) -> list[Name]:
    """The names of its indexes, also those of its keys."""
    keys = [one.name for one in table.constraints if isinstance(one, PrimaryKey | Unique)]
    return [Name(table.name.schema, name) for name in (*keys, *(one.name for one in table.indexes)) if name]


def _by_columns(head: Sequence[Table], derived: Sequence[Table], weight: Mapping[str, float]) -> list[Renamed]:
    """Pairs of tables that fit each other clearly better than any other."""
    if len(head) > _MOST or len(derived) > _MOST:
        return []
    scores = {(one.name, two.name): _score(one, two, weight) for one in head for two in derived}
    best = _best_two(scores)
    found = []
    for one in head:
        for two in derived:
            score = scores[one.name, two.name]
            if score < SHARE or not (score == best[0, one.name][0] == best[1, two.name][0]):
                continue
            rivals = best[0, one.name][1:] + best[1, two.name][1:]
            enough = len(one.columns) > 1 and _equal(one, two) >= min(COLUMNS, len(one.columns))
            if enough and score >= max(rivals, default=0.0) + LEAD:
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


def _score(head: Table, derived: Table, weight: Mapping[str, float]) -> float:
    """From 0 to 1: the weight of columns with equal names, half of it for equal types."""
    one, two = ({c.name: c.type for c in table.columns} for table in (head, derived))
    shared = sum(weight[name] * (1.0 if one[name] == two[name] else 0.5) for name in one.keys() & two.keys())
    if not shared:
        return 0.0
    moved = [max(weight[same.head.name], weight[same.derived.name]) for same in renamed_columns(head, derived, {})]
    names = one.keys() | two.keys()
    return shared / (sum(weight[name] for name in names) - sum(moved))  # one that is renamed is none on either side


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


class Same(NamedTuple):
    """A column at head and the one of the derived side that it is."""

    head: Column
    derived: Column
    evidence: str


def renamed_columns(head: Table, derived: Table, renamed: Mapping[ObjectRef, str]) -> list[Same]:
    """Columns without a partner that are one.

    The history renamed it, in one direction or the other; or nothing else has its type, and it is the foreign key to
    the same table, or stands after the same column.
    """
    left = [c for c in head.columns if derived.column(c.name) is None]
    right = [c for c in derived.columns if head.column(c.name) is None]
    found = [same for one in left for other in right if (same := _by_history((head, derived), one, other, renamed))]
    known = {column.name for same in found for column in (same.head, same.derived)}
    left, right = [c for c in left if c.name not in known], [c for c in right if c.name not in known]
    for one in left:
        fitting = [c for c in right if c.type == one.type]
        rivals = [c for c in left if c.type == one.type]
        if len(fitting) == len(rivals) == 1 and (why := _alike(head, derived, one, fitting[0])):
            found.append(Same(one, fitting[0], f"both are {one.type}, {why}, and have no counterpart of their name"))
    return found


def _by_history(
    tables: tuple[Table, Table], one: Column, other: Column, renamed: Mapping[ObjectRef, str]
) -> Same | None:
    for old, new in ((other, one), (one, other)):
        if any(renamed.get(ObjectRef("column", table.name, old.name)) == new.name for table in tables):
            return Same(one, other, f"a revision renames {old.name} to {new.name}")
    return None


def _alike(head: Table, derived: Table, one: Column, other: Column) -> str | None:
    """What makes it likely that both are one."""
    targets = _targets(head, one) & _targets(derived, other)
    if targets:
        return f"reference {min(map(str, targets))}"
    if all(
        t.primary_key is not None and t.primary_key.columns == (c.name,) for t, c in ((head, one), (derived, other))
    ):
        return "are the primary key"
    if _before(head, one) == _before(derived, other):
        return "stand at the same position"
    return None


def _is_key(table: Table, column: Column) -> bool:
    return table.primary_key is not None and table.primary_key.columns == (column.name,)


def _targets(table: Table, column: Column) -> set[Name]:
    return {key.references for key in table.of_kind(ForeignKey) if key.columns == (column.name,)}


def _before(table: Table, column: Column) -> str | None:
    at = table.columns.index(column)
    return table.columns[at - 1].name if at else None
