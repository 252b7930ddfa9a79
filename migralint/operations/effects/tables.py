"""Effects of operations on tables."""

from __future__ import annotations

from migralint.operations.dependents import owned_sequences, readers
from migralint.operations.details import Options, OwnerTo
from migralint.operations.effects.reach import (
    default_partition,
    indexes_of,
    partitions,
    read,
    referenced,
    stored,
    tree,
)
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
from migralint.operations.inheritance import below, counterpart, parents
from migralint.operations.parts import referencing
from migralint.operations.properties import AlterTable, SetRowSecurity
from migralint.operations.tables import (
    CreateTable,
    CreateTableComment,
    DropTable,
    DropTableComment,
    RenameTable,
    referencing_above,
)
from migralint.schema import ForeignKey, Name, Schema, Table

_MODES = {
    "set_statistics": SHARE_UPDATE_EXCLUSIVE,
    "set_column_options": SHARE_UPDATE_EXCLUSIVE,
    "reset_column_options": SHARE_UPDATE_EXCLUSIVE,
    "cluster_on": SHARE_UPDATE_EXCLUSIVE,
    "set_without_cluster": SHARE_UPDATE_EXCLUSIVE,
    "enable_trigger": SHARE_ROW_EXCLUSIVE,
    "disable_trigger": SHARE_ROW_EXCLUSIVE,
}
"""Actions of ALTER TABLE that take less than ACCESS EXCLUSIVE."""

_SESSION = ("current_user", "current_role", "session_user")

_BELOW = frozenset("set_statistics set_storage set_compression".split())
"""Actions that tables below follow."""

_EXCLUSIVE_OPTIONS = frozenset("user_catalog_table security_barrier security_invoker check_option".split())
"""Storage parameters of tables and options of views that take ACCESS EXCLUSIVE."""


def create_table(operation: CreateTable, before: Schema, server: int) -> Effects:
    """CREATE TABLE stops writes to the tables it references; a partition stops everything on its parent."""
    name = operation.table_name
    if operation.if_not_exists and before.relation_exists(name):
        return Effects()
    table = operation.definition
    keys = [c for c in table.constraints if isinstance(c, ForeignKey) and c.references != name]
    locks = locked(SHARE_ROW_EXCLUSIVE, referenced(before, keys)) + read(before, operation.reads)
    locks += locked(ACCESS_SHARE, operation.alike)
    scans: tuple[Name, ...] = ()
    for source in operation.like:
        if source not in table.parents:
            locks += locked(ACCESS_SHARE, [source])
        elif not table.is_partition:
            locks += locked(SHARE_UPDATE_EXCLUSIVE, [source])
        else:
            others, scans = _of_partition(before, source, server)
            locks += others
    return Effects(strongest(locks), scans=scans, rows=bool(operation.reads))


def _of_partition(before: Schema, parent: Name, server: int) -> tuple[tuple[Lock, ...], tuple[Name, ...]]:
    """The locks for PARTITION OF, and the default partition, which is searched for rows of the new one."""
    found = before.tables.get(parent)
    relations, scans = [parent], []
    if (rest := default_partition(before, parent)) is not None:
        relations.append(rest)
        scans = [n for n in partitions(before, rest) if n in stored(before, [n])]
    keys = list(found.of_kind(ForeignKey)) if found else []
    locks = locked(ACCESS_EXCLUSIVE, relations) + locked(SHARE_ROW_EXCLUSIVE, referenced(before, keys))
    return locks + below_referenced(before, parent, server), tuple(scans)


def below_referenced(before: Schema, parent: Name, server: int) -> tuple[Lock, ...]:
    """A new partition of a table that is referenced: the tables that do so are only opened up to 14."""
    mode = SHARE_ROW_EXCLUSIVE if server >= 15 else ACCESS_SHARE
    return locked(mode, [owner for owner, _ in referencing(before, parent)])


def drop_table(operation: DropTable, before: Schema, server: int) -> Effects:
    """DROP TABLE locks what its foreign keys reference, and with CASCADE who references, inherits or reads it."""
    table = before.tables.get(operation.table)
    if table is None:
        return Effects()
    going = [table]
    going += [c for c in below(before, operation.table) if c.is_partition or operation.cascade]
    relations = dropped(before, going, operation.cascade)
    if server < 15:  # of a partitioned table that is referenced only the partitions are locked
        relations = [n for n in relations if n in stored(before, [n]) or n in _names(before, going)]
    return Effects(locked(ACCESS_EXCLUSIVE, relations), breaks_old_code=(str(operation.table),))


def _names(before: Schema, going: list[Table]) -> set[Name]:
    """The tables, and those that they are partitions of."""
    return {name for table in going for name in (table.name, *table.parents)}


