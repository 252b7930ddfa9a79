"""Statements that set something of an object: comments, rules, publications, event triggers, how tables store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migralint.operations import AlterIndex, AlterTable, Statement
from migralint.operations.comments import comments
from migralint.operations.details import (
    ClusterOn,
    CommentOn,
    Compression,
    CountOn,
    Dropped,
    Firing,
    InSchema,
    Options,
    Renamed,
    ReplicaIdentity,
    Rule,
    StatisticsTarget,
    Storage,
    Target,
)
from migralint.operations.event_triggers import NewEventTrigger
from migralint.operations.publications import Publication, PublishedTable
from migralint.operations.settling import created_rules, table_settings
from migralint.render.calls import in_sql, qualified
from migralint.render.clauses import in_parentheses, literal, only, options
from migralint.schema import EventTrigger, Name, Schema, Table, View
from migralint.schema.bare import bare
from migralint.schema.names import quote

_ON_RELATIONS = ("constraint", "trigger", "policy", "rule")


def said(operation: Statement, default: str) -> list[str] | None:
    """The SQL of a statement whose detail is known; None for others."""
    match operation.detail:
        case CommentOn(target=target, text=text):
            return [f"COMMENT ON {_target(target, default)} IS {literal(text)}"]
        case CountOn(column=column) if operation.table is not None:
            sequence = f"pg_get_serial_sequence({literal(qualified(operation.table))}, {literal(column)})"
            highest = f"SELECT max({quote(column)}) FROM {in_sql(operation.table, default)}"
            return [f"SELECT setval({sequence}, GREATEST(nextval({sequence}), ({highest})))"]
        case Rule() as rule:
            return [create_rule(rule, default)]
        case Publication() as change:
            return [_publication(change, default)]
        case NewEventTrigger(trigger=trigger):
            return [_create_event_trigger(trigger, default)]
        case Firing() as firing if operation.statement == "alter_event_trigger" and operation.name is not None:
            return [f"ALTER EVENT TRIGGER {quote(operation.name)} {_firing(firing)}"]
        case Renamed(new_name=new) if operation.name is not None:
            kind = operation.statement.removeprefix("alter_").replace("_", " ").upper()
            on = f" ON {in_sql(operation.table, default)}" if operation.table is not None else ""
            return [f"ALTER {kind} {quote(operation.name)}{on} RENAME TO {quote(new)}"]
        case InSchema(schema=schema) if operation.name is not None:
            return [f"ALTER EXTENSION {quote(operation.name)} SET SCHEMA {quote(schema)}"]
        case Dropped(targets=targets) as dropped:
            exists, cascade = "IF EXISTS " if dropped.if_exists else "", " CASCADE" if dropped.cascade else ""
            found = [_target(target, default).partition(f"{_kind(target)} ")[2] for target in targets]
            return [f"DROP {_kind(targets[0])} {exists}{', '.join(found)}{cascade}"]
    return None


def _kind(target: Target) -> str:
    return "CONSTRAINT" if target.kind == "domain_constraint" else target.kind.replace("_", " ").upper()


def _target(target: Target, default: str) -> str:
    """An object with its kind, as COMMENT ON takes it."""
    name = in_sql(target.name, default) if isinstance(target.name, Name) else quote(target.name)
    if target.arguments is not None:
        name += f"({', '.join(one or 'NONE' for one in target.arguments)})"
    if target.on is not None:
        on = in_sql(target.on, default)
        if target.kind == "column":
            name = f"{on}.{name}"
        else:
            name += f" ON {'DOMAIN ' if target.kind == 'domain_constraint' else ''}{on}"
    return f"{_kind(target)} {name}"


def create_rule(rule: Rule, default: str) -> str:
    """CREATE RULE."""
    text = f"CREATE {'OR REPLACE ' if rule.or_replace else ''}RULE {quote(rule.name)} AS ON {rule.event}"
    text += f" TO {in_sql(rule.table, default)}" + (f" WHERE {rule.where}" if rule.where else "")
    actions = "; ".join(rule.actions)
    done = "NOTHING" if not actions else f"({actions})" if len(rule.actions) > 1 else actions
    return f"{text} DO {'INSTEAD ' if rule.instead else ''}{done}"


def _publication(change: Publication, default: str) -> str:
    name = quote(change.name)
    settings = f"({options(change.options)})"
    match change.action:
        case "rename":
            return f"ALTER PUBLICATION {name} RENAME TO {quote(change.new_name or '')}"
        case "set_options":
            return f"ALTER PUBLICATION {name} SET {settings}"
        case "create":
            objects = _objects(change, default)
            what = "FOR ALL TABLES" if change.all_tables else f"FOR {objects}" if objects else ""
            given = f"WITH {settings}" if change.options else ""
            return " ".join(part for part in (f"CREATE PUBLICATION {name}", what, given) if part)
    return f"ALTER PUBLICATION {name} {change.action.upper()} {_objects(change, default)}"


def _objects(change: Publication, default: str) -> str:
    parts = [f"TABLE {_published(one, default)}" for one in change.tables]
    spaces = ", ".join("CURRENT_SCHEMA" if one is None else quote(one) for one in change.schemas)
    return ", ".join([*parts, *([f"TABLES IN SCHEMA {spaces}"] if spaces else [])])


def _published(one: PublishedTable, default: str) -> str:
    text = f"{'ONLY ' if one.only else ''}{in_sql(one.table, default)}"
    text += f" {in_parentheses(one.columns)}" if one.columns else ""
    return text + (f" WHERE ({one.where})" if one.where else "")


def _create_event_trigger(trigger: EventTrigger, default: str) -> str:
    text = f"CREATE EVENT TRIGGER {quote(trigger.name)} ON {trigger.event}"
    text += f" WHEN TAG IN ({', '.join(map(literal, trigger.tags))})" if trigger.tags else ""
    return f"{text} EXECUTE FUNCTION {in_sql(trigger.function, default)}()"


def _firing(said: Firing) -> str:
    return "DISABLE" if said.when == "DISABLED" else f"ENABLE {said.when}".rstrip()


def table_action(operation: AlterTable) -> str | None:
    """What stands after the name of the table in ALTER TABLE, or None where that is not known."""
    match operation.detail:
        case Options(values=values):
            verb = "RESET" if operation.action.startswith("reset") else "SET"
            shown = [name if value is None else f"{name} = {literal(value)}" for name, value in values]
            text = f"{verb} ({', '.join(shown)})"
        case Storage(kind=kind):
            text = f"SET STORAGE {kind}"
        case Compression(method=method):
            text = f"SET COMPRESSION {'DEFAULT' if method is None else method}"
        case StatisticsTarget(target=target):
            text = f"SET STATISTICS {-1 if target is None else target}"
        case ClusterOn(index=index):
            text = "SET WITHOUT CLUSTER" if index is None else f"CLUSTER ON {quote(index)}"
        case ReplicaIdentity(kind=kind, index=index):
            text = f"REPLICA IDENTITY {kind or 'DEFAULT'}" if index is None else _identity(index)
        case Firing(name=name) as firing:
            text = f"{_firing(firing)} {operation.action.rpartition('_')[2].upper()} "
            text += "ALL" if name is None else quote(name)
        case _:
            return None
    return text if operation.column is None else f"ALTER COLUMN {quote(operation.column)} {text}"


def _identity(index: str) -> str:
    return f"REPLICA IDENTITY USING INDEX {quote(index)}"


def alter_index(operation: AlterIndex, default: str) -> list[str]:
    """ALTER INDEX ... SET and RESET."""
    start = f"ALTER INDEX {'IF EXISTS ' if operation.if_exists else ''}{in_sql(operation.index, default)}"
    statements = []
    for verb, part in operation.options.parts():
        shown = [name if value is None else f"{name} = {literal(value)}" for name, value in part.values]
        statements.append(f"{start} {verb.upper()} ({', '.join(shown)})")
    return statements


# of a whole schema ------------------------------------------------------------------------------------------------
def rules(owner: Table | View, default: str) -> Iterator[str]:
    """The rules of a table or view."""
    for operation in created_rules(owner):
        yield from said(operation, default) or ()
    for rule in owner.rules:
        if not rule.event:
            name = " ".join(f"{owner.name}.{rule.name}".split())
            yield f"-- Left out, as its definition is not known: rule {name}\n"


def settings(table: Table, default: str) -> Iterator[str]:
    """What is set of a table after it is made; storage and compression of its columns too."""
    made = bare(table)
    columns = tuple(replace(bare(column), storage=None, compression=None) for column in made.columns)
    triggers, created = tuple(map(bare, made.triggers)), tuple(map(bare, table.rules))
    indexes, constraints = tuple(map(bare, made.indexes)), tuple(map(bare, made.constraints))
    made = replace(made, columns=columns, triggers=triggers, rules=created, indexes=indexes, constraints=constraints)
    for operation in table_settings(made, table):
        yield f"ALTER TABLE {only(operation)}{in_sql(table.name, default)} {table_action(operation)}"


def publications(schema: Schema, default: str) -> Iterator[str]:
    """The publications of a schema, each with its tables."""
    for name, made in schema.publications.items():
        tables = [
            PublishedTable(table.name, True, one.columns, one.where)
            for table in schema.tables.values()
            for one in table.published
            if one.publication == name
        ]
        if not made.assumed:
            yield _publication(
                Publication("create", name, made.all_tables, tuple(tables), made.schemas, made.options), default
            )
        elif tables or made.schemas:
            yield _publication(Publication("add", name, False, tuple(tables), made.schemas), default)


def event_triggers(schema: Schema, default: str) -> Iterator[str]:
    """The event triggers of a schema."""
    for name, trigger in schema.event_triggers.items():
        yield _create_event_trigger(trigger, default)
        if trigger.firing:
            yield f"ALTER EVENT TRIGGER {quote(name)} {_firing(Firing(trigger.firing))}"
        if trigger.comment is not None:
            yield f"COMMENT ON EVENT TRIGGER {quote(name)} IS {literal(trigger.comment)}"


def comment_statements(schema: Schema, default: str) -> Iterator[str]:
    """The comments of all but tables, their columns, and event triggers."""
    for target, text in comments(schema):
        if text is not None and target.kind != "event_trigger":
            yield f"COMMENT ON {_target(target, default)} IS {literal(text)}"
