"""Uses against a schema: what code needs and the head lacks, one difference for each object."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Protocol

from migralint.drift.difference import BLOCKING, QUERIES, Difference
from migralint.operations import ObjectRef, Place
from migralint.queries.use import COLUMN, FUNCTION, LABEL, REQUIRED, TABLE, Use
from migralint.schema import EnumType, Name, Schema

_ALIKE = 0.75
"""How alike a name has to be that is offered in place of one that is missing."""


class Gone(Protocol):
    """What made an object go."""

    @property
    def revision(self) -> str:
        """The revision."""
        ...

    @property
    def place(self) -> Place:
        """The operation."""
        ...

    @property
    def new(self) -> str | None:
        """The object's name since then."""
        ...


def lacking(
    uses: Iterable[Use],
    head: Schema,
    gone: Callable[[ObjectRef], Gone | None],
    changed: Callable[[ObjectRef], Place | None],
    others: Sequence[tuple[str, Schema]] = (),
) -> list[Difference]:
    """The differences between what uses need and what the head has.

    `gone` tells what made an object go, `changed` where it was last changed. `others` are snapshots by their names:
    where one of them has what the head lacks, the history lags behind.
    """
    groups: dict[tuple[object, ...], list[Use]] = {}
    for use in uses:
        lacks = use.lacks
        if (
            lacks is None
            and use.object.kind == "function"
            and gone(use.object) is not None
            and not _has(head, use.object)
        ):
            lacks = FUNCTION
        if lacks is not None:
            groups.setdefault((lacks, use.object, use.names, use.detail), []).append(use)
    return [_difference(str(key[0]), found, head, gone, changed, others) for key, found in groups.items()]


def _has(schema: Schema, ref: ObjectRef) -> bool:
    """Whether a schema has an object."""
    if ref.kind == "function":
        return any(str(name) == ref.name for name in schema.functions)
    relation = (schema.tables.get(ref.table) or schema.views.get(ref.table)) if ref.table is not None else None
    if relation is None or ref.kind == "table":
        return relation is not None
    return any(column.name == ref.name for column in relation.columns)


def _difference(
    lacks: str,
    uses: list[Use],
    head: Schema,
    gone: Callable[[ObjectRef], Gone | None],
    changed: Callable[[ObjectRef], Place | None],
    others: Sequence[tuple[str, Schema]],
) -> Difference:
    first = uses[0]
    ref = first.object
    message = first.detail
    left = gone(ref) if lacks in (TABLE, COLUMN, FUNCTION) else None
    new = left.new if left is not None else None
    if left is not None:
        message += f": revision {left.revision} " + (f"renamed it to {new}" if new else "dropped it")
    with_it = [side for side, schema in others if lacks in (TABLE, COLUMN, FUNCTION) and _has(schema, ref)]
    if with_it:
        message += f"; {', '.join(with_it)} has it, so the history lags behind"
    near = new or _near(lacks, first, head)
    where = left.place if left is not None else None
    if lacks == REQUIRED and ref.table is not None:
        where = changed(ObjectRef("column", ref.table, first.names[0]))
    return Difference(
        lacks,
        BLOCKING,
        ref,
        (("head", new), *((side, "has it") for side in with_it), ("queries", _said(uses))),
        message,
        first.place,
        where or (changed(ObjectRef("table", ref.table)) if ref.table in head.tables else None),
        new,
        source=QUERIES,
        uses=tuple(uses),
        instead=near,
    )


def _said(uses: list[Use]) -> str:
    hows = ", ".join(dict.fromkeys(use.how for use in uses))
    return f"{hows} in {uses[0].place.path}" + (f" and {len(uses) - 1} more" if len(uses) > 1 else "")


def _near(lacks: str, use: Use, head: Schema) -> str | None:
    """A name of the head that may be meant."""
    ref = use.object
    known: list[str] = []
    wanted = ref.name or ""
    if lacks == TABLE and ref.table is not None:
        wanted = ref.table.name
        known = [name.name for name in (*head.tables, *head.views)]
    elif lacks == COLUMN and ref.table is not None:
        relation = head.tables.get(ref.table) or head.views.get(ref.table)
        known = [column.name for column in relation.columns] if relation is not None else []
    elif lacks == FUNCTION:
        known = [str(name) for name in head.functions]
    elif lacks == LABEL:
        schema, _, name = wanted.rpartition(".")
        enum = head.types.get(Name(schema, name))
        wanted, known = use.names[0], list(enum.labels) if isinstance(enum, EnumType) else []
    found = get_close_matches(wanted, known, n=1, cutoff=_ALIKE)
    return found[0] if found else None
