"""Columns that foreign keys hold to one type, given another all at once: the keys make room, and come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from migralint.operations import (
    AlterColumn,
    CannotApply,
    CreateConstraint,
    CreateSequence,
    DropConstraint,
    Operation,
    ValidateConstraint,
)
from migralint.operations.online import Move, applied
from migralint.schema import ForeignKey, Name, Schema
from migralint.schema import Sequence as SequenceOf
from migralint.schema.bare import bare
from migralint.schema.names import counted

_ROOM = "These columns get another type together, so the foreign keys between them make room; rows are written anew."
_BACK = "The foreign keys come back, and are checked."


def retyped(state: Schema, refused: Sequence[Move]) -> tuple[list[Move], Schema, list[Move]]:
    """The steps that close what is refused because of the types of foreign keys, the state after, and the rest."""
    altered = [move for move in refused if all(_retypes(one) for one in move.operations)]
    columns = {(one.table, one.name) for move in altered for one in move.operations if isinstance(one, AlterColumn)}
    keys = list(_keys(state, columns))
    if not keys:
        return [], state, list(refused)
    dropped = [DropConstraint(table, key.name, "foreignkey") for table, key in keys]
    inner = [step for move in altered for one in move.operations for step in (*_counting(one, state), one)]
    back = [CreateConstraint(table, replace(bare(key), validated=False)) for table, key in keys]
    proven = [ValidateConstraint(table, key.name) for table, key in keys]
    found = [Move((*dropped, *inner), _ROOM), Move(tuple(back), _BACK), *(Move((one,)) for one in proven)]
    try:
        after = applied((operation for move in found for operation in move.operations), state)
    except CannotApply:
        return [], state, list(refused)
    rest: list[Move] = []
    for move in refused:
        if move in altered:
            continue
        plain = Move(move.operations)
        try:
            after = applied(move.operations, after)
        except CannotApply:
            rest.append(move)
        else:
            found.append(plain)
    return found, after, rest


def _retypes(operation: Operation) -> bool:
    return isinstance(operation, AlterColumn) and isinstance(operation.type, str)


def _keys(state: Schema, columns: set[tuple[Name, str]]) -> Iterator[tuple[Name, ForeignKey]]:
    """The foreign keys that have one of the columns on either side."""
    for name, table in state.tables.items():
        for key in table.of_kind(ForeignKey):
            sides = [(name, column) for column in key.columns]
            if columns & {*sides, *((key.references, column) for column in key.referenced_columns)}:
                yield name, key


def _counting(operation: Operation, state: Schema) -> Iterator[Operation]:
    """The sequence that a new default counts with, where there is none yet."""
    if not isinstance(operation, AlterColumn) or not isinstance(operation.default, str):
        return
    name = counted(operation.default, state.default_schema)
    if name is not None and name not in state.sequences:
        yield CreateSequence(SequenceOf(name, owned_by=(operation.table, operation.name)))
