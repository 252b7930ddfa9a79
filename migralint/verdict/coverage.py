"""How much of a project was read, and which operations count."""

from __future__ import annotations

from collections.abc import Collection

from migralint.rule import CONDITIONAL, Opaque, Statement, Step
from migralint.verdict.finding import Asked, Coverage, Unread
from migralint.verdict.subject import Subject

_UNLISTED = frozenset(
    [
        "abort",
        "begin",
        "checkpoint",
        "comment",
        "commit",
        "deallocate",
        "declare",
        "discard",
        "end",
        "explain",
        "fetch",
        "listen",
        "notify",
        "prepare",
        "release",
        "reset",
        "rollback",
        "savepoint",
        "select",
        "set",
        "set_constraints",
        "show",
        "start_transaction",
        "table",
        "unlisten",
        "values",
    ]
)
_MAINTENANCE = frozenset({"analyze", "lock", "vacuum"})


def listed(step: Step, effects: bool = False) -> bool:
    """Whether a step is an operation to list: not a query, a setting or transaction control.

    Maintenance is, where the effects on a server in use are of interest.
    """
    operation = step.operation
    if not isinstance(operation, Statement):
        return True
    return operation.statement not in (_UNLISTED if effects else _UNLISTED | _MAINTENANCE)


def coverage(subject: Subject, unread_codes: Collection[str]) -> Coverage:
    """What was read of the project; `unread_codes` are those of notices about files and models that were not read."""
    operations = conditional = opaque = 0
    places = {(note.place, note.message) for note in subject.notes if note.kind in unread_codes}
    for history in subject.histories:
        for step in history.steps_all():
            if not listed(step):
                continue
            operations += 1
            conditional += step.certainty == CONDITIONAL
            if isinstance(step.operation, Opaque):
                opaque += 1
                places.add((step.place, step.operation.reason))
    unread = {Unread(place.path, subject.resolve(place).line, reason) for place, reason in places}
    revisions = sum(len(history.revisions) for history in subject.histories)
    asked = None
    if subject.asked is not None:
        uses, gaps, others = subject.asked
        unresolved = {Unread(place.path, subject.resolve(place).line, reason) for place, reason in gaps}
        asked = Asked(uses, tuple(sorted(unresolved)))
        unread |= {
            Unread(path, 1, "it has queries of a Supabase client, in a language that is not read") for path in others
        }
    return Coverage(subject.files_read, revisions, operations, conditional, opaque, tuple(sorted(unread)), asked)
