"""One migration after which several databases have the same schema, whatever each of them began with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from migralint.drift.changes import LastChange
from migralint.drift.comparison import Derived
from migralint.drift.composites import composite
from migralint.drift.difference import Difference
from migralint.drift.environments import environment_drift
from migralint.drift.keeping import keeping
from migralint.drift.keeping_beside import keeping_beside
from migralint.drift.migration import Migration, merged, migration
from migralint.operations import (
    AlterColumn,
    AlterType,
    CannotApply,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
    Operation,
)
from migralint.operations.online import Move, after
from migralint.schema import Check, Schema, Table
from migralint.schema.names import quote

Differences = Callable[[Schema], Iterable[Difference]]


def closed_drift(wanted: Derived, changes: LastChange, *, whole: bool) -> Differences:
    """The differences of a state from a schema that is wanted, each with the operations that close it.

    With `whole`, the schema that is wanted is what a history makes.
    """

    def differences(state: Schema) -> Iterator[Difference]:
        for one in environment_drift(state, wanted, changes, "head", whole=whole):
            found = one.closing or keeping(one, state, wanted.schema) or keeping_beside(one, state, wanted.schema)
            yield replace(one, closing=found)

    return differences


def with_tables_of_others(state: Schema, sides: Collection[Schema], managed: frozenset[str]) -> Schema:
    """The state with the tables of managed schemas that some side knows: each database has what someone else makes."""
    for name in dict.fromkeys(name for side in sides for name in side.tables if name.schema in managed):
        if name not in state.tables:
            state = state.with_table(Table(name, assumed=True, doubtful=True))
    homes = {one.schema for side in sides for one in side.extensions.values() if one.schema in managed}
    there = (*state.schemas, *(name.schema for name in state.tables), *sorted(filter(None, homes)))
    return replace(state, schemas=tuple(dict.fromkeys(there)))


def converging(
    starts: Sequence[Schema], differences: Differences, wanted: Schema
) -> tuple[Migration, tuple[Schema, ...]]:
    """The migration for databases that begin with these schemas, and what each has after it.

    What not every one of them needs is guarded: it does nothing where it is done. What loses something in one of them
    is left to be decided.
    """
    states = list(starts)
    first, later, decisions = list[Move](), list[Move](), list[Move]()
    for at in range(len(states)):
        made = migration(states[at], differences, {}, wanted)
        decided: Schema | None = None  # what it has when the decisions so far are taken
        for moves, into in ((made.first, later or first), (made.later, later)):
            for move in moves:
                if move.undecided:
                    decided = decided or states[at]
                    decisions.append(move._replace(needed=decided if len(states) > 1 else None))
                    decided = after(move.operations, decided)
                else:
                    into += _taken(move, states)
    unique = {move.operations: move for move in decisions}
    return Migration((*merged(first), *unique.values()), merged(later)), tuple(states)


def _taken(move: Move, states: list[Schema]) -> Iterator[Move]:
    """The steps of a move, each guarded where some database does not need it; the states become those after them."""
    note = move.note
    for operation in (part for whole in move.operations for part in _parts(whole)):
        outcomes = [None if _idle(operation, state) else _after(operation, state) for state in states]
        both = list(zip(states, outcomes, strict=True))
        need = [state for state, outcome in both if outcome is not None and outcome != state]
        states[:] = [state if outcome is None else outcome for state, outcome in both]
        plain = len(need) == len(both) or (_harmless(operation) and all(outcome is not None for outcome in outcomes))
        yield Move((operation,), note, False, need[0] if need and not plain else None)
        note = ""


def _harmless(operation: Operation) -> bool:
    """Whether it does nothing, and takes no time, where there is nothing to change and PostgreSQL takes it."""
    return isinstance(operation, AlterColumn) and isinstance(operation.type, str) and operation.using is None


def _idle(operation: Operation, state: Schema) -> bool:
    """Whether it is about a check that values are there, of a column that cannot be without, or about nothing.

    The name of such a check may be that of NOT NULL, which is a constraint, too, from version 18 on. A composite type
    that has its attributes in another order has them.
    """
    if isinstance(operation, AlterType) and operation.definition is not None:
        there = composite(state, operation.name)
        return there is not None and set(there.attributes) == set(operation.definition.attributes)
    table = state.tables.get(operation.table_name) if operation.table_name is not None else None
    if isinstance(operation, DropConstraint):
        return table is not None and table.constraint(operation.name) is None
    if not isinstance(operation, CreateConstraint) or not isinstance(check := operation.constraint, Check):
        return False
    columns = [table.column(name) for name in check.columns] if table is not None else []
    plain = [f"{quote(name)} IS NOT NULL" for name in check.columns]
    return plain == [check.expression] and all(one is not None and one.not_null for one in columns)


def _parts(operation: Operation) -> Iterator[Operation]:
    """The operation; a table and its indexes apart, as only the table may be there."""
    if not isinstance(operation, CreateTable) or not operation.definition.indexes:
        yield operation
        return
    table = operation.definition
    yield replace(operation, definition=replace(table, indexes=()))
    yield from (CreateIndex(table.name, index) for index in table.indexes)


def _after(operation: Operation, state: Schema) -> Schema | None:
    """The state after it; None where PostgreSQL would refuse it."""
    try:
        return operation.apply(state)
    except CannotApply:
        return None
