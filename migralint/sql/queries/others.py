"""Rows that catalogs may have of schemas which someone else owns, such as those of Supabase: no history tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migralint.sql.queries.identities import namespace_oid
from migralint.sql.queries.values import Row

_BY_NUMBER = {"pg_class": "relnamespace", "pg_proc": "pronamespace", "pg_type": "typnamespace"}
_BY_NAME = {
    "pg_tables": "schemaname",
    "pg_views": "schemaname",
    "pg_policies": "schemaname",
    "pg_indexes": "schemaname",
    "information_schema.schemata": "schema_name",
    "information_schema.tables": "table_schema",
    "information_schema.columns": "table_schema",
    "information_schema.views": "table_schema",
    "information_schema.table_constraints": "table_schema",
    "information_schema.triggers": "event_object_schema",
    "information_schema.routines": "routine_schema",
}


def rows_of_others(catalog: str, schemas: Iterable[str]) -> Iterator[Row]:
    """A row for each of the schemas, which stands for whatever a catalog may have of it."""
    for name in schemas:
        if catalog == "pg_namespace":
            yield Row({"oid": namespace_oid(name), "nspname": name}, False)
        elif catalog in _BY_NUMBER:
            yield Row({_BY_NUMBER[catalog]: namespace_oid(name)}, False)
        elif catalog in _BY_NAME:
            yield Row({_BY_NAME[catalog]: name}, False)
