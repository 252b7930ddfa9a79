"""Values of SQL where some are not known, and PostgreSQL's three-valued logic over them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from migralint.operations import ObjectRef
from migralint.schema import Name


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known; `prefix` is how its text begins, where at least that is known."""

    prefix: str = ""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Oid:
    """The identity of a catalog object: `kind` is class, type, namespace, constraint, proc, trigger, policy.

    `printed` marks a value of type regclass and its like, whose text is the object's name and not a number.
    """

    kind: str
    name: Name
    printed: bool = field(default=False, compare=False)


class Row(NamedTuple):
    """A row of a relation; a column that is not in `values` is not known. `certain`: the row is surely there.

    `anchor` is set for a row that stands for whatever else a half-known table may have: the row matters only to
    queries that use this column, the one that says which table it is about.
    """

    values: dict[str, object]
    certain: bool = True
    anchor: str = ""


class Fails(Exception):
    """The server would report an error; `kind` and `object` as in CannotApply."""

    def __init__(self, kind: str, object: ObjectRef) -> None:
        super().__init__(f"{object} is {kind}")
        self.kind = kind
        self.object = object


def truth(value: object) -> object:
    """The value as a condition: True, False, None or Unknown."""
    if isinstance(value, (bool, Unknown)) or value is None:
        return value
    if isinstance(value, str):
        return as_bool(value)
    return bool(value) if isinstance(value, int) else UNKNOWN


def as_bool(text: str) -> object:
    """What a string means as a boolean, or Unknown."""
    word = text.strip().lower()
    if word in ("t", "true", "yes", "y", "on", "1"):
        return True
    return False if word in ("f", "false", "no", "n", "off", "0") else UNKNOWN


def both(left: object, right: object) -> object:
    """AND."""
    if left is False or right is False:
        return False
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    return None if left is None or right is None else True


def either(left: object, right: object) -> object:
    """OR."""
    if left is True or right is True:
        return True
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    return None if left is None or right is None else False


def negated(value: object) -> object:
    """NOT."""
    return (not value) if isinstance(value, bool) else value


def compare(operator: str, left: object, right: object) -> object:
    """`=`, `<>`, `<`, `<=`, `>`, `>=` of two values."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _by_prefix(operator, left, right)
    if left is None or right is None:
        return None
    left, right = _alike(left, right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if operator == "=":
        return left == right
    if operator in ("<>", "!="):
        return left != right
    if type(left) is not type(right) and not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
        return UNKNOWN
    if isinstance(left, (dict, Oid)):
        return UNKNOWN
    try:
        match operator:
            case "<":
                return left < right  # type: ignore[operator]  # TypeError is caught
            case "<=":
                return left <= right  # type: ignore[operator]  # TypeError is caught
            case ">":
                return left > right  # type: ignore[operator]  # TypeError is caught
            case ">=":
                return left >= right  # type: ignore[operator]  # TypeError is caught
    except TypeError:
        return UNKNOWN
    return UNKNOWN


def _by_prefix(operator: str, left: object, right: object) -> object:
    """A text of which the beginning is known differs from one that begins otherwise."""
    if isinstance(right, Unknown):
        left, right = right, left
    if isinstance(left, Unknown) and left.prefix and isinstance(right, str) and not right.startswith(left.prefix):
        return {"=": False, "<>": True, "!=": True}.get(operator, UNKNOWN)
    return UNKNOWN


def _alike(left: object, right: object) -> tuple[object, object]:
    """Both as one type: a text literal takes the type of the other side, as in PostgreSQL."""
    if isinstance(left, str) and not isinstance(right, str):
        right, left = _alike(right, left)
        return left, right
    if isinstance(right, str) and not isinstance(left, str):
        if isinstance(left, bool):
            return left, as_bool(right)
        if isinstance(left, (int, float)):
            return left, number(right)
        if isinstance(left, list):
            return left, array_of(right)
        return left, UNKNOWN
    if isinstance(left, Oid) != isinstance(right, Oid):
        other = right if isinstance(left, Oid) else left
        return (left, right) if other == 0 else (left, UNKNOWN)  # 0 stands for "no object"
    return left, right


def number(text: str) -> object:
    """The number that a string is, or Unknown."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return UNKNOWN


def array_of(text: str) -> object:
    """The elements of a one-dimensional array literal (`{a,"b c",NULL}`), or Unknown."""
    inner = re.fullmatch(r"\s*\{(.*)\}\s*", text, re.DOTALL)
    if inner is None or "{" in inner[1]:
        return UNKNOWN
    items: list[object] = []
    for quoted, plain in re.findall(r'\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^,]+))\s*(?:,|\Z)', inner[1]):
        word = plain.strip()
        items.append(re.sub(r"\\(.)", r"\1", quoted) if not word else None if word.upper() == "NULL" else word)
    return items


def text_of(value: object) -> object:
    """The value cast to text: None and Unknown stay."""
    match value:
        case None | Unknown() | str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list():
            parts = [text_of(item) for item in value]
            if any(isinstance(part, Unknown) for part in parts):
                return UNKNOWN
            return "{" + ",".join("NULL" if part is None else _element(str(part)) for part in parts) + "}"
    return UNKNOWN


def _element(text: str) -> str:
    if re.fullmatch(r"[^\s,{}\"\\]+", text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_LITERAL_BEGINNING = re.compile(r"(?:[^%_\\]|\\.)*")


def like(text: object, pattern: object, ignore_case: bool) -> object:
    """LIKE and ILIKE."""
    if isinstance(text, Unknown) and isinstance(pattern, str) and not ignore_case:
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


_SAFE_PATTERN = re.compile(r"[\w\s^$.|()\[\]\-*+?,:;'\"=<>!&%#@~/{}]*", re.ASCII)
_REPEATED_GROUP = re.compile(r"\)\s*[*+?{]")
_REPEAT = re.compile(r"[*+?{]")


def matches(text: object, pattern: object, ignore_case: bool) -> object:
    """`~` and `~*`, for patterns that PostgreSQL and Python read alike and that cannot run away."""
    if isinstance(text, Unknown) and isinstance(pattern, str) and re.fullmatch(r"\^\w+", pattern):
        return _begins(text.prefix, pattern[1:], all_of_it=True)
    if isinstance(text, Unknown) or isinstance(pattern, Unknown):
        return UNKNOWN
    if not isinstance(text, str) or not isinstance(pattern, str):
        return None if text is None or pattern is None else UNKNOWN
    if len(pattern) > 200 or len(text) > 200 or not _SAFE_PATTERN.fullmatch(pattern):
        return UNKNOWN
    if _REPEATED_GROUP.search(pattern) or len(_REPEAT.findall(pattern)) > 3:
        return UNKNOWN
    try:
        return re.search(pattern, text, re.IGNORECASE if ignore_case else 0) is not None
    except re.error:
        return UNKNOWN


UNHASHABLE = object()
"""What `hashable` gives for a row."""


def hashable(value: object) -> object:
    """The value as a key of a dict."""
    if isinstance(value, list):
        return tuple(hashable(item) for item in value)
    return UNHASHABLE if isinstance(value, dict) else value
