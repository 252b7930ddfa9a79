"""Whether the keys of an index have an operator class by default, as it is made and as the type of a column changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.inheritance import certain
from migralint.schema import Exclusion, Index, Keyed, Schema, Table
from migralint.schema.methods import collatable, indexable

_EXCLUSION = re.compile(r'\s*exclude\s+using\s+(\w+)\s*\(\s*(?:"(?:[^"]|"")+"|\w+)\s+with\s', re.IGNORECASE)
"""An exclusion by its first column, without an operator class."""


_OF_TEXTS = ("text_ops", "text_pattern_ops", "varchar_ops", "varchar_pattern_ops", "bpchar_pattern_ops")


def refuse_keys(schema: Schema, table: Table, part: Index | Keyed | Exclusion, reference: ObjectRef) -> None:
    """Key columns of types that the access method knows no operator class for."""
    for name, method in _keys(part) if certain(schema, table) else ():
        column = table.column(name)
        if column is not None and not column.doubtful and indexable(schema, column.type, method) is False:
            detail = f"{name} is {column.type}, for which {method} has no operator class by default"
            raise CannotApply("invalid", reference, detail)


def refuse_keys_of(schema: Schema, table: Table, column: str, new: str) -> None:
    """A type of a column that an index on it does not take."""
    parts: list[Index | Keyed | Exclusion] = [*table.indexes, *table.of_kind(Keyed), *table.of_kind(Exclusion)]
    for part in parts:
        reference = ObjectRef("column", table.name, column)
        own = table.column(column)
        keys = [key for key in part.keys if key.column == column] if isinstance(part, Index) else []
        collated = [key for key in keys if key.collation and own is not None and key.collation != own.collation]
        if collated and collatable(schema, new) is False:
            raise CannotApply("invalid", reference, f"{part.name} collates it, and {new} has no collation")
        if any(key.opclass in _OF_TEXTS for key in keys) and collatable(schema, new) is False:
            detail = f"{part.name} is over it with an operator class for texts, which {new} is none of"
            raise CannotApply("invalid", reference, detail, condition="datatype_mismatch")
        for name, method in _keys(part):
            if name == column and indexable(schema, new, method) is False:
                detail = f"{part.name} is over it, and {method} has no operator class for {new} by default"
                raise CannotApply("invalid", reference, detail)


def _keys(part: Index | Keyed | Exclusion) -> Iterator[tuple[str, str]]:
    """The columns that are keys without an operator class, each with the access method."""
    match part:
        case Index():
            yield from ((key.column, part.method) for key in part.keys if key.column is not None and not key.opclass)
        case Keyed():
            yield from ((name, "btree") for name in part.columns if not part.without_overlaps)
        case Exclusion() if (found := _EXCLUSION.match(part.definition)) and len(part.columns) == 1:
            yield part.columns[0], found[1].lower()
