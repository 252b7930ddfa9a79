"""The operations that set what two schemas set otherwise, of objects that both have.

Two objects are equal whatever is set of them (`schema.bare`): so nothing is made anew for a comment or for the way in
which rows are stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from migralint.operations.base import Operation
from migralint.operations.comments import comments
from migralint.operations.data import Statement
from migralint.operations.details import (
    ClusterOn,
    CommentOn,
    Compression,
    Detail,
    Dropped,
    Firing,
    InSchema,
    Options,
    ReplicaIdentity,
    Rule,
    StatisticsTarget,
    Storage,
    Target,
)
from migralint.operations.event_triggers import NewEventTrigger
from migralint.operations.indexes import AlterIndex
from migralint.operations.properties import AlterTable
from migralint.operations.publications import USUAL, Publication, PublishedTable
from migralint.operations.settings import indexed
from migralint.schema import Column, Exclusion, Index, Keyed, Name, Schema, Table, View
from migralint.schema.bare import bare
from migralint.schema.table import CLUSTERED, IDENTIFIES

Pairs = tuple[tuple[str, str], ...]


def settling(now: Schema, wanted: Schema) -> Iterator[Operation]:
    """The operations after which both set the same; none where they already do."""
    yield from remaking(now, wanted)
    yield from setting(now, wanted)


def remaking(now: Schema, wanted: Schema) -> Iterator[Operation]:
    """Rules, publications and event triggers, made anew where they are not as they are wanted."""
    yield from _publications(now, wanted)
    for relation in wanted.relations():
        if (found := now.relation(relation.name)) is not None:
            yield from _rules(found, relation)
    for name, trigger in now.event_triggers.items():
        if wanted.event_triggers.get(name) != trigger:
            yield Statement("drop_event_trigger", name=name, detail=Dropped((Target("event_trigger", name),)))
    for name, trigger in wanted.event_triggers.items():
        if now.event_triggers.get(name) != trigger:
            yield Statement("create_event_trigger", name=name, detail=NewEventTrigger(bare(trigger)))


def setting(now: Schema, wanted: Schema) -> Iterator[Operation]:
    """What is set otherwise of objects that both have."""
    for relation in wanted.relations():
        found = now.relation(relation.name)
        if found is None:
            continue
        yield from _indexes(found, relation)
        if isinstance(found, Table) and isinstance(relation, Table):
            yield from table_settings(found, relation)
            yield from _memberships(found, relation)
    for name, trigger in wanted.event_triggers.items():
        there = now.event_triggers.get(name)
        if there is not None and there.firing != trigger.firing:
            yield Statement("alter_event_trigger", name=name, detail=Firing(trigger.firing))
    for name, extension in wanted.extensions.items():
        installed = now.extensions.get(name)
        if installed is not None and extension.schema not in (None, installed.schema):
            yield Statement("alter_extension", name=name, detail=InSchema(extension.schema or ""))
    yield from _comments(now, wanted)


def created_rules(owner: Table | View) -> Iterator[Statement]:
    """The rules of a relation; those of which only the name is known are left out."""
    for rule in owner.rules:
        if rule.event:
            said = Rule(rule.name, owner.name, rule.event, rule.instead, rule.where, rule.actions)
            detail = replace(said, columns=rule.columns, uses=rule.uses)
            yield Statement("create_rule", owner.name, rule.name, detail=detail)


def table_settings(found: Table, wanted: Table) -> Iterator[AlterTable]:
    """What is set of a table, its columns and triggers otherwise than it is found."""
    name = wanted.name
    if (options := _changed(found.options, wanted.options)) is not None:
        yield from _set_and_reset(AlterTable(name, "options"), options)
    for column in wanted.columns:
        there = found.column(column.name)
        if there is not None:
            yield from _column(name, there, column)
    if (index := _mark(wanted, CLUSTERED)) != _mark(found, CLUSTERED):
        yield AlterTable(name, "cluster_on" if index else "set_without_cluster", detail=ClusterOn(index))
    identity, index = wanted.replica_identity, _mark(wanted, IDENTIFIES)
    if (identity, index) != (found.replica_identity, _mark(found, IDENTIFIES)) and (identity != "INDEX" or index):
        yield AlterTable(name, "replica_identity", detail=ReplicaIdentity(identity, index))
    for kind, before, after in (("trigger", found.triggers, wanted.triggers), ("rule", found.rules, wanted.rules)):
        firing = {one.name: one.firing for one in before}
        for one in after:
            if firing.get(one.name, "") != one.firing:
                verb = "disable" if one.firing == "DISABLED" else "enable"
                yield AlterTable(name, f"{verb}_{kind}", detail=Firing(one.firing, one.name))


def _memberships(found: Table, wanted: Table) -> Iterator[Operation]:
    there = {one.publication: one for one in found.published}
    for one in wanted.published:
        if there.pop(one.publication, None) != one:
            if any(other.publication == one.publication for other in found.published):
                yield membership("drop", one.publication, PublishedTable(wanted.name))
            part = PublishedTable(wanted.name, True, one.columns, one.where, one.mentioned)
            yield membership("add", one.publication, part)
    for gone in there:
        yield membership("drop", gone, PublishedTable(wanted.name))


def membership(action: str, publication: str, table: PublishedTable) -> Operation:
    """ALTER PUBLICATION ... ADD or DROP of one table."""
    return Statement("alter_publication", name=publication, detail=Publication(action, publication, tables=(table,)))


def _column(table: Name, found: Column, wanted: Column) -> Iterator[AlterTable]:
    alter = AlterTable(table, "", wanted.name, only=True)

    def said(action: str, detail: Detail) -> AlterTable:
        return replace(alter, action=action, detail=detail)

    if found.storage != wanted.storage:
        yield said("set_storage", Storage(wanted.storage or "DEFAULT"))
    if found.compression != wanted.compression:
        yield said("set_compression", Compression(wanted.compression))
    if found.target != wanted.target:
        yield said("set_statistics", StatisticsTarget(wanted.target))
    if (options := _changed(found.options, wanted.options)) is not None:
        yield from _set_and_reset(replace(alter, action="column_options"), options)


def _changed(found: Pairs, wanted: Pairs) -> Options | None:
    """What SET and RESET have to say, None where nothing differs."""
    before: Mapping[str, str] = dict(found)
    after: Mapping[str, str | None] = {**dict.fromkeys(before), **dict(wanted)}
    changes = tuple((name, value) for name, value in after.items() if before.get(name) != value)
    return Options(changes) if changes else None


def _set_and_reset(alter: AlterTable, options: Options) -> Iterator[AlterTable]:
    for verb, part in options.parts():
        yield replace(alter, action=f"{verb}_{alter.action}", detail=part)


def _mark(table: Table, mark: str) -> str | None:
    return next((one.name for one in indexed(table) if mark in one.marks), None)


def _indexes(found: Table | View, wanted: Table | View) -> Iterator[Operation]:
    there = {one.name: one.options for one in _every_index(found)}
    for one in _every_index(wanted):
        if one.name in there and (options := _changed(there[one.name], one.options)) is not None:
            for _, part in options.parts():
                yield AlterIndex(Name(wanted.name.schema, one.name), part)


def _every_index(owner: Table | View) -> list[Keyed | Exclusion | Index]:
    return indexed(owner) if isinstance(owner, Table) else list(owner.indexes)


def _rules(found: Table | View, wanted: Table | View) -> Iterator[Operation]:
    for rule in found.rules:
        if rule not in wanted.rules:
            gone = Dropped((Target("rule", rule.name, on=found.name),))
            yield Statement("drop_rule", found.name, rule.name, detail=gone)
    yield from created_rules(replace(wanted, rules=tuple(r for r in wanted.rules if r not in found.rules)))


def _publications(now: Schema, wanted: Schema) -> Iterator[Operation]:
    for name, publication in now.publications.items():
        made = wanted.publications.get(name)
        if publication.assumed:
            continue
        if made is None or made.all_tables != publication.all_tables:
            yield Statement("drop_publication", name=name, detail=Dropped((Target("publication", name),)))
    for name, publication in wanted.publications.items():
        there = now.publications.get(name)
        if publication.assumed:
            continue
        if there is None or there.all_tables != publication.all_tables:
            made_by = Publication("create", name, publication.all_tables, (), publication.schemas, publication.options)
            yield Statement("create_publication", name=name, detail=made_by)
            continue
        if there.options != publication.options:
            usual = {option: USUAL.get(option, "none") for option, _ in there.options}
            options = tuple(sorted({**usual, **dict(publication.options)}.items()))
            detail = Publication("set_options", name, options=options)
            yield Statement("alter_publication", name=name, detail=detail)
        for action, before, after in (("add", there, publication), ("drop", publication, there)):
            schemas = tuple(one for one in after.schemas if one not in before.schemas)
            if schemas:
                yield Statement("alter_publication", name=name, detail=Publication(action, name, schemas=schemas))


def _comments(now: Schema, wanted: Schema) -> Iterator[Operation]:
    there = dict(comments(now))
    for target, text in comments(wanted):
        if target in there and there[target] != text:
            yield Statement("comment", detail=CommentOn(target, text))
