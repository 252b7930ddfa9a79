"""SET search_path and its relatives."""

from __future__ import annotations

from migralint.operations import Database
from migralint.schema.names import TEMPORARY, cut
from migralint.sql.cursor import Cursor
from migralint.sql.tokens import QUOTED, STRING, WORD, is_holed_string

_USER = "$user"


def set_search_path(cursor: Cursor, database: Database) -> None:
    """`SET search_path`, `RESET search_path`, `SELECT set_config('search_path', ...)`; anything else does nothing."""
    if cursor.accept("reset"):
        if cursor.sees_any("search_path", "all"):
            _apply(database, ())
        return
    if cursor.accept("select"):
        _set_config(cursor, database)
        return
    cursor.expect("set")
    cursor.accept_any("session", "local")
    if cursor.accept("schema"):
        _apply(database, (cursor.string(),))
        return
    if not cursor.accept("search_path"):
        return
    if not cursor.accept("to"):
        cursor.expect("=")
    if cursor.sees("default"):
        _apply(database, ())
        return
    schemas: list[str] = []
    for item in cursor.items():
        token = item.take()
        if token.kind not in (WORD, QUOTED, STRING):
            raise item.problem("expected a schema")
        schemas.append(cut(token.value))
    _apply(database, tuple(schemas))


def _set_config(cursor: Cursor, database: Database) -> None:
    if cursor.accept("pg_catalog"):
        cursor.expect(".")
    if not cursor.accept("set_config") or not cursor.sees("("):
        return
    arguments = list(cursor.group().items())
    if len(arguments) < 2 or not all(a.is_literal() for a in arguments[:2]):
        return
    if any(is_holed_string(a.peek()) for a in arguments[:2]):
        raise cursor.problem("expected a setting that is known")
    set_setting(arguments[0].take().value, arguments[1].take().value, database)


def set_setting(name: str, value: str, database: Database) -> None:
    """What set_config does: only the search path matters."""
    if name.lower() == "search_path":
        listed = [part.strip().strip('"') for part in value.split(",")]
        _apply(database, tuple(part for part in listed if part))


def _apply(database: Database, schemas: tuple[str, ...]) -> None:
    """Sets the path; temporary tables stay in front, `"$user"` names no schema."""
    kept = tuple(s for s in schemas if s not in (_USER, "pg_catalog", TEMPORARY))
    front = (TEMPORARY,) if TEMPORARY in database.search_path else ()
    database.set_search_path((*front, *(kept or ("public",))) if front else kept)
