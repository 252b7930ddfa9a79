"""What a server holds, as a document of the shape that `migralint schema --format json` prints."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import psycopg

from tests.ecosystem.facts.document import Document
from tests.ecosystem.facts.text import closing, name, split
from tests.postgres.catalog import COLUMNS, CONSTRAINTS, INDEXES, SEQUENCES

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_OWN = "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = {}.oid AND e.deptype = 'e')"
"""Left out is what an extension brought."""
_MADE = "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = {}.oid AND e.deptype IN ('e', 'i'))"
"""And what came with something else, as the functions did that make values of a range."""

_OBJECTS = {
    "enums": f"""
        SELECT n.nspname || '.' || t.typname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
        FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE {_OURS} AND {_OWN.format("t")} GROUP BY 1""",
    "domains": f"""
        SELECT n.nspname || '.' || t.typname, format_type(t.typbasetype, t.typtypmod)
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE {_OURS} AND {_OWN.format("t")} AND t.typtype = 'd'""",
    "views": f"""
        SELECT n.nspname || '.' || c.relname, pg_get_viewdef(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS} AND {_OWN.format("c")} AND c.relkind = 'v'""",
    "materialized_views": f"""
        SELECT n.nspname || '.' || c.relname, pg_get_viewdef(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS} AND {_OWN.format("c")} AND c.relkind = 'm'""",
    "functions": f"""
        SELECT n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.prosrc
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OURS} AND {_MADE.format("p")}""",
    "triggers": """
        SELECT n.nspname || '.' || c.relname,
            json_agg(json_build_object('name', t.tgname, 'definition', pg_get_triggerdef(t.oid)) ORDER BY t.tgname)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT t.tgisinternal AND t.tgparentid = 0 GROUP BY 1""",
    "secured": f"""
        SELECT n.nspname || '.' || c.relname, c.relrowsecurity
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS} AND c.relrowsecurity""",
    "policies": """
        SELECT schemaname || '.' || tablename, json_agg(json_build_object(
            'name', policyname, 'command', cmd, 'permissive', permissive = 'PERMISSIVE', 'roles', roles,
            'using', qual, 'check', with_check) ORDER BY policyname)
        FROM pg_policies GROUP BY 1""",
    "schemas": f"SELECT n.nspname, n.nspname FROM pg_namespace n WHERE {_OURS}",
    "extensions": "SELECT extname, extversion FROM pg_extension WHERE extname <> 'plpgsql'",
}
_OF_EXTENSIONS = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_depend e ON e.objid = c.oid AND e.deptype = 'e'"""
_NULLS = "SELECT indexrelid FROM pg_index WHERE indnullsnotdistinct"
_INCLUDED = """
    SELECT i.indexrelid, ARRAY(SELECT attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, p)
        JOIN pg_attribute ON attrelid = i.indrelid AND attnum = num WHERE p > i.indnkeyatts ORDER BY p)
    FROM pg_index i WHERE i.indnatts > i.indnkeyatts"""
_ACTIONS = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}
_METHOD = re.compile(r"(?is)create\s+(?:unique\s+)?index\s+.*?\susing\s+(\w+)\s*\(")


