"""Tells on standard error what was not read, so that what an answer lacks surprises nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from migralint.cli.output import prefix, tell
from migralint.cli.values import Common

if TYPE_CHECKING:
    from migralint.project import Project
    from migralint.rule import Note, Place, Step

_SHOWN = 5
"""How many places are told."""

_NOT_READ = ("MG001", "MG306")
"""The codes of notices about files, or statements, that could not be read."""


def tell_of_project(common: Common, project: Project, steps: Iterable[Step] = ()) -> None:
    """Tells what should be known of a project's histories, and what of it was not read."""
    for remark in project.remarks:
        tell(common, remark)
    tell_unread(common, steps, project.history_notes, lambda place: project.resolve(place).line, prefix(project.root))


def unread(steps: Iterable[Step], notes: Sequence[Note]) -> dict[tuple[Place, str], None]:
    """The places of upgrades that were not read and may change the schema, each with a reason."""
    from migralint.rule import Opaque

    found: dict[tuple[Place, str], None] = {}
    for note in notes:
        if note.kind in _NOT_READ:
            found[note.place, note.message] = None
    for step in steps:
        operation = step.operation
        if isinstance(operation, Opaque) and operation.may_change_schema and step.direction == "upgrade":
            found[step.place, operation.reason] = None
    return found


def complete(steps: Iterable[Step], notes: Sequence[Note]) -> bool:
    """Whether all that the steps come from was read, in an order that Alembic has too."""
    from migralint.project import NO_ORDER

    return not unread(steps, notes) and not any(note.kind in NO_ORDER for note in notes)


def tell_unread(
    common: Common, steps: Iterable[Step], notes: Sequence[Note], line: Callable[[Place], int], above: str
) -> None:
    """Tells what is wrong with the graph, how many statements and files were not read, and the first of them.

    `steps` are those that the answer does not list; `line` gives the line of a place, `above` leads to the project.
    """

    def told(place: Place, reason: str) -> str:
        path = place.path if place.path.startswith("/") else above + place.path
        return f"{path}:{line(place)}: {reason}"

    from migralint.project import NO_ORDER

    for note in notes:
        if note.kind in NO_ORDER:
            tell(common, told(note.place, note.message))
    found = unread(steps, notes)
    if not found:
        return
    places = "1 place was" if len(found) == 1 else f"{len(found)} places were"
    tell(common, f"{places} not read; the answer lacks what is done there:")
    for place, reason in list(found)[:_SHOWN]:
        tell(common, f"  {told(place, reason)}")
    if len(found) > _SHOWN:
        tell(common, f"  and {len(found) - _SHOWN} more")
