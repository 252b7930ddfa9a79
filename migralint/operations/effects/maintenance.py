"""Effects of LOCK, ANALYZE, VACUUM, CLUSTER, REINDEX, REFRESH MATERIALIZED VIEW and SET TABLESPACE."""

from __future__ import annotations

from migralint.operations.data import Statement
from migralint.operations.details import Maintained
from migralint.operations.effects.reach import indexes_of, partitions, read, stored, tree
from migralint.operations.effects.values import (
    ACCESS_EXCLUSIVE,
    ACCESS_SHARE,
    EXCLUSIVE,
    SHARE,
    SHARE_UPDATE_EXCLUSIVE,
    Effects,
    locked,
)
from migralint.operations.inheritance import children, counterpart
from migralint.schema import Name, Schema, Table, View


def maintenance(operation: Statement, work: Maintained, before: Schema, server: int) -> Effects | None:
    """What a statement does to the relations it works on; None where it does not say which."""
    named = work.relations or _everything(before, work)
    match operation.statement:
        case "lock":
            tables = [name for one in named for name in tree(before, one, work.only)]
            views = [lock.relation for lock in read(before, named)]
            return Effects(locked(work.mode, [*tables, *views]))
        case "analyze":
            return _analyze(before, named, server)
        case "vacuum":
            return _vacuum(work, before, named, server)
        case "cluster" if not work.relations:
            return None
        case "cluster":
            return _rewritten(before, named, operation.transactional)
        case "refresh_materialized_view":
            return _refresh(work, before)
        case "alter_materialized_view" | "alter_view":
            return Effects(locked(ACCESS_EXCLUSIVE, work.relations), rewrites=work.relations if work.full else ())
        case "alter_index":
            owner = before.index_owner(work.relations[0])
            return Effects(rebuilds_indexes=work.relations if work.full else (), shuts=(owner.name,)) if owner else None
        case "reindex":
            return _reindex(operation, work, before, named)
    return None


def _everything(before: Schema, work: Maintained) -> tuple[Name, ...]:
    """What a statement goes over that names no relation."""
    views = [view.name for view in before.views.values() if view.materialized]
    found = (*before.tables, *views)
    return tuple(name for name in found if work.schema in (None, name.schema))


def _rewritten(before: Schema, names: tuple[Name, ...], transactional: bool) -> Effects:
    """Written anew with their indexes; several tables one by one, each in a transaction of its own."""
    tables = [name for one in names for name in partitions(before, one)]
    return Effects(
        locked(ACCESS_EXCLUSIVE, tables),
        rewrites=stored(before, tables),
        rebuilds_indexes=indexes_of(before, tables),
        transactional=transactional and stored(before, tables) == tuple(tables),
    )


def _analyze(before: Schema, names: tuple[Name, ...], server: int) -> Effects:
    """ANALYZE goes to partitions, from 18 on to all tables below; before it only reads children."""
    tables = [name for one in names for name in (tree if server >= 18 else partitions)(before, one)]
    others = [name for one in names for name in tree(before, one) if name not in tables]
    return Effects(locked(SHARE_UPDATE_EXCLUSIVE, tables) + locked(ACCESS_SHARE, others))


def _vacuum(work: Maintained, before: Schema, names: tuple[Name, ...], server: int) -> Effects:
    """VACUUM goes to partitions, from 18 on to all tables below; with FULL a table is written anew."""
    if work.full:
        return _rewritten(before, names, transactional=False)
    below = tree if server >= 18 else partitions
    tables = [name for one in names for name in below(before, one)]
    return Effects(locked(SHARE_UPDATE_EXCLUSIVE, tables), transactional=False)


def _refresh(work: Maintained, before: Schema) -> Effects:
    """REFRESH writes a new file under ACCESS EXCLUSIVE; CONCURRENTLY compares, and readers go on."""
    (name,) = work.relations
    view = before.views.get(name)
    sources = read(before, view.uses if view and work.data else ())
    if work.concurrently:
        return Effects(locked(EXCLUSIVE, [name]) + sources, scans=(name,))
    rewrites = (name,) if work.data else ()
    return Effects(
        locked(ACCESS_EXCLUSIVE, [name]) + sources,
        rewrites=rewrites,
        rebuilds_indexes=indexes_of(before, rewrites),
    )


def _reindex(operation: Statement, work: Maintained, before: Schema, names: tuple[Name, ...]) -> Effects | None:
    """REINDEX stops writes, and reads as well: nobody can plan a query without opening the index."""
    if work.kind == "index":
        owner = before.index_owner(names[0])
        if owner is None:
            return None
        tables = partitions(before, owner.name)
        rebuilt = _with_partitions(before, owner, names[0])
    else:
        tables = [name for one in names for name in partitions(before, one)]
        rebuilt = indexes_of(before, tables)
    single = operation.transactional and stored(before, tables) == tuple(tables)
    if work.concurrently:
        return Effects(locked(SHARE_UPDATE_EXCLUSIVE, tables), rebuilds_indexes=rebuilt, transactional=False)
    owners = {index: before.index_owner(index) for index in rebuilt}
    shut = [owner.name for owner in owners.values() if owner is not None]
    shuts = tuple(dict.fromkeys((*tables[:1], *shut) if work.kind == "index" else shut))
    return Effects(locked(SHARE, tables), rebuilds_indexes=rebuilt, shuts=shuts, transactional=single)


def _with_partitions(before: Schema, owner: Table | View, name: Name) -> tuple[Name, ...]:
    """The index, or those of the partitions that belong to it."""
    if not isinstance(owner, Table) or owner.partition_by is None:
        return (name,)
    index, key = owner.index(name.name), owner.constraint(name.name)
    found: list[Name] = []
    for child in children(before, owner.name):
        own = counterpart(owner, index, child) if index else counterpart(owner, key, child) if key else None
        if own is not None:
            found += _with_partitions(before, child, Name(child.name.schema, own.name))
    return tuple(found)
