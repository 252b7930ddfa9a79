"""Rows of the views about constraints in the information schema (PostgreSQL docs, chapter 35)."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import Check, Exclusion, ForeignKey, Keyed, PrimaryKey, Schema, Table, Unique
from migralint.sql.queries.catalogs import Catalog
from migralint.sql.queries.definitions import expression
from migralint.sql.queries.identities import sure
from migralint.sql.queries.values import UNKNOWN, Row, Unknown

_NOT_NULL = Unknown("2200_", present=True, suffix="_not_null")
"""The name of a NOT NULL before PostgreSQL 18: object numbers, such as 2200_16384_1_not_null."""


def _table_constraints(schema: Schema) -> Iterator[Row]:
    kinds = {PrimaryKey: "PRIMARY KEY", Unique: "UNIQUE", ForeignKey: "FOREIGN KEY", Check: "CHECK"}
    for table in schema.tables.values():
        for constraint in table.constraints:
            if type(constraint) not in kinds:
                continue
            row: dict[str, object] = {
                **_place(table),
                "constraint_name": constraint.name,
                "constraint_type": kinds[type(constraint)],
                "is_deferrable": "YES" if getattr(constraint, "deferrable", False) else "NO",
                "initially_deferred": "YES" if getattr(constraint, "initially", None) == "DEFERRED" else "NO",
            }
            yield Row(row, sure(table))
        for column in table.columns:
            if column.not_null:
                row = {"constraint_name": _NOT_NULL, "constraint_type": "CHECK", "is_deferrable": "NO"}
                yield Row({**_place(table), **row}, sure(table))
        if table.assumed:
            yield Row(_place(table), False, "table_name")


def _place(table: Table) -> dict[str, object]:
    schema = table.name.schema
    return {"constraint_schema": schema, "table_schema": schema, "table_name": table.name.name}


def _key_columns(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for key in table.constraints:
            if not isinstance(key, (Keyed, ForeignKey)):
                continue
            for number, column in enumerate(key.columns, 1):
                row = {**_place(table), "constraint_name": key.name, "column_name": column, "ordinal_position": number}
                position = number if isinstance(key, ForeignKey) else None
                yield Row({**row, "position_in_unique_constraint": position}, sure(table))
        if table.assumed:
            yield Row(_place(table), False, "table_name")


def _used_columns(schema: Schema) -> Iterator[Row]:
    """Columns that a constraint uses: for foreign keys those of the other table."""
    for table in schema.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, Exclusion):
                continue
            target = constraint.references if isinstance(constraint, ForeignKey) else table.name
            columns = (
                constraint.referenced_columns
                if isinstance(constraint, ForeignKey)
                else constraint.columns
                if isinstance(constraint, Keyed)
                else constraint.columns_used
            )
            for column in columns:
                row: dict[str, object] = {
                    "table_schema": target.schema,
                    "table_name": target.name,
                    "column_name": column,
                    "constraint_schema": table.name.schema,
                    "constraint_name": constraint.name,
                }
                yield Row(row, sure(table))
        if table.assumed:
            yield Row({"table_schema": table.name.schema, "table_name": table.name.name}, False, "table_name")


def _references(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for key in table.of_kind(ForeignKey):
            target = schema.tables.get(key.references)
            unique = (
                next((k.name for k in target.of_kind(Keyed) if set(k.columns) == set(key.referenced_columns)), UNKNOWN)
                if target
                else UNKNOWN
            )
            row: dict[str, object] = {
                "constraint_schema": table.name.schema,
                "constraint_name": key.name,
                "unique_constraint_schema": key.references.schema,
                "unique_constraint_name": unique,
                "match_option": key.match or "NONE",
                "update_rule": key.on_update or "NO ACTION",
                "delete_rule": key.on_delete or "NO ACTION",
            }
            yield Row(row, sure(table))


def _checks(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for check in table.of_kind(Check):
            clause = expression(check.expression)
            row = {"constraint_schema": table.name.schema, "constraint_name": check.name, "check_clause": clause}
            yield Row(row, sure(table))
        for column in table.columns:
            if column.not_null:
                yield Row({"constraint_schema": table.name.schema, "constraint_name": _NOT_NULL}, sure(table))


def _used_tables(schema: Schema) -> Iterator[Row]:
    for table in schema.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, Exclusion):
                continue
            used = constraint.references if isinstance(constraint, ForeignKey) else table.name
            row: dict[str, object] = {"table_schema": used.schema, "table_name": used.name}
            row |= {"constraint_schema": table.name.schema, "constraint_name": constraint.name}
            yield Row(row, sure(table))
        if table.assumed:
            yield Row({"table_schema": table.name.schema, "table_name": table.name.name}, False, "table_name")


def _domain_constraints(schema: Schema) -> Iterator[Row]:
    for domain in schema.domains():
        for check in domain.checks:
            row: dict[str, object] = {"domain_schema": domain.name.schema, "domain_name": domain.name.name}
            row |= {"constraint_schema": domain.name.schema, "constraint_name": check.name}
            yield Row(row, not domain.doubtful)


CONSTRAINT_VIEWS: dict[str, Catalog] = {
    "table_constraints": _table_constraints,
    "key_column_usage": _key_columns,
    "constraint_column_usage": _used_columns,
    "constraint_table_usage": _used_tables,
    "referential_constraints": _references,
    "check_constraints": _checks,
    "domain_constraints": _domain_constraints,
}
"""The views about constraints that can be answered."""
