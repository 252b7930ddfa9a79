"""Effects of operations on views, sequences, functions and schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.operations.dependents import readers
from migralint.operations.effects.reach import read
from migralint.operations.effects.tables import dropped
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ACCESS_SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    Lock,
    locked,
    strongest,
)
from migralint.operations.namespaces import DropExtension, DropSchema, RenameSchema
from migralint.operations.programs import (
    AlterSequence,
    CreateFunction,
    CreateSequence,
    DropFunction,
    DropSequence,
    RenameFunction,
)
from migralint.operations.renaming import counting
from migralint.operations.types import RenameType
from migralint.operations.views import AlterView, CreateView, DropView, RenameView
from migralint.schema import Check, Name, Schema, Table


def create_view(operation: CreateView, before: Schema, server: int) -> Effects:
    """CREATE VIEW locks what it names against being dropped, one that it replaces against all use."""
    view = operation.view
    uses = [name for name in view.uses if name in before.tables or name in before.views]
    locks: tuple[Lock, ...] = read(before, uses) if view.materialized and view.populated else ()
    if not locks:
        locks = locked(ACCESS_SHARE, uses)
    old = before.views.get(view.name)
    if old is None or not operation.or_replace:
        return Effects(strongest(locks), rows=view.materialized and view.populated)
    wider = len(view.columns) != len(old.columns)
    return Effects(
        strongest((*locks, *locked(ACCESS_EXCLUSIVE, [view.name]))),
        breaks_old_code=(f"prepared SELECT * of {view.name}",) if wider else (),
    )


def drop_view(operation: DropView, before: Schema, server: int) -> Effects:
    """DROP VIEW, with CASCADE also of the views over it."""
    if operation.name not in before.views:
        return Effects()
    relations = [operation.name, *(readers(before, operation.name) if operation.cascade else [])]
    return Effects(locked(ACCESS_EXCLUSIVE, relations), breaks_old_code=tuple(map(str, relations)))


def change_view(operation: RenameView | AlterView, before: Schema, server: int) -> Effects:
    """ALTER VIEW; storage parameters of a materialized view only stop VACUUM and the like."""
    view = before.views.get(operation.name)
    if view is None:
        return Effects()
    renamed = isinstance(operation, RenameView)
    mode = SHARE_UPDATE_EXCLUSIVE if view.materialized and not renamed else ACCESS_EXCLUSIVE
    return Effects(locked(mode, [operation.name]), breaks_old_code=(str(operation.name),) if renamed else ())


def create_sequence(operation: CreateSequence, before: Schema, server: int) -> Effects:
    """CREATE SEQUENCE touches the table that owns it."""
    owner = operation.sequence.owned_by
    there = operation.if_not_exists and before.relation_exists(operation.sequence.name)
    return Effects(locked(ACCESS_SHARE, [owner[0]]) if owner and not there else ())


def alter_sequence(operation: AlterSequence, before: Schema, server: int) -> Effects:
    """ALTER SEQUENCE stops nextval(); a new name, schema or owner stops all use."""
    old, new = before.sequences.get(operation.name), operation.after
    if old is None:
        return Effects()
    whole = operation.whole or (new is not None and new.name != old.name)
    locks = locked(ACCESS_EXCLUSIVE if whole else SHARE_ROW_EXCLUSIVE, [operation.name])
    if operation.owner is not None:
        locks += locked(ACCESS_SHARE, [operation.owner])
    renamed = new is not None and new.name != old.name
    return Effects(locks, breaks_old_code=(str(operation.name),) if renamed else ())


def drop_sequence(operation: DropSequence, before: Schema, server: int) -> Effects:
    """DROP SEQUENCE, with CASCADE also of the defaults that use it."""
    if operation.name not in before.sequences:
        return Effects()
    users = [table for table, _ in counting(before, operation.name)] if operation.cascade else []
    return Effects(locked(ACCESS_EXCLUSIVE, [operation.name, *users]), breaks_old_code=(str(operation.name),))


def create_function(operation: CreateFunction, before: Schema, server: int) -> Effects:
    """CREATE FUNCTION opens what a body in SQL reads, to check it."""
    return Effects(locked(ACCESS_SHARE, [n for n in operation.reads if n in before.tables or n in before.views]))


def drop_function(operation: DropFunction, before: Schema, server: int) -> Effects:
    """DROP FUNCTION, with CASCADE also of the triggers that call it."""
    if operation.name not in before.functions:
        return Effects()
    tables: list[Name] = []
    if operation.cascade:
        after = operation.apply(before)
        call = re.compile(rf"(?<![\w.]){re.escape(operation.name.name)}\"?\s*\(")
        tables = [
            table.name
            for table in before.tables.values()
            if after.tables.get(table.name) is not table or any(call.search(text) for text in _expressions(table))
        ]
    return Effects(locked(ACCESS_EXCLUSIVE, tables), breaks_old_code=(f"{operation.name}()",))


def _expressions(table: Table) -> Iterator[str]:
    """What of a table may call a function."""
    yield from (column.default for column in table.columns if column.default)
    yield from (column.generated.expression for column in table.columns if column.generated)
    yield from (check.expression for check in table.of_kind(Check))
    yield from (key.expression for index in table.indexes for key in index.keys if key.expression)
    yield from (index.where for index in table.indexes if index.where)
    yield from (text for policy in table.policies for text in (policy.using, policy.check) if text)


def rename_function(operation: RenameFunction, before: Schema, server: int) -> Effects:
    """ALTER FUNCTION ... RENAME, SET SCHEMA."""
    return Effects(breaks_old_code=(f"{operation.name}()",))


def rename_type(operation: RenameType, before: Schema, server: int) -> Effects:
    """ALTER TYPE ... RENAME, SET SCHEMA."""
    return Effects(breaks_old_code=(str(operation.name),))


def drop_extension(operation: DropExtension, before: Schema, server: int) -> Effects | None:
    """DROP EXTENSION; what goes with CASCADE is not known."""
    return None if operation.cascade else Effects()


def drop_schema(operation: DropSchema, before: Schema, server: int) -> Effects:
    """DROP SCHEMA, with CASCADE of all that lies in it."""
    inside = [t for t in before.tables.values() if t.name.schema == operation.name]
    relations = dropped(before, inside, cascade=True)
    others: list[Name] = [n for n in (*before.views, *before.sequences) if n.schema == operation.name]
    relations += [name for view in others for name in (view, *readers(before, view))]
    return Effects(locked(ACCESS_EXCLUSIVE, relations), breaks_old_code=tuple(str(t.name) for t in inside))


def rename_schema(operation: RenameSchema, before: Schema, server: int) -> Effects:
    """ALTER SCHEMA ... RENAME locks no table, and all in it has another name."""
    return Effects(breaks_old_code=(operation.name,))
