"""Scores what `migralint drift` says of head and models against what two recorded databases differ in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from tests.ecosystem.drift.units import Unit, Units, renamed, units, within
from tests.ecosystem.facts.document import Document
from tests.ecosystem.facts.text import without_public

_NO_TABLE = ("enum", "sequence")


class Renames(NamedTuple):
    """What is known to have another name: tables, and columns by their table's new name and their own two names."""

    tables: Mapping[str, str]
    columns: Collection[tuple[str, str, str]] = ()


@dataclass
class DriftScore:
    """Units that are there and that were told, claims and those that are right; names of parts apart."""

    there: int = 0
    found: int = 0
    claimed: int = 0
    right: int = 0
    missed: list[Unit] = field(default_factory=list)
    wrong: list[Unit] = field(default_factory=list)
    names: tuple[int, int, int] = (0, 0, 0)
    """Tables with other names: there, told, told rightly."""

    def __add__(self, other: DriftScore) -> DriftScore:
        names = tuple(a + b for a, b in zip(self.names, other.names, strict=True))
        return DriftScore(
            self.there + other.there,
            self.found + other.found,
            self.claimed + other.claimed,
            self.right + other.right,
            self.missed + other.missed,
            self.wrong + other.wrong,
            (names[0], names[1], names[2]),
        )

    @property
    def recall(self) -> float:
        """Of what differs, the share that was told."""
        return self.found / self.there if self.there else 1.0

    @property
    def precision(self) -> float:
        """Of what was told, the share that differs."""
        return self.right / self.claimed if self.claimed else 1.0


def score(
    head: Document,
    derived: Document,
    differences: list[dict[str, Any]],
    version_table: str,
    left_out: Collection[str] = (),
    *,
    side: str = "models",
    compared: Callable[[Document, Document, Collection[str]], Units] = units,
    renames: Renames | None = None,
) -> DriftScore:
    """`differences` are those of the JSON report, of which those from `side` count.

    With `renames`, nothing else is one object under two names; without, a rename that is told counts where both objects
    are alone. What the project keeps from autogenerate, `left_out`, has not to be told, and is a mistake where it is.
    """
    versions = {version_table, "alembic_version"}
    told = [_plain(one) for one in differences if side in one["sides"]]
    tables = {one["renamed_from"]: one["object"]["table"] for one in told if _is_rename(one, "table")}
    if renames is None:
        alone = {unit.table for unit in compared(head, derived, versions).counted if unit.kind == "table"}
        said = known = {old: new for old, new in tables.items() if {old, new} <= alone}
    else:
        known = dict(renames.tables)
        said = {old: new for old, new in tables.items() if known.get(old) == new}
    result = DriftScore(len(known), len(said))
    facts = compared(renamed(head, known), derived, versions)
    there = [unit for unit in facts.counted if unit.kind != "name" and not kept_out(unit, left_out)]
    odd = {unit.table for unit in facts.counted if unit.kind == "name"}
    claims = [(one, unit) for one in told for unit in [_claim(one)] if unit.kind != "name"]
    pairs = renames.columns if renames is not None else [_columns(one) for one in told if _is_rename(one, "column")]
    for table, *names in pairs:  # a renamed column is one unit of two
        both = [Unit("column", table, frozenset([name])) for name in names]
        if set(both) <= set(there):
            there = [unit for unit in there if unit not in both]
            there.append(Unit("column", table, frozenset(names)))
            if renames is not None:
                there += within(renamed(head, known), derived, table, *names)
    result.there += len(there)
    left = list(there)
    for one, claim in claims:
        if claim.kind == "table" and claim.table in {*known, *known.values()}:
            result.claimed += 1
            if said.get(one["renamed_from"]) == claim.table:
                result.right += 1
            else:
                result.wrong.append(claim)
            continue
        hit = [unit for unit in left if _meet(unit, claim)]
        if not hit and any(_meet(unit, claim) for unit in facts.neutral):
            continue
        result.claimed += 1
        if hit:
            result.right += 1
            result.found += len(hit)
            left = [unit for unit in left if unit not in hit]
        else:
            result.wrong.append(claim)
    result.missed = [*left, *(Unit("table", new) for old, new in known.items() if old not in said)]
    named = {one["object"]["table"] for one in told if one["kind"] == "name"}
    result.names = (len(odd), len(named), len(odd & named))
    return result


def told_renames(differences: list[dict[str, Any]], side: str) -> Renames:
    """The renames from a side that are told."""
    told = [_plain(one) for one in differences if side in one["sides"]]
    tables = {one["renamed_from"]: one["object"]["table"] for one in told if _is_rename(one, "table")}
    return Renames(tables, [_columns(one) for one in told if _is_rename(one, "column")])


def _columns(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["object"]["table"], one["renamed_from"], one["object"]["name"]


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    """The difference with names as facts have them, without the usual schema."""
    about = {key: without_public(text) if text else text for key, text in one["object"].items()}
    return {**one, "object": about, "renamed_from": one["renamed_from"] and without_public(one["renamed_from"])}


def _is_rename(one: dict[str, Any], kind: str) -> bool:
    return bool(one["kind"] == kind and one["renamed_from"])


def kept_out(unit: Unit, patterns: Collection[str]) -> bool:
    """Whether a project keeps it from autogenerate."""
    said = " ".join((unit.kind, unit.table, ",".join(sorted(unit.names)))).strip()
    return any(fnmatchcase(said, pattern) for pattern in patterns)


def _claim(one: dict[str, Any]) -> Unit:
    kind, about = one["kind"], one["object"]
    names = [name for name in (about["name"], one["renamed_from"]) if name]
    if kind in _NO_TABLE or about["table"] is None:
        return Unit(kind, "", frozenset(names))
    plain = kind in ("table", "name", "primary_key")
    return Unit(kind, about["table"], frozenset() if plain else frozenset(names))


def _meet(unit: Unit, claim: Unit) -> bool:
    same = unit.kind == claim.kind and unit.table == claim.table
    return same and (not claim.names or bool(unit.names & claim.names))
