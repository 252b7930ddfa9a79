"""Primary keys, foreign keys and checks."""

from __future__ import annotations

from migralint.drift.comparison import COSMETIC, INTEGRITY, Pair
from migralint.drift.describe import actions
from migralint.drift.describe import constraint as text
from migralint.drift.enums import listing_check
from migralint.drift.matching import match
from migralint.schema import Check, ForeignKey, Name, Schema, Table
from migralint.schema.expressions import same_expression

Target = tuple[Name, tuple[str, ...]]

ORDER_ONLY = "both keep the same rows apart, their indexes serve other queries"
"""What follows where two primary keys have the same columns in another order."""

PROOFS = VALID, NOT_VALID, NOT_ENFORCED = "validated", "NOT VALID", "NOT ENFORCED"
"""Whether PostgreSQL has looked at the rows that a constraint is about."""


def compare_primary_key(pair: Pair) -> None:
    """Compares the primary keys."""
    one, other, comparison = pair.head.primary_key, pair.derived.primary_key, pair.comparison
    if one and other and pair.translated(one.columns) == other.columns:
        return
    if one is None and other is None:
        return
    if (one and not pair.translated(one.columns)) or (other and not pair.known(other.columns)):
        return
    if (one is None and comparison.head.opaque) or (other is None and comparison.derived.opaque):
        return
    named = other or one
    turned = one is not None and other is not None and set(pair.translated(one.columns) or ()) == set(other.columns)
    effect = ORDER_ONLY if turned else "rows that are one by the one key are several by the other"
    pair.add(
        "primary_key",
        COSMETIC if turned else INTEGRITY,
        ("constraint", named.name if named else None),
        (text(one) if one else None, text(other) if other else None),
        f"the primary key of {pair.derived.name} is {_columns(one)} in the history and {_columns(other)} in "
        f"{comparison.path}: {effect}",
        (one, other),
    )


def _columns(key: object) -> str:
    columns: tuple[str, ...] = getattr(key, "columns", ())
    return f"({', '.join(columns)})" if columns else "absent"


def compare_foreign_keys(pair: Pair) -> None:
    """Compares the foreign keys: by columns and target first, then by columns."""
    comparison = pair.comparison
    left, right = list(pair.head.of_kind(ForeignKey)), list(pair.derived.of_kind(ForeignKey))
    both = match(left, right, lambda one, other: _same_columns(pair, one, other) and _same_target(pair, one, other))
    for one, other in both:
        _actions(pair, one, other)
    for one, other in match(left, right, lambda one, other: _same_columns(pair, one, other)):
        _target_differs(pair, one, other)
    for one in left:
        there = one.references in comparison.tables or one.references in comparison.derived.tables
        if one.references.schema in comparison.managed:  # which a file may leave out
            there = not _is_hollow(comparison.derived.tables.get(one.references))
        if pair.translated(one.columns) and there and not comparison.derived.opaque:
            _missing(pair, one, at_head=True)
    for other in right:
        there = other.references in comparison.tables.values() or other.references.schema in comparison.managed
        if pair.known(other.columns) and there and not comparison.head.opaque:
            _missing(pair, other, at_head=False)


def _is_hollow(table: Table | None) -> bool:
    """Whether a file has a table without columns, which stands for one of others: no key can lead to it there."""
    return table is not None and not table.assumed and not table.columns


def _target(schema: Schema, key: ForeignKey) -> Target:
    """The referenced table and columns; those of its primary key where none are named."""
    table = schema.tables.get(key.references)
    primary = table.primary_key if table else None
    return key.references, key.referenced_columns or (primary.columns if primary else ())


def _target_of_head(pair: Pair, key: ForeignKey) -> Target:
    """The target as it is named on the derived side."""
    comparison = pair.comparison
    name, columns = _target(comparison.head, key)
    renamed = comparison.columns.get(name, {})
    return comparison.tables.get(name, name), tuple(renamed.get(c, c) for c in columns)


def _same_columns(pair: Pair, one: ForeignKey, other: ForeignKey) -> bool:
    return set(pair.translated(one.columns) or ()) == set(other.columns)


def _same_target(pair: Pair, one: ForeignKey, other: ForeignKey) -> bool:
    """Whether both lead to the same table, each column to the same one."""
    left, right = _target_of_head(pair, one), _target(pair.comparison.derived, other)
    if left[0] == right[0] and not (left[1] and right[1]):
        return True  # the primary key of a table that the side does not describe, which the other one names
    if left[0] != right[0] or len(left[1]) != len(right[1]):
        return False
    columns = pair.translated(one.columns) or ()
    return sorted(zip(columns, left[1], strict=False)) == sorted(zip(other.columns, right[1], strict=False))


def _target_differs(pair: Pair, one: ForeignKey, other: ForeignKey) -> None:
    pair.add(
        "foreign_key",
        INTEGRITY,
        ("constraint", other.name),
        (text(one), text(other)),
        f"{pair.derived.name} ({', '.join(other.columns)}) references {one.references} in the history and "
        f"{other.references} in {pair.comparison.path}",
        (one, other),
    )


