"""Statements with holes: pieces that are not known, of which a statement of rows only needs that they are values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.tokens import HOLE, OPERATOR, PARAMETER, QUOTED, WORD, Token, holed_body, is_holed_string, tokenize

_OF_ROWS = frozenset("insert update delete merge replace select with values".split())
_OF_ROLES = frozenset("alter grant revoke comment".split())
_WITH_TEXTS = frozenset("create alter comment".split())
_BEFORE_OUTSIDE = frozenset("database role user".split())
_BEFORE_VALUES = frozenset(
    """values where and or not in like ilike between then else when case limit offset having select distinct returning
    by escape to is any all""".split()
)


def check_holes(cursor: Cursor, why: str) -> None:
    """Raises Unreadable unless the statement is the same one on the same table whatever the holes in it hold.

    That is so for a statement of rows whose holes are in strings, or stand where an expression needs an operand; for DO
    with holes in its body, whose statements are looked at one by one, and CREATE FUNCTION, whose body is kept so; and
    where a hole is the name of a database or role, which no schema holds, or in the text of a default or comment.
    """
    if HOLE not in cursor.source():
        return
    tokens = cursor.tokens[cursor.index : cursor.end]
    holes = [at for at, token in enumerate(tokens) if cursor.text.find(HOLE, token.start, token.end) >= 0]
    first = tokens[0].value if tokens[0].kind == WORD else ""
    of_rows = first in _OF_ROWS and all(_is_value(tokens, at) for at in holes)
    in_body = (first == "do" or _makes_function(tokens)) and all(_is_body(tokens[at], cursor.text) for at in holes)
    outside = first in _OF_ROLES and all(_is_outside(tokens, at, first) for at in holes)
    if outside:  # also one in quotation marks is no name then
        cursor.tokens = [t._replace(kind=PARAMETER) if t.value == HOLE else t for t in cursor.tokens]
    in_text = first in _WITH_TEXTS and all(_is_told(tokens, at) for at in holes)
    if not holes or of_rows or in_body or outside or in_text:
        return
    raise not_known(why)


def not_known(why: str) -> Unreadable:
    """The error for a statement of which a needed part is not known."""
    return Unreadable(f"a part of it is not known ({why})" if why else "a part of it is not known")


def _makes_function(tokens: Sequence[Token]) -> bool:
    """Whether it is CREATE [OR REPLACE] FUNCTION or PROCEDURE."""
    words = [token.value for token in tokens[:4] if token.kind == WORD]
    return words[:1] == ["create"] and not {"function", "procedure"}.isdisjoint(words)


def _is_told(tokens: Sequence[Token], at: int) -> bool:
    """Whether it is a string that a column has as its default, or that a comment says."""
    before = tokens[at - 1].value
    is_default = before == "default" and tokens[at - 2].value != "set"
    return is_holed_string(tokens[at]) and (is_default or (before == "is" and tokens[0].value == "comment"))


def _is_outside(tokens: Sequence[Token], at: int, first: str) -> bool:
    """Whether a hole is, as a whole, the name of a database, or of a role that is granted or owns something."""
    token, before = tokens[at], tokens[at - 1]
    is_whole = token.value == HOLE and token.kind in (PARAMETER, QUOTED)
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    joined = following is not None and (following.start == token.end or following.value == ".")
    if not is_whole or joined or before.kind != WORD:
        return False
    if before.value in _BEFORE_OUTSIDE:
        return True
    return before.value in ("to", "from") and (first in ("grant", "revoke") or tokens[at - 2].value == "owner")


def _is_body(token: Token, text: str) -> bool:
    """Whether it is a body between dollar signs in which no hole is in the name of a function that is called."""
    body = holed_body(token, text)
    return body is not None and not any(
        following.value == "(" and following.kind == OPERATOR and HOLE in body[called.start : called.end]
        for called, following in pairwise(tokenize(body))
    )


def _is_value(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.kind != PARAMETER:
        return False  # a part of a name, or of something longer
    if token.value != HOLE:
        return True
    before, after = tokens[at - 1], tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and (after.value in (".", "(") or (after.start == token.end and after.kind != OPERATOR)):
        return False
    if before.kind == OPERATOR:
        return before.value not in (".", ")", "]")
    return before.kind == WORD and before.value in _BEFORE_VALUES and before.end < token.start
