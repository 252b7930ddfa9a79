"""Reads a snapshot into a schema."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from migralint import sql
from migralint.configuration import Configuration
from migralint.operations import CannotApply, CreateConstraint, CreateTable, Opaque, Operation, Place
from migralint.operations.paper import Paper
from migralint.operations.steps import Note, Step
from migralint.schema import Column, ForeignKey, Schema
from migralint.schema.header import read_header
from migralint.schema.types import canonical
from migralint.snapshots.places import places
from migralint.snapshots.snapshot import Snapshot
from migralint.tree import SQL_BYTES, Tree, TreeError

NOTICE = "MG510"
"""The code of notices about what could not be read."""

_PASSES = 50
"""How often statements that came before what they need are tried again."""

_UNNAMED = re.compile(r"(?<=\s)(?:USER-DEFINED|ARRAY)(?=\s*(?:,|\)|(?:NOT|NULL|DEFAULT|UNIQUE|CHECK|PRIMARY)\b))")
"""What Supabase's "copy as SQL" writes in place of the name of an enum type or an array."""
_STANDS_FOR = {"USER-DEFINED": "user_defined", "ARRAY": "_any_"}
_CAST = re.compile(r"::\s*([\w .\"]+(?:\(\d+\))?(?:\[\])*)\s*\)*\Z")


def read(tree: Tree, path: str, configuration: Configuration) -> Snapshot:
    """The snapshot at this path. What cannot be read makes its schema opaque and stands in `unread`."""
    try:
        text = tree.text(path, SQL_BYTES)
    except TreeError as problem:
        return unread(path, configuration, problem)
    return parse(text, path, configuration)


def unread(path: str, configuration: Configuration, problem: TreeError) -> Snapshot:
    """The snapshot in a file of which nothing could be read."""
    note = Note(NOTICE, f"the snapshot was not read: {problem}", Place(path), None)
    nothing = replace(Schema.empty(configuration.dialect), opaque=True)
    return Snapshot(path, nothing, frozenset(configuration.managed_schemas), (note,))


def parse(text: str, path: str, configuration: Configuration) -> Snapshot:
    """The snapshot that has this text. What cannot be read of it is as for `read`."""
    managed = frozenset(configuration.managed_schemas)
    paper = Paper(
        configuration.dialect,
        configuration.postgresql_version,
        assumable=lambda ref: ref.belongs_to(managed),
        others=managed,
        script=True,
    )
    sql.run(_readable(text), paper, lambda start, end: Place(path, -1, start, end), psql=True)
    schema, failed = _later(paper.result, [s for s in paper.steps if s.failure is not None and s.applied])
    skipped = [s for s in paper.steps if isinstance(s.operation, Opaque) and s.operation.may_change_schema]
    notes = [*paper.notes, *map(_unread, skipped), *failed]
    schema = replace(_typed(schema), opaque=schema.opaque or bool(failed))
    at = places(text, paper.steps)
    return Snapshot(path, schema, managed, tuple(notes), at, read_header(text), tuple(paper.steps))


def _readable(text: str) -> str:
    """The text with names in place of what stands for unnamed types; offsets stay."""
    return _UNNAMED.sub(lambda m: _STANDS_FOR[m[0]], text)


def _unread(step: Step) -> Note:
    reason = step.reason or "it was not understood"
    return Note(NOTICE, f"the snapshot has a statement that was not read: {reason}", step.place, None)


def _later(schema: Schema, steps: list[Step]) -> tuple[Schema, list[Note]]:
    """The schema with statements carried out that came before what they need.

    A snapshot need not be in an order in which it could be run; foreign keys may even go round in a circle.
    """
    waiting = [part for step in steps for part in _parts(step)]
    for _ in range(_PASSES):
        left: list[tuple[Operation, Step]] = []
        for operation, step in waiting:
            try:
                schema = operation.apply(schema)
            except CannotApply:
                left.append((operation, step))
        if not left or len(left) == len(waiting):
            break
        waiting = left
    else:
        left = waiting
    notes = [
        Note(NOTICE, f"the snapshot has a statement that PostgreSQL would refuse: {step.failure}", step.place, None)
        for operation, step in left
        if step.failure is not None and step.failure.kind == "missing" and not _harmless(operation)
    ]
    return schema, notes


def _harmless(operation: Operation) -> bool:
    """Whether it can hide nothing when it fails: it drops something, or changes rows only."""
    return operation.operation.startswith("drop_") or not operation.changes_schema


def _parts(step: Step) -> list[tuple[Operation, Step]]:
    """The operation; a table and its foreign keys apart."""
    operation = step.operation
    if not isinstance(operation, CreateTable):
        return [(operation, step)]
    table = operation.definition
    kept = tuple(c for c in table.constraints if not isinstance(c, ForeignKey))
    keys = [CreateConstraint(table.name, c) for c in table.constraints if isinstance(c, ForeignKey)]
    return [(replace(operation, definition=replace(table, constraints=kept)), step), *((key, step) for key in keys)]


def _typed(schema: Schema) -> Schema:
    """The schema with types that the file does not name taken from the defaults, else marked as not known."""
    for table in schema.tables.values():
        if any(c.type in _STANDS_FOR.values() for c in table.columns):
            schema = schema.with_table(replace(table, columns=tuple(_known(table.columns))))
    return schema


def _known(columns: Iterable[Column]) -> Iterable[Column]:
    for column in columns:
        if column.type in _STANDS_FOR.values():
            cast = _CAST.search(column.default or "")
            yield replace(column, type=canonical(cast[1])) if cast else replace(column, doubtful=True)
        else:
            yield column
