"""What is set of objects beside their definition, as a schema on paper and as a server's catalog say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from migralint.operations.comments import comments
from migralint.operations.details import Target
from migralint.schema import Column, Name, RewriteRule, Schema, Table, Trigger, View
from migralint.schema.conversion import usual_storage
from migralint.schema.names import TEMPORARY, quote
from migralint.schema.table import CLUSTERED, IDENTIFIES

Key = tuple[str, ...]
Facts = dict[Key, Any]

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_FIRING = {"O": "", "D": "DISABLED", "R": "REPLICA", "A": "ALWAYS"}
_STORAGE = {"p": "PLAIN", "m": "MAIN", "e": "EXTERNAL", "x": "EXTENDED"}
_IDENTITY = {"d": "", "n": "NOTHING", "f": "FULL", "i": "INDEX"}
_EVENTS = {"1": "SELECT", "2": "UPDATE", "3": "INSERT", "4": "DELETE"}

_COMMENTS = """
    SELECT o.type, o.identity, description FROM pg_description,
           LATERAL pg_identify_object(classoid, objoid, objsubid) o
    WHERE (objoid >= 16384 OR (objoid = 2200 AND description <> 'standard public schema')) AND o.identity NOT LIKE 'pg\\_temp%' AND o.type NOT IN ('table', 'table column')"""
_RELATIONS = f"""
    SELECT n.nspname || '.' || c.relname, c.relkind::text, c.reloptions, c.relreplident::text,
           CASE WHEN EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND atttypid = 'text'::regtype
                             AND attgenerated = '' AND NOT attisdropped) THEN t.reloptions END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
    WHERE {_OURS} AND c.relkind IN ('r', 'p', 'm', 'i', 'I')"""
_INDEXES = f"""
    SELECT n.nspname || '.' || c.relname, indisclustered, indisreplident
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE {_OURS} AND (indisclustered OR indisreplident)"""
_COLUMNS = f"""
    SELECT n.nspname || '.' || relname, attname, CASE WHEN attstorage <> typstorage THEN attstorage::text END,
           attcompression::text, nullif(attstattarget, -1), attoptions
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
    JOIN pg_type t ON t.oid = atttypid
    WHERE {_OURS} AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped"""
_TRIGGERS = f"""
    SELECT n.nspname || '.' || relname, tgname, tgenabled::text FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    JOIN pg_namespace n ON n.oid = relnamespace WHERE {_OURS} AND NOT tgisinternal AND tgparentid = 0"""
_RULES = f"""
    SELECT n.nspname || '.' || relname, rulename, ev_type::text, is_instead, ev_enabled::text
    FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE {_OURS} AND rulename <> '_RETURN'"""
_PUBLICATIONS = """
    SELECT pubname, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot,
           ARRAY(SELECT nspname FROM pg_publication_namespace JOIN pg_namespace n ON n.oid = pnnspid
                 WHERE pnpubid = p.oid ORDER BY 1)
    FROM pg_publication p"""
_PUBLISHED = f"""
    SELECT pubname, n.nspname || '.' || relname, prqual IS NOT NULL,
           ARRAY(SELECT attname::text FROM unnest(prattrs::int2[]) a JOIN pg_attribute ON attrelid = c.oid AND attnum = a
                 ORDER BY 1)
    FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid JOIN pg_class c ON c.oid = prrelid
    JOIN pg_namespace n ON n.oid = relnamespace WHERE {_OURS}"""
_EVENT_TRIGGERS = """
    SELECT evtname, evtevent, n.nspname || '.' || proname, evtenabled::text, evttags
    FROM pg_event_trigger JOIN pg_proc p ON p.oid = evtfoid JOIN pg_namespace n ON n.oid = pronamespace"""
_PUBLISHING = "insert, update, delete, truncate"


def set_on_server(connection: psycopg.Connection[Any]) -> Facts:
    """The facts of the catalog."""
    facts: Facts = {}

    def rows(query: str) -> list[Any]:
        return connection.execute(query).fetchall()

    for kind, identity, text in rows(_COMMENTS):
        facts["comment", _kind(kind), identity.replace("pg_catalog.", "")] = text
    for name, kind, options, identity, toast in rows(_RELATIONS):
        _add(facts, ("options", name), _options(options) | {f"toast.{k}": v for k, v in _options(toast).items()})
        if kind in "rp":
            _add(facts, ("replica identity", name), _IDENTITY[identity])
    for name, clustered, identifies in rows(_INDEXES):
        facts["index of", name] = (clustered, identifies)
    for table, column, storage, compression, target, options in rows(_COLUMNS):
        stored = _STORAGE[storage] if storage else None
        fact = (stored, {"p": "pglz", "l": "lz4"}.get(compression), target, _options(options))
        _add(facts, ("column set", table, column), fact if fact != (None, None, None, {}) else None)
    for table, name, enabled in rows(_TRIGGERS):
        _add(facts, ("trigger fires", table, name), _FIRING[enabled])
    for table, name, event, instead, enabled in rows(_RULES):
        facts["rule", table, name] = (_EVENTS[event], instead, _FIRING[enabled])
    for name, every, *publishes, root, schemas in rows(_PUBLICATIONS):
        shown = ", ".join(verb for verb, on in zip(_PUBLISHING.split(", "), publishes, strict=True) if on)
        facts["publication", name] = (every, shown, root, tuple(schemas))
    for publication, table, where, columns in rows(_PUBLISHED):
        facts["published", publication, table] = (where, tuple(columns))
    for name, event, function, enabled, tags in rows(_EVENT_TRIGGERS):
        facts["event trigger", name] = (event, function, _FIRING[enabled], tuple(sorted(tags or ())))
    return facts


def set_on_paper(schema: Schema) -> Facts:
    """The same facts of a schema."""
    facts: Facts = {}
    for target, text in comments(schema):
        if text is not None:
            kind = "type" if target.kind == "domain" else target.kind
            facts["comment", kind, _identity(target)] = text
    for relation in schema.relations():
        if relation.name.schema == TEMPORARY:
            continue
        if isinstance(relation, Table) or relation.materialized:
            _add(facts, ("options", str(relation.name)), dict(_kept(relation)))
        _attached(facts, relation)
        if isinstance(relation, Table):
            _table(facts, schema, relation)
    for made in schema.publications.values():
        options = dict(made.options)
        shown = options.get("publish", _PUBLISHING)
        root = options.get("publish_via_partition_root", "false") in ("true", "on")
        facts["publication", made.name] = (made.all_tables, shown, root, tuple(sorted(made.schemas)))
    for trigger in schema.event_triggers.values():
        fact = (trigger.event, str(trigger.function), trigger.firing, tuple(sorted(trigger.tags)))
        facts["event trigger", trigger.name] = fact
    return facts


def is_toasted(table: Table | View) -> bool:
    """Whether a server surely keeps a TOAST table for it.

    Without one its options are nowhere; one that is needed no more stays until the table is rewritten.
    """
    return any(column.type == "text" and column.generated is None for column in table.columns)


def _kept(relation: Table | View) -> Iterator[tuple[str, str]]:
    for name, value in relation.options:
        if not name.startswith("toast.") or is_toasted(relation):
            yield name, value


def _add(facts: Facts, key: Key, value: object) -> None:
    if value:
        facts[key] = value


def _options(found: list[str] | None) -> dict[str, str]:
    return dict(one.split("=", 1) for one in found or ())


def _kind(kind: str) -> str:
    """The kind of object as operations call it."""
    if kind.endswith(" column"):
        return "column"
    known = {
        "table constraint": "constraint",
        "domain constraint": "domain_constraint",
        "statistics object": "statistics",
    }
    return known.get(kind, kind.replace(" ", "_"))


def _identity(target: Target) -> str:
    """An object as `pg_identify_object` prints it."""

    def shown(name: Name) -> str:
        return f"{quote(name.schema)}.{quote(name.name)}"

    name = shown(target.name) if isinstance(target.name, Name) else quote(target.name)
    if target.kind == "column" and target.on is not None:
        return f"{shown(target.on)}.{name}"
    if target.arguments is not None:
        name += f"({','.join(str(one) for one in target.arguments)})"
    return name if target.on is None else f"{name} on {shown(target.on)}"


def _attached(facts: Facts, relation: Table | View) -> None:
    owner = str(relation.name)
    triggers: tuple[Trigger, ...] = relation.triggers
    rules: tuple[RewriteRule, ...] = relation.rules
    for trigger in triggers:
        _add(facts, ("trigger fires", owner, trigger.name), trigger.firing)
    for rule in rules:
        facts["rule", owner, rule.name] = (rule.event, rule.instead, rule.firing)
    for name, options, _ in _indexes(relation):
        _add(facts, ("options", f"{relation.name.schema}.{name}"), options)


def _indexes(relation: Table | View) -> Iterator[tuple[str, dict[str, str], frozenset[str]]]:
    from migralint.operations.settings import indexed

    for one in indexed(relation) if isinstance(relation, Table) else relation.indexes:
        yield one.name, dict(one.options), one.marks


def _table(facts: Facts, schema: Schema, table: Table) -> None:
    owner = str(table.name)
    _add(facts, ("replica identity", owner), table.replica_identity)
    for name, _, marks in _indexes(table):
        if marks:
            facts["index of", f"{table.name.schema}.{name}"] = (CLUSTERED in marks, IDENTIFIES in marks)
    for one in table.published:
        facts["published", one.publication, owner] = (one.where is not None, tuple(sorted(one.columns)))
    for column in table.columns:
        fact = (_storage(schema, column), column.compression, column.target, dict(column.options))
        _add(facts, ("column set", owner, column.name), fact if fact != (None, None, None, {}) else None)


def _storage(schema: Schema, column: Column) -> str | None:
    return None if column.storage == usual_storage(schema, column.type) else column.storage
