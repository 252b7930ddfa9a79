"""Guards that come too early: conditions that are false on a new database because their object is made later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from migralint.history.graph import Graph
from migralint.history.made import made_by
from migralint.history.order import children_of, reachable
from migralint.operations import AddColumn, CannotApply, CreateTable, ObjectRef, Operation, Place
from migralint.operations.steps import Guarded, Step
from migralint.operations.undoing import Moment
from migralint.schema import Schema


class Asking(NamedTuple):
    """A revision that conditions keep from something: the point before its upgrade, and what it asked about."""

    moment: Moment
    asked: frozenset[str]


_Makers = Mapping[ObjectRef, Sequence[tuple[str, Place]]]


def too_early(
    graph: Graph,
    upgrades: Mapping[str, Sequence[Step]],
    asking: Mapping[str, Asking],
    followed: Callable[[str], Sequence[Step]],
    head: Schema,
) -> dict[str, tuple[Guarded, ...]]:
    """By revision, the changes of the schema that a condition rules out and that are made possible by a later one.

    `followed` follows an upgrade once more, with what conditions rule out. What the head has anyway is no such change,
    and neither is a drop: where the object comes later there is nothing to drop.
    """
    makers = _makers(upgrades)
    tables = {str(one.table) for one in makers if one.table is not None} | {one.name or "" for one in makers}
    found: dict[str, tuple[Guarded, ...]] = {}
    for revision, one in asking.items():
        if not any(asked in tables or "." not in asked for asked in one.asked):
            continue
        known = {_key(step) for step in upgrades[revision] if step.failure is not None}
        later: set[str] | None = None
        guarded: dict[tuple[object, ...], Guarded] = {}
        for step in followed(revision):
            failure, key = step.failure, _key(step)
            if failure is None or failure.kind != "missing" or key in known or not _differs(step.operation, head):
                continue
            later = _after(graph, revision) if later is None else later
            for maker, place in makers.get(failure.object, ()):
                if maker in later:
                    guarded.setdefault(key, Guarded(step, maker, place))
        if guarded:
            found[revision] = tuple(guarded.values())
    return found


def _key(step: Step) -> tuple[object, ...]:
    return step.operation.operation, step.operation.object, step.place


def _makers(upgrades: Mapping[str, Sequence[Step]]) -> _Makers:
    """Which revisions make an object."""
    found: dict[ObjectRef, list[tuple[str, Place]]] = {}
    for revision, steps in upgrades.items():
        for step in steps:
            if step.failure is None and step.applied:
                for made in (*made_by(step.operation), *_columns(step.operation)):
                    found.setdefault(made, []).append((revision, step.place))
    return found


def _columns(operation: Operation) -> Iterator[ObjectRef]:
    if isinstance(operation, AddColumn):
        yield ObjectRef("column", operation.table, operation.column.name)
    elif isinstance(operation, CreateTable):
        yield from (ObjectRef("column", operation.table_name, c.name) for c in operation.definition.columns)


def _after(graph: Graph, revision: str) -> set[str]:
    """The revisions that build on this one."""
    return reachable([revision], children_of(graph.parents)) - {revision}


def _differs(operation: Operation, head: Schema) -> bool:
    """Whether the schema at head would be another one with this change."""
    if operation.operation.startswith("drop_"):
        return False
    try:
        return operation.apply(head) != head
    except CannotApply:
        return False
