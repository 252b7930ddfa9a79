"""Effects of operations on indexes."""

from __future__ import annotations

from migralint.operations.effects.reach import new_indexes, partitions, stored
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ACCESS_SHARE,
    SHARE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
)
from migralint.operations.indexes import AttachIndex, CreateIndex, DropIndex, RenameIndex
from migralint.schema import Name, Schema, Table
from migralint.schema.automatic import named_index


def create_index(operation: CreateIndex, before: Schema, server: int) -> Effects:
    """CREATE INDEX stops writes while it builds; CONCURRENTLY stops nobody and needs to be outside a transaction."""
    index = named_index(before, operation.table, operation.index)
    name = Name(operation.table.schema, index.name)
    there = operation.if_not_exists and before.relation_exists(name)
    mode = SHARE_UPDATE_EXCLUSIVE if operation.concurrently else SHARE
    table = before.tables.get(operation.table)
    tables = [operation.table]
    builds: tuple[Name, ...] = (name,)
    if table is not None and table.partition_by is not None and not there:
        tables = tables if operation.only else partitions(before, operation.table)
        builds = () if operation.only else new_indexes(before, operation.apply(before))
    return Effects(
        locked(mode, tables),
        builds=() if there else builds,
        transactional=not operation.concurrently,
    )


def drop_index(operation: DropIndex, before: Schema, server: int) -> Effects:
    """DROP INDEX locks its table, and with it the partitions."""
    owner = before.index_owner(operation.index)
    mode = SHARE_UPDATE_EXCLUSIVE if operation.concurrently else ACCESS_EXCLUSIVE
    relation = owner.name if owner else operation.table
    if relation is None or (owner is None and operation.if_exists):
        return Effects(transactional=not operation.concurrently)
    tables = partitions(before, relation) if isinstance(owner, Table) and owner.partition_by else [relation]
    return Effects(locked(mode, tables), transactional=not operation.concurrently)


def rename_index(operation: RenameIndex, before: Schema, server: int) -> Effects:
    """ALTER INDEX ... RENAME stops nobody; ALTER TABLE, of an index, everybody who opens it."""
    owner = before.index_owner(operation.index)
    return Effects(shuts=(owner.name,)) if owner is not None and operation.as_table else Effects()


def attach_index(operation: AttachIndex, before: Schema, server: int) -> Effects:
    """ALTER INDEX ... ATTACH PARTITION: nobody opens the index of the partition meanwhile."""
    owners = [before.index_owner(index) for index in (operation.index, operation.partition)]
    names = [owner.name for owner in owners if owner is not None]
    return Effects(locked(ACCESS_SHARE, names), shuts=stored(before, names[-1:]))
