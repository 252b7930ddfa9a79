"""All differences between the models and the head as the revisions that close them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from migralint.drift.difference import Difference
from migralint.drift.losing import losing, users_first
from migralint.drift.planned import LATER, Planned
from migralint.drift.retyping import retyped
from migralint.drift.room import REWRITES, making_room, said
from migralint.operations import AddColumn, AlterColumn, CannotApply, CreateType, ObjectRef, ValidateConstraint
from migralint.operations.online import Move, after, applied
from migralint.schema import Column, Schema
from migralint.schema.conversion import conversion


class Migration(NamedTuple):
    """The steps of a revision, and those of one after it: what takes as long as tables are large, and what needs it.

    What somebody has to decide stands at the end of the first.
    """

    first: tuple[Move, ...]
    later: tuple[Move, ...]


def migration(
    head: Schema,
    differences: Callable[[Schema], Iterable[Difference]],
    filled: Mapping[ObjectRef, str | None],
    wanted: Schema | None = None,
) -> Migration:
    """The steps after which the history has what the models have, in an order in which PostgreSQL takes them.

    `differences` are those of a schema from the models; `filled` are the columns to which the models send a value, each
    with the SQL of the value where that is a constant. `wanted` is what the schema is compared with, where that is all
    SQL: then it says what is made again because it stood in the way.
    """
    planned, state, held = Planned(head, wanted), head, set[ObjectRef]()
    first, later, refused = list[Move](), list[Move](), list[Move]()
    seen: dict[tuple[object, ...], Difference] = {}
    for _ in range(_ROUNDS):  # what a bigger difference explains shows when that is closed
        new = {_key(one): one for one in differences(state) if _key(one) not in seen}
        if not new:
            break
        retyped_ones = [one for one in new.values() if one.kind == "type" and isinstance(one.head, Column)]
        undecided = [one for one in retyped_ones if losing(one, head) is not None]
        around = {ref for one in undecided for ref in making_room(one.closing, state)}
        held |= around & {one.object for one in new.values()}
        seen |= {key: one for key, one in new.items() if one.object not in held}
        if not any(key in seen for key in new):
            break
        for key, one in new.items():
            if key in seen and one not in undecided:
                planned.take(_closing(one, filled, state))
        first, between = planned.first()
        later, state, refused = planned.later(between)
        together, state, refused = retyped(state, refused)
        later += together
    found = {move.operations: move for one in seen.values() if (move := losing(one, state)) is not None}
    decisions = list(users_first(found.values(), state, wanted))
    taken = after([operation for move in decisions for operation in move.operations], state)
    gone = [one for one in differences(taken) if decisions and _key(one) not in seen]
    waiting, refused = _waiting(refused, taken)
    moves = [*waiting, *(losing(one, taken) or Move(one.closing) for one in gone)]
    if then := tuple(operation for move in moves for operation in move.operations):
        decisions.append(Move(then, _THEN, True))
    return Migration((*merged(first), *refused, *decisions), merged(later))


def _waiting(refused: Sequence[Move], taken: Schema) -> tuple[list[Move], list[Move]]:
    """The steps that PostgreSQL takes once what is left to decide is done, and those that it refuses even then."""
    found: list[Move] = []
    for move in refused:
        with suppress(CannotApply):
            taken = applied(move.operations, taken)
            found.append(move)
    return found, [move for move in refused if move not in found]


_ROUNDS = 4

_THEN = "Decide: these follow when the above is done, to make again what went with it."


def _key(one: Difference) -> tuple[object, ...]:
    return (one.kind, one.object, one.sides)


def _closing(one: Difference, filled: Mapping[ObjectRef, str | None], head: Schema) -> list[Move]:
    """The steps that close one difference, with what has to be said of them."""
    column, value = one.derived, filled.get(one.object)
    proven = any(isinstance(operation, ValidateConstraint) for operation in one.closing)
    if isinstance(column, Column) and one.head is None and proven and column.default is None and value is not None:
        return _with_interim(one, replace(column, default=value))
    moves = []
    for operation in one.closing:
        note = said(operation, head)
        if isinstance(operation, ValidateConstraint) and one.kind in ("column", "nullability"):
            note = f"Fill {one.object.table}.{one.object.name} before this, in batches: it stops where a row has none."
        elif isinstance(operation, AlterColumn) and _rewrites(one, operation, head):
            note = REWRITES.format(one.object.table)
        moves.append(Move((operation,), note))
    return moves


def _rewrites(one: Difference, operation: AlterColumn, head: Schema) -> bool:
    old, new = one.head, operation.type
    return isinstance(old, Column) and isinstance(new, str) and conversion(head, old.type, new).rewrites


def _with_interim(one: Difference, column: Column) -> list[Move]:
    """A column that rows get the constant in that the models send: as a default, which no row has to be written for."""
    assert one.object.table is not None  # of a column
    moves = [Move((operation,)) for operation in one.closing if isinstance(operation, CreateType)]
    added = Move((AddColumn(one.object.table, column),))
    note = f"The models send {column.name} themselves; drop this when no release runs any more that does not."
    dropped = Move((AlterColumn(one.object.table, column.name, default=None),), note)
    return [*moves, added, LATER, dropped]


def merged(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Steps of which nothing has to be said, together."""
    found: list[Move] = []
    for move in moves:
        if found and not (found[-1].note or move.note) and found[-1][1:] == move[1:]:
            found[-1] = found[-1]._replace(operations=(*found[-1].operations, *move.operations))
        else:
            found.append(move)
    return tuple(found)
