"""The canonical form of a schema, and its signature: equal for schemas that mean the same.

What counts: schemas, extensions, types, sequences that no identity hides, tables (columns, keys, checks, indexes,
triggers, policies, rules, statistics, row security, inheritance, partitioning, persistence), views, functions,
publications and event triggers, with their names; the order of enum labels, of key columns and of a composite's
attributes. What does not: the order in which objects or columns were made, comments, how rows are stored and
replicated, names and defaults of arguments, the sequence behind a `nextval` default, and whether an object is doubtful.

Expressions and defaults count by their tokens: letter case of words, white space, needless quotes, outer parentheses
and the cast of a literal do not. That needs no parser, so a signature does not change with the version of one; two
expressions that are only equal by meaning (`a IN (1)` and `a = 1`) have two signatures, where `migralint.drift` finds
no difference.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from migralint.schema.attached import Policy, Published, RewriteRule, Trigger
from migralint.schema.expressions import normal, plain_default
from migralint.schema.names import Name
from migralint.schema.objects import Domain, EnumType, Function, OtherType, Sequence, View
from migralint.schema.schema import Schema
from migralint.schema.table import (
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    Key,
    Keyed,
    Statistics,
    Table,
    Unique,
)

FORM = 1
"""Of the canonical form; raised when the same schema gets another one, so that signatures of two forms never meet."""

DOUBTFUL = "-doubtful"
"""What ends the signature of a schema of which not everything is certain."""

_WHEN = re.compile(r"\bWHEN\s*\((.*)\)\s*EXECUTE\b", re.I | re.S)

Entry = tuple[str, str]
"""What an entry of the canonical form is about: its kind, and its name."""


def signature(schema: Schema, complete: bool = True) -> str:
    """A stable hash of the canonical form: 32 hexadecimal digits.

    Where the schema has something doubtful, or the caller knows that something was not read (`complete` is false),
    DOUBTFUL follows: the digits then stand for what is known. They do not change when a doubt is resolved.
    """
    entries = {f"{kind} {name}": value for (kind, name), value in canonical(schema).items()}
    text = json.dumps([FORM, schema.dialect, entries], sort_keys=True)
    doubt = "" if complete and not doubtful(schema) else DOUBTFUL
    return hashlib.sha256(text.encode()).hexdigest()[:32] + doubt


def certain(signature: str) -> str:
    """The digits of a signature."""
    return signature.removesuffix(DOUBTFUL)


def doubtful(schema: Schema) -> bool:
    """Whether something was not read, or is not certain: a branch that may not run, a table that no revision makes."""
    if schema.opaque:
        return True
    if any(t.doubtful or t.assumed or any(c.doubtful for c in t.columns) for t in schema.tables.values()):
        return True
    functions = (function for overloads in schema.functions.values() for function in overloads)
    if any(one.partial for group in (schema.enums(), functions) for one in group):
        return True
    others: list[Iterable[EnumType | Domain | OtherType | View | Sequence | Function]] = [
        schema.types.values(),
        schema.views.values(),
        schema.sequences.values(),
        *schema.functions.values(),
    ]
    return any(one.doubtful for group in others for one in group)


def canonical(schema: Schema) -> Mapping[Entry, Any]:
    """Every object by kind and name, as values of JSON."""
    entries: dict[Entry, Any] = {}
    for space in schema.schemas:
        entries["schema", space] = True
    for extension in schema.extensions:
        entries["extension", extension] = True
    for kind in schema.types.values():
        entries["type", str(kind.name)] = _type(kind)
    for sequence in schema.sequences.values():
        if not sequence.identity:
            owner = sequence.owned_by
            free = dict(sequence.options) or None
            entries["sequence", str(sequence.name)] = f"{owner[0]}.{owner[1]}" if owner else free
    for functions in schema.functions.values():
        for function in functions:
            entries["function", function.signature] = [
                function.kind,
                function.returns,
                function.language,
                "\n".join(line.rstrip() for line in function.body.strip().splitlines()),
                *([dict(function.options)] if function.options else []),
            ]
    for view in schema.views.values():
        entries["view", str(view.name)] = [
            view.materialized,
            normal(view.definition.strip().rstrip(";")),
            {index.name: _index(index) for index in view.indexes},
            {trigger.name: _fired(trigger_form(trigger), trigger.firing) for trigger in view.triggers},
            *([dict(view.options)] if view.options and not view.materialized else []),
            *([{"rules": _rules(view)}] if view.rules else []),
        ]
    for table in schema.tables.values():
        entries["table", str(table.name)] = _table(schema, table)
    for publication in (one for one in schema.publications.values() if not one.assumed):
        options = [publication.all_tables, sorted(publication.schemas), dict(publication.options)]
        entries["publication", publication.name] = options
    for event in schema.event_triggers.values():
        form = [event.event, sorted(event.tags), str(event.function)]
        entries["event_trigger", event.name] = _fired(form, event.firing)
    return entries


def table_options(table: Table) -> dict[str, Any]:
    """What is neither a column, a constraint nor an index: how the table is kept."""
    return {
        "inherits": sorted(map(str, table.parents)),
        "partition": table.is_partition,
        "partition_by": table.partition_by and normal(table.partition_by),
        "persistence": table.persistence,
    } | ({} if table.partition_bound is None else {"partition_bound": normal(table.partition_bound)})


def policy_form(policy: Policy) -> list[Any]:
    """A policy without its name."""
    return [policy.command, sorted(policy.roles), policy.permissive, _text(policy.using), _text(policy.check)]


def _type(value: EnumType | Domain | OtherType) -> list[Any]:
    match value:
        case EnumType():
            return ["enum", list(value.labels)]
        case OtherType():
            definition = [] if value.definition is None else [normal(value.definition)]
            return ["other", [list(attribute) for attribute in value.attributes], *definition]
        case Domain():
            checks = sorted([check.name, normal(check.expression), check.validated] for check in value.checks)
            default = plain_default(value.default, value.base)
            collation = [] if value.collation is None else [value.collation]
            return ["domain", value.base, value.not_null, default, checks, *collation]


def _table(schema: Schema, table: Table) -> dict[str, Any]:
    return table_options(table) | {
        "columns": {column.name: _column(column) for column in table.columns},
        "constraints": {one.name: _constraint(schema, one) for one in table.constraints},
        "indexes": {index.name: _index(index) for index in table.indexes},
        "triggers": {one.name: _fired(trigger_form(one), one.firing) for one in table.triggers},
        "policies": {policy.name: policy_form(policy) for policy in table.policies},
        **({"statistics": {str(one.name): _statistics(one) for one in table.statistics}} if table.statistics else {}),
        **({"rules": _rules(table)} if table.rules else {}),
        **({"published": {one.publication: _published(one) for one in table.published}} if table.published else {}),
        "row_security": [table.row_security, "forced"] if table.row_security_forced else table.row_security,
    }


def _column(column: Column) -> list[Any]:
    generated = column.generated
    return [
        column.type,
        column.not_null,
        plain_default(column.default, column.type),
        column.identity,
        [normal(generated.expression), generated.stored] if generated else None,
        column.collation,
    ]


def _constraint(schema: Schema, one: Constraint) -> list[Any]:
    match one:
        case Keyed():
            nulls = isinstance(one, Unique) and one.nulls_not_distinct
            how = [nulls, one.deferrable, _initially(one.initially)]
            overlaps = ["without overlaps"] if one.without_overlaps else []
            return [one.kind, list(one.columns), sorted(one.include), *how, *overlaps]
        case ForeignKey():
            return [
                one.kind,
                list(one.columns),
                str(one.references),
                list(one.referenced_columns or _primary_key(schema, one.references)),
                [one.on_delete, sorted(one.set_columns), one.on_update],
                None if one.match == "SIMPLE" else one.match,
                [one.deferrable, _initially(one.initially), one.validated, one.enforced],
                *(["period"] if one.period else []),
            ]
        case Check():
            return [one.kind, normal(one.expression), one.validated, one.enforced, one.no_inherit]
        case Exclusion():
            return [one.kind, normal(one.definition), one.deferrable, _initially(one.initially)]
    return [one.kind]


def _initially(said: str | None) -> str | None:
    return None if said == "IMMEDIATE" else said


def _primary_key(schema: Schema, name: Name) -> tuple[str, ...]:
    table = schema.tables.get(name)
    key = table.primary_key if table else None
    return key.columns if key else ()


def _index(index: Index) -> list[Any]:
    keys = [_key(key) for key in index.keys]
    where = _text(index.where)
    options = [dict(index.options)] if index.options else []
    return [
        index.unique,
        index.method,
        keys,
        sorted(index.include),
        where,
        index.nulls_not_distinct,
        index.valid,
        *options,
    ]


def _statistics(one: Statistics) -> list[Any]:
    return [sorted(json.dumps(_key(key)) for key in one.keys), sorted(one.kinds), one.target]


def _key(key: Key) -> list[Any]:
    nulls_first = key.descending if key.nulls_first is None else key.nulls_first
    return [key.column, _text(key.expression), key.opclass, key.collation, key.descending, nulls_first]


def trigger_form(trigger: Trigger) -> list[Any]:
    """A trigger without its name."""
    when = _WHEN.search(trigger.definition)
    return [
        trigger.timing,
        sorted(trigger.events),
        trigger.level,
        trigger.function,
        sorted(trigger.columns),
        normal(when[1]) if when else None,
    ]


def _fired(form: list[Any], firing: str) -> list[Any]:
    """The form of a trigger or rule, with when it runs where that is not as it was made."""
    return [*form, firing] if firing else form


def _rules(owner: Table | View) -> dict[str, Any]:
    return {rule.name: rule_form(rule) for rule in owner.rules}


def rule_form(rule: RewriteRule) -> list[Any]:
    """A rule without its name."""
    return _fired([rule.event, rule.instead, _text(rule.where), *map(normal, rule.actions)], rule.firing)


def _published(one: Published) -> list[Any]:
    return [sorted(one.columns), _text(one.where)]


def _text(expression: str | None) -> str | None:
    return None if expression is None else normal(expression)
