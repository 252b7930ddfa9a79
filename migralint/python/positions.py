"""Where nodes of a lowered file stand in its source.

LibCST's trees hold no positions, they come out of generating the code again. That is done for one file at a time, when
something is reported: the file is lowered again, which gives its nodes the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from migralint.python import gate, literals
from migralint.python.lower import Trace, decode, trace
from migralint.tree import Lines

Place = tuple[int, int, int, int]
"""Line, column, end line, end column: all from 1, columns in characters, the end exclusive."""


def positions(source: bytes | str, wanted: Iterable[int]) -> dict[int, Place]:
    """The places of the nodes with these numbers. Raises SyntaxProblem for a source that is not read either.

    Unknown numbers are left out, and so is what follows in a file that is nested so deeply that code generation ends.
    """
    text = decode(source)
    reason = gate.suspicion(text)
    if reason is None:
        return direct(text, wanted)
    from migralint.python import child

    return child.positions(text, list(wanted), reason)


def direct(text: str, wanted: Iterable[int]) -> dict[int, Place]:
    """As ``positions``, for a text that has passed the gate."""
    traced = trace(text)
    lines = Lines(text)
    return {
        number: (*lines.position(start), *lines.position(min(end, len(text))))  # a final newline may be added
        for number, (start, end) in _offsets(traced, wanted).items()
    }


def inside(source: bytes | str, number: int, start: int, end: int) -> Place | None:
    """The place of the characters ``start`` to ``end`` of the value of the string literal with this number.

    None if the node is no literal. Raises SyntaxProblem as ``positions`` does.
    """
    text = decode(source)
    reason = gate.suspicion(text)
    if reason is None:
        return direct_inside(text, number, start, end)
    from migralint.python import child

    return child.inside(text, (number, start, end), reason)


def direct_inside(text: str, number: int, start: int, end: int) -> Place | None:
    """As ``inside``, for a text that has passed the gate."""
    traced = trace(text)
    found = _offsets(traced, [number]).get(number)
    if found is None:
        return None
    written = text[found[0] : found[1]]
    node = traced.nodes[number]
    in_fstring = number in traced.texts
    if in_fstring:
        raw, body, body_end = traced.texts[number], 0, len(written)
    elif hasattr(node, "raw_value"):
        prefix, body, body_end = literals.split(written)
        raw = "r" in prefix
    else:
        return None
    first, last = literals.source_range(written[body:body_end], raw, in_fstring, start, end)
    lines = Lines(text)
    return (*lines.position(found[0] + body + first), *lines.position(found[0] + body + last))


def _offsets(traced: Trace, wanted: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Start and end of nodes as offsets in the text."""
    state = _State(traced.module)
    for node in traced.nodes:
        if hasattr(node, "whitespace_between"):
            # LibCST nests concatenations to the right; hundreds of lines of SQL must not hit the recursion limit.
            object.__setattr__(node, "right", _Rest(node.right))
    try:
        traced.module._codegen(state)
    except RecursionError:
        pass  # only for files from a child process; what was generated so far counts
    found = {}
    for number in wanted:
        if 0 <= number < len(traced.nodes):
            place = state.found.get(id(traced.nodes[number]))
            if place is not None:
                found[number] = place
    return found


class _Rest:
    """All of an implicit concatenation but its first piece."""

    def __init__(self, right: Any) -> None:
        self.right = right

    def _codegen(self, state: _State) -> None:
        node = self.right
        while hasattr(node, "whitespace_between"):
            node.left._codegen(state)
            node.whitespace_between._codegen(state)
            node = node.right
        node._codegen(state)


class _State:
    """What LibCST's nodes write their code to (its ``CodegenState``): counts characters and notes where nodes are."""

    def __init__(self, module: Any) -> None:
        self.default_indent = module.default_indent
        self.default_newline = module.default_newline
        self.tokens: list[str] = []
        self.found: dict[int, tuple[int, int]] = {}
        self._indents: list[str] = []
        self._offset = 0
        self._starts: list[int] = []

    def increase_indent(self, value: str) -> None:
        self._indents.append(value)

    def decrease_indent(self) -> None:
        self._indents.pop()

    def add_indent_tokens(self) -> None:
        self._offset += sum(map(len, self._indents))

    def add_token(self, value: str) -> None:
        self._offset += len(value)

    def pop_trailing_newline(self) -> None:
        """The end of the text is no node's concern."""

    def before_codegen(self, node: Any) -> None:
        self._starts.append(self._offset)

    def after_codegen(self, node: Any) -> None:
        start = self._starts.pop()
        self.found.setdefault(id(node), (start, self._offset))

    @contextmanager
    def record_syntactic_position(self, node: Any, *, start_node: Any = None, end_node: Any = None) -> Iterator[None]:
        """Note the place of a node without the blanks and comments around it."""
        start = self._offset
        yield
        self.found[id(node)] = (
            start if start_node is None else self.found[id(start_node)][0],
            self._offset if end_node is None else self.found[id(end_node)][1],
        )
