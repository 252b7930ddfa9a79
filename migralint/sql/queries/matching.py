"""LIKE, regular expressions, and what they say of texts that are not all known."""

from __future__ import annotations

import re

from migralint.sql.queries.values import UNKNOWN, Unknown
from migralint.sql.queries.wording import contains

_LITERAL_BEGINNING = re.compile(r"(?:[^%_\\]|\\.)*")


def like(text: object, pattern: object, ignore_case: bool) -> object:
    """LIKE and ILIKE."""
    if isinstance(text, Unknown) and text.parts is not None and isinstance(pattern, str):
        return _worded(text, pattern, ignore_case)
    if isinstance(text, Unknown) and isinstance(pattern, str):
        if ignore_case:
            text, pattern = Unknown(text.prefix.lower(), suffix=text.suffix.lower()), pattern.lower()
        tail = _LITERAL_END.fullmatch(pattern)
        if tail is not None and len(tail[1]) <= len(text.suffix):
            return _wildcards(text.suffix[-len(tail[1]) :], list(tail[1]))
        literal = _LITERAL_BEGINNING.match(pattern)
        assert literal is not None, "it matches the empty text"
        wanted = re.sub(r"\\(.)", r"\1", literal[0])
        return _begins(text.prefix, wanted, all_of_it=pattern[literal.end() :] == "%")
    if isinstance(text, Unknown) or isinstance(pattern, Unknown):
        return UNKNOWN
    if not isinstance(text, str) or not isinstance(pattern, str):
        return None if text is None or pattern is None else UNKNOWN
    if ignore_case:
        text, pattern = text.lower(), pattern.lower()
    return _wildcards(text, _PIECE.findall(pattern))


def _worded(text: Unknown, pattern: str, ignore_case: bool) -> object:
    """LIKE over a text of which the parts are known."""
    pieces = [re.sub(r"\\(.)", r"\1", piece) for piece in _PERCENT.split(pattern) if piece]
    whole = pattern.startswith("%") and pattern.endswith("%")
    if whole and contains(text.parts or (), pieces, text.more, ignore_case):
        return True
    if _UNDERSCORE.search(pattern):
        pieces = [word for piece in pieces for word in piece.split("_") if word]
    found = contains(text.parts or (), pieces, text.more, ignore_case)
    if found is False and text.open:
        return UNKNOWN
    if found is False:
        return False
    if pattern.endswith("%") and len(pieces) == 1 and not ignore_case:
        return _begins(text.prefix, pieces[0], all_of_it=True)
    return UNKNOWN


_LITERAL_END = re.compile(r"%([^%\\]+)")
_PERCENT = re.compile(r"(?<!\\)%")
_UNDERSCORE = re.compile(r"(?<!\\)_")
_PIECE = re.compile(r"\\.|.", re.DOTALL)


def _wildcards(text: str, pieces: list[str]) -> bool:
    """Whether the text fits; going back to the last `%` only, so that no pattern runs away."""
    at, piece, star, retry = 0, 0, -1, 0
    while at < len(text):
        if piece < len(pieces) and pieces[piece] == "%":
            star, retry, piece = piece, at, piece + 1
        elif piece < len(pieces) and (pieces[piece] == "_" or pieces[piece][-1] == text[at]):
            at, piece = at + 1, piece + 1
        elif star >= 0:
            retry += 1
            at, piece = retry, star + 1
        else:
            return False
    return all(rest == "%" for rest in pieces[piece:])


def _begins(prefix: str, wanted: str, *, all_of_it: bool) -> object:
    """Whether a text of which only `prefix` is known begins with `wanted`; `all_of_it`: nothing else is asked."""
    if prefix.startswith(wanted):
        return True if all_of_it else UNKNOWN
    return UNKNOWN if wanted.startswith(prefix) else False


_SAFE_PATTERN = re.compile(r"(?:[\w\s^$.|()\[\]\-*+?,:;'\"=<>!&%#@~/{}]|\\[dwsDWS.^$*+?()\[\]|/-])*", re.ASCII)
_WORDS = re.compile(r"[\w ]+(\|[\w ]+)*|\([\w ]+(\|[\w ]+)*\)", re.ASCII)
_REPEATED_GROUP = re.compile(r"\)\s*[*+?{]")
_REPEAT = re.compile(r"[*+?{]")


def matches(text: object, pattern: object, ignore_case: bool) -> object:
    """`~` and `~*`, for patterns that PostgreSQL and Python read alike and that cannot run away."""
    if isinstance(text, Unknown) and isinstance(pattern, str) and re.fullmatch(r"\^\w+", pattern):
        return _begins(text.prefix, pattern[1:], all_of_it=True)
    if (
        isinstance(text, Unknown)
        and text.parts is not None
        and isinstance(pattern, str)
        and not text.open
        and _WORDS.fullmatch(pattern)
    ):
        words = pattern.strip("()").split("|")
        held = [contains(text.parts or (), [word], text.more, ignore_case) for word in words]
        return True if True in held else UNKNOWN if None in held else False
    if isinstance(text, Unknown) or isinstance(pattern, Unknown):
        return UNKNOWN
    if not isinstance(text, str) or not isinstance(pattern, str):
        return None if text is None or pattern is None else UNKNOWN
    found = compiled(pattern, text, ignore_case)
    return UNKNOWN if found is None else found.search(text) is not None


def compiled(pattern: str, text: str, ignore_case: bool) -> re.Pattern[str] | None:
    """A pattern that PostgreSQL and Python read alike and that cannot run away on this text, else None."""
    if len(pattern) > 200 or len(text) > 200 or not _SAFE_PATTERN.fullmatch(pattern):
        return None
    if _REPEATED_GROUP.search(pattern) or len(_REPEAT.findall(pattern)) > 3:
        return None
    try:
        return re.compile(pattern, (re.IGNORECASE if ignore_case else 0) | re.ASCII)
    except re.error:
        return None
