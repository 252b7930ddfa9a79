"""Names of constraints and indexes that do the same."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.drift.comparison import COSMETIC, Pair
from migralint.drift.describe import listed
from migralint.drift.indexes import indexes, uniques
from migralint.drift.matching import match
from migralint.schema import Constraint


def compare_names(pair: Pair) -> None:
    """One difference for all names of a table. Where the table itself has another name, so has what belongs to it."""
    if pair.renamed:
        return
    odd = [(one, other) for one, other in _same(pair) if one != other]
    if odd:
        left, right = [one for one, _ in odd], [other for _, other in odd]
        pair.add(
            "name",
            COSMETIC,
            ("table", None),
            (", ".join(left), ", ".join(right)),
            f"constraints and indexes of {pair.derived.name} have other names in {pair.comparison.path}: "
            f"{listed([f'{one} is {other}' for one, other in odd], 3)}; a migration that drops one "
            "by its name fails there",
        )


def _same(pair: Pair) -> Iterator[tuple[str, str]]:
    """The two names of each constraint and index that is on both sides."""
    for one, other in uniques(pair)[0]:
        yield one.name, other.name
    for left, right in indexes(pair)[0]:
        yield left.name, right.name
    head, derived = list(pair.head.constraints), list(pair.derived.constraints)
    for first, second in match(head, derived, lambda a, b: _alike(pair, a, b)):
        yield first.name, second.name


def _alike(pair: Pair, one: Constraint, other: Constraint) -> bool:
    """Whether both are the key of the same columns."""
    return (
        one.kind == other.kind
        and one.kind in ("primary_key", "foreign_key")
        and (pair.translated(one.columns_used) == other.columns_used)
    )