def _actions(pair: Pair, one: ForeignKey, other: ForeignKey) -> None:
    """Compares two keys of the same columns and target."""
    comparison, columns = pair.comparison, ", ".join(other.columns)
    if _answers(one) != _answers(other):
        left, right = (actions(key).strip() or "no action" for key in (one, other))
        pair.add(
            "foreign_key",
            INTEGRITY,
            ("constraint", other.name),
            (text(one), text(other)),
            f"the foreign key of {pair.derived.name} ({columns}) has {left} in the history and {right} in "
            f"{comparison.path}: {_effect(one, other)}",
            (one, other),
        )
    elif _match(one) != _match(other):
        pair.add(
            "foreign_key",
            INTEGRITY,
            ("constraint", other.name),
            (_match(one), _match(other)),
            f"the foreign key of {pair.derived.name} ({columns}) has {_match(one)} in the history and {_match(other)} "
            f"in {comparison.path}: rows of which only some of the columns are NULL are refused by one side only",
            (one, other),
        )
    elif (one.deferrable, one.initially or "IMMEDIATE") != (other.deferrable, other.initially or "IMMEDIATE"):
        pair.add(
            "foreign_key",
            INTEGRITY,
            ("constraint", other.name),
            (_deferral(one), _deferral(other)),
            f"the foreign key of {pair.derived.name} ({columns}) is {_deferral(one)} in the history and "
            f"{_deferral(other)} in {comparison.path}: it is checked at another time",
            (one, other),
        )
    elif _proven_otherwise(pair, one, other):
        _validity(pair, "foreign_key", one, other)


def _proven_otherwise(pair: Pair, one: ForeignKey | Check, other: ForeignKey | Check) -> bool:
    return pair.comparison.proofs and _proof(one) != _proof(other)


def _proof(one: ForeignKey | Check) -> str:
    return VALID if one.validated else NOT_VALID if one.enforced else NOT_ENFORCED


def _validity(pair: Pair, kind: str, one: ForeignKey | Check, other: ForeignKey | Check) -> None:
    pair.add(
        kind,
        INTEGRITY,
        ("constraint", other.name),
        (_proof(one), _proof(other)),
        f"{text(other)} on {pair.derived.name} is {_proof(one)} in the history and {_proof(other)} in "
        f"{pair.comparison.path}: rows that it refuses may be in that side where it is not validated",
        (one, other),
    )


def _answers(key: ForeignKey) -> tuple[object, ...]:
    """What happens to the referencing rows."""
    return (key.on_delete, frozenset(key.set_columns), key.on_update)


def _effect(one: ForeignKey, other: ForeignKey) -> str:
    changed = "deleting" if _answers(one)[:2] != _answers(other)[:2] else "updating"
    return f"{changed} a row of {other.references} that is referenced does something else on each side"


def _match(key: ForeignKey) -> str:
    return f"MATCH {key.match or 'SIMPLE'}"


def _deferral(key: ForeignKey) -> str:
    if not key.deferrable:
        return "not deferrable"
    return f"deferrable, initially {(key.initially or 'IMMEDIATE').lower()}"


def _missing(pair: Pair, key: ForeignKey, *, at_head: bool) -> None:
    path = pair.comparison.path
    has, lacks = ("the history", path) if at_head else (path, "the history")
    pair.add(
        "foreign_key",
        INTEGRITY,
        ("constraint", key.name),
        (text(key), None) if at_head else (None, text(key)),
        f"{has} has a foreign key from {pair.derived.name} ({', '.join(key.columns)}) to {key.references}, which "
        f"{lacks} lacks: there rows may point nowhere",
        (key, None) if at_head else (None, key),
    )


def compare_checks(pair: Pair) -> None:
    """Compares the checks by what they mean; one that stands for an enum has been compared with it."""
    comparison = pair.comparison
    at_head = {column for column, name in pair.columns.items() if name in pair.as_enum}
    left = [c for c in pair.head.of_kind(Check) if c not in [listing_check(pair.head, n) for n in at_head]]
    right = [c for c in pair.derived.of_kind(Check) if c not in [listing_check(pair.derived, n) for n in pair.as_enum]]
    for one, other in match(left, right, _mean_the_same):
        if _proven_otherwise(pair, one, other):
            _validity(pair, "check", one, other)
    for one, other in match(left, right, lambda one, other: one.name == other.name):
        if pair.translated(one.columns) is not None and pair.known(other.columns):
            _check(pair, one, other)
    for one in left:
        if pair.translated(one.columns) is not None and not comparison.derived.opaque:
            _check(pair, one, None)
    for other in right:
        if pair.known(other.columns) and not comparison.head.opaque:
            _check(pair, None, other)


def _mean_the_same(one: Check, other: Check) -> bool:
    return same_expression(one.expression, other.expression)


def _check(pair: Pair, one: Check | None, other: Check | None) -> None:
    path, named = pair.comparison.path, other or one
    assert named is not None  # one of both is there
    if one and other:
        message = f"check {named.name} of {pair.derived.name} says something else in {path} than in the history"
    else:
        has, lacks = ("the history", path) if one else (path, "the history")
        message = (
            f"{has} has check {named.name} on {pair.derived.name}, which {lacks} lacks: there rows that it refuses get "
            "in"
        )
    pair.add(
        "check",
        INTEGRITY,
        ("constraint", named.name),
        (text(one) if one else None, text(other) if other else None),
        message,
        (one, other),
    )
