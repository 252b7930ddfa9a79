"""Enum types: their labels, and enums in place of a text with a check."""

from __future__ import annotations

import re

from migralint.drift.comparison import BLOCKING, COSMETIC, Comparison
from migralint.drift.describe import enum as enum_text
from migralint.drift.describe import listed, quoted
from migralint.operations import AlterTypeRenameValue, ObjectRef, Operation, RenameType
from migralint.schema import Check, EnumType, Name, Schema, Table
from migralint.schema.types import parse

_LABEL = re.compile(r"'((?:[^']|'')*)'")


def enum_of(schema: Schema, type: str) -> EnumType | None:
    """The enum that a column's type names, also as an array."""
    found = schema.types.get(type_name(schema, type))
    return found if isinstance(found, EnumType) and found.labels and not (found.doubtful or found.partial) else None


def type_name(schema: Schema, type: str) -> Name:
    """The name of a user-defined type."""
    space, _, name = parse(type).base.rpartition(".")
    return Name(space.strip('"') or schema.default_schema, name.strip('"'))


def compare_enums(comparison: Comparison) -> None:
    """Compares the enums that both sides have under one name."""
    for one in comparison.head.enums():
        other = comparison.derived.types.get(one.name)
        if isinstance(other, EnumType) and one.name.schema not in comparison.managed:
            compare_enum(comparison, one, other)


def enums_missing(comparison: Comparison) -> None:
    """Enums that one side has and no column of it uses; what a column shows is a difference of the column."""
    head, derived, path = comparison.head, comparison.derived, comparison.path
    paired = {one for one, _ in comparison.seen_enums}, {other for _, other in comparison.seen_enums}
    for one in _unused(head, comparison.managed, paired[0]):
        if one.name not in derived.types and not derived.opaque:
            _missing(comparison, one, (enum_text(one), None), "the history", path)
    for other in _unused(derived, comparison.managed, paired[1]):
        if other.name not in head.types and not head.opaque:
            _missing(comparison, other, (None, enum_text(other)), path, "the history")


def _unused(schema: Schema, managed: frozenset[str], paired: set[Name]) -> list[EnumType]:
    """The enums that no column has as its type."""
    used = {type_name(schema, column.type) for table in schema.tables.values() for column in table.columns}
    used |= paired
    return [e for e in schema.enums() if e.name not in used and e.name.schema not in managed and not e.doubtful]


def _missing(comparison: Comparison, one: EnumType, sides: tuple[str | None, str | None], has: str, lacks: str) -> None:
    comparison.add(
        "enum",
        COSMETIC,
        ObjectRef("type", None, str(one.name)),
        sides,
        f"{has} has enum {one.name}, which {lacks} lacks; no column uses it, only casts to its name fail there",
        values=(one, None) if sides[1] is None else (None, one),
    )


def compare_enum(comparison: Comparison, one: EnumType, other: EnumType) -> None:
    """Compares two enums that stand for each other, once."""
    if (one.name, other.name) in comparison.seen_enums or any(e.doubtful or e.partial for e in (one, other)):
        return
    comparison.seen_enums.add((one.name, other.name))
    path, sides = comparison.path, (enum_text(one), enum_text(other))
    missing = [label for label in one.labels if label not in other.labels]
    more = [label for label in other.labels if label not in one.labels]
    pairs = [(a, b) for a in missing for b in more if _is_renamed(comparison, (one, other), a, b)]
    closing: list[Operation] = [AlterTypeRenameValue(other.name, a, b) for a, b in pairs]
    renamed_from = evidence = None
    if comparison.derived.opaque or comparison.head.opaque:
        missing, more = [] if comparison.derived.opaque else missing, [] if comparison.head.opaque else more
    if one.name != other.name:
        renamed_from = str(one.name)
        drift_class = BLOCKING
        closing[:0] = [RenameType(one.name, other.name)] if closing else []
        message = f"the enum is {one.name} in the history and {other.name} in {path}: casts to either name fail there"
        if missing or more:
            message += "; their labels differ too"
    elif missing or more:
        drift_class = BLOCKING
        parts = [f"only the history has {listed([quoted(m) for m in missing])}"] if missing else []
        parts += [f"only {path} has {listed([quoted(m) for m in more])}"] if more else []
        message = f"enum {other.name}: {', '.join(parts)}; the side that lacks a label refuses it"
    elif one.labels != other.labels and set(one.labels) == set(other.labels):
        drift_class = COSMETIC
        message = f"enum {other.name} has its labels in another order in {path}: its values sort differently"
    else:
        return
    if pairs:
        evidence = "; ".join(f"a revision renames one of {quoted(a)} and {quoted(b)} to the other" for a, b in pairs)
        message += f" ({evidence})"
    comparison.add(
        "enum",
        drift_class,
        ObjectRef("type", None, str(other.name)),
        sides,
        message,
        at_head=ObjectRef("type", None, str(one.name)),
        values=(one, other),
        renamed_from=renamed_from,
        evidence=evidence,
        closing=tuple(closing),
    )


def _is_renamed(comparison: Comparison, enums: tuple[EnumType, EnumType], one: str, other: str) -> bool:
    """Whether the history gave one of two labels the name of the other."""
    names = [enum.name for enum in enums]
    return any(
        comparison.renamed.get(ObjectRef("label", name, old)) == new
        for name in names
        for old, new in ((one, other), (other, one))
    )


def listing_check(table: Table, column: str) -> Check | None:
    """The check that lists the values of a text column, as one in place of an enum does."""
    for check in table.of_kind(Check):
        if check.columns == (column,) and labels_of(check):
            return check
    return None


def labels_of(check: Check) -> tuple[str, ...]:
    """The strings that a check lists after IN or ANY; none for another check."""
    if not re.search(r"\b(?:in\s*\(|any\s*\()", check.expression, re.IGNORECASE):
        return ()
    return tuple(label.replace("''", "'") for label in _LABEL.findall(check.expression))
