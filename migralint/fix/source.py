"""A Python file with the statements in it, for edits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from migralint.python import nodes
from migralint.python.positions import Located
from migralint.python.values import Node

_BEFORE = re.compile(r"[ \t]*")
_AFTER = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")


class Source:
    """The nodes of one file with their places, and what is around them."""

    def __init__(self, text: str, located: Located) -> None:
        """`located` has the places of the file's nodes.

        Raises SyntaxProblem for a file that is no Python, and for one that is only read in another process.
        """
        self.text = text
        self.located = located
        body, self._offsets = located.parsed()
        self._nodes: dict[int, Node] = {}
        self._above: dict[int, int] = {}
        self._index(body, -1)

    def _index(self, item: object, above: int) -> None:
        stack: list[tuple[Any, int]] = [(item, above)]
        while stack:
            item, above = stack.pop()
            if not isinstance(item, list | tuple):
                continue
            if is_node(item):
                self._nodes[item[1]] = tuple(item)
                self._above[item[1]] = above
                above = item[1]
            stack.extend((child, above) for child in item)

    # nodes -----------------------------------------------------------------------------------------------------
    def node(self, number: int) -> Node | None:
        """The node with this number."""
        return self._nodes.get(number)

    def span(self, node: Node) -> tuple[int, int]:
        """Where a node starts and ends."""
        return self._offsets.get(node[1], (0, 0))

    def code(self, node: Node) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def above(self, node: Node) -> Iterator[Node]:
        """The nodes around a node, innermost first."""
        number = self._above.get(node[1], -1)
        while number >= 0:
            yield self._nodes[number]
            number = self._above[number]

    def below(self, node: Node) -> list[Node]:
        """A node and those in it."""
        found: list[Node] = []
        stack: list[Any] = [node]
        while stack:
            item = stack.pop()
            if isinstance(item, list | tuple):
                if is_node(item):
                    found.append(self._nodes[item[1]])
                stack.extend(item)
        return found

    def every(self, kind: int) -> Iterator[Node]:
        """All nodes of a kind, in the order of the file."""
        yield from (self._nodes[number] for number in sorted(self._nodes) if self._nodes[number][0] == kind)

    # statements ------------------------------------------------------------------------------------------------
    def call_around(self, number: int) -> Node | None:
        """The call that is a statement of its own, on lines of its own, around a node; None where there is none."""
        node = self._nodes.get(number)
        if node is None:
            return None
        around = [node, *self.above(node)]
        statement = next((one for one in around if one[0] < nodes.CONST), None)
        if statement is None or statement[0] != nodes.EXPR or statement[2][0] != nodes.CALL:
            return None
        call = self._nodes[statement[2][1]]
        start, end = self.span(call)
        if not _BEFORE.fullmatch(self.text, self._line(start), start) or not _AFTER.match(self.text, end):
            return None
        return call

    def is_below_a_suppression(self, call: Node) -> bool:
        """Whether a comment for migralint is alone above a statement, which belongs to the line after it."""
        line = self._line(self.span(call)[0])
        above = _LINE_END.split(self.text[:line].rstrip("\r\n"))[-1].strip()
        return above.startswith("#") and "migralint:" in above

    def op_names(self) -> frozenset[str]:
        """What the file calls `alembic.op`."""
        return frozenset(
            asname or name
            for one in self.every(nodes.FROM)
            if one[2] == 0 and one[3] == "alembic"
            for name, asname in one[4]
            if name == "op"
        )

    def imported(self) -> frozenset[str]:
        """The names that imports bind anywhere in the file."""
        names = {asname or name for one in self.every(nodes.FROM) for name, asname in one[4]}
        names |= {asname or name.partition(".")[0] for one in self.every(nodes.IMPORT) for name, asname in one[2]}
        return frozenset(names)

    # lines -----------------------------------------------------------------------------------------------------
    def _line(self, offset: int) -> int:
        """Where the line of an offset starts."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def indent(self, offset: int) -> str:
        """The blanks that the line of an offset starts with."""
        start = self._line(offset)
        found = re.compile(r"[ \t]*").match(self.text, start)
        return found[0] if found else ""

    @property
    def newline(self) -> str:
        """How the first line ends."""
        found = _LINE_END.search(self.text)
        return found[0] if found else "\n"

    def line_starts(self, start: int, end: int) -> list[int]:
        """Where lines start within a range, the first of it left out."""
        return [one.end() for one in _LINE_END.finditer(self.text, start, end)]


def is_node(item: Sequence[Any]) -> bool:
    """Whether a part of a lowered tree is a node."""
    return len(item) > 1 and type(item[0]) is int and type(item[1]) is int
