"""What a server holds, as the definitions that it prints itself."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.postgres.catalog import on_server

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_QUERIES = {
    "relations": f"SELECT n.nspname, relname, relkind::text, relpersistence::text, relrowsecurity, relforcerowsecurity, "
    f"ARRAY(SELECT unnest(reloptions) ORDER BY 1), relispartition, pg_get_expr(relpartbound, c.oid), "
    f"obj_description(c.oid), pg_get_partkeydef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
    f"WHERE {_OURS} AND relkind <> 'i'",
    "columns": f"SELECT n.nspname, relname, attname, attnum, pg_get_expr(adbin, adrelid), collname, "
    f"col_description(c.oid, attnum) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid "
    f"JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum "
    f"LEFT JOIN pg_collation l ON l.oid = attcollation WHERE {_OURS} AND relkind IN ('r', 'p', 'v') AND attnum > 0",
    "constraints": f"SELECT n.nspname, conrelid::regclass::text, conname, pg_get_constraintdef(o.oid) "
    f"FROM pg_constraint o JOIN pg_namespace n ON n.oid = connamespace WHERE {_OURS} AND contype <> 'n'",
    "indexes": f"SELECT n.nspname, pg_get_indexdef(c.oid) FROM pg_class c JOIN pg_namespace n "
    f"ON n.oid = relnamespace WHERE {_OURS} AND relkind IN ('i', 'I')",
    "views": f"SELECT n.nspname, relname, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n "
    f"ON n.oid = relnamespace WHERE {_OURS} AND relkind IN ('v', 'm')",
    "functions": f"SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace "
    f"WHERE {_OURS} AND prokind <> 'a'",
    "aggregates": f"SELECT p.oid::regprocedure::text, aggfnoid::text, aggtransfn::text, aggtranstype::regtype::text, "
    f"agginitval FROM pg_aggregate JOIN pg_proc p ON p.oid = aggfnoid JOIN pg_namespace n ON n.oid = pronamespace "
    f"WHERE {_OURS}",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "policies": "SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies",
    "labels": "SELECT enumtypid::regtype::text, enumlabel FROM pg_enum ORDER BY enumtypid, enumsortorder",
    "types": f"SELECT n.nspname, typname, typtype::text, typnotnull, typdefault, typbasetype::regtype::text "
    f"FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE {_OURS}",
    "sequences": "SELECT schemaname, sequencename, data_type::text, start_value, increment_by, min_value, max_value, "
    "cache_size, cycle FROM pg_sequences",
    "inheritance": "SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits",
}


def described(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Everything that can be told apart, in an order that does not depend on when it was made."""
    found: dict[str, Any] = {"names": on_server(connection)}
    for kind, query in _QUERIES.items():
        rows = connection.execute(query).fetchall()
        found[kind] = rows if kind == "labels" else sorted(rows, key=repr)
    return found
