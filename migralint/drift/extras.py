"""What a SQL file has that no revision ever made: what would be lost if the file were written anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from migralint.drift.compare import is_version_table
from migralint.drift.difference import Difference
from migralint.operations import ObjectRef
from migralint.operations.data import RowOperation, Statement
from migralint.operations.steps import Step
from migralint.schema import Schema, Table

_PASSING = frozenset("analyze checkpoint cluster comment lock lock_table reindex vacuum".split())
_OWNER = re.compile(r"\bOWNER\s+TO\s+\S+\s*\Z", re.IGNORECASE)


def extras(
    states: Iterable[Schema],
    derived: Schema,
    managed: frozenset[str],
    steps: Sequence[Step],
    differences: Sequence[Difference],
) -> list[str]:
    """A line for each object, and for statements that a schema does not hold: rows, grants, ...

    `states` are those of the history: what it made once, and dropped, is none of the file's own. Tables of managed
    schemas belong to others, but not what the file hangs onto them. `differences` tell which keys and indexes only
    the file has.
    """
    made = set(_every(states))
    found = {ref: None for ref in _every([derived]) if ref not in made and not _others(ref, managed)}
    tables = {ref.table for ref in found if ref.kind == "table"}
    within = ("column", "constraint", "index")
    keys = [
        d.object for d in differences if d.sides[0][1] is None and d.object.kind in within[1:] and d.object not in made
    ]
    shown = [ref for ref in found if ref.kind not in within or (ref.kind == "column" and ref.table not in tables)]
    return [*map(str, dict.fromkeys([*shown, *keys])), *_statements(steps)]


def _passing(operation: Statement, sql: str) -> bool:
    """Whether it leaves nothing but a comment behind, or says who owns an object: that belongs to the environment."""
    return operation.statement in _PASSING or _OWNER.search(sql) is not None


def _others(ref: ObjectRef, managed: frozenset[str]) -> bool:
    if ref.kind in ("trigger", "policy", "rule"):
        return False
    return ref.space in managed


def _every(states: Iterable[Schema]) -> Iterator[ObjectRef]:
    """The objects of many states, each once for each form that it had: states share what did not change."""
    seen: dict[int, object] = {}  # with the values, so that no other one can get the place of one in memory

    def new(value: object) -> bool:
        known = id(value) in seen
        seen[id(value)] = value
        return not known

    for state in states:
        if new(state.schemas):
            yield from (ObjectRef("schema", None, name) for name in state.schemas)
        if new(state.extensions):
            yield from (ObjectRef("extension", None, name) for name in state.extensions)
        if new(state.types):
            yield from (ObjectRef("type", None, str(name)) for name in state.types)
        if new(state.sequences):
            free = (one for one in state.sequences.values() if one.owned_by is None)
            yield from (ObjectRef("sequence", None, str(one.name)) for one in free)
        if new(state.views):
            yield from (ObjectRef("view", None, str(name)) for name in state.views)
            yield from (ObjectRef("rule", v.name, one.name) for v in state.views.values() for one in v.rules)
        if new(state.publications):
            made = (one for one in state.publications.values() if not one.assumed)
            yield from (ObjectRef("publication", None, one.name) for one in made)
        if new(state.event_triggers):
            yield from (ObjectRef("event_trigger", None, name) for name in state.event_triggers)
        if new(state.functions):
            each = (function for functions in state.functions.values() for function in functions)
            yield from (ObjectRef("function", None, one.signature) for one in each)
        for table in state.tables.values():
            if new(table):
                yield from _of_table(table)


def _of_table(table: Table) -> Iterator[ObjectRef]:
    name = table.name
    if is_version_table(table):
        return
    if not table.assumed:
        yield ObjectRef("table", name)
        yield from (ObjectRef("column", name, column.name) for column in table.columns)
    yield from (ObjectRef("constraint", name, one.name) for one in table.constraints)
    yield from (ObjectRef("index", name, one.name) for one in table.indexes)
    yield from (ObjectRef("trigger", name, one.name) for one in table.triggers)
    yield from (ObjectRef("policy", name, one.name) for one in table.policies)
    yield from (ObjectRef("rule", name, one.name) for one in table.rules)
    yield from (ObjectRef("publication", name, one.publication) for one in table.published)
    if table.row_security:
        yield ObjectRef("row_security", name)


def _statements(steps: Iterable[Step]) -> Iterator[str]:
    """What rows a script writes, and statements that leave nothing in a schema."""
    counted: Counter[str] = Counter()
    for step in steps:
        operation = step.operation
        if isinstance(operation, RowOperation):
            counted[f"rows of {operation.table}"] += 1
        elif isinstance(operation, Statement) and not operation.is_held and not _passing(operation, step.sql or ""):
            counted[operation.statement.replace("_", " ").upper()] += 1
    for what, number in counted.items():
        yield f"{what} ({number} statement{'s' if number > 1 else ''})"
