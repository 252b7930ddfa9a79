"""Uniqueness and indexes, by what they do; their names are another matter."""

from __future__ import annotations

from migralint.drift.comparison import COSMETIC, INTEGRITY, Pair
from migralint.drift.describe import index as index_text
from migralint.drift.describe import unique as text
from migralint.drift.matching import match
from migralint.schema import Index, Key, Table, Unique
from migralint.schema.expressions import same_expression

Uniqueness = Unique | Index


def compare_indexes(pair: Pair) -> None:
    """Compares unique constraints and unique indexes with each other, then the other indexes."""
    both, left, right = uniques(pair)
    for one, other in both:
        if isinstance(one, Unique) != isinstance(other, Unique):
            _form(pair, one, other)
    for one in left:
        if pair.translated(one.columns_used) is not None and not pair.comparison.derived.opaque:
            _missing(pair, one, at_head=True)
    for other in right:
        if pair.known(other.columns_used) and not pair.comparison.head.opaque:
            _missing(pair, other, at_head=False)
    _, only_head, only_derived = indexes(pair)
    for index in only_head:
        if pair.translated(index.columns_used) is not None and not pair.comparison.derived.opaque:
            _index(pair, index, at_head=True)
    for index in only_derived:
        if pair.known(index.columns_used) and not pair.comparison.head.opaque:
            _index(pair, index, at_head=False)


def uniques(pair: Pair) -> tuple[list[tuple[Uniqueness, Uniqueness]], list[Uniqueness], list[Uniqueness]]:
    """What forbids equal rows: on both sides, at head only, on the derived side only."""
    left, right = _uniques(pair.head), _uniques(pair.derived)
    both = match(left, right, lambda one, other: type(one) is type(other) and _forbid_the_same(pair, one, other))
    both += match(left, right, lambda one, other: _forbid_the_same(pair, one, other))
    return both, left, right


def indexes(pair: Pair) -> tuple[list[tuple[Index, Index]], list[Index], list[Index]]:
    """Indexes that are not unique: on both sides, at head only, on the derived side only."""
    left = [index for index in pair.head.indexes if not index.unique]
    right = [index for index in pair.derived.indexes if not index.unique]
    return match(left, right, lambda one, other: _same_index(pair, one, other)), left, right


def _uniques(table: Table) -> list[Uniqueness]:
    return [*table.of_kind(Unique), *(index for index in table.indexes if index.unique)]


def _forbid_the_same(pair: Pair, one: Uniqueness, other: Uniqueness) -> bool:
    if one.nulls_not_distinct != other.nulls_not_distinct:
        return False
    left, right = _only_columns(one), _only_columns(other)
    if left is not None and right is not None:
        return set(pair.translated(left) or ()) == set(right)
    return isinstance(one, Index) and isinstance(other, Index) and _same_index(pair, one, other)


def _only_columns(one: Uniqueness) -> tuple[str, ...] | None:
    """The columns, where it is about nothing but columns."""
    if isinstance(one, Unique):
        return one.columns
    if one.where is not None or any(key.column is None for key in one.keys):
        return None
    return tuple(key.column for key in one.keys if key.column is not None)


def _same_index(pair: Pair, one: Index, other: Index) -> bool:
    return (
        one.method == other.method
        and len(one.keys) == len(other.keys)
        and all(_same_key(pair, left, right) for left, right in zip(one.keys, other.keys, strict=True))
        and set(pair.translated(one.include) or ()) == set(other.include)
        and same_expression(one.where, other.where)
    )


def _same_key(pair: Pair, one: Key, other: Key) -> bool:
    if (one.descending, _nulls_first(one)) != (other.descending, _nulls_first(other)):
        return False
    if one.column is not None and other.column is not None:
        return pair.columns.get(one.column) == other.column
    return one.column is None and other.column is None and same_expression(one.expression, other.expression)


def _nulls_first(key: Key) -> bool:
    return key.descending if key.nulls_first is None else key.nulls_first


def _form(pair: Pair, one: Uniqueness, other: Uniqueness) -> None:
    left, right = ("a constraint" if isinstance(side, Unique) else "an index" for side in (one, other))
    pair.add(
        "unique",
        COSMETIC,
        (right.split()[1], other.name),
        (text(one), text(other)),
        f"{pair.derived.name} ({', '.join(other.columns_used)}) is kept unique by {left} in the history and by {right} "
        f"in {pair.comparison.path}: both refuse the same rows",
        (one, other),
    )


def _missing(pair: Pair, one: Uniqueness, *, at_head: bool) -> None:
    path = pair.comparison.path
    has, lacks = ("the history", path) if at_head else (path, "the history")
    pair.add(
        "unique",
        INTEGRITY,
        ("constraint" if isinstance(one, Unique) else "index", one.name),
        (text(one), None) if at_head else (None, text(one)),
        f"{has} keeps {pair.derived.name} ({', '.join(one.columns_used)}) unique, {lacks} does not: there equal rows "
        "get in, and ON CONFLICT on these columns fails",
        (one, None) if at_head else (None, one),
    )


def _index(pair: Pair, index: Index, *, at_head: bool) -> None:
    path = pair.comparison.path
    has, lacks = ("the history", path) if at_head else (path, "the history")
    pair.add(
        "index",
        COSMETIC,
        ("index", index.name),
        (index_text(index), None) if at_head else (None, index_text(index)),
        f"{has} has index {index.name} on {pair.derived.name} ({', '.join(str(k) for k in index.keys)}), which {lacks} "
        "lacks: there queries that need it read the whole table",
        (index, None) if at_head else (None, index),
    )
