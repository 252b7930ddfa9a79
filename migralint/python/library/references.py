"""What columns take from those that they reference: a foreign key without a type has the type of its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.python.library.items import ColumnItem, column_name
from migralint.python.library.types import TypeItem, as_type
from migralint.python.values import Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.library.metadata import MetaDataItem
    from migralint.python.library.tables import TableItem


def complete_types(ev: Evaluator, metadata: MetaDataItem) -> None:
    """Gives the columns of a MetaData that have no type that of the column they reference."""
    for table in metadata.tables.values():
        for column in table.columns:
            if _is_open(ev, column):
                column.kind = _type(ev, metadata, table, column, 0)


def _is_open(ev: Evaluator, column: ColumnItem) -> bool:
    """Whether a column has no type of its own."""
    if column.kind is None:
        return column.generated("Computed") is None
    item = as_type(ev, column.kind, column.place)
    return isinstance(item, TypeItem) and item.name == "NullType"


_FAR = 20
"""Foreign keys that lead from one to the next."""


def _type(ev: Evaluator, metadata: MetaDataItem, table: TableItem, column: ColumnItem, far: int) -> Value:
    for key in table.foreign_keys(ev, column):
        found = target_column(metadata, key.target)
        if found is None or far > _FAR:
            continue
        owner, target = found
        if _is_open(ev, target) and target is not column:
            return _type(ev, metadata, owner, target, far + 1)
        return target.kind
    return column.kind if column.kind is not None else Unknown(f"column {column.name} has no type", column.place)


def target_column(metadata: MetaDataItem, target: Value) -> tuple[TableItem, ColumnItem] | None:
    """The column of a table that a foreign key references, and its table."""
    if isinstance(target, ColumnItem):
        return (target.table, target) if target.table is not None else None
    if not isinstance(target, str) or "." not in target:
        return None
    key, _, name = target.rpartition(".")
    table = metadata.tables.get(key)
    if table is None and "." not in key and isinstance(metadata.schema, str):
        table = metadata.tables.get(f"{metadata.schema}.{key}")
    if table is None:
        return None
    found = next((c for c in table.columns if column_name(c) == name or c.option("key") == name), None)
    return (table, found) if found is not None else None
