"""DROP: each of the names is an operation of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migralint.operations import (
    Database,
    DropExtension,
    DropFunction,
    DropIndex,
    DropPolicy,
    DropSchema,
    DropSequence,
    DropStatistics,
    DropTable,
    DropTrigger,
    DropType,
    DropView,
    Opaque,
    Operation,
    Statement,
)
from migralint.operations.details import Detail, Dropped, Target
from migralint.operations.renaming import counting
from migralint.schema import ForeignKey, Name
from migralint.sql import names
from migralint.sql.cursor import Cursor, Written
from migralint.sql.details import attempted
from migralint.sql.programs import argument_types
from migralint.sql.targets import read_target
from migralint.sql.tokens import QUOTED, WORD

_KINDS = (
    ("materialized", "view"),
    ("foreign", "table"),
    ("operator", "class"),
    ("operator", "family"),
    ("event", "trigger"),
    ("foreign", "data", "wrapper"),
    ("access", "method"),
    ("text", "search", "configuration"),
    ("text", "search", "dictionary"),
    ("text", "search", "parser"),
    ("text", "search", "template"),
    ("user", "mapping"),
)


UNMODELLED = frozenset(
    """access_method cast collation conversion database event_trigger foreign_data_wrapper group language large
    operator operator_class operator_family publication role server subscription system tablespace
    text_search_configuration text_search_dictionary text_search_parser text_search_template transform
    user user_mapping""".split()
)
"""Kinds of objects that `Schema` does not hold."""


def kind_of(cursor: Cursor) -> str:
    """Moves past the kind of object (`materialized view`), and gives it in Alembic's style."""
    cursor.accept("procedural")  # LANGUAGE
    for words in _KINDS:
        if cursor.accept(*words):
            return "_".join(words)
    return cursor.take().value


def drop(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `DROP`."""
    if cursor.sees("owned"):
        cursor.rest()
        yield Opaque("DROP OWNED drops whatever a role owns")
        return
    kind = kind_of(cursor)
    concurrently = kind == "index" and cursor.accept("concurrently")
    if_exists = cursor.if_exists()
    if kind in ("trigger", "policy", "rule"):
        yield _drop_attached(cursor, database, kind, if_exists)
        return
    if kind in ("function", "procedure", "aggregate", "routine"):
        yield from _drop_functions(cursor, database, kind, if_exists)
        return
    make = _makers(database, concurrently).get(kind)
    if make is None:
        if kind not in UNMODELLED:
            raise cursor.problem(f"DROP {kind.upper()} is not known")
        detail = attempted(cursor.copy(), lambda rest: _dropped(rest, database, kind, if_exists))
        token = cursor.peek()
        named = kind != "operator" and token is not None and token.kind in (WORD, QUOTED)
        name = cursor.name() if named else None
        cursor.rest()
        yield Statement(f"drop_{kind}", name=name.name if name else None, detail=detail)
        return
    written = [cursor.name()]
    while cursor.accept(","):
        written.append(cursor.name())
    cascade = cursor.cascade()
    if kind in ("table", "foreign_table"):
        tables = [names.relation(database, w) for w in written]
        there = database.ask("tables").tables
        for table in _children_first(tables, database) if len(tables) > 1 and not cascade else tables:
            partition = table in there and there[table].is_partition and any(p in tables for p in there[table].parents)
            goes_along = (cascade and table in there and len(tables) > 1) or partition  # with another one of them
            yield DropTable(table, if_exists or goes_along, cascade)
        return
    for each in written:
        yield make(each, if_exists, cascade)


def _dropped(cursor: Cursor, database: Database, kind: str, if_exists: bool) -> Detail:
    targets = [read_target(cursor, database, kind)]
    while cursor.accept(","):
        targets.append(read_target(cursor, database, kind))
    return Dropped(tuple(targets), if_exists, cursor.cascade())


def _makers(database: Database, concurrently: bool) -> dict[str, Callable[[Written, bool, bool], Operation]]:
    def relation(written: Written) -> Name:
        return names.relation(database, written)

    def a_type(written: Written) -> Name:
        return names.user_type(database, written)

    return {
        "table": lambda w, e, c: DropTable(relation(w), e, c),
        "foreign_table": lambda w, e, c: DropTable(relation(w), e, c),
        "index": lambda w, e, c: DropIndex(relation(w), None, concurrently, e, c),
        "view": lambda w, e, c: DropView(relation(w), False, e, c),
        "materialized_view": lambda w, e, c: DropView(relation(w), True, e, c),
        "sequence": lambda w, e, c: DropSequence(relation(w), e, c),
        "type": lambda w, e, c: DropType(a_type(w), e, c),
        "domain": lambda w, e, c: DropType(a_type(w), e, c, domain=True),
        "schema": lambda w, e, c: DropSchema(w.name, e, c),
        "statistics": lambda w, e, c: DropStatistics(relation(w), e, c),
        "extension": lambda w, e, c: DropExtension(w.name, e, c),
    }


def _children_first(tables: list[Name], database: Database) -> list[Name]:
    """Tables of one DROP, those that need another one of them before it: they go together."""
    schema = database.ask("foreign keys")
    found = schema.tables
    owners = {
        (user, s.owned_by[0]) for s in schema.sequences.values() if s.owned_by for user, _ in counting(schema, s.name)
    }
    left = list(tables)
    ordered: list[Name] = []
    while left:
        referenced = {
            k.references for t in left if t in found for k in found[t].of_kind(ForeignKey) if k.references != t
        }
        referenced |= {parent for t in left if t in found for parent in found[t].parents}
        referenced |= {owner for user, owner in owners if user in left and user != owner}
        referenced |= {used for t in left if t in found for rule in found[t].rules for used in rule.uses}
        free = next((t for t in left if t not in referenced), left[0])
        ordered.append(free)
        left.remove(free)
    return ordered


def _drop_attached(cursor: Cursor, database: Database, kind: str, if_exists: bool) -> Operation:
    name = cursor.name().name
    table = names.relation(database, cursor.name()) if cursor.accept("on") else None
    cascade = cursor.cascade()
    if table is None or kind == "rule":
        detail = table and Dropped((Target(kind, name, on=table),), if_exists, cascade)
        return Statement(f"drop_{kind}", table, name, detail=detail)
    return DropTrigger(table, name, if_exists) if kind == "trigger" else DropPolicy(table, name, if_exists)


def _drop_functions(cursor: Cursor, database: Database, kind: str, if_exists: bool) -> Iterator[Operation]:
    found: list[tuple[Name, tuple[str, ...] | None]] = []
    while True:
        name = names.function(database, cursor.name())
        group = cursor.optional_group()
        found.append((name, argument_types(group, database) if group is not None else None))
        if not cursor.accept(","):
            break
    cascade = cursor.cascade()
    for name, arguments in found:
        yield DropFunction(name, arguments, if_exists, cascade, "function" if kind == "routine" else kind)
