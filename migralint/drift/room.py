"""What uses a column or view stands against another type of it, or a new one: it goes before, and comes again after."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import NamedTuple

from migralint.drift.parking import NOTE, is_back, parking
from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterType,
    CannotApply,
    CreateConstraint,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateView,
    DropColumn,
    DropFunction,
    DropView,
    Lost,
    ObjectRef,
    Operation,
    closing,
)
from migralint.operations.dependents import readers
from migralint.operations.inheritance import below
from migralint.operations.online import Move, after, applied
from migralint.schema import Schema
from migralint.schema.bare import bare

REWRITES = "This writes every row of {} anew; nobody can read or write it meanwhile."

GRANTS = "What privileges there are on {} have to be granted again."


class Room(NamedTuple):
    """The operations before and after one that needs room."""

    before: tuple[Operation, ...]
    after: tuple[Operation, ...]


def room(operation: Operation, state: Schema) -> Room | None:
    """What has to be out of the way of an operation in this state; None where it is for another reason refused.

    What goes with a column that is dropped, such as its indexes, comes again, too.
    """
    aside, back = parking(operation, state)
    try:
        now = applied(aside, state)
        match operation:
            case AlterColumn(type=str()):
                made = _retyped(operation, now)
            case DropColumn() | DropView() | DropFunction():
                made = _dropped(operation, state)
            case _:
                made = Room((), ()) if aside else None
        if made is not None:
            made = Room((*aside, *made.before), (*made.after, *back))
        applied((*made.before, operation) if made is not None else (), state)
    except CannotApply:
        return None
    return made


def _retyped(operation: AlterColumn, state: Schema) -> Room | None:
    table = state.tables.get(operation.table)
    column = table.column(operation.name) if table is not None else None
    if table is None or column is None or not isinstance(operation.type, str):
        return None
    collation = operation.collation if isinstance(operation.collation, str) else None
    now = wanted = state
    for one in (table, *below(state, table.name)):  # which follow, with what uses theirs
        if (own := one.column(operation.name)) is not None:
            changed = replace(own, type=operation.type, collation=collation, default=None)
            now = now.with_table(one.with_column(replace(own, default=None)))
            wanted = wanted.with_table(one.with_column(changed))
    found = closing(now, wanted)
    if isinstance(found, Lost):
        return None
    at = [n for n, one in enumerate(found) if isinstance(one, AlterColumn) and one.object == operation.object]
    return Room(tuple(_one_by_one(found[: at[0]], state)), found[at[-1] + 1 :]) if at else None


def _dropped(operation: DropColumn | DropView | DropFunction, state: Schema) -> Room | None:
    gone = replace(operation, cascade=True).apply(state)
    steps, back = closing(state, gone), closing(gone, state)
    if isinstance(steps, Lost) or isinstance(back, Lost):
        return None
    before = (one for one in _one_by_one(steps, state) if one.object != operation.object)
    return Room(tuple(before), tuple(one for one in back if not _about_one(operation, one)))


def _about_one(operation: Operation, later: Operation) -> bool:
    """Whether a later one is about the object of an operation; a function is made with its signature."""
    if isinstance(operation, DropFunction) and isinstance(later, CreateFunction):
        return (operation.name, operation.arguments) == (later.function.name, later.function.arguments)
    return operation.object == later.object


def _one_by_one(operations: Collection[Operation], state: Schema) -> Iterator[Operation]:
    """CASCADE would take along what nobody knows of."""
    for operation in operations:
        plain = operation
        if isinstance(operation, DropView | DropColumn) and operation.cascade:
            plain = replace(operation, cascade=False)
        if isinstance(operation, DropView):
            users = reversed(readers(state, operation.name))
            yield from (DropView(name, state.views[name].materialized) for name in users)
        if isinstance(plain, DropColumn) and plain is not operation and (made := _dropped(plain, state)) is not None:
            yield from made.before
        yield plain
        state = after([operation], state)


def as_wanted(operation: Operation, wanted: Schema | None) -> Operation:
    """What is made again, as the wanted schema has it where it has it: with another type it may have to be another."""
    if wanted is None:
        return operation
    table = wanted.tables.get(operation.table_name) if operation.table_name is not None else None
    match operation:
        case CreateView(view=view):
            made = wanted.views.get(view.name)
            return replace(operation, view=replace(made, indexes=(), triggers=())) if made is not None else operation
        case CreatePolicy(policy=policy) if table is not None:
            found = next((one for one in table.policies if one.name == policy.name), policy)
            return replace(operation, policy=found)
        case CreateIndex(index=index) if table is not None:
            there = next((one for one in table.indexes if one.name == index.name), index)
            return replace(operation, index=bare(there))
        case CreateConstraint(constraint=constraint) if table is not None:
            return replace(operation, constraint=bare(table.constraint(constraint.name) or constraint))
        case AddColumn(column=column) if table is not None:
            return replace(operation, column=table.column(column.name) or column)
    return operation


def said(operation: Operation, state: Schema) -> str:
    """What has to be said of something that is made anew."""
    if isinstance(operation, AddColumn) and operation.column.generated is not None and operation.table in state.tables:
        return REWRITES.format(operation.table) if operation.column.generated.stored else ""
    if is_back(operation):
        return NOTE.format(operation.object, operation.table_name)
    if isinstance(operation, CreateView) and operation.view.name in state.views and not operation.or_replace:
        return GRANTS.format(operation.view.name)
    return ""


def making_room(operations: Collection[Operation], state: Schema) -> Iterator[ObjectRef]:
    """What has to go before operations, and comes again."""
    for operation in operations:
        made = room(operation, state)
        yield from (one.object for one in (made.after if made is not None else ()))


def _there(operations: Collection[Operation], state: Schema) -> Iterator[Operation]:
    """Operations without those on functions and composite types that are gone by now."""
    drops = [one for one in operations if isinstance(one, DropFunction)]
    gone = [one for one in drops if all(f.arguments != one.arguments for f in state.functions.get(one.name, ()))]
    for operation in operations:
        if isinstance(operation, AlterType) and operation.name not in state.types:
            continue
        if operation not in gone and not any(_about_one(one, operation) for one in gone):
            yield operation


def with_room(move: Move, state: Schema, wanted: Schema | None) -> Move:
    """The move with room for what something stands against."""
    found, again = list[Operation](), list[Operation]()
    operations = tuple(_there(move.operations, state))
    for at, operation in enumerate(operations):
        back = any(_about_one(operation, one) for one in operations[at + 1 :])
        makes = back or isinstance(operation, AlterColumn | AddColumn | AlterType)
        made = room(operation, state) if makes else None
        steps = (*made.before, operation) if made is not None else (operation,)
        found += steps
        again[:0] = [as_wanted(one, wanted) for one in made.after] if made is not None else []
        state = after(steps, state)
    views = ", ".join(str(one.view.name) for one in again if isinstance(one, CreateView))
    note = f"{move.note} {GRANTS.format(views)}" if views else move.note
    return move._replace(operations=(*found, *again), note=note)
