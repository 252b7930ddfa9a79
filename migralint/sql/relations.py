"""Which relations a query reads, from its tokens."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.sql.cursor import Cursor, Written
from migralint.sql.tokens import OPERATOR, QUOTED, WORD

_QUERY = ("select", "with", "table", "values")
_FROM_ENDS = (
    *("where", "group", "having", "window", "order", "limit", "offset", "fetch", "for", "union", "except"),
    *("intersect", "returning", "set", "on", "select", "when", "values"),
)
BARE_CALLS = frozenset(
    """current_catalog current_date current_role current_schema current_time current_timestamp current_user localtime
    localtimestamp session_user system_user user""".split()
)
"""Functions that are called without parentheses."""

_JOINS = ("join", "cross", "inner", "left", "right", "full", "natural", "outer", "lateral")


def read_relations(cursor: Cursor) -> tuple[Written, ...]:
    """The names after FROM, JOIN, USING of DELETE and TABLE, each once; names of WITH queries are left out."""
    found: dict[Written, None] = {}
    queries: set[str] = set()
    _collect(cursor.copy(), found, queries, query=True)
    return tuple(n for n in found if n.schema is not None or n.name not in queries)


def _collect(cursor: Cursor, found: dict[Written, None], queries: set[str], *, query: bool) -> None:
    """Walks one level at a time with its own stack: nesting in the text is no nesting of calls."""
    stack = [(cursor, query)]
    while stack:
        level, is_query = stack.pop()
        stack += _level(level, found, queries, is_query)


def _level(cursor: Cursor, found: dict[Written, None], queries: set[str], query: bool) -> Iterator[tuple[Cursor, bool]]:
    while not cursor.done:
        token = cursor.peek()
        assert token is not None
        if token.kind == OPERATOR and token.value == "(":
            inner = cursor.group()
            yield inner, inner.sees_any(*_QUERY) or inner.sees("(")
        elif not query or token.kind != WORD:
            cursor.take()
        elif token.value == "with" and not cursor.sees("(", ahead=1):
            cursor.take()
            cursor.accept("recursive")
            _with_names(cursor.copy(), queries)
        elif token.value == "distinct" and cursor.sees("from", ahead=1):
            cursor.index += 2
        elif token.value in ("from", "join", "table"):
            cursor.take()
            yield from _from_list(cursor, found)
        else:
            cursor.take()


def _with_names(cursor: Cursor, queries: set[str]) -> None:
    while not cursor.done:
        queries.add(cursor.identifier())
        cursor.optional_group()
        if not cursor.accept("as"):
            return
        cursor.accept("not")
        cursor.accept("materialized")
        if not cursor.sees("("):
            return
        cursor.group()
        if not cursor.accept(","):
            return


def _from_list(cursor: Cursor, found: dict[Written, None]) -> Iterator[tuple[Cursor, bool]]:
    """One item after FROM or JOIN, and those after its commas."""
    while True:
        cursor.accept("lateral")
        cursor.accept("only")
        token = cursor.peek()
        if token is not None and token.kind == OPERATOR and token.value == "(":
            inner = cursor.group()
            if inner.sees_any(*_QUERY) or inner.sees("("):
                yield inner, True
            else:
                yield from _from_list(inner, found)
                yield inner, True
        elif token is not None and (token.kind == QUOTED or token.kind == WORD):
            special = cursor.accept("rows", "from") or cursor.accept("collation", "for")
            name = None if special else cursor.name()
            if cursor.sees("("):
                inner = cursor.group()
                yield inner, inner.sees_any(*_QUERY)
            elif name is not None and not (token.kind == WORD and token.value in BARE_CALLS):
                found[name] = None
        while not cursor.done and not cursor.sees(",") and not cursor.sees_any(*_FROM_ENDS, *_JOINS):
            if cursor.sees("("):
                inner = cursor.group()
                yield inner, inner.sees_any(*_QUERY)
            else:
                cursor.take()
        if not cursor.accept(","):
            return