def contents(connection: psycopg.Connection[Any]) -> Document:
    """The document. Expressions are as the server prints them."""
    objects = {kind: dict(connection.execute(query).fetchall()) for kind, query in _OBJECTS.items()}
    tables = _columns(connection)
    for table, constraint in _constraints(connection):
        kind = constraint.pop("kind")
        if kind == "primary_key":
            tables[table]["primary_key"] = constraint
        else:
            tables[table][kind].append(constraint)
    for table, index in _indexes(connection):
        if table in tables:
            tables[table]["indexes"].append(index)
    for table, described in tables.items():
        described["row_security"] = table in objects["secured"]
        described["policies"] = objects["policies"].get(table, [])
        described["triggers"] = objects["triggers"].get(table, [])
    for (extended,) in connection.execute(_OF_EXTENSIONS).fetchall():
        tables.pop(extended, None)
    sequences = {n: {"owned_by": owner} for n, owner in sorted(connection.execute(SEQUENCES).fetchall())}
    return {
        "format": 1,
        "dialect": "postgresql",
        "tables": dict(sorted(tables.items())),
        "enums": dict(sorted(objects["enums"].items())),
        "domains": {n: {"base": base} for n, base in sorted(objects["domains"].items())},
        "views": {
            n: {"definition": text, "triggers": objects["triggers"].get(n, [])}
            for n, text in sorted(objects["views"].items())
        },
        "materialized_views": {n: {"definition": text} for n, text in sorted(objects["materialized_views"].items())},
        "sequences": sequences,
        "functions": {n: {"body": body} for n, body in sorted(objects["functions"].items())},
        "schemas": sorted(objects["schemas"]),
        "extensions": sorted(objects["extensions"]),
    }


def _columns(connection: psycopg.Connection[Any]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for table, column, type_, not_null, default, identity, generated in connection.execute(COLUMNS).fetchall():
        described = tables.setdefault(
            table,
            {
                "columns": [],
                "primary_key": None,
                "unique": [],
                "foreign_keys": [],
                "checks": [],
                "exclusions": [],
                "indexes": [],
            },
        )
        if column is not None:
            described["columns"].append(
                {
                    "name": column,
                    "type": type_,
                    "not_null": not_null,
                    "default": None if generated else default,
                    "identity": {"a": "always", "d": "by default"}.get(identity),
                    "generated": {"expression": default, "stored": generated == "s"} if generated else None,
                }
            )
    return tables


def _constraints(connection: psycopg.Connection[Any]) -> list[tuple[str, dict[str, Any]]]:
    not_distinct = {index for (index,) in connection.execute(_NULLS).fetchall()}
    included: dict[int, list[str]] = defaultdict(list, connection.execute(_INCLUDED).fetchall())
    found = []
    for row in connection.execute(CONSTRAINTS + " ORDER BY 1, 2").fetchall():
        table, called, kind, validated, columns, other, referenced, *rest = row
        on_delete, on_update, deferrable, deferred, text, index = rest
        constraint: dict[str, Any] = {"name": called}
        if deferrable:
            constraint |= {"deferrable": True, "initially": "DEFERRED" if deferred else "IMMEDIATE"}
        match kind:
            case "p":
                constraint |= {"kind": "primary_key", "columns": columns, "include": included[index]}
            case "u":
                constraint |= {"kind": "unique", "columns": columns, "include": included[index]}
                constraint["nulls_not_distinct"] = index in not_distinct
            case "f":
                constraint |= {"kind": "foreign_keys", "columns": columns, "references": other}
                constraint |= {"referenced_columns": referenced, "validated": validated}
                constraint |= {"on_delete": _ACTIONS.get(on_delete), "on_update": _ACTIONS.get(on_update)}
            case "c":
                constraint |= {"kind": "checks", "expression": text, "validated": validated}
            case "x":
                constraint |= {"kind": "exclusions", "definition": text}
        found.append((table, constraint))
    return found


def _indexes(connection: psycopg.Connection[Any]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for table, called, unique, count, keys, partial, text in connection.execute(INDEXES + " ORDER BY 1, 2").fetchall():
        method = _METHOD.match(text)
        assert method is not None, text
        opening = method.end() - 1
        end = closing(text, opening)
        rest = text[end:]
        index = {
            "name": name(called),
            "unique": unique,
            "method": method[1].lower(),
            "keys": split(text[opening + 1 : end - 1]),
            "include": keys[count:],
            "where": re.split(r"(?i)\sWHERE\s", rest, maxsplit=1)[1] if partial else None,
            "nulls_not_distinct": "NULLS NOT DISTINCT" in rest.split(" WHERE ")[0],
        }
        found.append((table, index))
    return found
