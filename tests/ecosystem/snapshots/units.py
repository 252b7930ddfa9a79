"""What the databases of a history and of a snapshot differ in: what models have, and what only SQL can say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.ecosystem.drift.units import Unit, Units, units
from tests.ecosystem.facts.document import Document, Reading

_NO_NAMES: frozenset[str] = frozenset()


def snapshot_units(head: Document, derived: Document, version_tables: Collection[str]) -> Units:
    """As `units`, with row security, policies, triggers, views, functions, sequences and domains.

    Definitions are compared as one server prints them. Where a definition names a table or column that only one side
    has, the difference follows from that one; so do casts of a column that has another type.
    """
    found = units(head, derived, version_tables)
    alone = {name.split(".")[-1] for unit in found.counted if unit.kind in ("table", "column") for name in _named(unit)}
    retyped = {name for unit in found.counted if unit.kind == "type" for name in unit.names}
    sides = Reading(head), Reading(derived)
    left, right = ({side.name(name): table for name, table in side.document["tables"].items()} for side in sides)
    for name in sorted(left.keys() & right.keys()):
        if name.split(".")[-1] not in version_tables:
            _of_table(found, name, left[name], right[name], alone, retyped)
    left, right = (side.document.get("of_others", {}) for side in sides)
    for name in sorted(left.keys() & right.keys()):
        _of_table(found, name, left[name], right[name], alone, retyped)
    for kind, key in (
        ("view", "views"),
        ("view", "materialized_views"),
        ("function", "functions"),
        ("type", "domains"),
        ("type", "composites"),
    ):
        one, other = (
            {side.name(name): value for name, value in (side.document.get(key) or {}).items()} for side in sides
        )
        _each(found, kind, "", one, other, alone, retyped)
    above = [{side.name(n): t.get("parents", ()) for n, t in side.document["tables"].items()} for side in sides]
    for unit in list(found.counted):
        parents = {*above[0].get(unit.table, ())} & {*above[1].get(unit.table, ())}
        if any(unit._replace(table=sides[0].name(parent)) in found.counted for parent in parents):
            found.counted.remove(unit)  # it has it of a table above
            found.neutral.append(unit)
    told = {unit for unit in found.counted if unit.kind == "sequence"}
    for name in sorted(sides[0].free ^ sides[1].free):
        unit = Unit("sequence", "", frozenset([name]))
        if unit not in told:
            found.counted.append(unit)
    return found


def _named(unit: Unit) -> Iterator[str]:
    yield from unit.names or [unit.table]


def _of_table(found: Units, name: str, left: Document, right: Document, alone: set[str], retyped: set[str]) -> None:
    if bool(left.get("row_security")) != bool(right.get("row_security")):
        found.counted.append(Unit("row_security", name, _NO_NAMES))
    for kind, key in (("policy", "policies"), ("trigger", "triggers")):
        one, other = ({part["name"]: part for part in side.get(key) or ()} for side in (left, right))
        _each(found, kind, name, one, other, alone, retyped)


def _each(
    found: Units,
    kind: str,
    table: str,
    left: Mapping[str, Any],
    right: Mapping[str, Any],
    alone: set[str],
    retyped: set[str],
) -> None:
    for name in sorted(left.keys() | right.keys()):
        one, other = left.get(name), right.get(name)
        if one != other:
            unit = Unit(kind, table, frozenset([name]))
            both = one is not None and other is not None
            named = set(re.findall(r"\w+", f"{one} {other}"))
            cast = bool(retyped & named) and _without_casts(one) == _without_casts(other)
            follows = both and (cast or bool(alone & named))
            (found.neutral if follows else found.counted).append(unit)


_CAST = re.compile(r"::\w+(?: (?:varying|precision|with(?:out)? time zone))?(?:\([\d,]+\))?(?:\[\])?|[()\s]")


def _without_casts(definition: Any) -> str:
    return _CAST.sub("", str(definition))
