"""The grammar of PostgREST's `select`, `or`, `order` and column paths, with the offsets of the names in it.

Source: PostgREST's reference, "Tables and Views", "Resource Embedding" and "Aggregate Functions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from migralint.sql.tokens import HOLE

OPERATORS = frozenset(
    """eq gt gte lt lte neq like ilike match imatch in is isdistinct fts plfts phfts wfts cs cd ov sl sr nxr nxl adj
    not""".split()
)
AGGREGATES = frozenset({"avg", "count", "max", "min", "sum"})

_HEAD = re.compile(r"\s*(?P<spread>\.\.\.)?\s*(?:(?P<alias>\"[^\"]*\"|[^\"(),:!.]+?)\s*:(?!:))?\s*")
_NAME = re.compile(r"\"(?P<quoted>[^\"]*)\"|(?P<plain>(?:(?!->|::|\.\w+\(\))[^\"(),:!])+)")
_PATH = re.compile(r"(?:\s*->>?\s*(?:\"[^\"]*\"|[^\"(),:!.>-]+))*")
_AGGREGATE = re.compile(r"\.(\w+)\(\)")
_CAST = re.compile(r"\s*::\s*[\w \[\]\".]+")
_HINT = re.compile(r"\s*!\s*(\"[^\"]*\"|[^\"(),:!]+)")
_OUTER = frozenset({"inner", "left"})
_GROUP = re.compile(r"\s*(?:not\.)?(?:and|or)\s*\(")


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a `select`; `start` and `end` are those of its name.

    `kind` is column, embed, star, aggregate (`count()` alone) or unknown; `hints` are what stands after `!`.
    """

    kind: str
    name: str
    start: int
    end: int
    alias: str = ""
    hints: tuple[str, ...] = ()
    spread: bool = False
    items: tuple[Item, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an `or`: a column path with its operator and the text of its value."""

    column: str
    start: int
    end: int
    operator: str
    value: str


def parts(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Where the pieces between commas are; quotes, parentheses and braces hold theirs together."""
    end = len(text) if end is None else end
    depth, at, begin = 0, start, start
    while at < end:
        letter = text[at]
        if letter == '"':
            at = _closing_quote(text, at, end)
        elif letter in "({":
            depth += 1
        elif letter in ")}":
            depth -= 1
        elif letter == "," and depth <= 0:
            yield begin, at
            begin = at + 1
        at += 1
    if text[begin:end].strip():
        yield begin, end


def _closing_quote(text: str, at: int, end: int) -> int:
    at += 1
    while at < end and text[at] != '"':
        at += 2 if text[at] == "\\" else 1
    return at


def select(text: str, start: int = 0, end: int | None = None, depth: int = 0) -> tuple[Item, ...]:
    """The items of a `select`."""
    return tuple(_item(text, *one, depth) for one in parts(text, start, end))


def _item(text: str, start: int, end: int, depth: int) -> Item:
    unknown = Item("unknown", text[start:end].strip(), start, end)
    head = _HEAD.match(text, start, end)
    assert head is not None, "all of it may be absent"
    at, alias = head.end(), _plain(head["alias"] or "")
    if text[at:end].strip() == "*":
        return Item("star", "*", at, end)
    name = _NAME.match(text, at, end)
    if name is None or depth > 20:
        return unknown
    group = "quoted" if name["quoted"] is not None else "plain"
    first, last, at = name.start(group), name.end(group), name.end()
    value = name[group]
    if group == "plain":
        last -= len(value) - len(value.rstrip())
        value = value.rstrip()
    if HOLE in value or HOLE in alias:
        inner = text.find("(", at, end)
        return unknown if inner < 0 else Item("unknown", value, first, last, alias)
    hints: list[str] = []
    while hint := _HINT.match(text, at, end):
        hints.append(_plain(hint[1]))
        at = hint.end()
    rest = text[at:end].lstrip()
    if rest.startswith("("):
        opening = text.index("(", at)
        if value in AGGREGATES and not text[opening + 1 : end].strip().rstrip(")").strip() and not hints:
            return Item("aggregate", value, first, last, alias)
        closing = text.rfind(")", opening, end)
        inner_items = select(text, opening + 1, closing if closing > 0 else end, depth + 1)
        kept = tuple(hint for hint in hints if hint not in _OUTER)
        return Item("embed", value, first, last, alias, kept, head["spread"] is not None, inner_items)
    at = _PATH.match(text, at, end).end()  # type: ignore[union-attr]  # all of it may be absent
    if cast := _CAST.match(text, at, end):
        at = cast.end()
    if (aggregate := _AGGREGATE.match(text, at, end)) and aggregate[1] in AGGREGATES:
        at = aggregate.end()
        if cast := _CAST.match(text, at, end):
            at = cast.end()
    if text[at:end].strip() or hints or not value:
        return unknown
    return Item("column", value, first, last, alias)


def _plain(text: str) -> str:
    return text.strip().strip('"')


def conditions(text: str, start: int = 0, end: int | None = None, depth: int = 0) -> Iterator[Condition]:
    """The conditions of an `or` or `and`, those in groups too; what is not known is left out."""
    for first, last in parts(text, start, end):
        group = _GROUP.match(text, first, last)
        if group is not None and depth < 20:
            closing = text.rfind(")", group.end(), last)
            yield from conditions(text, group.end(), closing if closing > 0 else last, depth + 1)
            continue
        found = _condition(text, first, last)
        if found is not None:
            yield found


def _condition(text: str, start: int, end: int) -> Condition | None:
    while start < end and text[start].isspace():
        start += 1
    at, begin = start, start
    while at < end:
        if text[at] == '"':
            at = _closing_quote(text, at, end)
        elif text[at] == ".":
            word, _, rest = text[at + 1 : end].partition(".")
            if word.partition("(")[0] in OPERATORS and rest:
                operator = word
                if operator == "not":
                    operator, _, rest = rest.partition(".")
                column = text[begin:at]
                return None if HOLE in column else Condition(column, begin, at, operator.partition("(")[0], rest)
        at += 1
    return None


@dataclass(frozen=True, slots=True)
class Path:
    """The path of a column in a filter or an order: the embedded tables before it, and where its name stands."""

    tables: tuple[str, ...]
    column: str
    start: int
    end: int


def path(text: str) -> Path | None:
    """`column`, `column->key->>key`, `table.column`, `"quoted"`, or None for something else."""
    if HOLE in text.partition("->")[0]:
        return None
    tables: list[str] = []
    at, end = 0, len(text.partition("->")[0])
    while True:
        if at < end and text[at] == '"':
            closing = text.find('"', at + 1)
            if closing < 0:
                return None
            first, last, after = at + 1, closing, closing + 1
        else:
            stop = text.find(".", at, end)
            first, last = at, stop if stop >= 0 else end
            after = last
        if after < end and text[after] == ".":
            tables.append(text[first:last].strip())
            at = after + 1
            continue
        name = text[first:last]
        stripped = name.strip()
        first += len(name) - len(name.lstrip())
        return Path(tuple(tables), stripped, first, first + len(stripped)) if stripped else None


def ordering(text: str) -> Iterator[Path]:
    """The columns of an `order`, as in `name.desc.nullslast, author(name).asc`."""
    for start, end in parts(text):
        piece = text[start:end].partition(".")[0] if "(" not in text[start:end] else text[start:end]
        shift = start + len(piece) - len(piece.lstrip())
        piece = piece.strip()
        embedded = re.match(r"([^()]+)\(([^()]+)\)", piece)
        if embedded is not None:
            inner = path(embedded[2])
            if inner is not None:
                shift += embedded.start(2)
                yield Path((embedded[1].strip(),), inner.column, inner.start + shift, inner.end + shift)
        elif (found := path(piece)) is not None:
            yield Path(found.tables, found.column, found.start + shift, found.end + shift)


def listed(value: str) -> tuple[str, ...]:
    """The values of `in.(a,"b c")`."""
    inner = value.strip()
    if not (inner.startswith("(") and inner.endswith(")")):
        return ()
    inner = inner[1:-1]
    return tuple(_plain(inner[start:end]) for start, end in parts(inner))
