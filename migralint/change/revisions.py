"""Where each revision of a history stands against the merge base, and which heads meet when the change is merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from migralint.history.graph import Graph, build
from migralint.history.order import reachable
from migralint.history.revision import Revision
from migralint.operations import Insert, Opaque, Operation
from migralint.operations.steps import Step

if TYPE_CHECKING:
    from migralint.history.replay import Replayed

NEW, SAME, EDITED, MOVED, GONE = "new", "same", "edited", "re-parented", "gone"
"""Not at the merge base; as there; with another file or another effect; with other parents; there only."""

_HEADS = "MG304"
"""The code of notices about heads that a merge should join."""

Content = Callable[[str], str]
"""The text of a file as far as it counts; empty for one that cannot be read."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A revision, or one that was, against the merge base.

    `was` is the revision there, None for a new one. `text` tells whether its file is another, comments and blank lines
    apart, `directions` in which directions it does something else, `known` whether all that it does was understood.
    """

    standing: str
    revision: Revision
    was: Revision | None = None
    text: bool = False
    directions: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Meeting:
    """A new revision that is one of several heads once the change is merged, and the heads that the others have."""

    revision: Revision
    others: tuple[str, ...]


def standings(before: Replayed, now: Replayed, content_before: Content, content_now: Content) -> Iterator[Standing]:
    """Every revision of either side: those that are gone first, the others in upgrade order.

    A revision that does something else only because one before it does is the same.
    """
    for id, was in before.revisions.items():
        if id not in now.revisions:
            yield Standing(GONE, was, was)
    unlike: set[str] = set()
    for id, revision in now.revisions.items():
        known = before.revisions.get(id)
        if known is None:
            unlike.add(id)
            yield Standing(NEW, revision)
            continue
        one = _standing(before, now, known, revision, content_before(known.path) != content_now(revision.path))
        follows = bool(unlike & reachable(now.graph.parents[id], now.graph.parents))
        if one.standing == EDITED and not one.text and follows:
            one = Standing(SAME, revision, known)
        if one.standing != SAME:
            unlike.add(id)
        yield one


def _standing(before: Replayed, now: Replayed, was: Revision, revision: Revision, text: bool) -> Standing:
    steps = [(before.steps(was.id, way), now.steps(was.id, way)) for way in ("upgrade", "downgrade")]
    differs = tuple(
        way for way, (old, new) in zip(("upgrade", "downgrade"), steps, strict=True) if _done(old) != _done(new)
    )
    forms = tuple(way for way in ("upgrade", "downgrade") if getattr(was, way) != getattr(revision, way))
    directions = tuple(dict.fromkeys((*differs, *forms)))
    known = not any(isinstance(step.operation, Opaque) for pair in steps for side in pair for step in side)
    if (set(was.down_revision), set(was.depends_on)) != (set(revision.down_revision), set(revision.depends_on)):
        return Standing(MOVED, revision, was, text, directions, known)
    return Standing(EDITED if text or directions else SAME, revision, was, text, directions, known)


def _done(steps: tuple[Step, ...]) -> list[object]:
    """What steps do, wherever they stand."""
    return [(_comparable(step.operation), step.certainty, step.applied, step.transaction) for step in steps]


def _comparable(operation: Operation) -> Operation:
    """With the kind of each value of its rows that is not plain: what is not known equals nothing, not even itself."""
    if not isinstance(operation, Insert) or operation.rows is None:
        return operation
    rows = (tuple((name, _plain(value)) for name, value in row) for row in operation.rows)
    return replace(operation, rows=tuple(rows))


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, _PLAIN) else type(value).__name__


_PLAIN = (str, int, float, bytes, Decimal, date, time, timedelta, UUID)


def meetings(before: Graph | None, now: Graph, tip: Graph) -> Iterator[Meeting]:
    """The new revisions that are heads beside others when what the base branch has by now, `tip`, is merged.

    Not where the change alone makes that of them: that is a history with several heads.
    """
    old = before.revisions if before is not None else {}
    came = [one for id, one in tip.revisions.items() if id not in old and id not in now.revisions]
    merged = build([*now.revisions.values(), *came])
    alone = {note.revision for note in now.problems if note.kind == _HEADS}
    met = [note.revision for note in merged.problems if note.kind == _HEADS]
    for id in met:
        if id is not None and id in now.revisions and id not in old and id not in alone:
            yield Meeting(now.revisions[id], tuple(str(other) for other in met if other != id))
