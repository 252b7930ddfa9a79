"""Text that remembers where its pieces stand in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from migralint.operations import Place

MAX_PIECES = 3_000
"""Of one text; what follows them has no place of its own."""


class Piece(NamedTuple):
    """`text[start:end]` is `value[offset:offset + end - start]` of string literal `node` in `path`."""

    start: int
    end: int
    path: str
    node: int
    offset: int


class Text(str):
    """A `str` with pieces. Every `str` method works; those that lose the pieces give a plain `str`."""

    pieces: tuple[Piece, ...]

    def __new__(cls, value: str, pieces: Iterable[Piece] = ()) -> Text:
        """The text with its pieces in order."""
        self = super().__new__(cls, value)
        self.pieces = tuple(pieces)
        return self

    def part(self, start: int, end: int) -> Text:
        """`self[start:end]` with its pieces."""
        pieces = []
        for p in self.pieces:
            a, b = max(p.start, start), min(p.end, end)
            if a < b:
                pieces.append(Piece(a - start, b - start, p.path, p.node, p.offset + a - p.start))
        return Text(str.__getitem__(self, slice(start, end)), pieces)

    def place(self, start: int, end: int, otherwise: Place) -> Place:
        """Where `self[start:end]` begins: the literal of the first piece in it, with the callers of `otherwise`."""
        for p in self.pieces:
            if p.end > start and p.start < end:
                first = p.offset + max(start, p.start) - p.start
                last = p.offset + min(end, p.end) - p.start
                return Place(p.path, p.node, first, last, otherwise.callers)
        return otherwise


def weight(value: str) -> int:
    """What it costs to copy a text and its pieces, in steps of the evaluator."""
    return len(value) // 4096 + (len(value.pieces) // 8 if isinstance(value, Text) else 0)


def pieces_of(value: str, shift: int) -> list[Piece]:
    """The pieces of a text moved by `shift`; none for a plain `str`."""
    if not isinstance(value, Text):
        return []
    return [Piece(start + shift, end + shift, path, node, at) for start, end, path, node, at in value.pieces]


def concat(parts: Iterable[str]) -> Text:
    """The parts one after the other, pieces kept."""
    pieces: list[Piece] = []
    length = 0
    parts = list(parts)
    for part in parts:
        if len(pieces) < MAX_PIECES:
            pieces += pieces_of(part, length)
        length += len(part)
    return Text("".join(parts), pieces)


def join(separator: str, parts: list[str]) -> Text:
    """`separator.join(parts)`, pieces kept."""
    out: list[str] = []
    for i, part in enumerate(parts):
        if i:
            out.append(separator)
        out.append(part)
    return concat(out)


def strip(value: str, chars: str | None, left: bool, right: bool) -> Text:
    """`strip`, `lstrip` or `rstrip`, pieces kept."""
    text = value if isinstance(value, Text) else Text(value)
    start = len(value) - len(value.lstrip(chars)) if left else 0
    end = len(value.rstrip(chars)) if right else len(value)
    return text.part(start, max(start, end))


def dedent(value: str) -> Text:
    """`textwrap.dedent`, pieces kept."""
    text = value if isinstance(value, Text) else Text(value)
    lines = re.findall(r"[^\n]*\n|[^\n]+\Z", text)
    margin: str | None = None
    for line in lines:
        if line.strip():
            indent = line[: len(line) - len(line.lstrip(" \t"))]
            if margin is None:
                margin = indent
            while not indent.startswith(margin):
                margin = margin[:-1]
    out: list[str] = []
    at = 0
    for line in lines:
        cut = len(margin or "") if line.strip() else len(line) - (1 if line.endswith("\n") else 0)
        out.append(text.part(at + cut, at + len(line)))
        at += len(line)
    return concat(out)


def replace(value: str, old: str, new: str, count: int = -1) -> Text:
    """`replace`, pieces kept for what is not replaced, unless that would take long."""
    pieces = len(value.pieces) if isinstance(value, Text) else 0
    if not old or value.count(old) * (1 + pieces) > 1_000_000 or value.count(old) > MAX_PIECES:
        return Text(str.replace(value, old, new, count))
    text = value if isinstance(value, Text) else Text(value)
    out: list[str] = []
    at = 0
    while count != 0 and (found := text.find(old, at)) >= 0:
        count -= 1
        out += [text.part(at, found), new]
        at = found + len(old)
    out.append(text.part(at, len(text)))
    return concat(out)
