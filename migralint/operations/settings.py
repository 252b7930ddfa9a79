"""What ALTER TABLE sets of a table, of its columns, triggers and rules, without making any of them anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.details import (
    ClusterOn,
    Compression,
    Detail,
    Firing,
    Options,
    ReplicaIdentity,
    StatisticsTarget,
    Storage,
)
from migralint.operations.inheritance import below, certain
from migralint.schema import Column, Constraint, Exclusion, Index, Keyed, Name, Schema, Table
from migralint.schema.conversion import fixed, usual_storage
from migralint.schema.table import CLUSTERED, IDENTIFIES

P = TypeVar("P", Constraint, Index)

_CLUSTERABLE = ("btree", "gist")
"""Methods of indexes in whose order CLUSTER can write rows (amclusterable)."""


def with_setting(schema: Schema, table: Table, said: Detail) -> Schema:
    """The state after an action that is about the table as a whole.

    Raises CannotApply where PostgreSQL would report an error.
    """
    match said:
        case Options():
            reference = ObjectRef("table", table.name)
            own = [name for name, value in said.values if value is not None and not name.startswith("toast.")]
            if table.partition_by is not None and own and certain(schema, table):
                raise CannotApply(
                    "invalid", reference, "it is partitioned, so it stores nothing", condition="wrong_object_type"
                )
            if table.partition_by is not None:
                return schema
            return schema.with_table(replace(table, options=said.after(table.options)))
        case ReplicaIdentity():
            if said.index is not None:
                _refuse_identity(schema, table, said.index)
            marked = _marked(schema, table, IDENTIFIES, said.index)
            return schema.with_table(replace(marked, replica_identity=said.kind))
        case ClusterOn():
            _refuse_cluster(schema, table, said.index)
            return schema.with_table(_marked(schema, table, CLUSTERED, said.index))
    return schema


def fired(schema: Schema, table: Table, kind: str, said: Firing) -> Schema:
    """The state after ENABLE or DISABLE of a "trigger" or a "rule"."""
    if kind == "rule":
        if all(rule.name != said.name for rule in table.rules) and certain(schema, table):
            raise CannotApply("missing", ObjectRef("rule", table.name, said.name), "no such rule")
        rules = tuple(replace(rule, firing=said.when) if rule.name == said.name else rule for rule in table.rules)
        return schema.with_table(replace(table, rules=rules))
    meant = [trigger.name for trigger in table.triggers if said.name in (None, trigger.name)]
    triggers = tuple(replace(t, firing=said.when) if t.name in meant else t for t in table.triggers)
    return schema.with_table(replace(table, triggers=triggers))


def column_set(schema: Schema, table: Table, column: Column, said: Detail, *, only: bool = False) -> Schema:
    """The state after an action on one column; tables below follow with storage and statistics."""
    reference = ObjectRef("column", table.name, column.name)
    known = certain(schema, table) and not column.doubtful
    match said:
        case Storage():
            if said.kind not in ("PLAIN", "DEFAULT") and known and fixed(schema, column.type):
                raise CannotApply(
                    "invalid",
                    reference,
                    f"values of {column.type} are stored PLAIN only",
                    condition="feature_not_supported",
                )
            own = said.kind in ("DEFAULT", usual_storage(schema, column.type))
            return _everywhere(schema, table, column.name, only, storage=None if own else said.kind)
        case StatisticsTarget():
            return _everywhere(schema, table, column.name, only, target=said.target)
        case Compression():
            if said.method is not None and known and fixed(schema, column.type):
                raise CannotApply(
                    "invalid",
                    reference,
                    f"values of {column.type} are not compressed",
                    condition="feature_not_supported",
                )
            return schema.with_table(table.with_column(replace(column, compression=said.method)))
        case Options():
            return schema.with_table(table.with_column(replace(column, options=said.after(column.options))))
    return schema


def _everywhere(schema: Schema, table: Table, column: str, only: bool, **changes: str | int | None) -> Schema:
    for one in (table, *([] if only else below(schema, table.name))):
        if (found := one.column(column)) is not None:
            after = replace(found, **changes)  # type: ignore[arg-type]  # of the type that the field has
            schema = schema.with_table(schema.tables[one.name].with_column(after))
    return schema


def _marked(schema: Schema, table: Table, mark: str, name: str | None) -> Table:
    """The table with this mark at the index of that name only."""
    if name is not None and not any(one.name == name for one in indexed(table)) and certain(schema, table):
        raise CannotApply("missing", ObjectRef("index", table.name, name), "no such index")

    def changed(one: P) -> P:
        if not isinstance(one, Index | Keyed | Exclusion):
            return one
        return replace(one, marks=one.marks | {mark} if one.name == name else one.marks - {mark})

    return replace(
        table, indexes=tuple(map(changed, table.indexes)), constraints=tuple(map(changed, table.constraints))
    )


def indexed(table: Table) -> list[Keyed | Exclusion | Index]:
    """All that has an index: its indexes, keys and exclusions."""
    return [*table.indexes, *(one for one in table.constraints if isinstance(one, Keyed | Exclusion))]


def _refuse_cluster(schema: Schema, table: Table, name: str | None) -> None:
    if not certain(schema, table):
        return
    reference = ObjectRef("index", table.name, name)
    if table.partition_by is not None:
        raise CannotApply(
            "invalid",
            reference,
            f"{table.name} is partitioned, which no index orders",
            condition="feature_not_supported",
        )
    if name is None:
        return
    index = table.index(name)
    if index is not None and (index.where is not None or index.method not in _CLUSTERABLE):
        raise CannotApply(
            "invalid", reference, "it is partial, or of a method that has no order", condition="feature_not_supported"
        )
    exclusion = table.constraint(name)
    if isinstance(exclusion, Exclusion) and " WHERE " in exclusion.definition.upper():
        raise CannotApply("invalid", reference, "it is partial")


def _refuse_identity(schema: Schema, table: Table, name: str) -> None:
    """An index that identifies rows is unique for all of them, and at once; its columns are NOT NULL."""
    if not certain(schema, table):
        return
    reference, found = ObjectRef("index", table.name, name), next((o for o in indexed(table) if o.name == name), None)
    if found is None:
        return
    columns: tuple[str, ...] = ()
    match found:
        case Index():
            columns = tuple(key.column for key in found.keys if key.column is not None)
            whole = found.unique and found.where is None and len(columns) == len(found.keys) and found.valid
        case Keyed():
            columns, whole = found.columns, not found.deferrable and not found.without_overlaps
        case _:
            whole = False
    if not whole:
        raise CannotApply(
            "invalid",
            reference,
            "it is not unique, is deferrable or partial, or is over expressions",
            condition="wrong_object_type",
        )
    for column in columns:
        own = table.column(column)
        if own is not None and not own.not_null and not own.doubtful:
            raise CannotApply("invalid", reference, f"{column} may be null", condition="wrong_object_type")


def identifying(table: Table) -> tuple[str, ...] | None:
    """The columns by which replication tells rows apart; None where nothing does."""
    if table.replica_identity == "FULL":
        return tuple(column.name for column in table.columns)
    if table.replica_identity == "":
        key = table.primary_key
        return key.columns if key is not None and not key.deferrable else None
    return identity_columns(table) or None


def identity_columns(table: Table) -> tuple[str, ...]:
    """The columns of the index that is the replica identity."""
    for one in indexed(table) if table.replica_identity == "INDEX" else ():
        if IDENTIFIES in one.marks:
            keys = [key.column for key in one.keys] if isinstance(one, Index) else one.columns
            return tuple(column for column in keys if column is not None)
    return ()


def refuse_storages(name: Name, one: Column, other: Column) -> None:
    """Storage and compression of a column that a table has from two parents."""
    reference = ObjectRef("column", name, one.name)
    if one.storage != other.storage:
        raise CannotApply("invalid", reference, "its storage differs between its parents")
    if None not in (one.compression, other.compression) and one.compression != other.compression:
        raise CannotApply("invalid", reference, "its compression differs between its parents")
