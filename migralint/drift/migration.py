"""All differences between the models and the head as the revisions that close them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from migralint.drift.difference import Difference
from migralint.drift.keeping import accepted
from migralint.drift.losing import losing, users_first
from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterTypeAddValue,
    CannotApply,
    CreateConstraint,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateType,
    CreateView,
    DropConstraint,
    DropIndex,
    DropPolicy,
    DropSequence,
    DropTrigger,
    ObjectRef,
    Operation,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    RenameType,
    SetRowSecurity,
    ValidateConstraint,
)
from migralint.operations.online import Move, after, slow
from migralint.schema import Column, Constraint, ForeignKey, Name, PrimaryKey, Schema
from migralint.schema.conversion import conversion

_PHASES: tuple[tuple[type[Operation], ...], ...] = (
    (CreateSchema,),
    (RenameType,),
    (AlterTypeAddValue,),
    (CreateType, CreateSequence),
    (RenameTable,),
    (DropConstraint,),
    (RenameConstraint, RenameIndex),
    (AddColumn,),
    (AlterColumn,),
    (CreateTable,),
    (CreateConstraint,),
    (ValidateConstraint,),
    (CreateFunction,),
    (CreateView,),
    (SetRowSecurity,),
    (DropPolicy, DropTrigger, CreatePolicy, CreateTrigger),
)
"""What comes before what; all else comes at the end."""


class Migration(NamedTuple):
    """The steps of a revision, and those of one after it: what takes as long as tables are large, and what needs it.

    What somebody has to decide stands at the end of the first.
    """

    first: tuple[Move, ...]
    later: tuple[Move, ...]


def migration(
    head: Schema, differences: Callable[[Schema], Iterable[Difference]], filled: Mapping[ObjectRef, str | None]
) -> Migration:
    """The steps after which the history has what the models have, in an order in which PostgreSQL takes them.

    `differences` are those of a schema from the models; `filled` are the columns to which the models send a value, each
    with the SQL of the value where that is a constant.
    """
    planned, state = _Planned(head), head
    first, later, refused = list[Move](), list[Move](), list[Move]()
    seen: dict[tuple[object, ...], Difference] = {}
    for _ in range(_ROUNDS):  # what a bigger difference explains shows when that is closed
        new = {_key(one): one for one in differences(state) if _key(one) not in seen}
        if not new:
            break
        seen |= new
        for one in new.values():
            if one.kind != "type" or losing(one, head) is None:
                planned.take(_closing(one, filled, state))
        first, between = planned.first()
        later, state, refused = planned.later(between)
    found = {move.operations: move for one in seen.values() if (move := losing(one, state)) is not None}
    decisions = list(users_first(found.values(), state))
    taken = after([operation for move in decisions for operation in move.operations], state)
    gone = [one for one in differences(taken) if decisions and _key(one) not in seen]
    moves = [losing(one, taken) or Move(one.closing) for one in gone]
    if then := tuple(operation for move in moves for operation in move.operations):
        decisions.append(Move(then, _THEN, True))
    return Migration((*merged(first), *refused, *decisions), merged(later))


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
        note = ""
        if isinstance(operation, ValidateConstraint) and one.kind in ("column", "nullability"):
            note = f"Fill {one.object.table}.{one.object.name} before this, in batches: it stops where a row has none."
        elif isinstance(operation, AlterColumn) and _rewrites(one, operation, head):
            note = f"This writes every row of {one.object.table} anew; nobody can read or write it meanwhile."
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
    return [*moves, added, _LATER, dropped]


_LATER = Move(())
"""What follows is for the second revision, though it takes no time."""


class _Planned:
    """Collects steps, and brings them into order."""

    def __init__(self, head: Schema) -> None:
        self._head = head
        self._brief: list[Move] = []
        self._slow: list[list[Move]] = []
        self._deferred: list[Move] = []
        self._closes: dict[int, int] = {}
        """The number of the difference that a step closes, by the identity of the step."""
        self._taken = 0

    def take(self, moves: Sequence[Move]) -> None:
        """Takes the steps of one difference, which stay in their order."""
        self._taken += 1
        self._closes |= {id(move): self._taken for move in moves}
        at = next(
            (at for at, move in enumerate(moves) if move is _LATER or self._is_slow(move.operations[0])), len(moves)
        )
        self._brief += [move for move in moves[:at] if move not in self._brief]
        if rest := [move for move in moves[at:] if move is not _LATER]:
            self._slow.append(rest)

    def _is_slow(self, operation: Operation) -> bool:
        """Also a primary key that builds its index: its columns may have to be filled, and proven to be, before."""
        return slow(operation) or (_builds_key(operation) and operation.table_name in self._head.tables)

    def first(self) -> tuple[list[Move], Schema]:
        """What goes into the first revision, and the state after it; what cannot be done yet is left for the second."""
        state, found = self._head, []
        self._deferred = []
        for move in [*self._schemas(), *_tables_in_order(sorted(self._brief, key=self._phase))]:
            try:
                state = move.operations[0].apply(state)
            except CannotApply:
                self._deferred.append(move)
                continue
            found.append(move)
        return found, state

    def later(self, state: Schema) -> tuple[list[Move], Schema, list[Move]]:
        """What goes into the second revision, the state after it, and what PostgreSQL would refuse."""
        built = [group for group in self._slow if any(isinstance(m.operations[0], _INDEXES) for m in group)]
        rest = [move for group in self._slow if group not in built for move in group]
        ordered = [move for group in built for move in group] + self._deferred + sorted(rest, key=_after_validation)
        found: list[Move] = []
        while True:
            done, refused = len(found), dict[int, Move]()
            waiting: list[Move] = []
            for move in ordered:
                closes = self._closes.get(id(move), -id(move))
                if closes in refused:
                    kept = refused[closes]
                    refused[closes] = kept._replace(operations=(*kept.operations, *move.operations))
                    waiting.append(move)
                    continue
                try:
                    state = move.operations[0].apply(state)
                except CannotApply as problem:
                    if not _is_renamed(move.operations[0], state):
                        note = f"Decide: PostgreSQL refuses this as things are: {problem}."
                        note += _AROUND if _is_in_use(move.operations[0], state) else ""
                        refused[closes] = Move(move.operations, note, True)
                        waiting.append(move)
                    continue
                found.append(move)
            if not waiting or len(found) == done:
                break
            ordered = waiting  # what another step had to make room for, as an index for one of its name
        return found, state, list(refused.values())

    def _schemas(self) -> Iterator[Move]:
        """The schemas of new tables and types that the history lacks."""
        made = [one.operations[0] for one in self._brief]
        names = {one.definition.name.schema for one in made if isinstance(one, CreateTable | CreateType)}
        names |= {one.new.schema for one in made if isinstance(one, RenameTable | RenameType)}
        for name in sorted(names - set(self._head.schemas)):
            yield Move((CreateSchema(name, if_not_exists=True),))

    def _phase(self, move: Move) -> tuple[int, bool]:
        operation = move.operations[0]
        number = next((at for at, kinds in enumerate(_PHASES) if isinstance(operation, kinds)), len(_PHASES))
        if isinstance(operation, CreateSequence | DropSequence) and self._is_counting(operation):
            # an identity takes its place, or it that of one
            number = next(at for at, kinds in enumerate(_PHASES) if AlterColumn in kinds)
        if isinstance(operation, AlterColumn) and isinstance(operation.new_name, str):
            number = next(at for at, kinds in enumerate(_PHASES) if RenameTable in kinds)
        return number, isinstance(operation, DropConstraint) and not self._is_foreign(operation)

    def _is_counting(self, operation: CreateSequence | DropSequence) -> bool:
        """Whether a column of a table that is there counts with it."""
        known = self._head.sequences.get(operation.name) if isinstance(operation, DropSequence) else operation.sequence
        return known is not None and known.owned_by is not None

    def _is_foreign(self, operation: DropConstraint) -> bool:
        table = self._head.tables.get(operation.table)
        return table is not None and isinstance(table.constraint(operation.name), ForeignKey)


def _is_renamed(operation: Operation, state: Schema) -> bool:
    """Whether a new name is there already: another difference of the constraint made it anew, under that name."""
    table = state.tables.get(operation.table) if isinstance(operation, RenameConstraint) else None
    if table is None or not isinstance(operation, RenameConstraint):
        return False
    return table.constraint(operation.name) is None and table.constraint(operation.new_name) is not None


_AROUND = " What uses it has to be dropped before, and made again after it."


def _is_in_use(operation: Operation, state: Schema) -> bool:
    """Whether another type is refused only because of what uses the column, as a policy or a view does."""
    table = state.tables.get(operation.table) if isinstance(operation, AlterColumn) else None
    if table is None or not isinstance(operation, AlterColumn) or not isinstance(operation.type, str):
        return False
    column = table.column(operation.name)
    return column is not None and accepted(operation, state, column)


_INDEXES = (CreateIndex, DropIndex)


def _builds_key(operation: Operation) -> bool:
    """Whether it makes a primary key that has no index yet."""
    if not isinstance(operation, CreateConstraint) or not isinstance(operation.constraint, PrimaryKey):
        return False
    return not operation.using_index


def _after_validation(move: Move) -> int:
    kinds = (CreateConstraint, ValidateConstraint, AlterColumn, DropConstraint)
    if _builds_key(move.operations[0]):
        return len(kinds)
    return next((at for at, kind in enumerate(kinds) if isinstance(move.operations[0], kind)), len(kinds))


def _tables_in_order(moves: Sequence[Move]) -> Iterator[Move]:
    """The steps with new tables after those that they reference; in a circle, a foreign key comes after its tables."""
    made = [one for move in moves if isinstance(one := move.operations[0], CreateTable)]
    at = next((at for at, move in enumerate(moves) if move.operations[0] in made), len(moves))
    waiting = {one.definition.name: one for one in made}
    late: list[Move] = []
    yield from moves[:at]
    while waiting:
        name = next((name for name, one in waiting.items() if not _needs(one) & waiting.keys()), min(waiting))
        table = waiting.pop(name).definition
        circle = [key for key in table.of_kind(ForeignKey) if key.references in waiting]
        late += (Move((CreateConstraint(name, key),)) for key in circle)
        yield Move((CreateTable(replace(table, constraints=_without(table.constraints, circle))),))
    yield from late
    yield from moves[at + len(made) :]


def _needs(operation: CreateTable) -> set[Name]:
    return {key.references for key in operation.definition.of_kind(ForeignKey)} - {operation.definition.name}


def _without(constraints: Sequence[Constraint], some: Sequence[Constraint]) -> tuple[Constraint, ...]:
    return tuple(one for one in constraints if one not in some)


def merged(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Steps of which nothing has to be said, together."""
    found: list[Move] = []
    for move in moves:
        if found and not (found[-1].note or move.note) and found[-1][1:] == move[1:]:
            found[-1] = found[-1]._replace(operations=(*found[-1].operations, *move.operations))
        else:
            found.append(move)
    return tuple(found)
