"""A server's catalog and a schema on paper, in one form that can be compared."""

from __future__ import annotations

from typing import Any

import psycopg

from migralint.schema import Check, Exclusion, ForeignKey, Keyed, Schema

Described = dict[str, Any]
EXPRESSION = "<expression>"
_KINDS = {"p": "primary_key", "u": "unique", "f": "foreign_key", "c": "check", "x": "exclusion"}

COLUMNS = """
    SELECT n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    ORDER BY 1, a.attnum"""
CONSTRAINTS = """
    SELECT n.nspname || '.' || c.relname, o.conname, o.contype::text, o.convalidated,
           ARRAY(SELECT attname::text FROM unnest(o.conkey) WITH ORDINALITY k(num, i)
                 JOIN pg_attribute ON attrelid = c.oid AND attnum = num ORDER BY i),
           fn.nspname || '.' || f.relname,
           ARRAY(SELECT attname::text FROM unnest(o.confkey) WITH ORDINALITY k(num, i)
                 JOIN pg_attribute ON attrelid = f.oid AND attnum = num ORDER BY i),
           o.confdeltype::text, o.confupdtype::text, o.condeferrable, o.condeferred,
           COALESCE(pg_get_expr(o.conbin, o.conrelid), pg_get_constraintdef(o.oid)), o.conindid
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_class f ON f.oid = o.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
    WHERE o.contype IN ('p', 'u', 'f', 'c', 'x')
      AND NOT EXISTS (SELECT 1 FROM pg_constraint a WHERE a.oid = o.conparentid AND a.conrelid = o.conrelid)
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"""
INDEXES = """
    SELECT n.nspname || '.' || t.relname, c.relname, i.indisunique, i.indnkeyatts,
           ARRAY(SELECT CASE WHEN num = 0 THEN '<expression>' ELSE attname::text END
                 FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, p)
                 LEFT JOIN pg_attribute ON attrelid = t.oid AND attnum = num ORDER BY p),
           i.indpred IS NOT NULL, pg_get_indexdef(c.oid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))"""
SEQUENCES = """
    SELECT n.nspname || '.' || c.relname, tn.nspname || '.' || t.relname || '.' || a.attname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
          AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
    LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE c.relkind = 'S' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"""
_VIEWS = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"""


def on_server(connection: psycopg.Connection[Any]) -> Described:
    """What the catalog holds. Expressions are only told to be there."""
    result: Described = {"tables": {}, "constraints": {}, "indexes": {}, "sequences": {}, "views": []}
    for table, name, type_, not_null, default, identity, generated in connection.execute(COLUMNS).fetchall():
        kind = {"a": "always", "d": "by default"}.get(identity)
        if default is not None and default.startswith("NULL::"):
            default = None  # DEFAULT NULL of a type with a length
        elif default is not None and not default.startswith("nextval("):
            default = EXPRESSION
        column = (type_, not_null, None if generated else default, kind, bool(generated))
        columns = result["tables"].setdefault(table, {})
        if name is not None:
            columns[name] = column
    for table, name, kind, validated, columns, other, referenced, *_ in connection.execute(CONSTRAINTS).fetchall():
        own = sorted(columns) if kind == "c" else columns
        result["constraints"][table, name] = (_KINDS[kind], own, validated, other, referenced)
    for table, name, unique, count, keys, partial, _ in connection.execute(INDEXES).fetchall():
        result["indexes"][table, name] = (unique, keys[:count], keys[count:], partial)
    result["sequences"] = dict(connection.execute(SEQUENCES).fetchall())
    result["views"] = sorted(name for (name,) in connection.execute(_VIEWS).fetchall())
    return result


def on_paper(schema: Schema) -> Described:
    """The same of a schema on paper."""
    result: Described = {"tables": {}, "constraints": {}, "indexes": {}, "sequences": {}, "views": []}
    for table in schema.tables.values():
        columns = result["tables"].setdefault(str(table.name), {})
        for column in table.columns:
            default = column.default
            if default is not None and not default.startswith("nextval("):
                default = EXPRESSION
            columns[column.name] = (column.type, column.not_null, default, column.identity, bool(column.generated))
        for constraint in table.constraints:
            value: tuple[Any, ...]
            match constraint:
                case Keyed():
                    value = (constraint.kind, list(constraint.columns), True, None, [])
                case ForeignKey():
                    value = (
                        constraint.kind,
                        list(constraint.columns),
                        constraint.validated,
                        str(constraint.references),
                        list(constraint.referenced_columns),
                    )
                case Check():
                    value = (constraint.kind, sorted(set(constraint.columns)), constraint.validated, None, [])
                case Exclusion():
                    value = (constraint.kind, list(constraint.columns), True, None, [])
            result["constraints"][str(table.name), constraint.name] = value
        for index in table.indexes:
            keys = [k.column if k.column is not None else EXPRESSION for k in index.keys]
            key = str(table.name), index.name
            result["indexes"][key] = (index.unique, keys, list(index.include), index.where is not None)
    for sequence in schema.sequences.values():
        owner = f"{sequence.owned_by[0]}.{sequence.owned_by[1]}" if sequence.owned_by else None
        result["sequences"][str(sequence.name)] = owner
    result["views"] = sorted(map(str, schema.views))
    return result
