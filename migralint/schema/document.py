"""The schema as a document: what `migralint schema --format json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from migralint.schema.attached import Trigger
from migralint.schema.canonical import signature
from migralint.schema.objects import Sequence
from migralint.schema.schema import Schema
from migralint.schema.table import Check, Exclusion, ForeignKey, Index, Keyed, Table, Unique

FORMAT = 1


def document(schema: Schema, heads: Iterable[str] = (), complete: bool = True) -> dict[str, Any]:
    """The document; lists and names as in the contract of `schema --format json`; `complete` as for `signature`."""
    return {
        "format": FORMAT,
        "dialect": schema.dialect,
        "heads": sorted(heads),
        "signature": signature(schema, complete),
    } | _body(schema)


def _body(schema: Schema) -> dict[str, Any]:
    views = {str(v.name): v for v in schema.views.values()}
    return {
        "tables": {str(t.name): _table(t) for t in sorted(schema.tables.values(), key=lambda t: t.name)},
        "enums": {str(e.name): list(e.labels) for e in sorted(schema.enums(), key=lambda e: e.name)},
        "domains": {
            str(d.name): {
                "base": d.base,
                "not_null": d.not_null,
                "default": d.default,
                "checks": [{"name": c.name, "expression": c.expression} for c in d.checks],
            }
            for d in sorted(schema.domains(), key=lambda d: d.name)
        },
        "views": {
            n: {"definition": v.definition, "triggers": [_trigger(t) for t in v.triggers]}
            for n, v in sorted(views.items())
            if not v.materialized
        },
        "materialized_views": {
            n: {"definition": v.definition, "indexes": [_index(i) for i in v.indexes]}
            for n, v in sorted(views.items())
            if v.materialized
        },
        "sequences": {
            str(s.name): _sequence(s) for s in sorted(schema.sequences.values(), key=lambda s: s.name) if not s.identity
        },
        "functions": {
            f.signature: {"returns": f.returns, "language": f.language}
            for fs in schema.functions.values()
            for f in sorted(fs, key=lambda f: f.signature)
        },
        "schemas": sorted(schema.schemas),
        "extensions": sorted(schema.extensions),
    }


def _sequence(sequence: Sequence) -> dict[str, Any]:
    owner = sequence.owned_by
    return {"owned_by": f"{owner[0]}.{owner[1]}" if owner else None}


def _table(table: Table) -> dict[str, Any]:
    primary = table.primary_key
    return {
        "columns": [
            {
                "name": c.name,
                "type": c.type,
                "not_null": c.not_null,
                "default": c.default,
                "identity": c.identity,
                "generated": {"expression": c.generated.expression, "stored": c.generated.stored}
                if c.generated
                else None,
                "doubtful": c.doubtful,
            }
            for c in table.columns
        ],
        "primary_key": _key(primary) if primary is not None else None,
        "unique": [{**_key(u), "nulls_not_distinct": u.nulls_not_distinct} for u in table.of_kind(Unique)],
        "foreign_keys": [
            {
                "name": k.name,
                "columns": list(k.columns),
                "references": str(k.references),
                "referenced_columns": list(k.referenced_columns),
                "on_delete": k.on_delete,
                "on_update": k.on_update,
                "deferrable": k.deferrable,
                "initially": k.initially,
                "validated": k.validated,
            }
            for k in table.of_kind(ForeignKey)
        ],
        "checks": [
            {"name": c.name, "expression": c.expression, "validated": c.validated} for c in table.of_kind(Check)
        ],
        "exclusions": [
            {"name": e.name, "definition": e.definition, "deferrable": e.deferrable, "initially": e.initially}
            for e in table.of_kind(Exclusion)
        ],
        "indexes": [_index(i) for i in table.indexes],
        "row_security": table.row_security,
        "policies": [
            {
                "name": p.name,
                "command": p.command,
                "roles": list(p.roles),
                "permissive": p.permissive,
                "using": p.using,
                "check": p.check,
            }
            for p in table.policies
        ],
        "triggers": [_trigger(t) for t in table.triggers],
        "doubtful": table.doubtful,
    }


def _key(key: Keyed) -> dict[str, Any]:
    return {
        "name": key.name,
        "columns": list(key.columns),
        "include": list(key.include),
        "deferrable": key.deferrable,
        "initially": key.initially,
    }


def _index(index: Index) -> dict[str, Any]:
    return {
        "name": index.name,
        "unique": index.unique,
        "method": index.method,
        "keys": [str(k) for k in index.keys],
        "include": list(index.include),
        "where": index.where,
        "nulls_not_distinct": index.nulls_not_distinct,
        "valid": index.valid,
    }


def _trigger(trigger: Trigger) -> dict[str, Any]:
    return {
        "name": trigger.name,
        "timing": trigger.timing,
        "events": list(trigger.events),
        "level": trigger.level,
        "function": trigger.function,
    }
