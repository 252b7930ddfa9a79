"""Where the mistake is in a file that LibCST refuses: it names the token after it, or for its tokenizer no place."""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections.abc import Iterator

_OPENING = {")": "(", "]": "[", "}": "{"}
_SPACE = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.DEDENT})
_COMPOUND = re.compile(r"async|case|class|def|elif|else|except|finally|for|if|match|try|while|with")
"""What begins a statement with a block."""
_FIRST_COLUMN = 1 if sys.version_info >= (3, 12) else 0
"""How `tokenize.TokenError` counts columns."""

Position = tuple[int, int]
"""A line from 1 and a column from 0."""


def refused_token(text: str, reported: Position) -> Position:
    """The start of the token that the parser refused: the last one before the place that LibCST reports."""
    found, first, begins = (1, 0), "", True
    for token in _tokens(text):
        if token.start >= reported:
            break
        if token.type == tokenize.INDENT:
            # LibCST reports it where the line begins: after a block's first line it is that line which lacks its colon.
            found = found if _COMPOUND.fullmatch(first) else token.end
        elif token.type not in _SPACE:
            first = token.string if begins else first
            begins = token.type == tokenize.NEWLINE
            found = token.start
    return found


def broken_token(text: str) -> Position:
    """The first bracket without a partner, string without an end, or character that begins no token."""
    opened: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            odd = token.type == tokenize.OP and token.string not in tokenize.EXACT_TOKEN_TYPES
            if odd or (token.type == tokenize.ERRORTOKEN and token.string.strip()):
                return token.start
            if token.type == tokenize.OP and token.string in _OPENING.values():
                opened.append(token)
            closes = token.type == tokenize.OP and token.string in _OPENING
            if closes and (not opened or opened.pop().string != _OPENING[token.string]):
                return token.start
    except tokenize.TokenError as error:  # an end that is missing; from Python 3.12 on also what begins no token
        line, column = error.args[1]
        missing = "multi-line statement" in error.args[0]
        return opened[-1].start if opened and missing else (line, max(column - _FIRST_COLUMN, 0))
    except SyntaxError as error:  # indentation that fits no block
        return (error.lineno or 1, 0)
    return opened[-1].start if opened else (1, 0)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to what the tokenizer refuses."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError):
        return
