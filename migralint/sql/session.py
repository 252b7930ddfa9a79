"""SET search_path and its relatives."""

from __future__ import annotations

from collections.abc import Mapping

from migralint.operations import Database
from migralint.schema.names import TEMPORARY, cut
from migralint.sql.cursor import Cursor
from migralint.sql.tokens import PARAMETER, QUOTED, STRING, WORD

NO_PARAMETERS: Mapping[str, object] = {}
SEARCH_PATH = "search_path"
_USER = "$user"


def set_search_path(cursor: Cursor, database: Database, parameters: Mapping[str, object] = NO_PARAMETERS) -> None:
    """`SET search_path`, `RESET search_path`, `SELECT set_config('search_path', ...)`; anything else does nothing.

    `parameters` are the values of parameters by name.
    """
    if cursor.accept("reset"):
        if cursor.sees_any("search_path", "all"):
            set_path((), database)
        return
    if cursor.accept("select"):
        while cursor.find("set_config"):
            cursor.take()
            if cursor.sees("("):
                _set_config(cursor.group(), database, parameters)
        return
    cursor.expect("set")
    local = cursor.accept_any("session", "local") == "local"
    if cursor.accept("schema"):
        set_path((cursor.string(),), database, local=local)
        return
    if not cursor.accept("search_path"):
        return
    if not cursor.accept("to"):
        cursor.expect("=")
    if cursor.sees("default"):
        set_path((), database, local=local)
        return
    set_path(tuple(cut(_schema(item, database, parameters)) for item in cursor.items()), database, local=local)


def _schema(item: Cursor, database: Database, parameters: Mapping[str, object]) -> str:
    token = item.peek()
    if token is not None and token.kind in (WORD, QUOTED, STRING):
        return token.value
    value = _value(item, database, parameters) if token is not None and token.kind == PARAMETER else None
    if not isinstance(value, str):
        raise item.problem("expected a schema")
    return value


def _set_config(arguments: Cursor, database: Database, parameters: Mapping[str, object]) -> None:
    given = list(arguments.items())
    if len(given) != 3:
        return
    name = _value(given[0], database, parameters)
    if name is not None and not isinstance(name, str):
        raise arguments.problem("expected a setting that is known")
    if name is None or name.lower() != SEARCH_PATH:
        return
    value = _value(given[1], database, parameters)
    if value is not None and not isinstance(value, str):
        raise arguments.problem("expected a search path that is known")
    set_setting(name, value or "", database, local=_value(given[2], database, parameters) is True)


def _value(expression: Cursor, database: Database, parameters: Mapping[str, object]) -> object:
    from migralint.sql.queries import evaluate

    token = expression.peek()
    if token is not None and token.kind == STRING and expression.index + 1 == expression.end:
        return token.value
    return evaluate(expression.sql(), database, parameters)


def set_setting(name: str, value: str, database: Database, *, local: bool) -> None:
    """What set_config does: only the search path matters."""
    if name.lower() == SEARCH_PATH:
        listed = [part.strip().strip('"') for part in value.split(",")]
        set_path(tuple(part for part in listed if part), database, local=local)


def set_path(schemas: tuple[str, ...], database: Database, *, local: bool = False) -> None:
    """Sets the path; temporary tables stay in front, `"$user"` names no schema."""
    kept = tuple(s for s in schemas if s not in (_USER, "pg_catalog", TEMPORARY))
    front = (TEMPORARY,) if TEMPORARY in database.search_path else ()
    database.set_search_path((*front, *(kept or ("public",))) if front else kept, local=local)
