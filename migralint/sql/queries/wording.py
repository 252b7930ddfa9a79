"""Texts that the server words its own way, such as a check's expression, of which only the parts are known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from migralint.schema.names import quote
from migralint.sql.tokens import BAD, NUMBER, OPERATOR, QUOTED, STRING, WORD, tokenize

_KEYWORDS = frozenset(
    """and or not in is null between like ilike similar to any some all array case when then else end true false cast as
    interval distinct from symmetric escape collate at time zone row exists select where for isnull notnull timestamp
    date current_timestamp current_date current_time localtime localtimestamp current_user session_user""".split()
)
_RESPELLED = frozenset(
    "coalesce nullif greatest least trim btrim position extract substring overlay cast timezone date_part".split()
)
_ADDED = (
    _KEYWORDS
    | _RESPELLED
    | frozenset(
        """character varying text numeric integer bigint smallint boolean with without double precision real json jsonb
    uuid bytea char bpchar varchar name oid bit varbit check unique primary key foreign references index create on using
    btree gin gist hash brin spgist include desc asc nulls first last regclass public ltrim rtrim both leading trailing
    similar_to_escape like_escape valid no inherit internal timestamptz inet money xml enforced int4 int8 int2 bool
    float8 float4 date_trunc ops""".split()
    )
)
"""Words that the server puts in: its keywords, and the names of types in casts."""
_RUN = re.compile(r"[a-z0-9_]{2,}")


def parts_of(expression: str) -> tuple[str, ...] | None:
    """What surely stands in the text that the server prints for an expression, in order; None where that is unclear."""
    tokens = tokenize(expression)
    if tokens and tokens[-1].kind == BAD:
        return None
    found: list[str] = []
    cast = False
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        called = following is not None and following.kind == OPERATOR and following.value == "("
        named = token.kind == QUOTED or (token.kind == WORD and token.value not in _KEYWORDS | _RESPELLED)
        if token.kind == STRING:
            found.append("'" + token.value.replace("'", "''") + "'")
        elif token.kind == NUMBER:
            found.append(token.value)
        elif named and not cast and not (following is not None and following.value == "."):
            found.append(quote(token.value) + ("(" if called else ""))
        cast = token.kind == OPERATOR and token.value in ("::", ".") and (cast or token.value == "::")
    return tuple(found)


def contains(parts: tuple[str, ...], pieces: list[str], more: frozenset[str], ignore_case: bool) -> bool | None:
    """Whether the text with these parts holds the pieces in this order; None where that cannot be known.

    `more` are other words that may stand in it: names of the project's types.
    """
    if ignore_case:
        parts, pieces = tuple(p.lower() for p in parts), [p.lower() for p in pieces]
    at = offset = 0
    for piece in pieces:
        while at < len(parts) and (found := parts[at].find(piece, offset)) < 0:
            at, offset = at + 1, 0
        if at == len(parts):
            break
        offset = found + len(piece)
    else:
        return True
    known = [*(part.lower() for part in parts), *_ADDED, *more]
    words = {word for piece in pieces for word in _runs(piece)}
    return None if all(any(word in one for one in known) for word in words) else False


def _runs(piece: str) -> Iterator[str]:
    yield from _RUN.findall(piece.lower())
