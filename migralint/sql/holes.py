"""Statements with holes: pieces that are not known, of which a statement of rows only needs that they are values."""

from __future__ import annotations

from collections.abc import Sequence

from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.tokens import HOLE, OPERATOR, PARAMETER, WORD, Token

_OF_ROWS = frozenset("insert update delete merge replace select with values".split())
_BEFORE_VALUES = frozenset(
    """values where and or not in like ilike between then else when case limit offset having select distinct returning
    by escape to is any all""".split()
)


def check_holes(cursor: Cursor, why: str) -> None:
    """Raises Unreadable unless the statement is the same one on the same table whatever the holes in it hold.

    That is so for a statement of rows whose holes are in strings, or stand where an expression needs an operand.
    """
    if HOLE not in cursor.source():
        return
    tokens = cursor.tokens[cursor.index : cursor.end]
    holes = [at for at, token in enumerate(tokens) if cursor.text.find(HOLE, token.start, token.end) >= 0]
    of_rows = tokens[0].kind == WORD and tokens[0].value in _OF_ROWS
    if not holes or (of_rows and all(_is_value(tokens, at) for at in holes)):
        return
    raise not_known(why)


def not_known(why: str) -> Unreadable:
    """The error for a statement of which a needed part is not known."""
    return Unreadable(f"a part of it is not known ({why})" if why else "a part of it is not known")


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
