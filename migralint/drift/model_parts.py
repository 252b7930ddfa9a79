"""Keys, constraints and indexes of the models against the head: what their differences mean."""

from __future__ import annotations

from typing import NamedTuple

from migralint.drift.comparison import COSMETIC, INTEGRITY
from migralint.drift.constraints import ORDER_ONLY
from migralint.drift.describe import constraint, index
from migralint.drift.difference import Difference
from migralint.drift.indexes import IMPLIED
from migralint.schema import Constraint, Index


class Told(NamedTuple):
    """The class of a difference, its message, and the mistake behind it where it is a known one."""

    drift_class: str
    message: str
    cause: str | None = None


_EFFECTS = {
    "primary_key": ("rows are not told apart", "rows are told apart by what the code does not know"),
    "foreign_key": ("rows may point nowhere", "PostgreSQL wants rows in an order that SQLAlchemy does not know"),
    "unique": (
        "equal rows get in, and ON CONFLICT on it fails",
        "PostgreSQL refuses rows that the code takes for good",
    ),
    "check": ("rows that it refuses get in", "PostgreSQL refuses rows that the code takes for good"),
    "exclusion": ("rows that it refuses get in", "PostgreSQL refuses rows that the code takes for good"),
    "index": ("queries that need it read the whole table", "autogenerate would drop it"),
}
"""What follows where the history lacks it, and where the models do."""

_OTHER = {
    "primary_key": "rows that are one by the one key are several by the other",
    "foreign_key": "what happens to rows that point there is another thing",
    "unique": "rows that the one refuses get in by the other",
    "check": "rows that the one refuses get in by the other",
    "exclusion": "rows that the one refuses get in by the other",
    "index": "queries that only the one serves read the whole table",
}
"""What follows where both have one."""

_SAME = {"unique": "both refuse the same rows", "primary_key": ORDER_ONLY}
"""What follows where it changes nothing for the rows."""

_READABLE = 1000
"""How many characters of definitions a message holds; with more it names the object only."""


def of_part(one: Difference, history: str, missing: str) -> Told:
    """What a difference of a constraint, index or name says: `history` names it, `missing` says why it lacks it."""
    table, (_, at_head), (_, in_models) = one.object.table, *one.sides
    if one.kind == "name":
        return Told(
            COSMETIC,
            f"constraints and indexes of {table} have other names in the models: {at_head} in the history, {in_models} "
            "there; a migration that drops one by the models' name fails",
        )
    drift_class = COSMETIC if one.drift_class == COSMETIC else INTEGRITY
    lacking, surplus = _EFFECTS[one.kind] if drift_class != COSMETIC or one.kind != "unique" else (IMPLIED, IMPLIED)
    if one.head is None:
        return Told(drift_class, f"the models have {_text(one.derived)} on {table}, {missing}: {lacking}")
    if one.derived is None:
        return Told(drift_class, f"{history} has {_text(one.head)} on {table}, which the models lack: {surplus}")
    other = _SAME.get(one.kind, _OTHER[one.kind]) if drift_class == COSMETIC else _OTHER[one.kind]
    if isinstance(one.head, Index) and isinstance(one.derived, Index) and one.derived.where and not one.head.where:
        other = "the one of the history serves the queries of both, and every INSERT pays for it"
    if len(at_head or "") + len(in_models or "") > _READABLE and one.object.name:
        return Told(
            drift_class,
            f"{one.kind} {one.object.name} of {table} is another one in {history} and in the models: {other}",
        )
    return Told(drift_class, f"{table} has {at_head} in {history} and {in_models} in the models: {other}")


def _text(value: object) -> str:
    if isinstance(value, Index):
        return f"{value.name}, {index(value)},"
    return constraint(value) if isinstance(value, Constraint) else ""
