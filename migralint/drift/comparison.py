"""What a comparison of two schemas knows, and where its differences are collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from migralint.drift.changes import Where
from migralint.drift.difference import Difference, Value
from migralint.operations import ObjectRef, Operation, Place
from migralint.schema import Name, Schema, Table

BLOCKING, INTEGRITY, COSMETIC = "blocking", "integrity", "cosmetic"
"""Makes a statement fail at run time; lets wrong data in; changes nothing that runs."""

ORDER = (BLOCKING, INTEGRITY, COSMETIC)
"""The classes, the worst first."""

Part = tuple[str, str]
"""A part of an object that differs: its class, and what is said of it."""


def worst(parts: Sequence[Part]) -> str:
    """The worst class among them."""
    return min((kind for kind, _ in parts), key=ORDER.index)


class Derived(Protocol):
    """The side that is compared with the head: a snapshot, or the models."""

    @property
    def path(self) -> str:
        """The file, or the name of the side."""
        ...

    @property
    def schema(self) -> Schema:
        """What it describes."""
        ...

    @property
    def managed(self) -> frozenset[str]:
        """Schemas that someone else owns."""
        ...

    def place_of(self, ref: ObjectRef) -> Place:
        """Where it says so."""
        ...


class Comparison:
    """Two schemas, which tables of them are one, and what differs.

    `tables` maps the name of a table at head to that of the derived side, `columns` the same within it. `renamed` are
    the new names of what the history renamed. With `proofs`, it counts whether constraints are validated.
    """

    def __init__(
        self,
        head: Schema,
        derived: Derived,
        where: Where,
        renamed: Mapping[ObjectRef, str] | None = None,
        proofs: bool = False,
    ) -> None:
        self.proofs = proofs
        self.head = head
        self.derived = derived.schema
        self.path = derived.path
        self.managed = derived.managed
        self.tables: dict[Name, Name] = {}
        self.columns: dict[Name, dict[str, str]] = {}
        self.differences: list[Difference] = []
        self.seen_enums: set[tuple[Name, Name]] = set()
        self.renamed = renamed or {}
        self._place_of = derived.place_of
        self._where = where

    def add(
        self,
        kind: str,
        drift_class: str,
        ref: ObjectRef,
        sides: tuple[str | None, str | None],
        message: str,
        *,
        at_head: ObjectRef | None = None,
        values: tuple[Value | None, Value | None] = (None, None),
        renamed_from: str | None = None,
        evidence: str | None = None,
        closing: tuple[Operation, ...] = (),
    ) -> None:
        """Adds a difference. `sides` and `values` are of head and the derived side; `at_head` names it there."""
        at_head = at_head or ref
        change = self._where(at_head)
        self.differences.append(
            Difference(
                kind,
                drift_class,
                ref,
                (("head", sides[0]), (self.path, sides[1])),
                message,
                self._place_of(ref),
                change.place if change else None,
                renamed_from,
                evidence,
                *values,
                at_head.table,
                since=change.revision if change and change.exact else None,
                closing=closing,
            )
        )

    def close(self, table: Name, *closing: Operation) -> None:
        """Adds operations to those that close the difference in a table's name, which is that of the derived side."""
        for at, one in enumerate(self.differences):
            if one.kind == "table" and one.object.table == table:
                self.differences[at] = replace(one, closing=(*one.closing, *closing))


class Pair:
    """A table as it is on both sides. `columns` maps the names of columns at head to those of the derived side."""

    def __init__(self, comparison: Comparison, head: Table, derived: Table) -> None:
        self.comparison = comparison
        self.head = head
        self.derived = derived
        self.columns = comparison.columns.setdefault(head.name, {})
        self.renamed = head.name != derived.name
        self.as_enum: set[str] = set()
        """Columns at head or of the derived side whose values one side lists as an enum, the other as a check."""

    def translated(self, names: tuple[str, ...]) -> tuple[str, ...] | None:
        """Columns at head under their names on the derived side; None where one has none."""
        found = tuple(self.columns.get(name, "") for name in names)
        return found if all(found) else None

    def known(self, names: tuple[str, ...]) -> bool:
        """Whether head has all of these columns of the derived side."""
        return set(names) <= set(self.columns.values())

    def add(
        self,
        kind: str,
        drift_class: str,
        about: tuple[str, str | None],
        sides: tuple[str | None, str | None],
        message: str,
        values: tuple[Value | None, Value | None] = (None, None),
        closing: tuple[Operation, ...] = (),
    ) -> None:
        """Adds a difference about an object of the table; `about` is its kind and its name."""
        name_at_head = getattr(values[0], "name", about[1])
        self.comparison.add(
            kind,
            drift_class,
            ObjectRef(about[0], self.derived.name, about[1]),
            sides,
            message,
            at_head=ObjectRef(about[0], self.head.name, name_at_head if isinstance(name_at_head, str) else about[1]),
            values=values,
            closing=closing,
        )
