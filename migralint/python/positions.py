"""Where nodes of a lowered file stand in its source.

LibCST's trees hold no positions, they come out of generating the code again. That is done for one file at a time, when
something is reported: the file is lowered again, which gives its nodes the same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from migralint.python import gate, literals
from migralint.python.lower import SyntaxProblem, Trace, decode, trace
from migralint.tree import Lines

Place = tuple[int, int, int, int]
"""Line, column, end line, end column: all from 1, columns in characters, the end exclusive."""

Found = tuple[dict[int, tuple[int, int]], dict[int, bool]]
"""Start and end of all nodes by number, as offsets; which are text in f-strings, and if those are raw."""

_LITERAL = re.compile("[rRuU]?['\"]")


def positions(source: bytes | str, wanted: Iterable[int]) -> dict[int, Place]:
    """As `Located.positions`, for one question."""
    return Located(decode(source)).positions(wanted)


def inside(source: bytes | str, number: int, start: int, end: int) -> Place | None:
    """As `Located.inside`, for one question."""
    return Located(decode(source)).inside(number, start, end)


class Located:
    """The places of one file's nodes. The file is parsed again when the first node is asked for, and only then."""

    def __init__(self, text: str, trusted: bool = False) -> None:
        """`trusted`: parse it in this process whatever the gate says."""
        self._text = text
        self._lines = Lines(text)
        self._trusted = trusted
        self._module: Sequence[Any] | None = None

    def span(self, node: int, start: int = 0, end: int = 0) -> Place:
        """The place of the node with this number.

        If the node is a string literal and `end` > 0, of the characters `start` to `end` of its value; without a node
        (-1) of the characters `start` to `end` of the file. The start of the file where a place is not known.
        """
        if node < 0:
            return self._place(start, max(start, end))
        try:
            if end > 0:
                part = self.inside(node, start, end)
                if part is not None:
                    return part
            return self.positions([node]).get(node, (1, 1, 1, 1))
        except SyntaxProblem:
            return (1, 1, 1, 1)

    def positions(self, wanted: Iterable[int]) -> dict[int, Place]:
        """The places of the nodes with these numbers. Raises SyntaxProblem for a source that is not read either.

        Unknown numbers are left out, and so is what follows in a file nested so deeply that code generation ends.
        """
        offsets, _ = self._found
        return {number: self._place(*offsets[number]) for number in wanted if number in offsets}

    def inside(self, number: int, start: int, end: int) -> Place | None:
        """The place of the characters `start` to `end` of the value of the string literal with this number.

        None if the node is no literal. Raises SyntaxProblem as `positions` does.
        """
        offsets, texts = self._found
        first, last = offsets.get(number, (0, 0))
        in_fstring = number in texts
        if in_fstring:
            raw = texts[number]
        elif _LITERAL.match(self._text, first, last):
            prefix, body, body_end = literals.split(self._text[first:last])
            raw = "r" in prefix
            first, last = first + body, first + body_end
        else:
            return None
        found = literals.source_range(self._text[first:last], raw, in_fstring, start, end)
        return self._place(first + found[0], first + found[1])

    @property
    def _found(self) -> Found:
        if isinstance(self._answer, SyntaxProblem):
            raise self._answer
        return self._answer

    @cached_property
    def _answer(self) -> Found | SyntaxProblem:
        """All places at once, or why there are none: another process is asked no second time."""
        try:
            suspicion = None if self._trusted else gate.suspicion(self._text)
            if suspicion is not None:
                from migralint.python import child

                return child.found(self._text, suspicion)
            return self.found()
        except SyntaxProblem as problem:
            return problem

    def found(self) -> Found:
        """The nodes of the file, parsed in this process."""
        traced = trace(self._text)
        self._module = traced.lowered.module
        return _offsets(traced), traced.texts

    def parsed(self) -> tuple[Sequence[Any], dict[int, tuple[int, int]]]:
        """The MODULE node of the file, and where each node starts and ends, as offsets.

        Raises SyntaxProblem, also for a file that no other process but one of its own may parse.
        """
        offsets, _ = self._found
        if self._module is None:
            raise SyntaxProblem("is nested too deeply, or too long, to be parsed here", 1, 1)
        return self._module, offsets

    def _place(self, start: int, end: int) -> Place:
        length = len(self._text)  # LibCST may add a final newline
        return (*self._lines.position(min(start, length)), *self._lines.position(min(end, length)))


