"""Columns: which there are, their types, nullability, defaults."""

from __future__ import annotations

import re

from migralint.drift.comparison import BLOCKING, COSMETIC, INTEGRITY, Pair
from migralint.drift.describe import column as column_text
from migralint.drift.renames import Same, renamed_columns
from migralint.drift.types import compare_types
from migralint.operations import ObjectRef
from migralint.schema import Column
from migralint.schema.expressions import normal, same_default, same_expression
from migralint.schema.names import quote


def compare_columns(pair: Pair) -> None:
    """Compares the columns of a table, and fills in which of them are one."""
    comparison = pair.comparison
    pair.columns.update({c.name: c.name for c in pair.head.columns if pair.derived.column(c.name)})
    if not comparison.head.opaque and not comparison.derived.opaque:
        for same in renamed_columns(pair.head, pair.derived, comparison.renamed):
            pair.columns[same.head.name] = same.derived.name
            _renamed(pair, same)
    _missing(pair)
    for name, renamed in pair.columns.items():
        left, right = pair.head.column(name), pair.derived.column(renamed)
        if left and right and not left.doubtful and not right.doubtful:
            differ = compare_types(pair, left, right)
            _nullability(pair, left, right)
            if not differ:
                _collation(pair, left, right)
            if not differ or _only_one_has_a_default(left, right):
                _default(pair, left, right)


def _only_one_has_a_default(one: Column, other: Column) -> bool:
    """Whether a default is there or not, which another type does not explain, as it does another spelling."""
    given = (one.identity, one.generated, other.identity, other.generated)
    return not any(given) and (one.default is None) != (other.default is None)


def _renamed(pair: Pair, same: Same) -> None:
    one, other, evidence = same
    pair.comparison.add(
        "column",
        BLOCKING,
        ObjectRef("column", pair.derived.name, other.name),
        (f"{one.name} {column_text(one)}", f"{other.name} {column_text(other)}"),
        f"column {pair.head.name}.{one.name} of the history seems to be {other.name} in {pair.comparison.path}: "
        f"{evidence}; statements with either name fail on the other side",
        at_head=ObjectRef("column", pair.head.name, one.name),
        values=(one, other),
        renamed_from=one.name,
        evidence=evidence,
    )


def _missing(pair: Pair) -> None:
    comparison = pair.comparison
    for one in pair.head.columns:
        if one.name not in pair.columns and not one.doubtful and not comparison.derived.opaque:
            pair.add(
                "column",
                BLOCKING,
                ("column", one.name),
                (column_text(one), None),
                f"the history has column {pair.head.name}.{one.name}, which {comparison.path} lacks: "
                "statements that use it fail there",
                (one, None),
            )
    for other in pair.derived.columns:
        if not pair.known((other.name,)) and not other.doubtful and not comparison.head.opaque:
            pair.add(
                "column",
                BLOCKING,
                ("column", other.name),
                (None, column_text(other)),
                f"{comparison.path} has column {pair.derived.name}.{other.name}, which no revision adds: "
                "statements that use it fail on a database made by the history",
                (None, other),
            )


def _nullability(pair: Pair, one: Column, other: Column) -> None:
    if one.not_null == other.not_null or _key_explains(pair, one, other):
        return
    sides = tuple("NOT NULL" if column.not_null else "NULL" for column in (one, other))
    strict = "the history" if one.not_null else pair.comparison.path
    pair.add(
        "nullability",
        INTEGRITY,
        ("column", other.name),
        (sides[0], sides[1]),
        f"{pair.derived.name}.{other.name} is {sides[0]} in the history and {sides[1]} in {pair.comparison.path}: rows "
        f"without a value are refused only by {strict}",
        (one, other),
    )


def _key_explains(pair: Pair, one: Column, other: Column) -> bool:
    """Whether the column is in the primary key of one side only, which is a difference of its own."""
    head, derived = pair.head.primary_key, pair.derived.primary_key
    return (head is not None and one.name in head.columns) != (derived is not None and other.name in derived.columns)


def _collation(pair: Pair, one: Column, other: Column) -> None:
    """Another order of texts, and perhaps another equality."""
    if (one.collation or "default") == (other.collation or "default"):
        return
    left, right = (f"{c.type} COLLATE {quote(c.collation)}" if c.collation else c.type for c in (one, other))
    pair.add(
        "type",
        INTEGRITY,
        ("column", other.name),
        (left, right),
        f"{pair.derived.name}.{other.name} is {left} in the history and {right} in {pair.comparison.path}: "
        "its values are sorted and compared otherwise",
        (one, other),
    )


def _default(pair: Pair, one: Column, other: Column) -> None:
    if one.generated or other.generated:
        _generated(pair, one, other)
        return
    if one.identity or other.identity:
        _identity(pair, one, other)
        return
    if same_default(one.default, other.default, one.type):
        if {_called(one.default), _called(other.default)} == _RANDOM:
            said = (
                f"{pair.derived.name}.{other.name} gets its random UUIDs from another function in the history than in"
            )
            about, sides = ("column", other.name), (one.default, other.default)
            pair.add("default", COSMETIC, about, sides, f"{said} {pair.comparison.path}", (one, other))
        return
    left, right = (column.default if column.default is not None else "none" for column in (one, other))
    pair.add(
        "default",
        INTEGRITY,
        ("column", other.name),
        (one.default, other.default),
        f"{pair.derived.name}.{other.name} has default {left} in the history and {right} in {pair.comparison.path}: "
        "rows that leave it out get another value" + (" or are refused" if other.not_null or one.not_null else ""),
        (one, other),
    )


_RANDOM = {"gen_random_uuid", "uuid_generate_v4"}
"""The one is PostgreSQL's own, the other that of an extension, which may be missing."""


def _called(default: str | None) -> str | None:
    """The name of the function of a default that only calls one."""
    found = _CALL.match(normal(default or ""))
    return found[1] if found else None


_CALL = re.compile(r"(?:\w+ \. )?(\w+) \( \)\Z")


def _generated(pair: Pair, one: Column, other: Column) -> None:
    left, right = (column.generated.expression if column.generated else None for column in (one, other))
    if same_expression(left, right):
        return
    pair.add(
        "default",
        BLOCKING if left is None or right is None else INTEGRITY,
        ("column", other.name),
        (column_text(one), column_text(other)),
        f"{pair.derived.name}.{other.name} is generated as {left or 'nothing'} in the history and "
        f"{right or 'nothing'} in {pair.comparison.path}"
        + (": writing it is refused where it is generated" if left is None or right is None else ""),
        (one, other),
    )


def _identity(pair: Pair, one: Column, other: Column) -> None:
    if one.identity == other.identity:
        return
    numbered = all(c.identity or (c.default or "").startswith("nextval(") for c in (one, other))
    always = "always" in (one.identity, other.identity)
    if not numbered:
        drift_class, effect = INTEGRITY, "rows that leave it out are numbered on one side only"
    elif always:
        drift_class, effect = INTEGRITY, "a value given by an INSERT is refused by GENERATED ALWAYS"
    else:
        drift_class, effect = COSMETIC, "both number the rows"
    pair.add(
        "default",
        drift_class,
        ("column", other.name),
        (column_text(one), column_text(other)),
        f"{pair.derived.name}.{other.name} gets its numbers differently in the history and in {pair.comparison.path}: "
        + effect,
        (one, other),
    )
