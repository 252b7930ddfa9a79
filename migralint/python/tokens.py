"""A scan over Python's tokens, as cheap as Python allows, for the gate.

Only what tells how deep a parser would go is told apart: brackets, separators, line starts, operators, keywords that
nest, and string literals as a whole. Names, numbers and comments give an empty string or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SIMPLE_FIELD = 40
"""How many characters or strings a field may hold in an f-string that is passed over as a whole."""

OPERATORS = frozenset("-+*/%@&|^~<>!.")
FSTRING_STARTS = frozenset("fFtTrR")


class Unterminated(Exception):
    """A string literal that does not end; ``offset`` is where it starts in the text."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


_PREFIX = r"(?:[fFtT][rR]?|[rR][fFtT])"
# The content of a field that leaves no doubt where the f-string ends.
_FIELD = rf"""\{{(?:[^{{}}'"#\\]|'(?!'')[^'"{{}}\\\r\n]*'(?!')|"(?!"")[^'"{{}}\\\r\n]*"(?!")){{0,{SIMPLE_FIELD}}}\}}"""


def _patterns(quote: str) -> tuple[str, str, str, str]:
    """For one kind of quotes: a plain literal, a simple f-string, what ``exact`` passes over in text and in specs.

    All are loops of alternatives that begin with different characters, unrolled: whatever the text, there is one way
    to match it, and a literal without end costs linear time. (Possessive quantifiers would say so, but CPython 3.11
    miscounts them up to 3.11.4.)
    """
    if len(quote) == 3:
        inner, start = quote[0] + r"\\", quote
        alone = rf"|{quote[0]}(?!{quote[:2]})"
    else:
        inner, start = quote + r"\\\r\n", rf"{quote}(?!{quote * 2})"
        alone = ""
    broken = r"\r(?!\n)"
    anything, escape = rf"\\(?:\r\n|[^\r]|{broken})", rf"\\(?:\r\n|[^\r{{}}]|{broken})"
    plain, text = f"[^{inner}]*", rf"[^{inner}{{}}]*"
    return (
        rf"{start}{plain}(?:(?:{anything}{alone}){plain})*{quote}",
        rf"{_PREFIX}{start}{text}(?:(?:{escape}|\{{\{{|\}}\}}|{_FIELD}{alone}){text})*{quote}",
        rf"{text}(?:(?:{escape}|\{{\{{|\}}\}}{alone}){text})*",
        rf"{text}(?:(?:{escape}{alone}){text})*",
    )


QUOTES = {quote: _patterns(quote) for quote in ('"""', "'''", '"', "'")}
_WHOLE = {quote: re.compile(patterns[0]) for quote, patterns in QUOTES.items()}
_TEXT = {quote: re.compile(patterns[2]) for quote, patterns in QUOTES.items()}
_SPEC = {quote: re.compile(patterns[3]) for quote, patterns in QUOTES.items()}
_TOKENS = "|".join(
    [
        "("
        + "|".join(
            [
                *[patterns[1] for patterns in QUOTES.values()],
                rf"{_PREFIX}(?:\"\"\"|'''|\"|')",
                r"(?:and|await|else|for|if|in|is|lambda|not|or)\b",
                r"\d\w*?(?:and|else|for|if|in|is|not|or)\b",  # "0or 1" is two tokens
                *[patterns[0] for patterns in QUOTES.values()],
                r"(?:\r\n?|\n)[ \t\f]*(?![ \t\f\r\n#])(?:(?:elif|case)\b)?",
                r"[()\[\]{},;]",
                r"[-+*/%@&|^~<>!.]+",
                r"(?:\"\"\"|'''|\"|')[\s\S]*",  # a literal without end: nothing after it is worth a look
            ]
        )
        + ")",
        r"\w+",
        r"#[^\r\n]*",
        r"\\(?:\r\n?|\n)",
    ]
)
_TOKEN = re.compile(_TOKENS)
_TOKEN_OR_COLON = re.compile(_TOKENS + "|(:)")
_OPENER = re.compile(rf"{_PREFIX}(\"\"\"|'''|\"|')")


def quick(text: str) -> list[str]:
    """The tokens of a text. A quote alone starts a literal without end, with a prefix an f-string for `exact`."""
    found: list[str] = _TOKEN.findall(text)
    if found and found[-1][:1] in ('"', "'"):
        found[-1] = _shortened(found[-1])
    return found


def _shortened(literal: str) -> str:
    """A literal as it is, but of one without end only its quotes."""
    quote = literal[:3] if literal[:3] in QUOTES else literal[0]
    return literal if _WHOLE[quote].fullmatch(literal) else quote


def is_opener(token: str) -> bool:
    """Whether the token is the start of an f-string, not the whole."""
    return _OPENER.fullmatch(token) is not None


def exact(text: str) -> Iterator[str]:
    """The tokens of a text, f-strings as a pair of quotes, then their fields as brackets. Raises Unterminated."""
    position = 0
    modes: list[_Mode] = []  # what is open: a string's text, a field in it, the field's format specification, ...
    while True:
        mode = modes[-1] if modes else None
        if mode is not None and mode.kind is not _FIELD_KIND:
            skipped = mode.skip.match(text, position)
            position = skipped.end() if skipped else position  # the pattern matches nothing, too
            mark = text[position : position + 1]
            if mark == "{":
                modes.append(_Mode(_FIELD_KIND, mode.quote, mode.start))
                yield mark
            elif mark == "}" and mode.kind is _SPEC_KIND:
                del modes[-2:]
                yield mark
            elif mode.kind is _TEXT_KIND and text.startswith(mode.quote, position):
                modes.pop()
                position += len(mode.quote) - 1
            elif mark not in ("\\", "}") and not (mode.kind is _SPEC_KIND and mark in ("\r", "\n")):
                raise Unterminated(mode.start)
            position += 1
            continue
        match = (_TOKEN if mode is None else _TOKEN_OR_COLON).search(text, position)
        if match is None:
            if mode is not None:
                raise Unterminated(mode.start)
            return
        position = match.end()
        token = match[1] and (_shortened(match[1]) if match[1][0] in "\"'" else match[1])
        if not token:
            if mode is not None and mode.brackets == 0 and match[0] == ":":
                modes.append(_Mode(_SPEC_KIND, mode.quote, mode.start))
            continue
        if token in QUOTES:
            raise Unterminated(match.start())
        opener = _OPENER.fullmatch(token)
        if opener:
            modes.append(_Mode(_TEXT_KIND, opener[1], match.start()))
            token = opener[1][0] * 2
        elif mode is not None and token in "([{":
            mode.brackets += 1
        elif mode is not None and token in ")]}":
            if mode.brackets == 0 and token == "}":
                modes.pop()
            mode.brackets = max(mode.brackets - 1, 0)
        yield token


_TEXT_KIND, _FIELD_KIND, _SPEC_KIND = range(3)


class _Mode:
    """Something open within an f-string: `brackets` counts those open in a field, `start` is the string's offset."""

    def __init__(self, kind: int, quote: str, start: int) -> None:
        self.kind = kind
        self.quote = quote
        self.start = start
        self.brackets = 0
        self.skip = _TEXT[quote] if kind == _TEXT_KIND else _SPEC[quote]
