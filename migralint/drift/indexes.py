"""Uniqueness and indexes, by what they do; their names are another matter."""

from __future__ import annotations

from migralint.drift.comparison import COSMETIC, INTEGRITY, Pair
from migralint.drift.describe import index as index_text
from migralint.drift.describe import unique as text
from migralint.drift.matching import match
from migralint.schema import Index, Key, Table, Unique
from migralint.schema.expressions import same_expression
from migralint.schema.names import quote

Uniqueness = Unique | Index

IMPLIED = "another key keeps the same rows apart"
"""What follows where the side that lacks a uniqueness has another key of the same columns."""


def compare_indexes(pair: Pair) -> None:
    """Compares unique constraints and unique indexes with each other, then the other indexes."""
    both, left, right = uniques(pair)
    for one, other in both:
        if _has_condition(one) != _has_condition(other):
            _unique(pair, one, other)
        elif isinstance(one, Unique) != isinstance(other, Unique):
            _form(pair, one, other)
    for one, other in match(left, right, lambda one, other: _akin(pair, one, other)):
        _unique(pair, one, other)
    _, only_head, only_derived = indexes(pair)
    for index, other in match(only_head, only_derived, lambda one, other: _akin(pair, one, other)):
        _differs(pair, index, other)
    # A unique index in place of one that is not serves the same queries.
    plain = [index for index in only_head if not any(_same_keys(pair, index, unique) for unique in right)]
    plain_derived = [index for index in only_derived if not any(_same_keys(pair, unique, index) for unique in left)]
    for one in left:
        _unique(pair, one, None, instead=_named(one.name, only_derived))
    for other in right:
        _unique(pair, None, other, instead=_named(other.name, only_head))
    for index in plain:
        _missing(pair, index, at_head=True)
    for index in plain_derived:
        _missing(pair, index, at_head=False)


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


def _has_condition(one: Uniqueness) -> bool:
    """Whether ON CONFLICT has to say for which rows it is."""
    return isinstance(one, Index) and one.where is not None


def _only_columns(one: Uniqueness) -> tuple[str, ...] | None:
    """The columns, where it is about nothing but columns."""
    if isinstance(one, Unique):
        return one.columns
    columns = tuple(key.column for key in one.keys if key.column is not None)
    if len(columns) < len(one.keys) or (one.where is not None and not _without_nulls(one, columns)):
        return None
    return columns


def _without_nulls(one: Index, columns: tuple[str, ...]) -> bool:
    """Whether it only leaves out rows with a NULL in one of its columns, which no unique index takes for equal."""
    return not one.nulls_not_distinct and any(same_expression(one.where, f"{quote(c)} IS NOT NULL") for c in columns)


def _same_index(pair: Pair, one: Index, other: Index) -> bool:
    return (
        one.method == other.method
        and len(one.keys) == len(other.keys)
        and all(_same_key(pair, left, right) for left, right in zip(one.keys, other.keys, strict=True))
        and set(pair.translated(one.include) or ()) == set(other.include)
        and same_expression(one.where, other.where)
    )


def _same_key(pair: Pair, one: Key, other: Key, *, ordered: bool = True) -> bool:
    if ordered and (one.descending, _nulls_first(one)) != (other.descending, _nulls_first(other)):
        return False
    if ordered and (_class(one), one.collation) != (_class(other), other.collation):
        return False
    if one.column is not None and other.column is not None:
        return pair.columns.get(one.column) == other.column
    return one.column is None and other.column is None and same_expression(one.expression, other.expression)


_DEFAULTS = frozenset(
    f"{name}_ops"
    for name in (
        "array bit bool bpchar bytea char cidr date enum float4 float8 inet int2 int4 int8 interval jsonb macaddr "
        "money name numeric oid range text time timestamp timestamptz timetz tsquery tsvector uuid varbit varchar"
    ).split()
)
"""Operator classes that a key has without a word: those of pg_opclass with `opcdefault`, or their other names."""


def _class(key: Key) -> str | None:
    return None if key.opclass in _DEFAULTS else key.opclass


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


def _akin(pair: Pair, one: Uniqueness, other: Uniqueness) -> bool:
    """Whether one was meant to be the other: it has its name, or its keys where all that there is was read."""
    opaque = pair.comparison.head.opaque or pair.comparison.derived.opaque
    return one.name == other.name or (not opaque and _same_keys(pair, one, other))


def _same_keys(pair: Pair, one: Uniqueness, other: Uniqueness) -> bool:
    left, right = _keys(one), _keys(other)
    return len(left) == len(right) and all(any(_same_key(pair, key, k, ordered=False) for k in right) for key in left)


