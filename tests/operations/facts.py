"""Everything that a schema on paper says, and what a server's catalog says of the same, fact by fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import psycopg

from migralint.schema import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    Keyed,
    Name,
    OtherType,
    Schema,
    Table,
    Trigger,
    Unique,
    View,
)
from migralint.schema.expressions import same_default, same_expression
from migralint.schema.names import TEMPORARY
from tests.operations.facts_set import set_on_paper, set_on_server

Key = tuple[str, ...]
Facts = dict[Key, Any]

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_KINDS = {"p": "primary_key", "u": "unique", "f": "foreign_key", "c": "check", "x": "exclusion"}
_PERSISTENCE = {"p": "permanent", "u": "unlogged", "t": "temporary"}
_COMMANDS = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}


_CAST = re.compile(r"::(numeric|double precision|text|bpchar|bigint|integer)\b(\(\d+(,\d+)?\))?(\[\])?")
"""Casts that the server writes into an expression once more, for a type that a column has got since."""


class Said(NamedTuple):
    """A text that is compared by what it means; as the default of a column of `type` where there is one."""

    text: str | None
    type: str | None = None

    def same(self, other: Said) -> bool:
        if self.type is not None:
            return same_default(self.text, other.text, self.type)
        if self.text is None or other.text is None or same_expression(self.text, other.text):
            return self.text == other.text or (self.text is not None and other.text is not None)
        return same_expression(_CAST.sub("", self.text), _CAST.sub("", other.text))


def same(one: object, other: object) -> bool:
    """Whether two facts are equal."""
    if isinstance(one, Said) and isinstance(other, Said):
        return one.same(other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return one == other


def differences(paper: Facts, server: Facts) -> list[str]:
    """One line for each fact that differs."""
    lines = []
    for key in sorted(paper.keys() | server.keys()):
        if key not in server:
            lines.append(f"{' '.join(key)}: only on paper: {paper[key]}")
        elif key not in paper:
            lines.append(f"{' '.join(key)}: only on the server: {server[key]}")
        elif not same(paper[key], server[key]):
            one, other = paper[key], server[key]
            if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
                for part in [k for k in one if not same(one[k], other[k])]:
                    lines.append(f"{' '.join(key)} {part}: paper {one[part]!r}, server {other[part]!r}")
            else:
                lines.append(f"{' '.join(key)}: paper {one!r}, server {other!r}")
    return lines


# the server ------------------------------------------------------------------------------------------------------
def of_server(connection: psycopg.Connection[Any]) -> Facts:
    """The facts of the catalog. The search path has to be `public`."""
    version = connection.info.server_version // 10000
    facts: Facts = {}
    for query in (
        _RELATIONS,
        _COLUMNS,
        _ENUMS,
        _DOMAINS,
        _DOMAIN_CHECKS,
        _ATTRIBUTES,
        _SEQUENCES,
        _FUNCTIONS,
        _STATISTICS,
    ):
        _READERS[query](facts, connection.execute(query).fetchall())
    nulls = "i.indnullsnotdistinct" if version >= 15 else "false"
    enforced = "o.conenforced" if version >= 18 else "true"
    _constraints(facts, connection.execute(_CONSTRAINTS.format(nulls=nulls, enforced=enforced)).fetchall())
    _indexes(facts, connection.execute(_INDEXES.format(nulls=nulls)).fetchall())
    _triggers(facts, connection.execute(_TRIGGERS).fetchall())
    _policies(facts, connection.execute(_POLICIES).fetchall())
    schemas = connection.execute(f"SELECT nspname FROM pg_namespace n WHERE {_OURS} ORDER BY 1").fetchall()
    facts["schemas",] = tuple(name for (name,) in schemas)
    return facts | set_on_server(connection)


_RELATIONS = f"""
    SELECT n.nspname, relname, relkind::text, relpersistence::text, relrowsecurity, obj_description(c.oid, 'pg_class'),
           pg_get_partkeydef(c.oid), relispartition,
           ARRAY(SELECT pn.nspname || '.' || p.relname FROM pg_inherits h JOIN pg_class p ON p.oid = inhparent
                 JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE inhrelid = c.oid ORDER BY inhseqno)
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE {_OURS} AND relkind IN ('r', 'p', 'v', 'm')"""


def _relations(facts: Facts, rows: list[Any]) -> None:
    for schema, name, kind, persistence, security, comment, key, partition, parents in rows:
        if kind in "vm":
            facts["view", f"{schema}.{name}"] = kind == "m"
            continue
        facts["table", f"{schema}.{name}"] = {
            "persistence": _PERSISTENCE[persistence],
            "row_security": security,
            "comment": comment,
            "partition_by": _partition_by(key),
            "parents": tuple(parents),
            "is_partition": partition,
        }


_COLUMNS = f"""
    SELECT n.nspname, relname, relkind::text, attname, format_type(atttypid, atttypmod), attnotnull,
           pg_get_expr(adbin, adrelid), attidentity::text, attgenerated::text,
           CASE WHEN attcollation <> typcollation THEN collname END, col_description(c.oid, attnum), attislocal
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
    JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_collation l ON l.oid = attcollation
    LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
    WHERE {_OURS} AND relkind IN ('r', 'p', 'v', 'm') AND attnum > 0 AND NOT attisdropped
    ORDER BY 1, 2, attnum"""


def _columns(facts: Facts, rows: list[Any]) -> None:
    for schema, table, kind, name, type_, nulls, default, identity, generated, collation, comment, local in rows:
        owner = f"{schema}.{table}"
        order = ("columns", owner)
        facts[order] = (*facts.get(order, ()), name)
        if kind in "vm":
            facts["view column", owner, name] = type_
            continue
        facts["column", owner, name] = {
            "type": type_,
            "not_null": nulls,
            "default": _default(None if generated else default, type_),
            "identity": {"a": "always", "d": "by default"}.get(identity),
            "generated": (Said(default), generated == "s") if generated else None,
            "collation": collation,
            "comment": comment,
            "inherited": not local,
        }


_CONSTRAINTS = f"""
    SELECT n.nspname, c.relname, o.conname, o.contype::text,
           ARRAY(SELECT attname::text FROM unnest(coalesce(i.indkey::int2[], o.conkey)) WITH ORDINALITY k(num, p)
                 JOIN pg_attribute ON attrelid = c.oid AND attnum = num ORDER BY p), i.indnkeyatts,
           o.condeferrable, o.condeferred, {{nulls}}, fn.nspname || '.' || f.relname,
           ARRAY(SELECT attname::text FROM unnest(o.confkey) WITH ORDINALITY k(num, p)
                 JOIN pg_attribute ON attrelid = f.oid AND attnum = num ORDER BY p),
           o.confdeltype::text, o.confupdtype::text, o.confmatchtype::text, o.convalidated, {{enforced}},
           pg_get_expr(o.conbin, o.conrelid), o.connoinherit, o.conislocal, pg_get_constraintdef(o.oid)
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_index i ON i.indexrelid = o.conindid AND o.contype IN ('p', 'u')
    LEFT JOIN pg_class f ON f.oid = o.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
    WHERE o.contype IN ('p', 'u', 'f', 'c', 'x') AND {_OURS}
      AND NOT EXISTS (SELECT 1 FROM pg_constraint a WHERE a.oid = o.conparentid AND a.conrelid = o.conrelid)"""


def _constraints(facts: Facts, rows: list[Any]) -> None:
    for row in rows:
        schema, table, name, kind, columns, keys, deferrable, deferred, nulls, other, referenced = row[:11]
        on_delete, on_update, match, validated, enforced, expression, no_inherit, local, text = row[11:]
        fact: dict[str, Any] = {"kind": _KINDS[kind]}
        if kind == "c":
            fact |= {"expression": Said(expression), "validated": validated, "enforced": enforced}
            fact |= {"columns": tuple(sorted(columns)), "no_inherit": no_inherit, "inherited": not local}
        else:
            fact |= {"deferrable": deferrable, "deferred": deferred}
        if kind in "pu":
            fact |= {"columns": tuple(columns[:keys]), "include": tuple(columns[keys:])}
            fact |= {"nulls_not_distinct": nulls}
        if kind == "f":
            fact |= {"columns": tuple(columns), "references": other, "referenced": tuple(referenced)}
            fact |= {"on_delete": _ACTIONS[on_delete], "on_update": _ACTIONS[on_update], "full": match == "f"}
            fact |= {"validated": validated, "enforced": enforced}
        if kind == "x":
            fact["definition"] = _keys_of(text)
        facts["constraint", f"{schema}.{table}", name] = fact


_INDEXES = f"""
    SELECT n.nspname, t.relname, c.relname, m.amname, i.indisunique, i.indnkeyatts,
           ARRAY(SELECT attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, p)
                 LEFT JOIN pg_attribute ON attrelid = t.oid AND attnum = num ORDER BY p),
           ARRAY(SELECT pg_get_indexdef(c.oid, p, false) FROM generate_series(1, i.indnkeyatts) p ORDER BY p),
           i.indoption::int2[],
           ARRAY(SELECT CASE WHEN NOT opcdefault THEN opcname::text END FROM unnest(i.indclass::oid[])
                 WITH ORDINALITY k(o, p) JOIN pg_opclass ON pg_opclass.oid = o ORDER BY p),
           ARRAY(SELECT CASE WHEN num <> 0 AND k.used NOT IN (0, 100) THEN collname::text END
                 FROM unnest(i.indcollation::oid[], (i.indkey::int2[])[0:i.indnkeyatts - 1]) WITH ORDINALITY
                 k(used, num, p)
                 LEFT JOIN pg_collation l ON l.oid = k.used
                 LEFT JOIN pg_attribute ON attrelid = t.oid AND attnum = num ORDER BY p),
           pg_get_expr(i.indpred, i.indrelid), {{nulls}}, i.indisvalid
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_am m ON m.oid = c.relam JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE {_OURS}
      AND NOT EXISTS (SELECT 1 FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))"""


def _indexes(facts: Facts, rows: list[Any]) -> None:
    for schema, table, name, method, unique, count, columns, shown, options, classes, collations, *rest in rows:
        where, nulls, valid = rest
        keys = []
        for at in range(count):
            expression = Said(shown[at]) if columns[at] is None else Said(None)
            sort = (bool(options[at] & 1), bool(options[at] & 2))
            keys.append((columns[at], expression, classes[at], collations[at], *sort))
        facts["index", f"{schema}.{table}", name] = {
            "unique": unique,
            "method": method,
            "keys": tuple(keys),
            "include": tuple(columns[count:]),
            "where": Said(where),
            "nulls_not_distinct": nulls,
            "valid": valid,
        }


_ENUMS = f"""
    SELECT n.nspname, typname, ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
           typtype::text
    FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE {_OURS} AND typtype IN ('e', 'r')"""


def _enums(facts: Facts, rows: list[Any]) -> None:
    for schema, name, labels, kind in rows:
        facts["enum" if kind == "e" else "type", f"{schema}.{name}"] = tuple(labels)


_DOMAINS = f"""
    SELECT n.nspname, typname, format_type(typbasetype, typtypmod), typnotnull, pg_get_expr(typdefaultbin, 0)
    FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE {_OURS} AND typtype = 'd'"""


def _domains(facts: Facts, rows: list[Any]) -> None:
    for schema, name, base, nulls, default in rows:
        facts["domain", f"{schema}.{name}"] = {"base": base, "not_null": nulls, "default": _default(default, base)}


_DOMAIN_CHECKS = f"""
    SELECT n.nspname, typname, conname, pg_get_expr(conbin, 0), convalidated
    FROM pg_constraint o JOIN pg_type t ON t.oid = contypid JOIN pg_namespace n ON n.oid = typnamespace
    WHERE {_OURS} AND contype = 'c'"""


def _domain_checks(facts: Facts, rows: list[Any]) -> None:
    for schema, name, check, expression, validated in rows:
        facts["domain check", f"{schema}.{name}", check] = (Said(expression), validated)


_ATTRIBUTES = f"""
    SELECT n.nspname, relname,
           ARRAY(SELECT attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute
                 WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {_OURS} AND relkind = 'c'"""


def _attributes(facts: Facts, rows: list[Any]) -> None:
    for schema, name, attributes in rows:
        facts["type", f"{schema}.{name}"] = tuple(attributes)


_SEQUENCES = f"""
    SELECT n.nspname, c.relname, tn.nspname || '.' || t.relname, a.attname, d.deptype::text, format_type(q.seqtypid, NULL)
    FROM pg_class c JOIN pg_sequence q ON q.seqrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
          AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
    LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE c.relkind = 'S' AND {_OURS}"""


def _sequences(facts: Facts, rows: list[Any]) -> None:
    for schema, name, table, column, kind, type_ in rows:
        facts["sequence", f"{schema}.{name}"] = ((table, column) if table else None, kind == "i", type_)


_FUNCTIONS = f"""
    SELECT n.nspname, proname, ARRAY(SELECT format_type(o, NULL) FROM unnest(proargtypes::oid[]) o),
           pg_get_function_result(p.oid), lanname, prokind::text, prosrc,
           jsonb_build_object('volatility', provolatile, 'parallel', proparallel, 'strict', proisstrict,
               'security', prosecdef, 'leakproof', proleakproof, 'cost', procost, 'config', proconfig)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace JOIN pg_language l ON l.oid = prolang
    WHERE {_OURS} AND lanname <> 'internal'"""


def _functions(facts: Facts, rows: list[Any]) -> None:
    for schema, name, arguments, result, language, kind, body, options in rows:
        facts["function", f"{schema}.{name}({', '.join(arguments)})"] = (
            result,
            language,
            {"f": "function", "p": "procedure", "a": "aggregate"}.get(kind, kind),
            body.strip(),
            _options(options),
        )


_WORDS = {"i": "IMMUTABLE", "s": "STABLE", "v": None}
_PARALLEL = {"s": "SAFE", "r": "RESTRICTED", "u": None}


def _options(found: dict[str, Any]) -> dict[str, str]:
    """The options of a function as they are said, without those that every function has."""
    said = {
        "volatility": _WORDS[found["volatility"]],
        "parallel": _PARALLEL[found["parallel"]],
        "strict": "true" if found["strict"] else None,
        "security": "DEFINER" if found["security"] else None,
        "leakproof": "true" if found["leakproof"] else None,
        "cost": f"{found['cost']:g}" if found["cost"] != 100 else None,
    }
    settings = dict(text.split("=", 1) for text in found["config"] or ())
    said |= {f"set {name}": f"'{value}'" for name, value in settings.items()}
    return {name: value for name, value in said.items() if value is not None}


_STATISTICS = f"""
    SELECT n.nspname, stxname, stxrelid::regclass::text, stxkind::text[], stxstattarget,
           ARRAY(SELECT attname::text FROM pg_attribute
                 WHERE attrelid = stxrelid AND attnum = ANY (stxkeys::int2[]) ORDER BY attname)
    FROM pg_statistic_ext JOIN pg_namespace n ON n.oid = stxnamespace WHERE {_OURS}"""
_SPREAD = {"d": "ndistinct", "f": "dependencies", "m": "mcv"}


def _statistics(facts: Facts, rows: list[Any]) -> None:
    for schema, name, _, kinds, target, columns in rows:
        known = tuple(sorted(_SPREAD[kind] for kind in kinds if kind in _SPREAD))
        facts["statistics", f"{schema}.{name}"] = (known, target if target != -1 else None, tuple(sorted(columns)))


_TRIGGERS = f"""
    SELECT n.nspname, c.relname, tgname, tgtype::int, pn.nspname || '.' || proname
    FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace
    JOIN pg_proc p ON p.oid = tgfoid JOIN pg_namespace pn ON pn.oid = pronamespace
    WHERE {_OURS} AND NOT tgisinternal AND tgparentid = 0"""


def _triggers(facts: Facts, rows: list[Any]) -> None:
    for schema, table, name, bits, function in rows:
        events = [e for bit, e in ((4, "INSERT"), (8, "DELETE"), (16, "UPDATE"), (32, "TRUNCATE")) if bits & bit]
        timing = "BEFORE" if bits & 2 else "INSTEAD OF" if bits & 64 else "AFTER"
        level = "ROW" if bits & 1 else "STATEMENT"
        facts["trigger", f"{schema}.{table}", name] = (timing, tuple(sorted(events)), level, function)


_POLICIES = f"""
    SELECT n.nspname, c.relname, polname, polcmd::text, polpermissive,
           ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE r::regrole::text END FROM unnest(polroles) r),
           pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
    FROM pg_policy p JOIN pg_class c ON c.oid = polrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE {_OURS}"""


def _policies(facts: Facts, rows: list[Any]) -> None:
    for schema, table, name, command, permissive, roles, using, check in rows:
        value = (_COMMANDS[command], permissive, _roles(roles), Said(using), Said(check))
        facts["policy", f"{schema}.{table}", name] = value


_READERS = {
    _RELATIONS: _relations,
    _COLUMNS: _columns,
    _ENUMS: _enums,
    _DOMAINS: _domains,
    _DOMAIN_CHECKS: _domain_checks,
    _ATTRIBUTES: _attributes,
    _SEQUENCES: _sequences,
    _FUNCTIONS: _functions,
    _STATISTICS: _statistics,
}


def _default(text: str | None, type: str) -> object:
    """A default: the sequence of one that counts is a fact, and has to be the same."""
    if text is not None and text.startswith("nextval("):
        return text
    return Said(text, type)


def _squeezed(text: str) -> str:
    return "".join(text.split()).lower().replace("(", "").replace(")", "").replace('"', "")


def _keys_of(text: str) -> str:
    """What an exclusion excludes; its condition is compared where it is one of an index."""
    return _squeezed(text).split("where")[0].split("deferrable")[0]


def _partition_by(text: str | None) -> str | None:
    return _squeezed(text) if text else None


def _roles(roles: Iterable[str]) -> tuple[str, ...]:
    """Who runs the tests is not a fact."""
    return tuple("me" if r not in ("public",) else r for r in roles)


# paper -----------------------------------------------------------------------------------------------------------
def of_paper(schema: Schema) -> Facts:
    """The facts of a schema; without what is temporary."""
    facts: Facts = {}
    for table in schema.tables.values():
        if table.name.schema != TEMPORARY:
            _table(facts, table)
    for view in schema.views.values():
        _view(facts, view)
    for enum in schema.enums():
        facts["enum", str(enum.name)] = enum.labels
    for domain in schema.domains():
        key = str(domain.name)
        default = _default(domain.default, domain.base)
        facts["domain", key] = {"base": domain.base, "not_null": domain.not_null, "default": default}
        for check in domain.checks:
            facts["domain check", key, check.name] = (Said(check.expression), check.validated)
    for other in schema.types.values():
        if isinstance(other, OtherType):
            facts["type", str(other.name)] = tuple(f"{name} {kind}" for name, kind in other.attributes)
    for sequence in schema.sequences.values():
        if sequence.name.schema != TEMPORARY:
            owner = sequence.owned_by
            shown = (str(owner[0]), owner[1]) if owner else None
            type_ = dict(sequence.options).get("type", "bigint")
            facts["sequence", str(sequence.name)] = (shown, sequence.identity, type_)
    for overloads in schema.functions.values():
        for f in overloads:
            facts["function", f.signature] = (f.returns, f.language, f.kind, f.body.strip(), dict(f.options))
    facts["schemas",] = tuple(sorted(schema.schemas))
    return facts | set_on_paper(schema)


def _table(facts: Facts, table: Table) -> None:
    key = str(table.name)
    for one in table.statistics:
        kinds = tuple(sorted(one.kinds or _SPREAD.values()))
        facts["statistics", str(one.name)] = (kinds, one.target, tuple(sorted(one.columns_used)))
    facts["table", key] = {
        "persistence": table.persistence,
        "row_security": table.row_security,
        "comment": table.comment,
        "partition_by": _partition_by(table.partition_by),
        "parents": tuple(map(str, table.parents)),
        "is_partition": table.is_partition,
    }
    if table.columns:
        facts["columns", key] = tuple(c.name for c in table.columns)
    for column in table.columns:
        facts["column", key, column.name] = _column(column)
    for constraint in table.constraints:
        facts["constraint", key, constraint.name] = _constraint(constraint)
    for index in table.indexes:
        facts["index", key, index.name] = _index(index, {c.name: c.collation for c in table.columns})
    for trigger in table.triggers:
        _trigger(facts, table.name, trigger)
    for policy in table.policies:
        value = (policy.command, policy.permissive, _roles(policy.roles), Said(policy.using), Said(policy.check))
        facts["policy", key, policy.name] = value


def _column(column: Column) -> dict[str, Any]:
    generated = column.generated
    return {
        "type": column.type,
        "not_null": column.not_null,
        "default": _default(None if generated else column.default, column.type),
        "identity": column.identity,
        "generated": (Said(generated.expression), generated.stored) if generated else None,
        "collation": column.collation,
        "comment": column.comment,
        "inherited": column.inherited,
    }


def _constraint(constraint: Constraint) -> dict[str, Any]:
    fact: dict[str, Any] = {"kind": constraint.kind}
    if isinstance(constraint, Keyed | ForeignKey | Exclusion):
        fact |= {"deferrable": constraint.deferrable, "deferred": constraint.initially == "DEFERRED"}
    match constraint:
        case Keyed():
            fact |= {"columns": constraint.columns, "include": constraint.include}
            fact["nulls_not_distinct"] = isinstance(constraint, Unique) and constraint.nulls_not_distinct
        case ForeignKey():
            fact |= {"columns": constraint.columns, "references": str(constraint.references)}
            fact |= {"referenced": constraint.referenced_columns, "full": constraint.match == "FULL"}
            fact |= {"on_delete": constraint.on_delete, "on_update": constraint.on_update}
            fact |= {"validated": constraint.validated, "enforced": constraint.enforced}
        case Check():
            fact |= {"expression": Said(constraint.expression), "columns": tuple(sorted(set(constraint.columns)))}
            fact |= {"validated": constraint.validated, "enforced": constraint.enforced}
            fact |= {"no_inherit": constraint.no_inherit, "inherited": constraint.inherited}
        case Exclusion():
            fact["definition"] = _keys_of(constraint.definition)
    return fact


def _index(index: Index, collations: Mapping[str, str | None]) -> dict[str, Any]:
    keys = tuple(
        (
            k.column,
            Said(k.expression if k.column is None else None),
            k.opclass,
            (k.collation or collations.get(k.column)) if k.column is not None else None,
            k.descending,
            k.descending if k.nulls_first is None else k.nulls_first,
        )
        for k in index.keys
    )
    return {
        "unique": index.unique,
        "method": index.method,
        "keys": keys,
        "include": index.include,
        "where": Said(index.where),
        "nulls_not_distinct": index.nulls_not_distinct,
        "valid": index.valid,
    }


def _trigger(facts: Facts, owner: Name, trigger: Trigger) -> None:
    events = tuple(sorted(trigger.events))
    facts["trigger", str(owner), trigger.name] = (trigger.timing, events, trigger.level, trigger.function)


def _view(facts: Facts, view: View) -> None:
    key = str(view.name)
    facts["view", key] = view.materialized
    facts["columns", key] = tuple(c.name for c in view.columns)
    for column in view.columns:
        facts["view column", key, column.name] = column.type
    for index in view.indexes:
        facts["index", key, index.name] = _index(index, {c.name: c.collation for c in view.columns})
    for trigger in view.triggers:
        _trigger(facts, view.name, trigger)