def dropped(before: Schema, going: list[Table], cascade: bool) -> list[Name]:
    """What is locked when these tables go."""
    relations = [table.name for table in going]
    for table in going:
        relations += referenced(before, _own_keys(before, table))
        relations += owned_sequences(before, table.name)
        if table.is_partition:
            for parent in parents(before, table):
                rest = default_partition(before, parent.name)
                relations += [parent.name, *([rest] if rest else [])]
        if cascade:
            names = [t.name for t in going]
            relations += [owner for owner, _ in referencing(before, table.name)]
            relations += [owner for owner, _ in referencing_above(before, table, names)]
            relations += readers(before, table.name)
    return relations


def _own_keys(before: Schema, table: Table) -> list[ForeignKey]:
    """The foreign keys that a table does not have from what it is a partition of."""
    above = parents(before, table) if table.is_partition else []
    inherited = [counterpart(parent, key, table) for parent in above for key in parent.of_kind(ForeignKey)]
    return [key for key in table.of_kind(ForeignKey) if key not in inherited]


def rename_table(operation: RenameTable, before: Schema, server: int) -> Effects:
    """ALTER TABLE ... RENAME TO, or SET SCHEMA: its sequences go along."""
    if operation.table not in before.tables:
        return Effects()
    moved = operation.new.schema != operation.table.schema
    relations = [operation.table, *(owned_sequences(before, operation.table) if moved else [])]
    return Effects(locked(ACCESS_EXCLUSIVE, relations), breaks_old_code=(str(operation.table),))


def comment_table(operation: CreateTableComment | DropTableComment, before: Schema, server: int) -> Effects:
    """COMMENT ON TABLE."""
    return Effects(locked(SHARE_UPDATE_EXCLUSIVE, [operation.table]))


def set_row_security(operation: SetRowSecurity, before: Schema, server: int) -> Effects:
    """ENABLE or DISABLE ROW LEVEL SECURITY."""
    return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))


def alter_table(operation: AlterTable, before: Schema, server: int) -> Effects | None:
    """The other actions of ALTER TABLE."""
    table, action = before.tables.get(operation.table), operation.action
    if action in ("set_options", "reset_options") and isinstance(operation.detail, Options):
        exclusive = any(name in _EXCLUSIVE_OPTIONS for name, _ in operation.detail.values)
        return Effects(locked(ACCESS_EXCLUSIVE if exclusive else SHARE_UPDATE_EXCLUSIVE, [operation.table]))
    if action == "detach_partition_finalize":
        return None
    mode = _MODES.get(action, ACCESS_EXCLUSIVE)
    locks = locked(mode, [operation.table])
    if table is None:
        return Effects(locks)
    sequences = owned_sequences(before, operation.table)
    match action:
        case "set_logged" | "set_unlogged":
            return _logged(operation, before, table, server)
        case "owner_to" if isinstance(operation.detail, OwnerTo) and operation.detail.owner in _SESSION:
            return Effects(locks)  # whoever may alter a table owns it, as a rule
        case "owner_to" | "set_schema":
            return Effects(locks + locked(mode, sequences))
        case "set_sequence_options" | "restart_identity":
            return Effects(locks + locked(SHARE_ROW_EXCLUSIVE, _of_column(before, operation)))
        case "set_tablespace" if operation.arguments != ("pg_default",):
            return Effects(locks, rewrites=stored(before, [operation.table]))
        case "set_access_method" if operation.arguments != ("heap",):
            return _rewritten(before, operation.table)
        case "enable_trigger" | "disable_trigger":
            rows = any(trigger.level == "ROW" for trigger in table.triggers)
            return Effects(locked(mode, partitions(before, operation.table))) if rows else Effects(locks)
    if action in _BELOW:
        return Effects(locked(mode, tree(before, operation.table, operation.only)))
    return Effects(locks)


def _of_column(before: Schema, operation: AlterTable) -> list[Name]:
    return owned_sequences(before, operation.table, operation.column)


def _logged(operation: AlterTable, before: Schema, table: Table, server: int) -> Effects:
    """SET LOGGED and UNLOGGED write the table anew, unless it is so already; its sequences follow from 15 on."""
    wanted = "permanent" if operation.action == "set_logged" else "unlogged"
    if table.persistence == wanted:
        return Effects(locked(ACCESS_EXCLUSIVE, [operation.table]))
    sequences = owned_sequences(before, operation.table) if server >= 15 else []
    found = _rewritten(before, operation.table)
    return Effects(
        found.locks + locked(ACCESS_EXCLUSIVE, sequences), found.rewrites, rebuilds_indexes=found.rebuilds_indexes
    )


def _rewritten(before: Schema, table: Name) -> Effects:
    return Effects(
        locked(ACCESS_EXCLUSIVE, [table]),
        rewrites=stored(before, [table]),
        rebuilds_indexes=indexes_of(before, [table]),
    )
