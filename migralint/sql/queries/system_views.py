"""Rows of the system views that say in words what the catalogs hold (docs, chapter 54): pg_tables and its like."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.schema import Schema, Table
from migralint.sql.queries.definitions import index_definition, view_definition
from migralint.sql.queries.identities import indexes, relations, sure
from migralint.sql.queries.values import Row


def pg_indexes(schema: Schema) -> Iterator[Row]:
    """Rows of pg_indexes."""
    for relation in relations(schema):
        place: dict[str, object] = {"schemaname": relation.name.schema, "tablename": relation.name.name}
        for index in indexes(relation):
            row = {**place, "indexname": index.name, "indexdef": index_definition(relation.name, index)}
            yield Row(row, sure(relation))
        if isinstance(relation, Table) and relation.assumed:
            yield Row(place, False, "tablename")


def pg_tables(schema: Schema) -> Iterator[Row]:
    """Rows of pg_tables."""
    for table in schema.tables.values():
        row: dict[str, object] = {
            "schemaname": table.name.schema,
            "tablename": table.name.name,
            "rowsecurity": table.row_security,
            "hasindexes": any(True for _ in indexes(table)),
        }
        yield Row(row, sure(table))


def pg_views(schema: Schema, materialized: bool, column: str) -> Iterator[Row]:
    """Rows of pg_views and pg_matviews; `column` is what they call the name."""
    for view in schema.views.values():
        if view.materialized == materialized:
            row: dict[str, object] = {"schemaname": view.name.schema, column: view.name.name}
            yield Row({**row, "definition": view_definition(schema, view)}, sure(view))


def pg_sequences(schema: Schema) -> Iterator[Row]:
    """Rows of pg_sequences."""
    for sequence in schema.sequences.values():
        yield Row({"schemaname": sequence.name.schema, "sequencename": sequence.name.name}, not sequence.doubtful)


def pg_policies(schema: Schema) -> Iterator[Row]:
    """Rows of pg_policies."""
    for table in schema.tables.values():
        place: dict[str, object] = {"schemaname": table.name.schema, "tablename": table.name.name}
        for policy in table.policies:
            row: dict[str, object] = {
                "policyname": policy.name,
                "permissive": "PERMISSIVE" if policy.permissive else "RESTRICTIVE",
                "cmd": policy.command,
                "roles": list(policy.roles),
            }
            yield Row({**place, **row}, sure(table))
        if table.assumed:
            yield Row(place, False, "tablename")