def _offsets(traced: Trace) -> dict[int, tuple[int, int]]:
    state = _State(traced.module)
    # LibCST nests what is only long; hundreds of lines of SQL or of clauses must not hit the recursion limit.
    for node in traced.nodes:
        if hasattr(node, "whitespace_between"):
            object.__setattr__(node, "right", _Rest(node.right))
        elif hasattr(node, "operator") and hasattr(node, "left") and node.left.__class__ is node.__class__:
            object.__setattr__(node, "left", _Chain(node.left))
        elif hasattr(node, "whitespace_before_test") and node.orelse.__class__ is node.__class__:
            object.__setattr__(node, "orelse", _Clauses(node.orelse))
    try:
        traced.module._codegen(state)
    except RecursionError:
        pass  # only for files from a child process; what was generated so far counts
    numbered = ((number, state.found.get(id(node))) for number, node in enumerate(traced.nodes))
    return {number: place for number, place in numbered if place is not None}


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


class _Chain:
    """The left side of an operation that is one of the same kind itself, and so on."""

    def __init__(self, left: Any) -> None:
        self.left = left

    def _codegen(self, state: _State) -> None:
        kind: Any = self.left.__class__
        node: Any = self.left
        links: list[tuple[Any, int]] = []
        while node.__class__ is kind:
            for parenthesis in node.lpar:
                parenthesis._codegen(state)
            links.append((node, state.offset))
            node = node.left.left if node.left.__class__ is _Chain else node.left
        node._codegen(state)
        for link, start in reversed(links):
            link.operator._codegen(state)
            link.right._codegen(state)
            state.found[id(link)] = (start, state.offset)
            for parenthesis in link.rpar:
                parenthesis._codegen(state)


class _Clauses:
    """What follows the first clause of an `if`: each ``elif``, then ``else``."""

    def __init__(self, orelse: Any) -> None:
        self.orelse = orelse

    def _codegen(self, state: _State) -> None:
        start = state.offset
        clauses = []
        node: Any = self.orelse
        while hasattr(node, "whitespace_before_test"):
            clauses.append(node)
            rest = node.orelse.orelse if node.orelse.__class__ is _Clauses else node.orelse
            object.__setattr__(node, "orelse", None)
            node._codegen(state, is_elif=True)
            node = rest
        if node is not None:
            node._codegen(state)
        _, end = state.found[id(clauses[-1] if node is None else node)]
        state.found[id(self)] = (start, end)
        for clause in clauses:  # as if the rest were nested in it
            state.found[id(clause)] = (state.found[id(clause)][0], end)


class _State:
    """What LibCST's nodes write their code to (its ``CodegenState``): counts characters and notes where nodes are."""

    def __init__(self, module: Any) -> None:
        self.default_indent = module.default_indent
        self.default_newline = module.default_newline
        self.tokens: list[str] = []
        self.found: dict[int, tuple[int, int]] = {}
        self._indents: list[str] = []
        self.offset = 0
        self._starts: list[int] = []

    def increase_indent(self, value: str) -> None:
        self._indents.append(value)

    def decrease_indent(self) -> None:
        self._indents.pop()

    def add_indent_tokens(self) -> None:
        self.offset += sum(map(len, self._indents))

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def pop_trailing_newline(self) -> None:
        """The end of the text is no node's concern."""

    def before_codegen(self, node: Any) -> None:
        self._starts.append(self.offset)

    def after_codegen(self, node: Any) -> None:
        start = self._starts.pop()
        self.found.setdefault(id(node), (start, self.offset))

    @contextmanager
    def record_syntactic_position(self, node: Any, *, start_node: Any = None, end_node: Any = None) -> Iterator[None]:
        """Note the place of a node without the blanks and comments around it."""
        start = self.offset
        yield
        self.found[id(node)] = (
            start if start_node is None else self.found[id(start_node)][0],
            self.offset if end_node is None else self.found[id(end_node)][1],
        )
