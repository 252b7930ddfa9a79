"""Effects of operations on constraints and indexes."""

from __future__ import annotations

from migralint.operations.constraints import (
    AlterConstraint,
    CreateConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from migralint.operations.dependents import needing
from migralint.operations.effects.columns import proven_not_null
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ROW_SHARE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
)
from migralint.operations.indexes import CreateIndex, DropIndex
from migralint.schema import Check, ForeignKey, Keyed, Name, PrimaryKey, Schema, Table
from migralint.schema.automatic import named, named_index


def create_constraint(operation: CreateConstraint, before: Schema) -> Effects:
    """ADD CONSTRAINT: a foreign key locks both tables against writes, everything else the table against all."""
    constraint, table = operation.constraint, before.tables.get(operation.table)
    if isinstance(constraint, ForeignKey):
        return Effects(
            locked(SHARE_ROW_EXCLUSIVE, [operation.table, constraint.references]),
            scans=(operation.table,) if constraint.validated else (),
        )
    locks = locked(ACCESS_EXCLUSIVE, [operation.table])
    if isinstance(constraint, Check):
        return Effects(locks, scans=(operation.table,) if constraint.validated else ())
    if table is None:
        return Effects(locks)
    scans: tuple[Name, ...] = ()
    if isinstance(constraint, PrimaryKey) and _nullable(operation, constraint, table):
        scans = (operation.table,)
    builds = () if operation.using_index else (Name(operation.table.schema, named(before, table, constraint).name),)
    return Effects(locks, scans=scans, builds=builds)


def _nullable(operation: CreateConstraint, key: PrimaryKey, table: Table) -> bool:
    """Whether a column of the key has to be searched for NULL first."""
    index = table.index(operation.using_index) if operation.using_index else None
    columns = [k.column for k in index.keys if k.column] if index else list(key.columns)
    found = [c for name in columns if (c := table.column(name)) is not None]
    return any(not c.not_null and not proven_not_null(table, c.name) for c in found)


def drop_constraint(operation: DropConstraint, before: Schema) -> Effects:
    """DROP CONSTRAINT locks the tables at the other end of a foreign key as well."""
    table = before.tables.get(operation.table)
    constraint = table.constraint(operation.name) if table else None
    relations = [operation.table]
    if isinstance(constraint, ForeignKey):
        relations.append(constraint.references)
    if table and isinstance(constraint, Keyed) and operation.cascade:
        relations += [owner for owner, _ in needing(before, table, constraint.name)]
    return Effects(locked(ACCESS_EXCLUSIVE, relations))


def validate_constraint(operation: ValidateConstraint, before: Schema) -> Effects:
    """VALIDATE CONSTRAINT reads the table while it stays in use."""
    table = before.tables.get(operation.table)
    constraint = table.constraint(operation.name) if table else None
    locks = locked(SHARE_UPDATE_EXCLUSIVE, [operation.table])
    if not isinstance(constraint, (ForeignKey, Check)) or constraint.validated:
        return Effects(locks)
    if isinstance(constraint, ForeignKey) and constraint.references != operation.table:
        locks += locked(ROW_SHARE, [constraint.references])
    return Effects(locks, scans=(operation.table,))


def change_constraint(operation: RenameConstraint | AlterConstraint, before: Schema) -> Effects:
    """RENAME and ALTER CONSTRAINT change the catalog."""
    table = before.tables.get(operation.table)
    constraint = table.constraint(operation.name) if table else None
    relations = [operation.table]
    if isinstance(operation, AlterConstraint) and isinstance(constraint, ForeignKey):
        relations.append(constraint.references)
    return Effects(locked(ACCESS_EXCLUSIVE, relations))


def create_index(operation: CreateIndex, before: Schema) -> Effects:
    """CREATE INDEX stops writes while it builds; CONCURRENTLY stops nobody and needs to be outside a transaction."""
    index = named_index(before, operation.table, operation.index)
    name = Name(operation.table.schema, index.name)
    there = operation.if_not_exists and before.relation_exists(name)
    mode = SHARE_UPDATE_EXCLUSIVE if operation.concurrently else SHARE
    return Effects(
        locked(mode, [operation.table]),
        builds=() if there else (name,),
        transactional=not operation.concurrently,
    )


def drop_index(operation: DropIndex, before: Schema) -> Effects:
    """DROP INDEX locks its table."""
    owner = before.index_owner(operation.index)
    relation = owner.name if owner else operation.table
    mode = SHARE_UPDATE_EXCLUSIVE if operation.concurrently else ACCESS_EXCLUSIVE
    relations = [relation] if relation and not (owner is None and operation.if_exists) else []
    return Effects(locked(mode, relations), transactional=not operation.concurrently)
