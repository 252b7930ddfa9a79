"""What only somebody can decide who knows the rows: the steps that lose some, and those that mean something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from migralint.drift.difference import NAMES_FOR_VALUES, NOT_IMPORTED, SET_ASIDE, Difference
from migralint.drift.enums import type_name
from migralint.drift.keeping import uncastable
from migralint.drift.keeping_beside import losing_beside
from migralint.drift.room import with_room
from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterType,
    AlterTypeRenameValue,
    CannotApply,
    CreateFunction,
    CreateType,
    DropColumn,
    DropConstraint,
    DropFunction,
    DropPolicy,
    DropTable,
    DropTrigger,
    DropType,
    DropView,
    Operation,
    RenameType,
)
from migralint.operations.inheritance import parents
from migralint.operations.online import Move, after
from migralint.operations.type_users import composites_of, functions_of
from migralint.schema import Column, EnumType, ForeignKey, Name, Schema, Table
from migralint.schema.conversion import conversion, narrowing
from migralint.schema.names import cut, quote
from migralint.schema.types import parse


def losing(one: Difference, state: Schema) -> Move | None:
    """The step that would close the difference and that somebody has to decide; None where there is none.

    `state` is that after all the others.
    """
    old, new, table = one.head, one.derived, one.object.table
    if isinstance(old, Table) and new is None:
        return _table(old, one, state)
    if isinstance(old, Column) and new is None and table is not None:
        note = f"Decide: this loses what {table}.{old.name} holds. No release that still runs may use it."
        keys = _referencing(state, table, old.name)
        return Move((*keys, DropColumn(table, old.name)), note, True)
    if isinstance(old, Column) and isinstance(new, Column) and one.kind == "type":
        return _narrowed(one, old, new, state)
    if isinstance(old, Column) and isinstance(new, Column) and one.kind == "default" and table is not None:
        return _computed(table, old, new)
    if isinstance(old, EnumType):
        return _labels(one, old, new if isinstance(new, EnumType) else None, state)
    return losing_beside(one, state)


def _table(old: Table, one: Difference, state: Schema) -> Move | None:
    if one.cause in (NOT_IMPORTED, SET_ASIDE):
        return None
    note = f"Decide: this loses the rows of {old.name}. No release that still runs may use it."
    return Move((*_referencing(state, old.name), DropTable(old.name)), note, True)


def _referencing(state: Schema, name: Name, column: str | None = None) -> Iterator[DropConstraint]:
    """The foreign keys of other tables to a table, or to a column of it, without which it cannot go."""
    key = state.tables[name].primary_key if name in state.tables else None
    for table in state.tables.values():
        for one in table.of_kind(ForeignKey):
            columns = one.referenced_columns or (key.columns if key is not None else ())
            if one.references == name != table.name and (column is None or column in columns):
                yield DropConstraint(table.name, one.name)


def _narrowed(one: Difference, old: Column, new: Column, state: Schema) -> Move | None:
    """A type that not every value fits, or in which a value may mean something else."""
    said = f"{one.object.table}.{new.name}"
    lost = narrowing(state, old.type, new.type)
    closing = tuple(operation for operation in one.closing if isinstance(operation, AlterColumn))
    if lost is not None:
        effect = "is lost on" if lost.silent else "stops it on"
        return Move(one.closing, f"Decide: {said} is {old.type}, and {new.type} {effect} {lost.values}.", True)
    for made in one.closing:
        if isinstance(made, CreateType):
            state = state.with_type(made.definition)
    if closing and closing[0].using is not None and uncastable(old.type, new.type, state):
        note = (
            f"Decide: {said} is {old.type}, of which PostgreSQL makes no {new.type}: USING has to say what it becomes."
        )
        return Move(one.closing, note, True)
    if closing and not conversion(state, old.type, new.type).sure and "time zone" in old.type:
        zone = "of the session is taken for that of every row, unless USING says another"
        return Move(one.closing, f"Decide: {said} is {old.type}, and the time zone {zone}.", True)
    return None


def _computed(table: Name, old: Column, new: Column) -> Move | None:
    """A column that is computed from now on, or no longer, where that cannot be said of the one that is there."""
    if new.generated is None and (old.generated is None or old.generated.stored):
        return None
    if old.generated is not None and new.generated is not None:
        return None
    steps = (DropColumn(table, old.name), AddColumn(table, new))
    return Move(steps, f"Decide: only a new column does it, which loses what {table}.{old.name} holds.", True)


def _labels(one: Difference, old: EnumType, new: EnumType | None, state: Schema) -> Move | None:
    """An enum with fewer labels, or in another order, which only a new type has; or with others in their place."""
    if new is None:
        return Move((DropType(old.name),), f"Decide: no column has the type {old.name}; casts to it fail then.", True)
    if one.cause == NAMES_FOR_VALUES:
        return _renamed(old, new)
    called = {step.value: step.new_value for step in one.closing if isinstance(step, AlterTypeRenameValue)}
    old = replace(old, labels=tuple(called.get(label, label) for label in old.labels))
    missing = [label for label in old.labels if label not in new.labels]
    kept = [label for label in new.labels if label in old.labels]
    if not missing and kept == list(old.labels):
        return None
    aside = Name(new.name.schema, str(cut(f"{new.name.name}_old")))
    functions = functions_of(state, new.name)  # they would keep the type that goes
    steps: list[Operation] = [DropFunction(one.name, one.arguments, kind=one.kind) for one in functions]
    steps += [RenameType(new.name, aside), CreateType(new)]
    gone, changed, back = list[Operation](), list[Operation](), list[Operation]()
    for table in state.tables.values():
        for column in table.columns:
            if type_name(state, column.type) != new.name:
                continue
            above = [found for one in parents(state, table) if (found := one.column(column.name)) is not None]
            if not above:  # else it follows
                cast = f"{quote(column.name)}::text{'[]' * parse(column.type).dimensions}::{column.type}"
                changed.append(AlterColumn(table.name, column.name, type=column.type, using=cast))
            if column.default is not None and all(one.default != column.default for one in above):
                back.append(AlterColumn(table.name, column.name, default=column.default))  # it is not cast by itself
                gone.append(AlterColumn(table.name, column.name, default=None))
    steps += (*gone, *changed, *back)
    steps += (AlterType(one.name, one) for one in composites_of(state, new.name))
    what = f"Rows with {', '.join(map(repr, missing))} stop it" if missing else "Its values sort differently then"
    note = (
        f"Decide: only a new type has fewer labels, or another order. {what}, and every table with it is written anew."
    )
    return Move((*steps, DropType(aside), *map(CreateFunction, functions)), note, True)


def _renamed(old: EnumType, new: EnumType) -> Move | None:
    """Labels under other names; only where it is plain which is which."""
    left = [label for label in old.labels if label not in new.labels]
    right = [label for label in new.labels if label not in old.labels]
    by_case = {label.lower(): label for label in right}
    pairs = [(label, by_case.get(label.lower())) for label in left]
    if len(left) != len(right) or any(other is None for _, other in pairs):
        return None
    note = (
        f"Decide: the models send other labels of {old.name} than the rows have. Most often it is the model that is "
        "to be changed, with values_callable."
    )
    return Move(tuple(AlterTypeRenameValue(new.name, a, str(b)) for a, b in pairs), note, True)


def users_first(decisions: Iterable[Move], state: Schema, wanted: Schema | None) -> Iterator[Move]:
    """The decisions with what uses something before that: a trigger before its function, tables as late as they can.

    Each makes room in what the ones before it leave.
    """
    waiting = sorted(decisions, key=_rank)
    while waiting:
        ready = ((move, with_room(move, state, wanted)) for move in waiting)
        move, made = next((both for both in ready if _is_taken(both[1], state)), (waiting[0], waiting[0]))
        waiting.remove(move)
        state = after(made.operations, state)
        yield made


def _rank(move: Move) -> int:
    """What hangs on others first; a type made anew after what is of it, so that this has not to be made again."""
    last = move.operations[-1]
    if isinstance(last, DropPolicy | DropTrigger | DropView):
        return 0
    anew = any(isinstance(one, RenameType) for one in move.operations)
    late = (isinstance(last, DropFunction) and not anew, anew, isinstance(last, DropTable))
    return next((at for at, found in enumerate(late, 2) if found), 1)


def _is_taken(move: Move, state: Schema) -> bool:
    try:
        for operation in move.operations:
            state = operation.apply(state)
    except CannotApply:
        return False
    return True
