"""Names of constraints and indexes that do the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.drift.comparison import COSMETIC, Pair
from migralint.drift.describe import listed
from migralint.drift.difference import MODELS
from migralint.drift.indexes import indexes, uniques
from migralint.drift.matching import match
from migralint.operations import AlterSequence, Operation, RenameConstraint, RenameIndex
from migralint.schema import Constraint, Index, Name
from migralint.schema.automatic import is_automatic


def compare_names(pair: Pair) -> None:
    """One difference for all names of a table. Where the table itself has another name, so has what belongs to it."""
    odd = [
        (one, other)
        for one, other in _same(pair)
        if one.name != other.name and (pair.renamed or not _unnamed(pair, other))
    ]
    closing = tuple(_renamed(pair, one, other) for one, other in odd if isinstance(one, type(other)))
    if pair.renamed:
        pair.comparison.close(pair.derived.name, *closing, *_sequences(pair))
    elif odd:
        left, right = [one.name for one, _ in odd], [other.name for _, other in odd]
        pair.add(
            "name",
            COSMETIC,
            ("table", None),
            (", ".join(left), ", ".join(right)),
            f"constraints and indexes of {pair.derived.name} have other names in {pair.comparison.path}: "
            f"{listed([f'{one.name} is {other.name}' for one, other in odd], 3)}; a migration that drops one "
            "by its name fails there",
            closing=closing,
        )


def _sequences(pair: Pair) -> Iterator[Operation]:
    """The sequences of a renamed table under the names that they have on the derived side."""
    derived = {one.owned_by: one for one in pair.comparison.derived.sequences.values() if one.owned_by}
    for one in pair.comparison.head.sequences.values():
        if one.owned_by is None or one.owned_by[0] != pair.head.name:
            continue
        owner = (pair.derived.name, pair.columns.get(one.owned_by[1], ""))
        other = derived.get(owner)
        if other is not None and other.name.name != one.name.name:
            there = Name(owner[0].schema, one.name.name)  # it goes with its table into another schema
            yield AlterSequence(there, replace(one, name=other.name, owned_by=owner))


def _same(pair: Pair) -> Iterator[tuple[Constraint | Index, Constraint | Index]]:
    """Each constraint and index that is on both sides."""
    yield from uniques(pair)[0]
    yield from indexes(pair)[0]
    head, derived = list(pair.head.constraints), list(pair.derived.constraints)
    yield from match(head, derived, lambda a, b: _alike(pair, a, b))


def _unnamed(pair: Pair, one: Constraint | Index) -> bool:
    """Whether models leave the name to the database, so that nothing names it; a dump has all names."""
    if pair.comparison.path != MODELS or isinstance(one, Index):
        return False
    return is_automatic(pair.derived.name, one)


def _renamed(pair: Pair, one: Constraint | Index, other: Constraint | Index) -> Operation:
    if isinstance(one, Index):
        return RenameIndex(Name(pair.head.name.schema, one.name), other.name)
    return RenameConstraint(pair.derived.name, one.name, other.name)


def _alike(pair: Pair, one: Constraint, other: Constraint) -> bool:
    """Whether both are the key of the same columns."""
    return (
        one.kind == other.kind
        and one.kind in ("primary_key", "foreign_key")
        and (pair.translated(one.columns_used) == other.columns_used)
    )
