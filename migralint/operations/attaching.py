"""What PostgreSQL looks at before a table becomes a child or a partition, and what a partition key stands against.

Each answer is for certain: without complete knowledge there is none. Compared with a server
(`tests/operations/test_agreement.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.inheritance import below, certain, parents
from migralint.schema import Check, Column, Index, Schema, Table
from migralint.schema.expressions import same_expression

_KEY = re.compile(r"\s*\w+\s*\((?P<keys>.*)\)\s*\Z", re.DOTALL)
_COLUMN = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([A-Za-z_][\w$]*))(?:\s+[^(),]*)?\s*\Z')


def partition_columns(table: Table) -> tuple[str, ...] | None:
    """The columns that the rows of a partitioned table are spread by; None where they are expressions."""
    found = _KEY.match(table.partition_by or "")
    if found is None:
        return None
    columns = []
    for key in re.findall(r'(?:"(?:[^"]|"")*"|[^,"])+', found["keys"]):
        column = _COLUMN.match(key)
        if column is None:
            return None
        columns.append(column[1].replace('""', '"') if column[1] is not None else column[2].lower())
    return tuple(columns)


def refuse_partition_key(schema: Schema, table: Table, column: str) -> None:
    """A column of the partition key is neither dropped nor changed."""
    if certain(schema, table) and column in (partition_columns(table) or ()):
        reference = ObjectRef("column", table.name, column)
        raise CannotApply("invalid", reference, f"the partition key of {table.name} uses it")


def unique_columns(table: Table, index: Index) -> list[str]:
    """The columns that it makes unique as they compare themselves: not in another collation."""
    collations = {column.name: column.collation for column in table.columns}
    keys = [key for key in index.keys if key.column is not None]
    return [k.column for k in keys if k.column and (k.collation is None or k.collation == collations.get(k.column))]


def refuse_unique(schema: Schema, table: Table, columns: Iterable[str], reference: ObjectRef) -> None:
    """A key of a partitioned table holds all columns of the partition key."""
    if table.partition_by is None or not certain(schema, table):
        return
    missing = [c for c in partition_columns(table) or () if c not in columns]
    if missing:
        detail = f"{table.name} is partitioned by {missing[0]}, which a unique index has to hold"
        raise CannotApply("invalid", reference, detail, condition="feature_not_supported")


def refuse_attach(schema: Schema, parent: Table, child: Table, inherit: bool) -> None:
    """What stands against ATTACH PARTITION, or INHERIT."""
    if not certain(schema, parent, child):
        return
    reference = ObjectRef("table", child.name)
    if parent.name == child.name or parent.name in {table.name for table in below(schema, child.name)}:
        raise CannotApply(
            "invalid", reference, f"{parent.name} is it, or inherits from it", condition="duplicate_table"
        )
    _refuse_temporary(parent, child)
    if inherit:
        _refuse_inherit(schema, parent, child, reference)
    elif parent.partition_by is None:
        raise CannotApply("invalid", ObjectRef("table", parent.name), "it is not partitioned")
    elif child.is_partition:
        raise CannotApply(
            "invalid", reference, f"it is a partition of {child.parents[0]} already", condition="wrong_object_type"
        )
    elif child.parents or (child.partition_by is None and below(schema, child.name)):
        raise CannotApply("invalid", reference, "it inherits, or others inherit from it")
    else:
        for column in child.columns:
            if parent.column(column.name) is None:
                detail = f"{parent.name} has no such column"
                raise CannotApply(
                    "invalid", ObjectRef("column", child.name, column.name), detail, condition="datatype_mismatch"
                )
            if column.identity:
                detail = "a table with an identity column does not become a partition"
                raise CannotApply(
                    "invalid",
                    ObjectRef("column", child.name, column.name),
                    detail,
                    condition="object_not_in_prerequisite_state",
                )
    for column in parent.columns:
        _refuse_column(parent, child, column)
    for check in parent.of_kind(Check):
        if not check.no_inherit:
            _refuse_check(child, check)
    above, own = parent.primary_key, child.primary_key
    if not inherit and above is not None and own is not None and own.columns != above.columns:
        reference = ObjectRef("constraint", child.name, own.name)
        raise CannotApply("exists", reference, "it has a primary key", condition="invalid_table_definition")


def refuse_parent(schema: Schema, parent: Table, child: Table) -> None:
    """What stands against CREATE TABLE ... INHERITS or PARTITION OF."""
    if not certain(schema, parent):
        return
    if child.is_partition and parent.partition_by is None:
        raise CannotApply("invalid", ObjectRef("table", parent.name), "it is not partitioned")
    if not child.is_partition and (parent.partition_by is not None or parent.is_partition):
        raise CannotApply(
            "invalid",
            ObjectRef("table", child.name),
            f"{parent.name} is partitioned, or a partition",
            condition="wrong_object_type",
        )
    _refuse_temporary(parent, child)


def _refuse_temporary(parent: Table, child: Table) -> None:
    """What leaves with the session is no parent of what stays; a partition is temporary where its parent is."""
    lasting = parent.persistence != "temporary", child.persistence != "temporary"
    if lasting == (False, True) or (child.is_partition and lasting == (True, False)):
        raise CannotApply(
            "invalid",
            ObjectRef("table", child.name),
            f"only one of it and {parent.name} is temporary",
            condition="wrong_object_type",
        )


def _refuse_inherit(schema: Schema, parent: Table, child: Table, reference: ObjectRef) -> None:
    if parent.partition_by is not None or parent.is_partition:
        raise CannotApply(
            "invalid", reference, f"{parent.name} is partitioned, or a partition", condition="wrong_object_type"
        )
    if child.partition_by is not None or child.is_partition:
        raise CannotApply("invalid", reference, "it is partitioned, or a partition", condition="wrong_object_type")
    if parent.name in {table.name for table in parents(schema, child)}:
        raise CannotApply("invalid", reference, f"it inherits from {parent.name} already", condition="duplicate_table")


def _refuse_column(parent: Table, child: Table, column: Column) -> None:
    own = child.column(column.name)
    reference = ObjectRef("column", child.name, column.name)
    if own is None:
        raise CannotApply(
            "invalid", reference, f"it is missing, and {parent.name} has it", condition="datatype_mismatch"
        )
    if own.doubtful or column.doubtful:
        return
    if (own.type, own.collation) != (column.type, column.collation):
        raise CannotApply(
            "invalid",
            reference,
            f"its type is {own.type}, and {column.type} in {parent.name}",
            condition="datatype_mismatch",
        )
    if column.not_null and not own.not_null:
        raise CannotApply(
            "invalid", reference, f"it may be null, and not in {parent.name}", condition="datatype_mismatch"
        )
    stored = [c.generated.stored if c.generated else None for c in (own, column)]
    if stored[0] != stored[1]:
        raise CannotApply(
            "invalid",
            reference,
            f"it is generated in one of {parent.name} and {child.name}",
            condition="datatype_mismatch",
        )


def _refuse_check(child: Table, check: Check) -> None:
    own = child.constraint(check.name)
    reference = ObjectRef("constraint", child.name, check.name)
    if not isinstance(own, Check) or own.no_inherit:
        raise CannotApply("invalid", reference, "it is missing, and the parent has it")
    if not same_expression(own.expression, check.expression):
        raise CannotApply("invalid", reference, "it is another one than that of the parent")
    if own.enforced != check.enforced or (check.validated and not own.validated):
        raise CannotApply("invalid", reference, "it is not as valid as that of the parent")
