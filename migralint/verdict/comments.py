"""Comments that may suppress, with the lines of the statement each belongs to. Nothing is compiled."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

MARK = "migralint:"

_ADDRESSED = re.compile(r"(?:#|--)\s*migralint:\s*(?P<said>.*)")

_SQL = re.compile(
    r"""(?P<comment>--[^\r\n]*)
      | (?P<skip>/\*.*?\*/ | '(?:[^']|'')*' | "(?:[^"]|"")*")
      | (?P<end>;)
      | (?P<code>[^\s;])""",
    re.VERBOSE | re.DOTALL,
)
_STRING = re.compile(r"""(?P<prefix>[A-Za-z]*)(?P<quote>'''|\"\"\"|'|")""")
_EMPTY = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
_TEXTS = {tokenize.STRING} | {
    getattr(tokenize, name) for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END") if hasattr(tokenize, name)
}


class Comment(NamedTuple):
    """A comment to migralint, which `said` this; all lines start at 1.

    `first` to `last` are the lines of the statement it belongs to. An SQL comment also belongs to a statement around
    it that starts at `outer` or below. `start` and `end` are offsets in the file.
    """

    said: str
    line: int
    start: int
    end: int
    first: int
    last: int
    outer: int | None = None

    def belongs_to(self, line: int, end_line: int) -> bool:
        """Whether what stands on these lines is the comment's statement, or in it."""
        if self.first <= line <= self.last:
            return True
        return self.outer is not None and self.outer <= line <= self.line <= end_line


def comments(path: str, text: str) -> Iterator[Comment]:
    """The comments of a Python or SQL file that address migralint; those inside SQL strings of Python too."""
    if MARK not in text:
        return
    if path.endswith(".sql"):
        yield from _sql(text, 0, 1, outer=1)
    else:
        yield from _python(text)


def _python(text: str) -> Iterator[Comment]:
    starts = [0]
    for line in io.StringIO(text, newline="\n"):
        starts.append(starts[-1] + len(line))
    statement: list[tokenize.TokenInfo] = []
    alone: list[tokenize.TokenInfo] = []
    for token in _tokens(text):
        if token.type == tokenize.NEWLINE:
            yield from _of_statement(statement, alone, starts, text)
            statement, alone = [], []
        elif statement or token.type not in _EMPTY:
            statement.append(token)
        elif token.type == tokenize.COMMENT:
            if alone and alone[-1].start[0] + 1 != token.start[0]:
                yield from _of_statement([], alone, starts, text)
                alone = []
            alone.append(token)
    yield from _of_statement(statement, alone, starts, text)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to the first mistake: what follows it is not understood by anybody else either."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline="\n").readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _of_statement(
    statement: list[tokenize.TokenInfo], above: list[tokenize.TokenInfo], starts: list[int], text: str
) -> Iterator[Comment]:
    """The comments in a statement and directly above it."""
    code = [token for token in statement if token.type not in _EMPTY]
    first, last = (code[0].start[0], code[-1].end[0]) if code else (0, 0)
    docstring = all(token.type in _TEXTS for token in code)
    directly = bool(code) and bool(above) and above[-1].start[0] + 1 == first
    for token in [*above, *statement]:
        line, column = token.start
        start = starts[line - 1] + column
        if token.type == tokenize.COMMENT and (addressed := _ADDRESSED.search(token.string)):
            covered = (first, last) if directly or token not in above else (line, line)
            yield Comment(addressed["said"].strip(), line, start, start + len(token.string), *covered)
        elif token.type in _TEXTS and not docstring:
            end = starts[token.end[0] - 1] + token.end[1]
            literal = text[start:end]
            if MARK in literal:
                yield from _sql(_as_sql(literal), start, line, outer=first)


def _as_sql(literal: str) -> str:
    """The SQL in a literal, as long as the literal: its quotes, and escapes of quotes and line ends, are blanked."""
    match = _STRING.match(literal)
    if match is None or not literal.endswith(match["quote"]):
        return literal
    size = len(match["quote"])
    body = literal[match.end() : -size]
    if "r" not in match["prefix"].lower():
        body = body.replace("\\'", " '").replace('\\"', ' "').replace("\\n", " \f")
    return " " * match.end() + body + " " * size


def _sql(text: str, offset: int, line: int, outer: int) -> Iterator[Comment]:
    """The comments in SQL that begins at `offset` and `line` of its file. A form feed ends a comment too."""
    pieces: list[tuple[int, int, list[tuple[int, int]]]] = []
    start, end, found = -1, -1, list[tuple[int, int]]()
    for token in _SQL.finditer(text):
        if token["comment"]:
            stop = token.end() if "\f" not in token[0] else token.start() + token[0].index("\f")
            if start < 0 and pieces and "\n" not in text[pieces[-1][1] : token.start()]:
                pieces[-1][2].append((token.start(), stop))  # behind the semicolon, on its line
            else:
                found.append((token.start(), stop))
        elif token["skip"] and token[0].startswith("/*"):
            continue
        elif token["end"]:
            pieces.append((start if start >= 0 else token.start(), token.end(), found))
            start, found = -1, []
        else:
            start = token.start() if start < 0 else start
        end = token.end()
    pieces.append((start, end, found))
    for start, end, found in pieces:
        for begin, stop in found:
            addressed = _ADDRESSED.search(text[begin:stop])
            if addressed is None:
                continue
            here = line + text.count("\n", 0, begin)
            covered = (here, here)
            if start >= 0 and (begin > start or _directly_above(text[begin:start])):
                covered = (line + text.count("\n", 0, start), line + text.count("\n", 0, end))
            yield Comment(addressed["said"].strip(), here, offset + begin, offset + stop, *covered, outer)


def _directly_above(between: str) -> bool:
    """Whether only comments, each alone on its line, stand between a comment and its statement."""
    return all(line.strip().startswith("--") for line in between.split("\n")[:-1])
