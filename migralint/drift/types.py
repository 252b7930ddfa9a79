"""Column types: what a difference between two of them does."""

from __future__ import annotations

from dataclasses import replace

from migralint.drift.comparison import BLOCKING, COSMETIC, INTEGRITY, Pair
from migralint.drift.describe import enum as enum_text
from migralint.drift.describe import listed, quoted
from migralint.drift.domains import domains_of, held, holds_otherwise
from migralint.drift.enums import compare_enum, enum_of, labels_of, listing_check
from migralint.schema import Column, Schema, Table
from migralint.schema.conversion import narrowing
from migralint.schema.types import Type, is_built_in, parse

_TEXTS = ("text", "character varying", "character", "bpchar")
_CLOSE = (
    {"timestamp without time zone", "timestamp with time zone"},
    {"time without time zone", "time with time zone"},
    {"json", "jsonb"},
    {"real", "double precision", "numeric"},
    {"smallint", "integer", "bigint", "numeric"},
    {"inet", "cidr"},
)
"""Types that take each other's values and read or keep them differently."""


def compare_types(pair: Pair, one: Column, other: Column) -> bool:
    """Compares the types of a column; whether they differ."""
    comparison = pair.comparison
    head_enum, derived_enum = enum_of(comparison.head, one.type), enum_of(comparison.derived, other.type)
    if head_enum and derived_enum and parse(one.type).dimensions == parse(other.type).dimensions:
        compare_enum(comparison, head_enum, derived_enum)
        return False
    if head_enum or derived_enum:
        text = other if head_enum else one
        if parse(text.type).base in _TEXTS:
            _represented_differently(pair, one, other)
            return True
    left, right = _plain(comparison.head, one.type), _plain(comparison.derived, other.type)
    if left == right:
        _held_otherwise(pair, one, other)
        return False
    if _unknown(pair, left) or _unknown(pair, right):
        return False
    drift_class, effect = _effect(comparison.head, str(left), str(right))
    pair.add(
        "type",
        drift_class,
        ("column", other.name),
        (one.type, other.type),
        f"{pair.derived.name}.{other.name} is {one.type} in the history and {other.type} in {comparison.path}{effect}",
        (one, other),
    )
    return True


def _represented_differently(pair: Pair, one: Column, other: Column) -> None:
    comparison = pair.comparison
    sides = _values(comparison.head, pair.head, one), _values(comparison.derived, pair.derived, other)
    (left, head_labels), (right, derived_labels) = sides
    pair.as_enum.add(other.name)
    message = (
        f"{pair.derived.name}.{other.name} is represented differently: {left} in the history, {right} in "
        f"{comparison.path}; a comparison or cast that fits the one fails with the other"
    )
    odd = [quoted(label) for label in sorted({*head_labels} ^ {*derived_labels})]
    if head_labels and derived_labels and odd:
        message += f", and only one side takes {listed(odd)}"
    pair.add("type", BLOCKING, ("column", other.name), (left, right), message, (one, other))


def _values(schema: Schema, table: Table, column: Column) -> tuple[str, tuple[str, ...]]:
    """How a side writes down which values a column takes, and the values as far as they are listed."""
    enum = enum_of(schema, column.type)
    if enum is not None:
        return f"{column.type} {enum_text(enum)}", enum.labels
    check = listing_check(table, column.name)
    if check is None:
        return column.type, ()
    labels = labels_of(check)
    return f"{column.type} with CHECK ({', '.join(quoted(label) for label in labels)})", labels


def _plain(schema: Schema, type: str) -> Type:
    """The type with domains resolved, and without the schema of a type that an extension makes."""
    kind = parse(type)
    for domain in domains_of(schema, type):
        kind = parse(domain.base)._replace(dimensions=kind.dimensions)
    return kind._replace(base=kind.base.removeprefix("extensions."))


def _held_otherwise(pair: Pair, one: Column, other: Column) -> None:
    """A domain in place of the type that it is based on; what differs of one of the same name is told of that."""
    comparison = pair.comparison
    left, right = domains_of(comparison.head, one.type), domains_of(comparison.derived, other.type)
    if [domain.name for domain in left] == [domain.name for domain in right]:
        return
    # what the columns say themselves is told of them
    mine = held(comparison.head, replace(one, not_null=False, default=None))
    others = held(comparison.derived, replace(other, not_null=False, default=None))
    if one.not_null or other.not_null:
        mine, others = mine._replace(not_null=True), others._replace(not_null=True)
    if one.default is not None or other.default is not None:
        mine, others = mine._replace(default=None), others._replace(default=None)
    effect = holds_otherwise(mine, others, one.type)
    if effect is not None:
        pair.add(
            "type",
            INTEGRITY,
            ("column", other.name),
            (one.type, other.type),
            f"{pair.derived.name}.{other.name} is {one.type} in the history and {other.type} in {comparison.path}: "
            f"{effect}",
            (one, other),
        )


def _unknown(pair: Pair, kind: Type) -> bool:
    """Whether it is a type that only a statement that was not read can have made."""
    schemas = (pair.comparison.head, pair.comparison.derived)
    return not is_built_in(kind.base) and any(s.opaque for s in schemas)


def _effect(schema: Schema, left: str, right: str) -> tuple[str, str]:
    """The class, and what follows, as the end of a sentence."""
    forth, back = narrowing(schema, left, right), narrowing(schema, right, left)
    for lost in (forth, back):
        if lost is not None and not lost.silent:
            narrow = right if lost is forth else left
            return BLOCKING, f": {narrow} refuses {lost.values}"
    one, two = parse(left), parse(right)
    if one.dimensions != two.dimensions:
        return BLOCKING, ": values of the one are refused by the other"
    if one.base in _TEXTS and two.base in _TEXTS:
        padded = "character" in (one.base, two.base)
        return (
            (INTEGRITY, ": character pads values with spaces") if padded else (COSMETIC, "; both take the same values")
        )
    for lost in (forth, back):
        if lost is not None:
            narrow = right if lost is forth else left
            return INTEGRITY, f": {narrow} loses {lost.values}"
    if one.base == two.base or any({one.base, two.base} <= close for close in _CLOSE):
        return INTEGRITY, ": the same value is kept or read differently"
    return BLOCKING, ": values or comparisons that fit the one are refused by the other"
