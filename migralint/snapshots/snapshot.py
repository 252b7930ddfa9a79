"""A snapshot: the schema that a SQL file describes, and where it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from migralint.operations import ObjectRef, Place
from migralint.operations.steps import Note, Step
from migralint.schema import Schema
from migralint.schema.header import Header


@dataclass(frozen=True)
class Snapshot:
    """A SQL file that claims to be the schema. `schema` is what it describes.

    `managed` are the schemas that someone else owns; they are no part of a comparison. `unread` are notices about what
    could not be read; `schema.opaque` is true if that may have changed the schema. `header` is what a generated file
    says of itself, `steps` are the statements as they were carried out.
    """

    path: str
    schema: Schema
    managed: frozenset[str] = frozenset()
    unread: tuple[Note, ...] = ()
    places: Mapping[ObjectRef, Place] = field(default_factory=dict, repr=False)
    header: Header | None = None
    steps: tuple[Step, ...] = field(default=(), repr=False)

    def place_of(self, ref: ObjectRef) -> Place:
        """Where the file says it; the place of the table for what has none, the beginning of the file for the rest."""
        found = self.places.get(ref) or self.places.get(ObjectRef("table", ref.table))
        return found or Place(self.path)
