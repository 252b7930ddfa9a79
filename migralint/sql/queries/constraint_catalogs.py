"""Rows of pg_constraint (PostgreSQL docs, 52.13)."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import Check, Constraint, Exclusion, ForeignKey, Keyed, Name, Schema, Table
from migralint.sql.queries.definitions import expression
from migralint.sql.queries.identities import class_oid, column_numbers, namespace_oid, sure
from migralint.sql.queries.values import UNKNOWN, Oid, Row, Tree, Unknown

_ACTIONS = {None: "a", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d", "RESTRICT": "r"}


def pg_constraint(schema: Schema) -> Iterator[Row]:
    """Rows of pg_constraint."""
    for table in schema.tables.values():
        for constraint in table.constraints:
            yield Row(_row(schema, table, constraint), sure(table))
        if table.assumed:
            row = {"conrelid": class_oid(table.name), "connamespace": namespace_oid(table.name.schema), "contypid": 0}
            yield Row(dict(row), False, "conrelid")
    for domain in schema.domains():
        for check in domain.checks:
            yield Row(
                {
                    "oid": Oid("constraint", Name(str(domain.name), check.name)),
                    "conname": check.name,
                    "connamespace": namespace_oid(domain.name.schema),
                    "conrelid": 0,
                    "contypid": Oid("type", domain.name),
                    "contype": "c",
                    "convalidated": check.validated,
                    "conbin": Tree(expression(check.expression)),
                    "confrelid": 0,
                    "conindid": 0,
                    "conkey": None,
                    "confkey": None,
                }
            )


def _row(schema: Schema, table: Table, constraint: Constraint) -> dict[str, object]:
    row: dict[str, object] = {
        "oid": Oid("constraint", Name(str(table.name), constraint.name)),
        "conname": constraint.name,
        "connamespace": namespace_oid(table.name.schema),
        "conrelid": class_oid(table.name),
        "contypid": 0,
        "contype": _KINDS[constraint.kind],
        "convalidated": getattr(constraint, "validated", True),
        "condeferrable": getattr(constraint, "deferrable", False),
        "condeferred": getattr(constraint, "initially", None) == "DEFERRED",
        "conindid": class_oid(Name(table.name.schema, constraint.name)) if isinstance(constraint, Keyed) else 0,
        "confrelid": 0,
        "confkey": None,
        "conbin": None,
        "confdeltype": " ",
        "confupdtype": " ",
        "confmatchtype": " ",
        "conparentid": UNKNOWN if table.is_partition else 0,
    }
    if isinstance(constraint, (Keyed, ForeignKey)) or (isinstance(constraint, Check) and len(constraint.columns) == 1):
        row["conkey"] = column_numbers(table, constraint.columns)
    if isinstance(constraint, ForeignKey):
        row["confrelid"] = class_oid(constraint.references)
        row["confkey"] = column_numbers(schema.tables.get(constraint.references), constraint.referenced_columns)
        row["confdeltype"] = _ACTIONS[constraint.on_delete]
        row["confupdtype"] = _ACTIONS[constraint.on_update]
        row["confmatchtype"] = {"FULL": "f", "PARTIAL": "p"}.get(constraint.match or "", "s")
        row["conindid"] = _referenced_index(schema, constraint)
    elif isinstance(constraint, Check):
        row["conbin"] = Tree(expression(constraint.expression))
    elif isinstance(constraint, Exclusion):
        row["conindid"] = class_oid(Name(table.name.schema, constraint.name))
    return row


def _referenced_index(schema: Schema, key: ForeignKey) -> object:
    """The index that a foreign key relies on."""
    target = schema.tables.get(key.references)
    wanted = set(key.referenced_columns)
    found = [k.name for k in target.of_kind(Keyed) if set(k.columns) == wanted] if target is not None else []
    return class_oid(Name(key.references.schema, found[0])) if len(found) == 1 else UNKNOWN


_KINDS = {"primary_key": "p", "unique": "u", "foreign_key": "f", "check": "c", "exclusion": "x"}


NOT_NULL_NAME = Unknown(present=True, suffix="_not_null")
"""The name of a NOT NULL from PostgreSQL 18 on, where it is a constraint like others: table_column_not_null."""


def not_null_rows(schema: Schema) -> Iterator[Row]:
    """The rows of pg_constraint that PostgreSQL 18 adds: one for each NOT NULL."""
    for table in schema.tables.values():
        for column in table.columns:
            if column.not_null:
                row: dict[str, object] = {
                    "oid": Oid("constraint", Name(str(table.name), f" {column.name}")),
                    "conname": NOT_NULL_NAME,
                    "connamespace": namespace_oid(table.name.schema),
                    "conrelid": class_oid(table.name),
                    "contypid": 0,
                    "contype": "n",
                    "conindid": 0,
                    "confrelid": 0,
                    "conkey": column_numbers(table, (column.name,)),
                    "confkey": None,
                    "conbin": None,
                    "condeferrable": False,
                    "condeferred": False,
                }
                yield Row(row, sure(table) and not column.doubtful)
