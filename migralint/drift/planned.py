"""Steps in an order in which PostgreSQL takes them, with room for those that something stands against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from migralint.drift.keeping import accepted
from migralint.drift.parking import is_back
from migralint.drift.room import as_wanted, room, said
from migralint.operations import (
    AddColumn,
    AlterColumn,
    AlterSequence,
    AlterTypeAddValue,
    AlterTypeRenameValue,
    CannotApply,
    CreateConstraint,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateType,
    CreateView,
    DropColumn,
    DropConstraint,
    DropFunction,
    DropIndex,
    DropPolicy,
    DropSequence,
    DropTrigger,
    DropView,
    ObjectRef,
    Operation,
    RenameConstraint,
    RenameIndex,
    RenameTable,
    RenameType,
    SetRowSecurity,
    ValidateConstraint,
)
from migralint.operations.online import Move, slow
from migralint.schema import Constraint, ForeignKey, Name, PrimaryKey, Schema

_PHASES: tuple[tuple[type[Operation], ...], ...] = (
    (CreateSchema,),
    (CreateExtension,),
    (RenameType,),
    (AlterTypeRenameValue,),
    (AlterTypeAddValue,),
    (CreateType, CreateSequence),
    (RenameTable,),
    (DropConstraint,),
    (RenameConstraint, RenameIndex, AlterSequence),
    (DropPolicy, DropTrigger, DropView, DropFunction),
    (AddColumn,),
    (AlterColumn, DropColumn),
    (CreateTable,),
    (CreateConstraint,),
    (ValidateConstraint,),
    (CreateFunction,),
    (CreateView,),
    (SetRowSecurity,),
    (CreatePolicy, CreateTrigger),
)
"""What comes before what; all else comes at the end."""


LATER = Move(())
"""What follows is for the second revision, though it takes no time."""


class Planned:
    """Collects steps, and brings them into order."""

    def __init__(self, head: Schema, wanted: Schema | None) -> None:
        self._head = head
        self._wanted = wanted
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
            (at for at, move in enumerate(moves) if move is LATER or self._is_slow(move.operations[0])), len(moves)
        )
        self._brief += [move for move in moves[:at] if move not in self._brief]
        if rest := [move for move in moves[at:] if move is not LATER]:
            self._slow.append(rest)

    def _is_slow(self, operation: Operation) -> bool:
        """Also a primary key that builds its index: its columns may have to be filled, and proven to be, before."""
        return slow(operation) or (_builds_key(operation) and operation.table_name in self._head.tables)

    def first(self) -> tuple[list[Move], Schema]:
        """What goes into the first revision, and the state after it; what cannot be done yet is left for the second."""
        state, found, gone = self._head, list[Move](), set[ObjectRef]()
        self._deferred = []
        waiting = [*self._schemas(), *_tables_in_order(sorted(self._brief, key=self._phase))]
        while waiting:
            move = waiting.pop(_next(waiting))
            operation = move.operations[0]
            made = room(operation, state) if isinstance(operation, DropColumn) else None
            try:
                after = operation.apply(state)
            except CannotApply as problem:
                if problem.kind == "missing" and operation.object in gone:
                    continue  # it made room
                if (made := made or room(operation, state)) is None:
                    self._deferred.append(move)
                    continue
            if made is not None:
                known = {one.operations[0].object for one in waiting}
                back = [as_wanted(one, self._wanted) for one in made.after if one.object not in known]
                again = [Move((one,), said(one, self._head)) for one in back]
                waiting = sorted([*again, *waiting], key=self._phase)
                found += [Move((one,)) for one in made.before]
                gone |= {one.object for one in made.before}
                for one in made.before:
                    state = one.apply(state)
                after = operation.apply(state)
            state = after
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
        if is_back(operation):
            number = next(at for at, kinds in enumerate(_PHASES) if CreateTable in kinds)
        if isinstance(operation, AlterColumn) and isinstance(operation.new_name, str):
            number = next(at for at, kinds in enumerate(_PHASES) if RenameTable in kinds)
        if isinstance(operation, AddColumn) and operation.column.generated:  # from columns that have their type by then
            number = next(at for at, kinds in enumerate(_PHASES) if AlterColumn in kinds)
            return number, True
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


def _next(moves: Sequence[Move]) -> int:
    """Where the next step is: views come after those that they read."""
    views = {one.view.name: one.view for move in moves if isinstance(one := move.operations[0], CreateView)}
    for at, move in enumerate(moves if isinstance(moves[0].operations[0], CreateView) else ()):
        view = getattr(move.operations[0], "view", None)
        if view is not None and not views.keys() & {*view.uses} - {view.name}:
            return at
    return 0


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
    table = operation.definition
    return {*(key.references for key in table.of_kind(ForeignKey)), *table.parents} - {table.name}


def _without(constraints: Sequence[Constraint], some: Sequence[Constraint]) -> tuple[Constraint, ...]:
    return tuple(one for one in constraints if one not in some)
