"""What ALTER COLUMN ... TYPE does to one table."""

from __future__ import annotations

import re

from migralint.operations.alter_column import AlterColumn
from migralint.operations.base import Unset
from migralint.operations.effects.reach import index_names, key_partners
from migralint.operations.effects.values import ACCESS_EXCLUSIVE, Effects, locked
from migralint.operations.parts import referencing
from migralint.operations.query_texts import renamed_identifier
from migralint.schema import Check, Column, ForeignKey, Index, Keyed, Name, Schema, Table
from migralint.schema.conversion import conversion
from migralint.schema.types import canonical


def retyped(operation: AlterColumn, before: Schema, table: Table) -> Effects:
    """A rewrite of the table or of some indexes, a scan for its checks; after a rewrite one for foreign keys too."""
    column = table.column(operation.name)
    if column is None:
        return Effects()
    rewrites, rebuilt = _change(operation, before, table, column)
    has_rows = table.partition_by is None
    scans = [table.name] if not rewrites and has_rows and _checked(table, operation.name) else []
    if rewrites:
        scans += [owner for owner, key in referencing(before, table.name) if operation.name in key.referenced_columns]
        scans += [table.name for key in table.of_kind(ForeignKey) if operation.name in key.columns]
    return Effects(
        locked(ACCESS_EXCLUSIVE, key_partners(before, table.name, operation.name)),
        rewrites=(table.name,) if rewrites and has_rows else (),
        scans=tuple(scans),
        rebuilds_indexes=tuple(Name(table.name.schema, n) for n in sorted(rebuilt)) if has_rows else (),
    )


def _checked(table: Table, column: str) -> bool:
    return any(column in c.columns and c.validated for c in table.of_kind(Check))


def _change(operation: AlterColumn, before: Schema, table: Table, column: Column) -> tuple[bool, frozenset[str]]:
    """Whether the table is rewritten, and the names of the indexes that are built again."""
    new = column.type if isinstance(operation.type, Unset) else canonical(operation.type)
    change = conversion(before, column.type, new)
    if change.rewrites or not _plain_cast(operation.using, column.name):
        return True, frozenset(n.name for n in index_names(table))
    recollated = not isinstance(operation.collation, Unset) and operation.collation != column.collation
    recollated = recollated or (isinstance(operation.collation, Unset) and column.collation is not None)
    # An index of a partition belongs to one of its parent, which PostgreSQL makes anew, and it with it.
    reorders = change.reorders or recollated or table.is_partition
    rebuilt = {i.name for i in table.indexes if _rebuilt(i, column.name, reorders)}
    if reorders:
        rebuilt |= {k.name for k in table.of_kind(Keyed) if column.name in k.columns}
    return False, frozenset(rebuilt)


def _rebuilt(index: Index, column: str, reorders: bool) -> bool:
    """An index with an expression or a predicate is never kept; a plain one where its order changes."""
    if column not in index.columns_used:
        return False
    if index.where or any(k.column is None for k in index.keys):
        return True
    return reorders and any(k.column == column for k in index.keys)


def _plain_cast(using: str | None, column: str) -> bool:
    """Whether USING only names the column, cast or not."""
    if using is None:
        return True
    mark = "\x00"
    text = renamed_identifier(using.strip().strip("()").strip(), column, mark)
    return bool(re.match(rf'"?{mark}"?\s*(?:::[\w\s."(),]+)?\Z', text))
