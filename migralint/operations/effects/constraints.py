"""Effects of operations on constraints."""

from __future__ import annotations

from migralint.operations.base import Unset
from migralint.operations.constraints import (
    AlterConstraint,
    CreateConstraint,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from migralint.operations.dependents import needing
from migralint.operations.effects.nulls import proven_not_null
from migralint.operations.effects.reach import new_indexes, partitions, referenced, stored, tree
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ROW_SHARE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    Lock,
    locked,
)
from migralint.operations.inheritance import children
from migralint.schema import Check, ForeignKey, Keyed, Name, PrimaryKey, Schema, Table
from migralint.schema.automatic import named


def create_constraint(operation: CreateConstraint, before: Schema, server: int) -> Effects:
    """ADD CONSTRAINT: a foreign key locks both tables against writes, everything else the table against all."""
    constraint, table = operation.constraint, before.tables.get(operation.table)
    followers = partitions(before, operation.table)
    inherits = isinstance(constraint, Check) and not constraint.no_inherit
    tables = tree(before, operation.table, operation.only) if inherits or server >= 18 else followers
    if isinstance(constraint, ForeignKey):
        return Effects(
            locked(SHARE_ROW_EXCLUSIVE, [*tables, *referenced(before, [constraint])]),
            scans=stored(before, followers) if constraint.validated else (),
        )
    scans: list[Name] = []
    if isinstance(constraint, PrimaryKey):
        scans = [n for n in tables if n in before.tables and _nullable(operation, constraint, before.tables[n])]
    if isinstance(constraint, Keyed) and server < 18 and not scans:
        locks = locked(ACCESS_EXCLUSIVE, [operation.table]) + locked(SHARE, tables[1:])
    else:
        locks = locked(ACCESS_EXCLUSIVE, tables)
    if isinstance(constraint, Check):
        scanned = [operation.table] if constraint.no_inherit else tables
        return Effects(locks, scans=stored(before, scanned) if constraint.validated else ())
    if table is None:
        return Effects(locks)
    return Effects(locks, scans=stored(before, scans), builds=_builds(operation, before, table))


def _builds(operation: CreateConstraint, before: Schema, table: Table) -> tuple[Name, ...]:
    if operation.using_index:
        return ()
    if table.partition_by is not None:
        return new_indexes(before, operation.apply(before))
    return (Name(operation.table.schema, named(before, table, operation.constraint).name),)


def _nullable(operation: CreateConstraint, key: PrimaryKey, table: Table) -> bool:
    """Whether a column of the key has to be searched for NULL first."""
    index = table.index(operation.using_index) if operation.using_index else None
    columns = [k.column for k in index.keys if k.column] if index else list(key.columns)
    found = [c for name in columns if (c := table.column(name)) is not None]
    return any(not c.not_null and not proven_not_null(table, c.name) for c in found)


def drop_constraint(operation: DropConstraint, before: Schema, server: int) -> Effects:
    """DROP CONSTRAINT locks the tables at the other end of a foreign key as well."""
    table = before.tables.get(operation.table)
    constraint = table.constraint(operation.name) if table else None
    if table is None or constraint is None:
        return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))
    inherits = isinstance(constraint, Check) and not constraint.no_inherit
    if operation.only:  # the tables right below keep a check as their own
        relations = [operation.table, *(t.name for t in children(before, operation.table) if inherits)]
    else:
        relations = (tree if inherits else partitions)(before, operation.table)
    if isinstance(constraint, ForeignKey):
        relations += referenced(before, [constraint])
    if isinstance(constraint, Keyed) and operation.cascade:
        relations += [owner for owner, _ in needing(before, table, constraint.name)]
    return Effects(locked(ACCESS_EXCLUSIVE, relations))


def validate_constraint(operation: ValidateConstraint, before: Schema, server: int) -> Effects:
    """VALIDATE CONSTRAINT reads the table while it stays in use."""
    table = before.tables.get(operation.table)
    constraint = table.constraint(operation.name) if table else None
    if table and any(c.not_null_name == operation.name and not c.not_null_valid for c in table.columns):
        tables = tree(before, operation.table, operation.only)
        return Effects(locked(SHARE_UPDATE_EXCLUSIVE, tables), scans=stored(before, tables))
    if not isinstance(constraint, (ForeignKey, Check)) or constraint.validated:
        return Effects(locked(SHARE_UPDATE_EXCLUSIVE, [operation.table]))
    if isinstance(constraint, Check):
        tables = tree(before, operation.table, operation.only)
        return Effects(locked(SHARE_UPDATE_EXCLUSIVE, tables), scans=stored(before, tables))
    tables = partitions(before, operation.table)
    others = [name for name in referenced(before, [constraint]) if name not in tables]
    locks = locked(SHARE_UPDATE_EXCLUSIVE, tables) + locked(ROW_SHARE, others)
    return Effects(locks, scans=stored(before, tables))


def rename_constraint(operation: RenameConstraint, before: Schema, server: int) -> Effects:
    """RENAME CONSTRAINT; a check is renamed in the tables below as well."""
    table = before.tables.get(operation.table)
    found = table.constraint(operation.name) if table else None
    inherits = isinstance(found, Check) and not found.no_inherit
    tables = tree(before, operation.table) if inherits else [operation.table]
    return Effects(locked(ACCESS_EXCLUSIVE, tables))


def alter_constraint(operation: AlterConstraint, before: Schema, server: int) -> Effects:
    """ALTER CONSTRAINT: to enforce a foreign key again all rows are looked at."""
    table = before.tables.get(operation.table)
    constraint = table.constraint(operation.name) if table else None
    locks: tuple[Lock, ...] = locked(ACCESS_EXCLUSIVE, [operation.table])
    if not isinstance(constraint, ForeignKey):
        return Effects(locks)
    others = [name for name in referenced(before, [constraint]) if name != operation.table]
    if isinstance(operation.enforced, Unset):
        return Effects(locks)
    if operation.enforced and not constraint.enforced:
        scans = stored(before, partitions(before, operation.table))
        return Effects(locks + locked(SHARE_ROW_EXCLUSIVE, others), scans=scans)
    return Effects(locks + locked(ACCESS_EXCLUSIVE, others))
