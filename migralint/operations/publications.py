"""What is replicated: CREATE, ALTER and DROP PUBLICATION."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from migralint.operations.base import CannotApply, ObjectRef, Operation
from migralint.operations.details import Detail
from migralint.operations.inheritance import below, certain, parents
from migralint.operations.rewrite_rules import replaces
from migralint.operations.settings import identifying
from migralint.schema import Name, Published, Schema, Table
from migralint.schema import Publication as Made


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table in a publication; `columns` are empty for all of them, `mentioned` those in its condition."""

    table: Name
    only: bool = False
    columns: tuple[str, ...] = ()
    where: str | None = None
    mentioned: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Publication(Detail):
    """CREATE or ALTER PUBLICATION.

    `action` is "create", "add", "drop", "set", "set_options" or "rename"; `new_name` belongs to the last. A schema
    "current_schema" that is no name but that word has `None` in `schemas`.
    """

    action: str
    name: str
    all_tables: bool = False
    tables: tuple[PublishedTable, ...] = ()
    schemas: tuple[str | None, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    new_name: str | None = None


_VERBS = ("insert", "update", "delete", "truncate")
USUAL = {
    "publish": ", ".join(_VERBS),
    "publish_via_partition_root": "false",
    "publish_generated_columns": "none",
}
"""The options that every publication has by itself."""


def _plain(option: tuple[str, str]) -> tuple[str, str]:
    """An option in one of the ways in which it can be written."""
    name, value = option[0], option[1].lower()
    if name == "publish":
        said = [one.strip() for one in value.split(",")]
        return name, ", ".join(verb for verb in _VERBS if verb in said)
    on = value in ("true", "on", "yes", "1")
    return (name, str(on).lower()) if name == "publish_via_partition_root" else (name, value)


def published(schema: Schema, change: Publication) -> Schema:
    """The state after CREATE or ALTER PUBLICATION.

    Raises CannotApply where PostgreSQL would report an error.
    """
    reference = ObjectRef("publication", None, change.name)
    found = schema.publications.get(change.name)
    if change.action == "create":
        if found is not None:
            raise CannotApply("exists", reference, "the publication already exists")
        found = Made(change.name, change.all_tables)
    elif found is None:
        if certain(schema):
            raise CannotApply("missing", reference, "no such publication")
        return schema
    if change.new_name is not None:
        return _renamed(schema, found, change.new_name)
    named = tuple(one for one in change.schemas if one is not None)
    match change.action:
        case "create" | "set_options":
            options = {**dict(found.options), **dict(map(_plain, change.options))}
            kept = tuple(sorted((name, value) for name, value in options.items() if value != USUAL.get(name)))
            found = replace(found, options=kept, schemas=(*found.schemas, *named))
        case "add":
            found = replace(found, schemas=(*found.schemas, *named))
        case "drop":
            found = replace(found, schemas=tuple(one for one in found.schemas if one not in named))
        case "set":
            found = replace(found, schemas=named)
            schema = _without(schema, change.name, schema.tables)
    schema = replace(schema, publications={**schema.publications, found.name: found})
    tables = list(_with_children(schema, change.tables))
    if change.action == "drop":
        for one in tables:
            _refuse_unpublished(schema, change.name, one.table)
        return _without(schema, change.name, [one.table for one in tables])
    for one in tables:
        schema = _with(schema, change.name, one)
    return schema


def _with_children(schema: Schema, tables: Iterable[PublishedTable]) -> Iterator[PublishedTable]:
    """The tables, each followed by those that inherit from it now, unless ONLY says otherwise; partitions need not be
    named (PostgreSQL source, publicationcmds.c, OpenTableList).
    """
    seen: set[Name] = set()
    for one in tables:
        table = schema.tables.get(one.table)
        alone = one.only or table is None or table.partition_by is not None
        for name in (one.table, *(() if alone else (child.name for child in below(schema, one.table)))):
            if name not in seen:
                seen.add(name)
                yield replace(one, table=name)


def without_publication(schema: Schema, name: str, if_exists: bool) -> Schema:
    """The state after DROP PUBLICATION. Raises CannotApply where there is none."""
    if name not in schema.publications:
        if not if_exists and certain(schema):
            raise CannotApply("missing", ObjectRef("publication", None, name), "no such publication")
        return schema
    schema = _without(schema, name, schema.tables)
    return replace(schema, publications={n: one for n, one in schema.publications.items() if n != name})


def refuse_unidentified(schema: Schema, table: Table, verb: str, over: frozenset[str] = frozenset()) -> None:
    """UPDATE or DELETE (`verb`) of a table that publishes that and whose rows nothing tells apart
    (PostgreSQL source, execReplication.c, CheckCmdReplicaIdentity).

    A condition over the column by which a table is partitioned, one of `over`, may leave partitions out.
    """
    pruned = any(re.search(rf"\b{re.escape(name)}\b", table.partition_by or "") for name in over)
    for one in (table,) if pruned else (table, *below(schema, table.name)):
        if one.partition_by is not None or one.persistence != "permanent" or not certain(schema, one):
            continue
        if replaces(one, verb.upper()):
            continue
        known = identifying(one)
        for made, part in _publishing(schema, one, verb):
            needed = part.mentioned if part is not None else ()
            limited = part is not None and part.columns and not set(known or ()) <= set(part.columns)
            if known is None or limited or not set(needed) <= set(known):
                detail = f"publication {made.name} publishes it, and nothing tells its rows apart"
                raise CannotApply(
                    "invalid", ObjectRef("table", one.name), detail, condition="object_not_in_prerequisite_state"
                )


def refuse_generated_identity(schema: Schema, operation: Operation) -> None:
    """From version 18 on: UPDATE or DELETE of a table that is told apart by a generated column which is not published
    (PostgreSQL source, publicationcmds.c, pub_contains_invalid_column).
    """
    verb = operation.operation
    table = schema.tables.get(operation.table_name) if operation.table_name and verb in ("update", "delete") else None
    for one in (table, *below(schema, table.name)) if table is not None else ():
        generated = [c for c in one.columns if c.generated is not None and c.name in (identifying(one) or ())]
        if not generated or one.persistence != "permanent" or not certain(schema, one) or replaces(one, verb.upper()):
            continue
        for made, part in _publishing(schema, one, verb):
            stored = dict(made.options).get("publish_generated_columns") == "stored"
            listed = part.columns if part is not None else ()
            for column in generated:
                published = column.name in listed or (stored and not listed and column.generated.stored)  # type: ignore[union-attr]  # one that is generated
                if not published:
                    detail = f"publication {made.name} leaves out {column.name}, by which its rows are told apart"
                    reference = ObjectRef("table", one.name)
                    raise CannotApply("invalid", reference, detail, condition="invalid_column_reference")


def _publishing(schema: Schema, table: Table, verb: str) -> Iterator[tuple[Made, Published | None]]:
    """The publications that publish these changes of a table, each with what it says of the table."""
    chain = [table, *_above(schema, table)]
    for made in schema.publications.values():
        if verb.lower() not in dict(made.options).get("publish", USUAL["publish"]):
            continue
        parts = [part for one in chain for part in one.published if part.publication == made.name]
        if parts or made.all_tables or any(one.name.schema in made.schemas for one in chain):
            yield made, parts[0] if parts else None


def _above(schema: Schema, table: Table) -> Iterator[Table]:
    """What it is a partition of, up to the top."""
    while table.is_partition and (found := parents(schema, table)):
        table = found[0]
        yield table


def _with(schema: Schema, publication: str, one: PublishedTable) -> Schema:
    table = schema.tables.get(one.table)
    if table is None:
        if certain(schema):
            raise CannotApply("missing", ObjectRef("table", one.table), "no such table")
        return schema
    if any(other.publication == publication for other in table.published):
        raise CannotApply("exists", ObjectRef("publication", None, publication), f"{one.table} is part of it already")
    if table.persistence != "permanent" and certain(schema, table):
        raise CannotApply(
            "invalid",
            ObjectRef("table", one.table),
            f"it is {table.persistence}, so it is not published",
            condition="invalid_parameter_value",
        )
    added = Published(publication, one.columns, one.where, one.mentioned)
    return schema.with_table(replace(table, published=(*table.published, added)))


def _refuse_unpublished(schema: Schema, publication: str, name: Name) -> None:
    table = schema.tables.get(name)
    if table is not None and certain(schema, table) and all(p.publication != publication for p in table.published):
        detail = f"{name} is not part of it"
        reference = ObjectRef("publication", None, publication)
        raise CannotApply("missing", reference, detail, condition="undefined_object")


def _without(schema: Schema, publication: str, names: Iterable[Name]) -> Schema:
    for table in [schema.tables[name] for name in names if name in schema.tables]:
        kept = tuple(one for one in table.published if one.publication != publication)
        if len(kept) != len(table.published):
            schema = schema.with_table(replace(table, published=kept))
    return schema


def _renamed(schema: Schema, found: Made, new: str) -> Schema:
    if new in schema.publications:
        raise CannotApply("exists", ObjectRef("publication", None, new), "the publication already exists")

    def renamed(table: Table) -> tuple[Published, ...]:
        return tuple(replace(p, publication=new) if p.publication == found.name else p for p in table.published)

    for table in [t for t in schema.tables.values() if t.published]:
        schema = schema.with_table(replace(table, published=renamed(table)))
    others = {n: one for n, one in schema.publications.items() if n != found.name}
    return replace(schema, publications={**others, new: replace(found, name=new)})
