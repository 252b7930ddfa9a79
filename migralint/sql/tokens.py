"""SQL as tokens with exact offsets (PostgreSQL docs, 4.1 "Lexical Structure"; SQLite's quoting too)."""

from __future__ import annotations

import re
from typing import NamedTuple

WORD, QUOTED, STRING, NUMBER, PARAMETER, OPERATOR, BAD = ("word", "quoted", "string", "number", "param", "op", "bad")


HOLE = "\ufdd0"
"""Stands in a text for a piece of it that is not known; Unicode gives this character no meaning of its own.

A string with a hole, and a hole that stands alone where a value is expected, are a `PARAMETER`.
"""
_STRING_WITH_HOLE = f"'{HOLE}'"


class Token(NamedTuple):
    """`value` is folded to lower case for words, and without quotes and escapes for quoted things.

    A `BAD` token is a quote or comment that never ends; it reaches to the end of the text.
    """

    kind: str
    value: str
    start: int
    end: int


_SPACE = re.compile(r"(?:\s+|--[^\n]*)+")
_COMMENT_PART = re.compile(r"/\*|\*/")
_TOKEN = re.compile(
    r"""
      (?P<estring>[eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*(?P<eclosed>')?)
    | (?P<ustring>[uU]&'[^']*(?:''[^']*)*(?P<uclosed>')?)
    | (?P<uquoted>[uU]&"[^"]*(?:""[^"]*)*(?P<uqclosed>")?)
    | (?P<string>[bBxXnN]?'[^']*(?:''[^']*)*(?P<closed>')?)
    | (?P<quoted>"[^"]*(?:""[^"]*)*(?P<qclosed>")?)
    | (?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
    | (?P<number>0[xX][0-9A-Fa-f]+|(?:\d[\d_]*(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<dollar>\$(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?\$)
    | (?P<param>\$\d+|:[A-Za-z_]\w*|%\(\w+\)s|%s(?!\w))
    | (?P<op>(?:\\?:){2}|:=|\.\.|<=|>=|<>|!=|=>|\|\||->>|->|\#>>|\#>|@>|<@|!~~?\*?|~~?\*?|.)
    """,
    re.X | re.S,
)
_CLOSED = {"estring": "eclosed", "ustring": "uclosed", "uquoted": "uqclosed", "string": "closed", "quoted": "qclosed"}
_BACKTICKS = re.compile(r"`[^`]*(?:``[^`]*)*(`?)")
_BRACKETS = re.compile(r"\[[^\]\n]*(\]?)")
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.S)
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_UNICODE = re.compile(r"\\(?:([0-9A-Fa-f]{4})|\+([0-9A-Fa-f]{6})|(\\))")


def skip(text: str, position: int) -> int:
    """The offset of the first character at or after `position` that is neither white space nor comment.

    A comment that never ends is not skipped.
    """
    while True:
        space = _SPACE.match(text, position)
        if space:
            position = space.end()
        if not text.startswith("/*", position):
            return position
        depth, cursor = 0, position
        while True:
            part = _COMMENT_PART.search(text, cursor)
            if part is None:
                return position
            depth += 1 if part[0] == "/*" else -1
            cursor = part.end()
            if depth == 0:
                break
        position = cursor


