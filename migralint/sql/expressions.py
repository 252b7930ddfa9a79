"""What an expression mentions, read from its tokens."""

from __future__ import annotations

from collections.abc import Collection

from migralint.schema.names import cut
from migralint.sql.cursor import Cursor
from migralint.sql.tokens import OPERATOR, QUOTED, STRING, WORD

_KEYWORDS = frozenset(
    """all and any array as asymmetric at between both by case cast collate cross current_catalog current_date
    current_role current_schema current_time current_timestamp current_user day default desc asc distinct document
    else end escape except exists extract false for from group having hour ilike in inner intersect interval into
    is isnull join json leading left like limit localtime localtimestamp minute month natural nfc nfd nfkc nfkd
    not notnull null nulls of offset on operator or order outer over overlaps overlay partition placing position
    precision right row rows second select session_user set similar some substring symmetric system_user table
    then time to trailing trim true union unknown user using values variadic varying when where window with within
    without year zone""".split()
)
"""Words that are no column of an expression, unless the table is known to have one of that name."""

_TYPE_WORDS = frozenset("double precision character varying national bit timestamp time with without zone".split())


def mentioned(cursor: Cursor, columns: Collection[str] = ()) -> tuple[str, ...]:
    """The columns that an expression mentions, each once, in order.

    `columns` are the known columns of the table: a word that is also a keyword counts only if it is among them.
    """
    tokens, found = cursor.tokens, dict[str, None]()
    at = cursor.index
    while at < cursor.end:
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < cursor.end else None
        before = tokens[at - 1] if at > cursor.index else None
        at += 1
        if before is not None and before.kind == OPERATOR and before.value == "." and _selects(cursor, at - 2):
            continue
        if token.kind == OPERATOR and token.value == "::":
            at = _after_type(cursor, at)
            continue
        if token.kind not in (WORD, QUOTED):
            continue
        if token.kind == WORD and token.value == "as" and following is not None and _in_cast(cursor, at - 1):
            at = _after_type(cursor, at)
            continue
        if token.kind == WORD and token.value == "collate":
            at += 1
            while at + 1 < cursor.end and tokens[at].value == "." and tokens[at].kind == OPERATOR:
                at += 2
            continue
        if following is not None and following.kind == OPERATOR and following.value in ("(", "."):
            continue
        if token.kind == WORD:
            if following is not None and following.kind == STRING:
                continue
            if before is not None and before.value == "(" and _called(cursor, at - 2, "extract"):
                continue
            if token.value in _KEYWORDS and token.value not in columns:
                continue
        found[cut(token.value)] = None
    return tuple(found)


def _selects(cursor: Cursor, dot: int) -> bool:
    """Whether the name after this dot is a field of a value in parentheses or of an element."""
    return dot > cursor.index and cursor.tokens[dot - 1].kind == OPERATOR and cursor.tokens[dot - 1].value in (")", "]")


def _called(cursor: Cursor, parenthesis: int, function: str) -> bool:
    """Whether the parenthesis at this token opens the arguments of this function."""
    return parenthesis > cursor.index and cursor.tokens[parenthesis - 1].value == function


def _in_cast(cursor: Cursor, at: int) -> bool:
    """Whether the AS at this token belongs to CAST(... AS type)."""
    depth = 0
    for back in range(at - 1, cursor.index - 1, -1):
        value = cursor.tokens[back].value
        if cursor.tokens[back].kind != OPERATOR:
            continue
        if value == ")":
            depth += 1
        elif value == "(":
            if depth == 0:
                return back > cursor.index and cursor.tokens[back - 1].value in ("cast", "try_cast")
            depth -= 1
    return False


def _after_type(cursor: Cursor, at: int) -> int:
    """The index after the type that begins here."""
    tokens, end = cursor.tokens, cursor.end
    if at >= end:
        return at
    first = tokens[at]
    at += 1
    while at + 1 < end and tokens[at].value == "." and tokens[at].kind == OPERATOR:
        at += 2
    if first.kind == WORD and first.value in _TYPE_WORDS:
        while at < end and tokens[at].kind == WORD and tokens[at].value in _TYPE_WORDS:
            at += 1
    if at < end and tokens[at].value == "(" and tokens[at].kind == OPERATOR:
        inner = Cursor(cursor.text, tokens, at, end)
        inner.skip_one()
        at = inner.index
    while at < end and tokens[at].kind == WORD and tokens[at].value in _TYPE_WORDS:
        at += 1
    return at
