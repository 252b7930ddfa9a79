"""What models or a snapshot say otherwise than at the merge base, and what of it no revision makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from migralint.drift import Difference, drift
from migralint.drift.difference import MODELS
from migralint.drift.enums import type_name
from migralint.operations import ObjectRef, Place
from migralint.schema import Name, Schema


@dataclass(frozen=True)
class Side:
    """A schema that is derived from the history, or should be: that of the models or of a snapshot.

    `path` is its name, `managed` are the schemas that someone else owns, `places` those of its tables.
    """

    path: str
    schema: Schema
    managed: frozenset[str] = frozenset()
    places: Mapping[Name, Place] = field(default_factory=dict)

    def place_of(self, ref: ObjectRef) -> Place:
        """Where a table is made, or one that has a column of the type; the side itself for the rest."""
        found = self.places.get(ref.table) if ref.table is not None else None
        if found is None and ref.table is None:
            users = (
                name
                for name, table in self.schema.tables.items()
                if any(str(type_name(self.schema, column.type)) == ref.name for column in table.columns)
            )
            found = next((self.places[name] for name in users if name in self.places), None)
        return found or Place(self.path)


@dataclass(frozen=True, slots=True)
class Edit:
    """A table, or a type, that a side has otherwise than at the merge base.

    `source` is "models" or the snapshot's path. `differences` are those from the merge base to now. `left` are those
    between the head of the history and the side that were not there at the merge base: what the edit needs a migration
    for, and no revision does.
    """

    source: str
    object: ObjectRef
    place: Place
    differences: tuple[Difference, ...]
    left: tuple[Difference, ...]

    @property
    def of_models(self) -> bool:
        """Whether the models were edited, and not a snapshot."""
        return self.source == MODELS


def edits(heads: tuple[Schema, Schema], sides: tuple[Side, Side]) -> Iterator[Edit]:
    """The edits of a side; of `heads` and `sides` the first is that of the merge base."""
    was, side = sides
    found = _by_object(_compared(was.schema, side))
    if not found:
        return
    there = set(map(_key, drift(heads[0], was, _nowhere)))
    left = _by_object(one for one in drift(heads[1], side, _nowhere) if _key(one) not in there)
    for ref, differences in found.items():
        place = side.place_of(ref)
        if place.path == side.path:  # the side has it no more
            place = Place(was.place_of(ref).path)
        yield Edit(side.path, ref, place, tuple(differences), tuple(left.get(ref, ())))


def _compared(before: Schema, side: Side) -> tuple[Difference, ...]:
    """The differences between two states of one side, of which most tables are the same."""
    after = side.schema
    changed = [name for name in {**before.tables, **after.tables} if before.tables.get(name) != after.tables.get(name)]
    if not changed and before.types == after.types:
        return ()
    old = replace(before, tables={name: before.tables[name] for name in changed if name in before.tables})
    new = replace(after, tables={name: after.tables[name] for name in changed if name in after.tables})
    return drift(old, replace(side, schema=new), _nowhere)


def _by_object(differences: Iterable[Difference]) -> dict[ObjectRef, list[Difference]]:
    """Differences by the table, or the type, that they are about."""
    found: dict[ObjectRef, list[Difference]] = {}
    for one in differences:
        ref = ObjectRef("table", one.object.table) if one.object.table is not None else one.object
        found.setdefault(ref, []).append(one)
    return found


def _key(one: Difference) -> tuple[object, ...]:
    return one.kind, one.object, one.renamed_from, one.sides


def _nowhere(ref: ObjectRef) -> None:
    """Where the history changed an object, which nobody asks."""
