"""Lowering: LibCST parses a file, one walk turns its tree into the plain nodes of ``nodes``.

LibCST is imported on first use; it is nearly all that lowering costs. Files must have passed the gate
(``gate.suspicion``) before they come here, LibCST does not survive deep nesting.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from migralint import tree
from migralint.python.lower_nodes import handlers
from migralint.python.lower_statements import Statements
from migralint.python.mistakes import broken_token, refused_token


class SyntaxProblem(Exception):
    """A file that is no Python: what is wrong and where (1-based line and column)."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Lowered:
    """A lowered file: its MODULE node and how many nodes there are (their numbers are 0 to count - 1)."""

    module: Sequence[Any]
    count: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A lowered file together with what LibCST made of it, for positions.

    ``nodes[number]`` is the LibCST node that the lowered node with that number came from. ``texts`` has the numbers
    of the text parts of f-strings, and whether the f-string is raw.
    """

    lowered: Lowered
    module: Any
    nodes: list[Any]
    texts: dict[int, bool]


def lower(source: bytes | str) -> Lowered:
    """Lower a Python file. Raises SyntaxProblem."""
    return trace(source).lowered


def trace(source: bytes | str) -> Trace:
    """Lower a Python file and keep the LibCST nodes. Raises SyntaxProblem."""
    text = decode(source)
    # LibCST makes some hundred thousand objects a second, none of them cyclic: the collector finds nothing.
    collecting = gc.isenabled()
    gc.disable()
    try:
        module = _parse(text)
        walk = Statements(handlers())
        body = walk.module(module)
        return Trace(Lowered(body, len(walk.nodes)), module, walk.nodes, walk.texts)
    finally:
        if collecting:
            gc.enable()


def decode(source: bytes | str) -> str:
    """The text of a Python file, without byte order mark. Raises SyntaxProblem."""
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        return tree.decode(source)
    except tree.NotTextError as error:
        raise SyntaxProblem(f"the file {error.problem}; {error.remedy}", error.line or 1, 1) from None


_PLACE = re.compile(r"^(?:parser error: )?error at (\d+):(\d+): (.*)$", re.DOTALL)


def _parse(text: str) -> Any:
    import libcst

    if not text:
        return libcst.Module(body=())
    try:
        return libcst.parse_module(text)
    except libcst.ParserSyntaxError as error:
        match = _PLACE.match(error.message)
        if match:
            line, column = refused_token(text, (int(match.group(1)), int(match.group(2))))
            raise SyntaxProblem(f"invalid syntax: {_shortened(match.group(3))}", line, column + 1) from None
        message = error.message.removeprefix("tokenizer error: ")
        line, column = broken_token(text)
        raise SyntaxProblem(f"invalid syntax: {message}", line, column + 1) from None
    except (libcst.CSTValidationError, libcst.CSTLogicError, IndexError) as error:
        # Raised while LibCST builds nodes, for example for "a" b"b"; it does not say where.
        raise SyntaxProblem(f"invalid syntax: {error}", 1, 1) from None


def _shortened(expected: str) -> str:
    """LibCST lists every token that could follow; a list of thirty helps nobody."""
    return expected if expected.count(", ") < 4 else "unexpected token"
