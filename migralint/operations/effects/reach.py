"""Which other relations a statement about one of them reaches."""

from __future__ import annotations

from collections.abc import Iterable

from migralint.operations.effects.values import ACCESS_SHARE, Lock, locked
from migralint.operations.inheritance import below
from migralint.operations.parts import referencing
from migralint.schema import Exclusion, ForeignKey, Keyed, Name, Schema, Table


def tree(before: Schema, name: Name, only: bool = False) -> list[Name]:
    """The table and, without ONLY, all tables below it."""
    return [name] if only else [name, *(table.name for table in below(before, name))]


def partitions(before: Schema, name: Name) -> list[Name]:
    """The table and all partitions below it: what follows a partitioned table, but not a parent by INHERITS."""
    return [name, *(table.name for table in below(before, name) if table.is_partition)]


def stored(before: Schema, names: Iterable[Name]) -> tuple[Name, ...]:
    """Those that hold rows themselves: a partitioned table does not."""
    found = dict.fromkeys(names)
    return tuple(n for n in found if (t := before.tables.get(n)) is None or t.partition_by is None)


def default_partition(before: Schema, parent: Name) -> Name | None:
    """The partition for rows that no other takes."""
    for table in before.tables.values():
        if table.is_partition and parent in table.parents and (table.partition_bound or "").upper() == "DEFAULT":
            return table.name
    return None


def index_names(table: Table) -> tuple[Name, ...]:
    """Every index of the table that holds entries, those of constraints included."""
    if table.partition_by is not None:
        return ()
    names = [i.name for i in table.indexes]
    names += [c.name for c in table.constraints if isinstance(c, Keyed | Exclusion)]
    return tuple(Name(table.name.schema, n) for n in names)


def indexes_of(before: Schema, names: Iterable[Name]) -> tuple[Name, ...]:
    """The indexes of all these tables and materialized views."""
    found: list[Name] = []
    for name in names:
        if (table := before.tables.get(name)) is not None:
            found += index_names(table)
        elif (view := before.views.get(name)) is not None:
            found += [Name(name.schema, index.name) for index in view.indexes]
    return tuple(found)


def new_indexes(before: Schema, after: Schema) -> tuple[Name, ...]:
    """The indexes that a change makes on tables which were there before it."""
    found: list[Name] = []
    for table in after.tables.values():
        old = before.tables.get(table.name)
        if old is not None and old is not table:
            known = index_names(old)
            found += [name for name in index_names(table) if name not in known]
    return tuple(found)


def read(before: Schema, relations: Iterable[Name]) -> tuple[Lock, ...]:
    """The locks of a query that runs: what it names, and what the views among that read."""
    found: dict[Name, None] = {}
    pending = list(relations)
    while pending:
        name = pending.pop(0)
        if name in found or not (name in before.tables or name in before.views):
            continue
        found[name] = None
        view = before.views.get(name)
        if view is not None and not view.materialized:
            pending += view.uses
        elif view is None:
            pending += tree(before, name)[1:]
    return locked(ACCESS_SHARE, found)


def key_partners(before: Schema, table: Name, column: str | None = None) -> list[Name]:
    """The tables at the other end of foreign keys of this table, or of those that use its column."""
    own = before.tables.get(table)
    keys = list(own.of_kind(ForeignKey)) if own else []
    found = [key.references for key in keys if column is None or column in key.columns]
    for owner, key in referencing(before, table):
        if column is None or column in key.referenced_columns:
            found.append(owner)
    return [name for partner in found for name in partitions(before, partner)]


def referenced(before: Schema, keys: Iterable[ForeignKey]) -> list[Name]:
    """The tables that foreign keys reference, with their partitions."""
    return [name for key in keys for name in partitions(before, key.references)]
