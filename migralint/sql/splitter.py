"""Scripts → statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from migralint.sql.tokens import BAD, OPERATOR, STRING, WORD, Token, next_token, skip

TOKENS = 100_000
"""Tokens kept of one statement; a longer one is read by its beginning only."""


class Statement(NamedTuple):
    """One statement without its semicolon; `start`/`end` are offsets into the script.

    `problem` says why it cannot be read, if so. `complete` is false where `tokens` are only its beginning.
    """

    start: int
    end: int
    text: str
    tokens: tuple[Token, ...] = ()
    problem: str | None = None
    complete: bool = True


_LINE = re.compile(r"[^\n]*\n?")
_DATA = re.compile(r"[ \t]*\r?\n")
_DATA_END = re.compile(r"^\\\.[ \t]*\r?$", re.M)
_INTEREST = re.compile(r"""(?:\b[eE])?'|"|\$\w*\$|--|/\*|;""")
_ENDING_COMMANDS = re.compile(r"\\(g|gx|gexec|gset|crosstabview|watch|;)(?!\w)")


def split(text: str, dialect: str = "postgresql", *, psql: bool = True) -> list[Statement]:
    """The statements of a script.

    Semicolons inside quotes, parentheses, `BEGIN ATOMIC` bodies and SQLite's trigger bodies separate nothing. With
    `psql` lines that begin with a backslash are commands to psql and no part of a statement; the data that follows
    `COPY ... FROM stdin` is skipped. A quote that never ends makes the rest one statement with a `problem`.
    """
    return list(_statements(text, dialect, psql))


def _statements(text: str, dialect: str, psql: bool) -> Iterator[Statement]:
    position = 0
    while True:
        tokens: list[Token] = []
        state = _Nesting(dialect)
        complete, inside_end = True, -1
        while True:
            token = next_token(text, position, dialect)
            if token is None:
                break
            if psql and token.value == "\\" and token.kind == OPERATOR and _starts_line(text, token.start):
                line = _LINE.match(text, token.start)
                position = line.end() if line else len(text)
                if _ENDING_COMMANDS.match(text, token.start) and tokens:
                    break
                if text.startswith("\\i", token.start) or text.startswith("\\gexec", token.start):
                    yield Statement(token.start, position, text[token.start : position].strip(), (), "a psql command")
                continue
            position = token.end
            if token.value == ";" and token.kind == OPERATOR:
                if not state.inside():
                    break
                if inside_end < 0 and not state.block:
                    inside_end = len(tokens)
            state.step(token)
            if len(tokens) < TOKENS:
                tokens.append(token)
            else:
                complete = False
                state.depth = 0  # parentheses are not looked at from here on
                position = _next_of_interest(text, position)
            if token.kind == BAD:
                break
        if token is None and state.depth > 0 and 0 <= inside_end < len(tokens):
            position = tokens[inside_end].end
            tokens, complete = tokens[:inside_end], True
            token = tokens[-1] if tokens else None
        if tokens:
            end = tokens[-1].end if complete else _end(text, position, token)
            problem = tokens[-1].value if tokens[-1].kind == BAD else None
            yield Statement(tokens[0].start, end, text[tokens[0].start : end], tuple(tokens), problem, complete)
            if _copies_in(tokens):
                position = _after_data(text, position)
        if token is None and skip(text, position) >= len(text):
            return


def _next_of_interest(text: str, position: int) -> int:
    """The next quote, comment or semicolon: nothing else matters in a statement that is too long to be kept."""
    found = _INTEREST.search(text, position)
    return found.start() if found else len(text)


def _end(text: str, position: int, token: Token | None) -> int:
    return len(text) if token is None else token.start if token.value == ";" else position


def _starts_line(text: str, offset: int) -> bool:
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip()


class _Nesting:
    """What keeps a semicolon from ending the statement."""

    def __init__(self, dialect: str) -> None:
        self.depth = 0
        self.block = 0
        self._sqlite = dialect == "sqlite"
        self._head: list[str] = []
        self._last = ""

    def inside(self) -> bool:
        return self.depth > 0 or self.block > 0

    def step(self, token: Token) -> None:
        if token.kind == OPERATOR:
            if token.value == "(":
                self.depth += 1
            elif token.value == ")" and self.depth:
                self.depth -= 1
        elif token.kind == WORD:
            word = token.value
            if len(self._head) < 4:
                self._head.append(word)
            if self.block:
                if word == "case" or word == "begin":
                    self.block += 1
                elif word == "end":
                    self.block -= 1
            elif (word == "atomic" and self._last == "begin") or (
                word == "begin" and self._sqlite and self._head[:1] == ["create"] and "trigger" in self._head
            ):
                self.block = 1
            self._last = word
            return
        self._last = ""


def _copies_in(tokens: list[Token]) -> bool:
    """Whether it is COPY ... FROM stdin."""
    if tokens[0].value != "copy" or tokens[0].kind != WORD:
        return False
    words = [t.value for t in tokens if t.kind in (WORD, STRING)]
    return any(a == "from" and b == "stdin" for a, b in pairwise(words))


def _after_data(text: str, position: int) -> int:
    """After the line `\\.`, where data follows the statement."""
    line = _DATA.match(text, position)
    if line is None:
        return position
    end = _DATA_END.search(text, line.end())
    return end.end() if end else len(text)