def next_token(text: str, position: int, dialect: str = "postgresql") -> Token | None:
    """The token at or after `position`, or None at the end of the text."""
    start = skip(text, position)
    if start >= len(text):
        return None
    if text.startswith("/*", start):
        return Token(BAD, "a comment that does not end", start, len(text))
    if dialect != "postgresql":
        other = _foreign_quote(text, start, dialect)
        if other:
            return other
    match = _TOKEN.match(text, start)
    assert match is not None, "the last alternative matches any character"
    kind, end, raw = str(match.lastgroup), match.end(), match[0]
    kind = next((k for k, closed in _CLOSED.items() if closed == kind), kind)
    if kind in _CLOSED and match[_CLOSED[kind]] is None:
        return Token(BAD, "a quote that does not end", start, len(text))
    match kind:
        case "word":
            return Token(PARAMETER if raw == HOLE else WORD, raw.lower(), start, end)
        case "op":
            return Token(OPERATOR, raw.replace("\\:", ":"), start, end)
        case "number":
            return Token(NUMBER, raw, start, end)
        case "param":
            return Token(PARAMETER, raw, start, end)
        case "quoted":
            return Token(QUOTED, raw[1:-1].replace('""', '"'), start, end)
        case "uquoted":
            return Token(QUOTED, _unicode(raw[3:-1].replace('""', '"')), start, end)
        case "string":
            value = raw[raw.index("'") + 1 : -1].replace("''", "'")
        case "estring":
            value = _ESCAPE.sub(_unescape, raw[2:-1].replace("''", "'"))
        case "ustring":
            value = _unicode(raw[3:-1].replace("''", "'"))
        case _:
            closing = text.find(raw, end)
            if closing < 0:
                return Token(BAD, f"{raw} that does not end", start, len(text))
            return _string(text[end:closing], start, closing + len(raw))
    return _continued(text, _string(value, start, end))


def _string(value: str, start: int, end: int) -> Token:
    return Token(PARAMETER, _STRING_WITH_HOLE, start, end) if HOLE in value else Token(STRING, value, start, end)


def is_holed_string(token: Token | None) -> bool:
    """Whether it is a string of which a piece is not known."""
    return token is not None and token.kind == PARAMETER and token.value == _STRING_WITH_HOLE


def holed_body(token: Token | None, text: str) -> str | None:
    """What stands between the dollar signs of a string of which a piece is not known; None for other tokens."""
    if token is None or not is_holed_string(token) or text[token.start] != "$":
        return None
    tag = text[token.start : text.index("$", token.start + 1) + 1]
    return text[token.start + len(tag) : token.end - len(tag)]


def _continued(text: str, token: Token) -> Token:
    """Two strings with a line break between them are one (SQL standard)."""
    following = _SPACE.match(text, token.end)
    if following is None or "\n" not in following[0] or not text.startswith("'", following.end()):
        return token
    more = next_token(text, following.end())
    if more is None or (more.kind != STRING and not is_holed_string(more)):
        return token
    return _string(token.value + more.value, token.start, more.end)


def _foreign_quote(text: str, start: int, dialect: str) -> Token | None:
    if text[start] == "`":
        match = _BACKTICKS.match(text, start)
        value = match[0][1:-1].replace("``", "`") if match else ""
    elif text[start] == "[" and dialect in ("sqlite", "mssql"):
        match = _BRACKETS.match(text, start)
        value = match[0][1:-1] if match else ""
    else:
        return None
    if match is None or not match[1]:
        return Token(BAD, "a quote that does not end", start, len(text))
    return Token(QUOTED, value, start, match.end())


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return _character(int(match[1], 8) & 255)
    digits = match[2] or match[3] or match[4]
    if digits:
        return _character(int(digits, 16))
    return _NAMED.get(match[5], match[5])


def _unicode(raw: str) -> str:
    def character(match: re.Match[str]) -> str:
        return "\\" if match[3] else _character(int(match[1] or match[2], 16))

    return _UNICODE.sub(character, raw)


def tokenize(text: str, dialect: str = "postgresql", start: int = 0) -> list[Token]:
    """All tokens from `start`; a `BAD` token, if any, is the last."""
    tokens: list[Token] = []
    while (token := next_token(text, start, dialect)) is not None:
        tokens.append(token)
        start = token.end
    return tokens


def comments(text: str, dialect: str = "postgresql") -> list[tuple[int, int]]:
    """Offsets (start, end) of every `--` comment, from its dashes to the end of its line."""
    found: list[tuple[int, int]] = []
    if "--" not in text:
        return found
    position = 0
    while True:
        token = next_token(text, position, dialect)
        gap = text[position : token.start if token else len(text)]
        found += [
            (position + m.start(1), position + m.end(1))
            for m in re.finditer(r"/\*.*?\*/|(--[^\n]*)", gap, re.S)
            if m[1] is not None
        ]
        if token is None:
            return found
        position = token.end
