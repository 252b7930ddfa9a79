"""SQL against the history: a dump against what the revision of its environment makes, a snapshot against the head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from migralint.drift.beside import beside
from migralint.drift.changes import LastChange
from migralint.drift.compare import drift
from migralint.drift.comparison import ORDER, Derived
from migralint.drift.difference import ENVIRONMENT, Difference
from migralint.operations import CreateSchema, RenameTable
from migralint.operations.online import after
from migralint.schema import Schema

_OF_THE_SERVER = ("extension", "publication", "event_trigger", "schema")
"""What belongs to a whole database: whoever runs it adds to that, and it is no drift."""


def environment_drift(
    made: Schema, derived: Derived, changes: LastChange, called: str, *, whole: bool = False
) -> tuple[Difference, ...]:
    """How a database differs from what its revisions make, the worst first; `called` is the name of that side.

    With `whole`, the derived side is what a history makes: it has no extension that it does not need, and leaves
    nothing out that it hangs onto tables of others.

    Beside tables it is about what only one side has of views, functions, triggers, policies, ..., and about their
    definitions as far as these surely differ.
    """
    found = drift(made, derived, changes, changes.renamed, proofs=True)
    more = (
        one
        for one in _beside(made, derived, changes, found, whole=whole)
        if one.kind not in _OF_THE_SERVER or one.sides[0][1] is not None or (whole and one.kind == "extension")
    )
    named = (replace(d, source=ENVIRONMENT, sides=((called, d.sides[0][1]), *d.sides[1:])) for d in (*found, *more))
    return _sorted(named)


def snapshot_drift(head: Schema, derived: Derived, changes: LastChange) -> tuple[Difference, ...]:
    """How a SQL snapshot differs from the head, the worst first: as an environment does.

    What belongs to the whole database is left out, and a file that has nothing but tables lacks nothing but tables.
    """
    found = drift(head, derived, changes, changes.renamed, proofs=True)
    whole = _is_whole(derived.schema)
    more = (
        one
        for one in _beside(head, derived, changes, found)
        if one.kind not in _OF_THE_SERVER and (whole or (one.sides[-1][1] is not None and one.kind != "table"))
    )
    return _sorted((*found, *more))


def _beside(
    made: Schema, derived: Derived, changes: LastChange, found: Iterable[Difference], *, whole: bool = False
) -> Iterator[Difference]:
    """What differs beside tables, where these have the names of the derived side."""
    renames = [
        operation
        for one in found
        if one.kind == "table"
        for operation in one.closing
        if isinstance(operation, RenameTable)
    ]
    # a schema that the history lacks is no difference of its own: who closes that of the table makes it before
    made = after([step for one in renames for step in (CreateSchema(one.new.schema, if_not_exists=True), one)], made)
    yield from beside(made, derived, changes, alike=False, whole=whole)


def _is_whole(schema: Schema) -> bool:
    """Whether a file has more than tables, as Supabase's "copy as SQL" has not."""
    parts = ((one.indexes, one.triggers, one.policies, one.row_security) for one in schema.tables.values())
    return bool(schema.views or schema.functions or any(map(any, parts)))


def _sorted(found: Iterable[Difference]) -> tuple[Difference, ...]:
    return tuple(sorted(found, key=lambda one: ORDER.index(one.drift_class)))
