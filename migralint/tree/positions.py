"""Offsets in a text as lines and columns, and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")


class Position(NamedTuple):
    """A place in a text: line and column from 1, the column in characters."""

    line: int
    column: int


class Lines:
    """Where the lines of one text start. A line ends with LF, CRLF or CR, as for Python and editors."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
        self._length = len(text)

    def __len__(self) -> int:
        """The number of lines; a text that ends with a line end has an empty last one."""
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """The place of an offset; the end of the text has one too. Raises ValueError outside the text."""
        if not 0 <= offset <= self._length:
            raise ValueError(f"offset {offset} is not within 0..{self._length}")
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """The offset of a place; the line end belongs to its line. Raises ValueError where the text has no such
        place."""
        if not 1 <= line <= len(self._starts):
            raise ValueError(f"line {line} is not within 1..{len(self._starts)}")
        start = self._starts[line - 1]
        last = self._starts[line] - 1 if line < len(self._starts) else self._length
        if not 1 <= column <= last - start + 1:
            raise ValueError(f"column {column} is not within 1..{last - start + 1} of line {line}")
        return start + column - 1
