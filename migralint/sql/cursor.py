"""A position in the tokens of a statement: what every reader reads with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from migralint.schema.names import cut
from migralint.sql.errors import Unreadable
from migralint.sql.tokens import BAD, NUMBER, OPERATOR, PARAMETER, QUOTED, STRING, WORD, Token

_PAIRS = {"(": ")", "[": "]"}


class Written(NamedTuple):
    """A name as written: folded and cut, with its schema where one is given."""

    schema: str | None
    name: str


class Cursor:
    """Walks over `tokens[index:end]` of `text`.

    All methods that read a thing move past it. They raise Unreadable where it is not there.
    """

    __slots__ = ("end", "head", "index", "text", "tokens")

    def __init__(self, text: str, tokens: Sequence[Token], index: int = 0, end: int | None = None) -> None:
        self.text = text
        self.tokens = tokens
        self.index = index
        self.head: int | None = None  # where what belongs to every action of its statement ends
        self.end = len(tokens) if end is None else end

    # looking -----------------------------------------------------------------------------------------------------
    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.index >= self.end

    @property
    def offset(self) -> int:
        """Where the next token begins, or the last one ended."""
        if self.index < len(self.tokens):
            return self.tokens[self.index].start
        return self.tokens[-1].end if self.tokens else 0

    def peek(self, ahead: int = 0) -> Token | None:
        """The token `ahead` of the next one, or None."""
        at = self.index + ahead
        return self.tokens[at] if at < self.end else None

    def sees(self, *words: str, ahead: int = 0) -> bool:
        """Whether these keywords (unquoted) or operators come next."""
        at = self.index + ahead
        if at + len(words) > self.end:
            return False
        return all(
            self.tokens[at + i].value == word and self.tokens[at + i].kind in (WORD, OPERATOR)
            for i, word in enumerate(words)
        )

    def sees_any(self, *words: str) -> bool:
        """Whether one of these keywords or operators comes next."""
        token = self.peek()
        return token is not None and token.kind in (WORD, OPERATOR) and token.value in words

    # reading -----------------------------------------------------------------------------------------------------
    def accept(self, *words: str) -> bool:
        """Moves past these keywords or operators if all of them come next."""
        if self.sees(*words):
            self.index += len(words)
            return True
        return False

    def accept_any(self, *words: str) -> str | None:
        """Moves past the one of these keywords that comes next, and tells which."""
        if self.sees_any(*words):
            return self.take().value
        return None

    def expect(self, *words: str) -> None:
        """Moves past these keywords; Unreadable where something else stands."""
        if not self.accept(*words):
            raise self.problem(f"expected {' '.join(words).upper()}")

    def take(self) -> Token:
        """The next token, whatever it is."""
        if self.done:
            raise self.problem("the statement ends too early")
        token = self.tokens[self.index]
        if token.kind == BAD:
            raise Unreadable(token.value, token.start)
        self.index += 1
        return token

    def problem(self, reason: str) -> Unreadable:
        """The error to raise for what comes next."""
        token = self.peek()
        shown = "the end" if token is None else repr(self.text[token.start : min(token.end, token.start + 40)])
        return Unreadable(f"{reason}, found {shown}", self.offset)

    def identifier(self) -> str:
        """One name, folded unless quoted, cut to 63 bytes."""
        token = self.take()
        if token.kind not in (WORD, QUOTED):
            self.index -= 1
            raise self.problem("expected a name")
        return cut(token.value)

    def name(self) -> Written:
        """A name, with or without a schema; a database name before it is dropped."""
        parts = self.parts()
        return Written(parts[-2] if len(parts) > 1 else None, parts[-1])

    def parts(self) -> list[str]:
        """Names joined by dots."""
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        return parts

    def string(self) -> str:
        """The value of a string literal."""
        token = self.take()
        if token.kind != STRING:
            self.index -= 1
            raise self.problem("expected a string")
        return token.value

    def if_exists(self) -> bool:
        """IF EXISTS."""
        return self.accept("if", "exists")

    def if_not_exists(self) -> bool:
        """IF NOT EXISTS."""
        return self.accept("if", "not", "exists")

    def cascade(self) -> bool:
        """CASCADE or RESTRICT; whether it is CASCADE."""
        return self.accept_any("cascade", "restrict") == "cascade"

    # groups ------------------------------------------------------------------------------------------------------
    def group(self) -> Cursor:
        """What stands in the parentheses that come next."""
        if not self.sees("("):
            raise self.problem("expected (")
        close = self._closing()
        inner = Cursor(self.text, self.tokens, self.index + 1, close)
        self.index = close + 1
        return inner

    def optional_group(self) -> Cursor | None:
        """What stands in the parentheses that come next, if they do."""
        return self.group() if self.sees("(") else None

    def _closing(self) -> int:
        depth = 0
        for at in range(self.index, self.end):
            token = self.tokens[at]
            if token.kind == OPERATOR:
                if token.value in _PAIRS:
                    depth += 1
                elif token.value in (")", "]"):
                    depth -= 1
                    if depth == 0:
                        return at
        raise self.problem("a parenthesis is never closed")

    def skip_one(self) -> None:
        """Moves past one token, or one whole group in parentheses or brackets."""
        token = self.peek()
        if token is not None and token.kind == OPERATOR and token.value in _PAIRS:
            self.index = self._closing() + 1
        else:
            self.take()

    def until(self, *words: str) -> Cursor:
        """Everything up to one of these keywords or operators outside parentheses, or up to the end."""
        start = self.index
        while not self.done and not self.sees_any(*words):
            self.skip_one()
        return Cursor(self.text, self.tokens, start, self.index)

    def find(self, *words: str) -> bool:
        """Moves to these keywords outside parentheses; without them nothing moves."""
        start = self.index
        while not self.done:
            if self.sees(*words):
                return True
            self.skip_one()
        self.index = start
        return False

    def has(self, *words: str) -> bool:
        """Whether these keywords come somewhere outside parentheses."""
        start = self.index
        found = self.find(*words)
        self.index = start
        return found

    def items(self) -> Iterator[Cursor]:
        """The parts between commas outside parentheses."""
        while not self.done:
            yield self.until(",")
            if not self.accept(","):
                return

    def identifiers(self) -> tuple[str, ...]:
        """The first name of each item of a list in parentheses: ordering and collation are left out."""
        return tuple(item.identifier() for item in self.group().items())

    def rest(self) -> Cursor:
        """Everything that is left."""
        rest = Cursor(self.text, self.tokens, self.index, self.end)
        self.index = self.end
        return rest

    def copy(self) -> Cursor:
        """The same position, to be moved on its own."""
        return Cursor(self.text, self.tokens, self.index, self.end)

    # text --------------------------------------------------------------------------------------------------------
    def source(self) -> str:
        """The text of what is left, as written."""
        if self.done:
            return ""
        return self.text[self.tokens[self.index].start : self.tokens[self.end - 1].end]

    def sql(self) -> str:
        """The text of what is left: comments gone, white space outside quotes one blank each."""
        pieces: list[str] = []
        previous: Token | None = None
        for at in range(self.index, self.end):
            token = self.tokens[at]
            if previous is not None and token.start > previous.end:
                pieces.append(" ")
            pieces.append(self.text[token.start : token.end])
            previous = token
        return "".join(pieces)

    def unwrapped(self) -> Cursor:
        """What is left, without parentheses around all of it."""
        closing: dict[int, int] = {}
        opened: list[int] = []
        for at in range(self.index, self.end):
            token = self.tokens[at]
            if token.kind == OPERATOR and token.value == "(":
                opened.append(at)
            elif token.kind == OPERATOR and token.value == ")" and opened:
                closing[opened.pop()] = at
        start, end = self.index, self.end
        while end - start > 2 and closing.get(start) == end - 1:
            start, end = start + 1, end - 1
        return Cursor(self.text, self.tokens, start, end)

    def is_literal(self) -> bool:
        """Whether the next token is a literal or a parameter."""
        token = self.peek()
        return token is not None and token.kind in (STRING, NUMBER, PARAMETER)