def _keys(one: Uniqueness) -> tuple[Key, ...]:
    return tuple(Key(column) for column in one.columns) if isinstance(one, Unique) else one.keys


def _explained(pair: Pair, one: Uniqueness | None, other: Uniqueness | None) -> bool:
    """Whether a column is on one side only, which is a difference of its own, or what is lacking was not read."""
    comparison = pair.comparison
    if one is not None and pair.translated(one.columns_used) is None:
        return True
    if other is not None and not pair.known(other.columns_used):
        return True
    return (one is None and comparison.head.opaque) or (other is None and comparison.derived.opaque)


def _named(name: str, among: list[Index]) -> Index | None:
    return next((index for index in among if index.name == name), None)


def _unique(pair: Pair, one: Uniqueness | None, other: Uniqueness | None, *, instead: Index | None = None) -> None:
    """A uniqueness on one side only, or another on each; `instead` is an index of its name on the side without it."""
    named = other or one
    if named is None or _explained(pair, one, other):
        return
    table, path = pair.derived.name, pair.comparison.path
    drift_class = INTEGRITY
    if (one is None or other is None) and _is_implied(pair, one, other):
        has, lacks = ("the history", path) if one else (path, "the history")
        drift_class = COSMETIC
        message = f"{has} keeps {table} {_about(named)} unique, {lacks} does not, where {IMPLIED}"
    elif one and other:
        effect = "rows that the one refuses get in on the other side, and ON CONFLICT fails there"
        if _forbid_the_same(pair, one, other):
            drift_class, effect = COSMETIC, "ON CONFLICT has to name the condition on one side only"
        message = f"{table} is kept unique by {_about(one)} in the history and by {_about(other)} in {path}: {effect}"
    else:
        has, lacks = ("the history", path) if one else (path, "the history")
        message = (
            f"{has} keeps {table} {_about(named)} unique, {lacks} does not: there equal rows get in, and ON CONFLICT "
            "on these columns fails"
        )
    pair.add(
        "unique",
        drift_class,
        ("constraint" if isinstance(named, Unique) else "index", named.name),
        (text(one) if one else None, text(other) if other else None),
        message,
        (one or instead, other or instead),
    )


def _is_implied(pair: Pair, one: Uniqueness | None, other: Uniqueness | None) -> bool:
    """Whether the side that lacks a uniqueness has another key of the same columns."""
    named = one or other
    columns = _only_columns(named) if named is not None and not named.nulls_not_distinct else None
    columns = pair.translated(columns) if one is not None and columns else columns
    table = pair.derived if one is not None else pair.head
    keys = [table.primary_key.columns] if table.primary_key is not None else []
    keys += [found for unique in _uniques(table) if (found := _only_columns(unique)) is not None]
    if one is None:
        keys = [found for key in keys if (found := pair.translated(key)) is not None]
    return bool(columns) and set(columns or ()) in map(set, keys)


def _about(one: Uniqueness) -> str:
    """What is kept unique: columns and expressions, and in which rows."""
    said = f"({', '.join(str(key) for key in _keys(one))})"
    if one.nulls_not_distinct:
        said += " with equal nulls"
    return f"{said} where {one.where}" if isinstance(one, Index) and one.where else said


def _differs(pair: Pair, one: Index, other: Index) -> None:
    if _explained(pair, one, other):
        return
    name = one.name if one.name == other.name else f"{one.name}, {other.name}"
    pair.add(
        "index",
        COSMETIC,
        ("index", other.name),
        (index_text(one), index_text(other)),
        f"index {name} on {pair.derived.name} is {_definition(one)} in the history and {_definition(other)} in "
        f"{pair.comparison.path}: queries that only one of them serves read the whole table on the other side",
        (one, other),
    )


def _missing(pair: Pair, index: Index, *, at_head: bool) -> None:
    sides = (index, None) if at_head else (None, index)
    if _explained(pair, *sides):
        return
    path = pair.comparison.path
    has, lacks = ("the history", path) if at_head else (path, "the history")
    pair.add(
        "index",
        COSMETIC,
        ("index", index.name),
        (index_text(index), None) if at_head else (None, index_text(index)),
        f"{has} has index {index.name} on {pair.derived.name} {_definition(index)}, which {lacks} lacks: there queries "
        "that need it read the whole table",
        sides,
    )


def _definition(index: Index) -> str:
    """Method, keys and condition."""
    said = f"{index.method} ({', '.join(str(key) for key in index.keys)})"
    said += f" include ({', '.join(index.include)})" if index.include else ""
    return f"{said} where {index.where}" if index.where else said
