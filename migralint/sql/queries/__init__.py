"""Questions: queries over the catalogs and known rows of the database on paper."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from datetime import date

from migralint.operations import Database, ObjectRef
from migralint.sql.errors import Unreadable
from migralint.sql.queries.casts import as_text
from migralint.sql.queries.context import Caller, Scope
from migralint.sql.queries.lacking import lacking
from migralint.sql.queries.moments import Interval
from migralint.sql.queries.nodes import Cast, Literal, Query
from migralint.sql.queries.objects import KINDS, as_object
from migralint.sql.queries.select import Result, Selector
from migralint.sql.queries.select_parser import parse_computed, parse_query
from migralint.sql.queries.trees import walk
from migralint.sql.queries.values import UNKNOWN, Fails, Label, Oid, Row, Tree, Unknown

__all__ = [
    "UNKNOWN",
    "Caller",
    "Fails",
    "Oid",
    "Result",
    "Row",
    "Scope",
    "Unknown",
    "answer",
    "evaluate",
    "held",
    "refused",
    "rows_of",
    "select",
    "unsaid",
]

_SHOW = re.compile(r"\s*show\s+([\w.]+)\s*;?\s*\Z", re.IGNORECASE)
_PRAGMA = re.compile(r"""\s*pragma\s+table_x?info\s*\(\s*['"`]?(\w+)['"`]?\s*\)\s*;?\s*\Z""", re.IGNORECASE)


def answer(
    query_text: str, database: Database, parameters: Mapping[str, object] | None = None
) -> list[dict[str, object]] | None:
    """The rows of a query by column name, or None where they cannot all be known; `parameters` as in `rows_of`."""
    rows = rows_of(query_text, database, parameters)
    return None if rows is None or any(unsaid(v) for row in rows for v in row.values()) else rows


def rows_of(
    query_text: str, database: Database, parameters: Mapping[str, object] | None = None
) -> list[dict[str, object]] | None:
    """The rows of a query by column name, or None where it is not known which there are.

    A value may be one that is not known; see `unsaid`. `parameters` are the values of `:name` and `%(name)s`.
    """
    query_text = query_text.encode("utf-8", "replace").decode()
    shown = _SHOW.match(query_text)
    if shown:
        return _shown(shown[1].lower(), database)
    pragma = _PRAGMA.match(query_text)
    if pragma and database.dialect == "sqlite":
        return _table_info(pragma[1], database)
    try:
        result = select(query_text, database, {}, parameters)
    except (Unreadable, Fails, RecursionError):
        return None
    if not result.known:
        return None
    return [{name: _outside(value, database) for name, value in row.values.items()} for row in result.rows]


def held(value: object) -> tuple[str, ...]:
    """What a text that is not known surely holds, in order; empty where that is not known either."""
    return (value.parts or ()) if isinstance(value, Unknown) and value.present else ()


def unsaid(value: object) -> bool:
    """Whether a value of an answer is not known, or has no meaning outside of the database."""
    unsayable = (Unknown, Oid, Tree, date, Interval)
    return isinstance(value, unsayable) or (isinstance(value, list) and any(unsaid(item) for item in value))


def _outside(value: object, database: Database) -> object:
    """A value as a client gets it: an object's name as text, a label as plain text."""
    if isinstance(value, Oid) and value.printed:
        return as_text(value, database)
    if isinstance(value, Label):
        return str(value)
    if isinstance(value, list):
        items = [_outside(item, database) for item in value]
        return UNKNOWN if any(isinstance(item, (Unknown, Oid, Tree)) for item in items) else items
    return value


def _shown(setting: str, database: Database) -> list[dict[str, object]] | None:
    if setting == "server_version_num":
        return [{setting: str(database.server_version * 10000)}]
    return None


def _table_info(name: str, database: Database) -> list[dict[str, object]] | None:
    table = database.ask(name).tables.get(database.ask(name).name(name))
    if table is None or table.assumed or table.doubtful:
        return None if table is not None or database.ask(name).opaque else []
    key = table.primary_key.columns if table.primary_key else ()
    return [
        {
            "cid": number,
            "name": column.name,
            "type": column.type,
            "notnull": int(column.not_null),
            "dflt_value": column.default,
            "pk": key.index(column.name) + 1 if column.name in key else 0,
        }
        for number, column in enumerate(table.columns)
    ]


def refused(query_text: str, database: Database, variables: Container[str] = ()) -> ObjectRef | None:
    """The table or column that a query names and that is surely not there; a name may mean one of `variables`."""
    try:
        return lacking(parse_query(query_text, database.dialect), database, variables)
    except (Unreadable, RecursionError):
        return None


def select(
    query_text: str,
    database: Database,
    variables: Mapping[str, object],
    parameters: Mapping[str, object] | None = None,
    caller: Caller | None = None,
) -> Result:
    """The rows of a query with their certainty; `caller` follows functions of the history.

    Raises Unreadable, and Fails where the server would.
    """
    query = parse_query(query_text, database.dialect)
    _check_objects(query, database)
    if (ref := lacking(query, database, variables)) is not None:
        raise Fails("missing", ref)
    return Selector(database, variables, parameters, caller).query(query, None)


def _check_objects(node: object, database: Database) -> None:
    """The server looks up `'name'::regclass` before it runs the query, and fails where there is none."""
    for found in walk(node):
        if isinstance(found, Cast) and isinstance(found.operand, Literal) and found.type in KINDS:
            as_object(found.operand.value, KINDS[found.type], database)


def evaluate(
    expression_text: str, database: Database, variables: Mapping[str, object], caller: Caller | None = None
) -> object:
    """The value of an expression of PL/pgSQL, which may go on with FROM and WHERE; Unknown where it cannot be known.

    Raises Fails where the server would report an error.
    """
    try:
        found = parse_computed(expression_text, database.dialect)
        if found is None:
            return UNKNOWN
        _check_objects(found, database)
        if (ref := lacking(Query(found), database, variables)) is not None:
            raise Fails("missing", ref)
        selector = Selector(database, variables, variables, caller)
        if not found.sources and found.where is None and len(found.items) == 1:
            return selector.value(found.items[0][0], None)
        return selector.query(Query(found), None).scalar()
    except (Unreadable, RecursionError):
        return UNKNOWN
