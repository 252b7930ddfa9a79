"""The models as they are compared with the head."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migralint.models.build import REFUSED
from migralint.models.creating import Creating
from migralint.models.details import Details
from migralint.models.filters import Filters
from migralint.operations import ObjectRef, Opaque, Place
from migralint.operations.steps import Note, Step
from migralint.schema import Name, Schema

NOTICE = "MG410"
"""The code of notices about what of the models is not compared."""


@dataclass(frozen=True)
class Models:
    """The schema of the models, and what else they say; `steps` and `notes` tell what was not read.

    `managed` are the schemas that someone else owns, `home` is where something stands that they lack. `unreached` tells
    of tables where a module defines them that was not read, `set_aside` which ones code keeps a list of, `created` in
    which file `create_all` makes them, `versioned` whether SQLAlchemy-Continuum makes more models, `open` whether code
    makes models under names that only it knows.
    """

    schema: Schema
    steps: tuple[Step, ...]
    notes: tuple[Note, ...]
    details: Details
    managed: frozenset[str]
    filters: Filters
    home: Place
    unreached: Callable[[Collection[Name]], Mapping[Name, Place]]
    set_aside: Callable[[Collection[Name]], Collection[str]]
    created: Callable[[], Creating | None]
    versioned: bool = False
    open: bool = False
    may_be_there: set[Name] = field(default_factory=set, compare=False)
    """The tables that are not compared because they may have been there before the first revision."""

    @property
    def path(self) -> str:
        """What the side is called in a comparison."""
        return "models"

    def place_of(self, ref: ObjectRef) -> Place:
        """Where the models say it."""
        return self.details.place_of(ref) or self.home

    def leaves_out(self, ref: ObjectRef, head: Schema, value: object = None) -> bool:
        """Whether an object is kept out of the comparison with the head, or may be, mostly by `env.py`."""
        before = self._before_the_history(ref, head)
        return before or self._of_versions(ref) or self.filters.leaves_out(ref, head, value)

    def _before_the_history(self, ref: ObjectRef, head: Schema) -> bool:
        """Whether it may have been there before the first revision, as other tables of the models were."""
        there = ref.table in head.tables or ref.table not in self.schema.tables
        if ref.table is None:
            there = ref.kind != "type" or str(ref.name) in map(str, head.types)
        if there or not any(name in self.schema.tables and one.assumed for name, one in head.tables.items()):
            return False
        if ref.table is not None:
            self.may_be_there.add(ref.table)
        return True

    def _of_versions(self, ref: ObjectRef) -> bool:
        """Whether a library that keeps versions of rows makes the model of a table."""
        if not self.versioned or ref.table is None or ref.table in self.schema.tables:
            return False
        kept = ref.table.name.removesuffix("_version")
        return ref.table.name == "transaction" or (
            kept != ref.table.name and ref.table._replace(name=kept) in self.schema.tables
        )

    @property
    def unread(self) -> Iterator[Note]:
        """What is not compared, and why; what PostgreSQL refuses to make is told too."""
        refused = [note for note in self.notes if note.kind == REFUSED]
        for first, *others in _by_reason(refused):
            yield _for_all(first, others)
        notes = [note._replace(kind=NOTICE) for note in self.notes if note.kind == "MG002"]
        notes += [
            Note(NOTICE, step.operation.reason, step.place, None)
            for step in self.steps
            if isinstance(step.operation, Opaque) and step.operation.may_change_schema
        ]
        for first, *others in _by_reason(notes):
            yield _for_all(first._replace(message=f"not compared with the history: {first.message}"), others)
        if self.filters.undecided is not None:
            message = (
                "what include_object or include_name of env.py leave out is not known for every object, and those are "
                f"not compared with the history: {self.filters.undecided}"
            )
            yield Note(NOTICE, message, self.home, None)
        if self.may_be_there:
            names = sorted(map(str, self.may_be_there))
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            message = (
                f"not compared with the history: table {names[0]}{more}, which no revision makes: the history begins "
                "on tables that were there before, and these may have been among them"
            )
            yield Note(NOTICE, message, self.home, None)


def _by_reason(notes: Iterable[Note]) -> Iterable[list[Note]]:
    """The notes that end in the same reason: what one line of code is the cause of is told once."""
    groups: dict[str, list[Note]] = {}
    for note in notes:
        groups.setdefault(note.message.rpartition(": ")[2], []).append(note)
    return groups.values()


def _for_all(first: Note, others: list[Note]) -> Note:
    """The first of notes with the same reason, for all of them."""
    more = f"; and {len(others)} more for the same reason" if others else ""
    return first._replace(message=f"{first.message}{more}")
