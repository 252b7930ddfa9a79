"""LOCK, ANALYZE, VACUUM, CLUSTER, REINDEX, REFRESH MATERIALIZED VIEW."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.operations import Database, Operation, Statement
from migralint.operations.details import Maintained
from migralint.schema import Name
from migralint.sql import names
from migralint.sql.cursor import Cursor

_WHOLE = ("schema", "database", "system")


def vacuum(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `VACUUM`."""
    options = cursor.optional_group()
    words = set()
    while word := cursor.accept_any("full", "freeze", "verbose", "analyze", "analyse"):
        words.add(word)
    full = "full" in words or (options is not None and _is_on(options, "full"))
    relations = _relations(cursor, database)
    yield Statement("vacuum", maintains=Maintained("table" if relations else "database", relations, full=full))


def analyze(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `ANALYZE`."""
    cursor.optional_group()
    cursor.accept("verbose")
    relations = _relations(cursor, database)
    yield Statement("analyze", maintains=Maintained("table" if relations else "database", relations))


def lock(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `LOCK`."""
    cursor.accept("table")
    only = cursor.accept("only")
    relations = _relations(cursor, database, "in", "nowait")
    mode = "ACCESS EXCLUSIVE"
    if cursor.accept("in"):
        mode = cursor.until("mode").sql().upper()
    cursor.rest()
    first = relations[0]
    yield Statement(
        "lock", table=first, name=str(first), maintains=Maintained("table", relations, mode=mode, only=only)
    )


def cluster(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `CLUSTER`."""
    cursor.optional_group()
    cursor.accept("verbose")
    relation = None if cursor.done else names.relation(database, cursor.name())
    cursor.rest()
    relations = (relation,) if relation else ()
    kind = "table" if relation else "database"
    yield Statement("cluster", name=str(relation), whole=relation is None, maintains=Maintained(kind, relations))


def reindex(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `REINDEX`."""
    options = cursor.optional_group()
    kind = cursor.accept_any("table", "index", *_WHOLE) or "database"
    concurrently = cursor.accept("concurrently") or (options is not None and _is_on(options, "concurrently"))
    whole = kind in _WHOLE
    relation = None if cursor.done else names.relation(database, cursor.name())
    cursor.rest()
    schema = relation.name if relation is not None and kind == "schema" else None
    relations = () if relation is None or whole else (relation,)
    work = Maintained("database" if whole else kind, relations, schema, concurrently)
    yield Statement("reindex", name=str(relation), concurrently=concurrently, whole=whole, maintains=work)


def refresh(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `REFRESH`."""
    cursor.expect("materialized", "view")
    concurrently = cursor.accept("concurrently")
    view = names.relation(database, cursor.name())
    data = not cursor.rest().has("no", "data")
    work = Maintained("materialized_view", (view,), concurrently=concurrently, data=data)
    yield Statement("refresh_materialized_view", name=str(view), concurrently=concurrently, maintains=work)


def _is_on(options: Cursor, name: str) -> bool:
    """Whether an option stands in the parentheses, and not with FALSE, OFF or 0."""
    for item in options.items():
        if item.accept(name):
            return item.done or item.take().value not in ("false", "off", "0", "no")
    return False


def _relations(cursor: Cursor, database: Database, *ends: str) -> tuple[Name, ...]:
    """Names between commas, each with its columns or not."""
    found = []
    while not cursor.done and not cursor.sees_any(*ends):
        cursor.accept("only")
        found.append(names.relation(database, cursor.name()))
        cursor.accept("*")
        cursor.optional_group()
        if not cursor.accept(","):
            break
    return tuple(found)
