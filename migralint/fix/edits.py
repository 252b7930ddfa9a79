"""Edits of one call in a Python file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from migralint.diagnostic import Call
from migralint.fix.source import Source
from migralint.python import nodes
from migralint.python.values import Node
from migralint.render.layout import flat, statement
from migralint.tree import TextEdit

_UNIT = "    "
_LITERALS = (nodes.STR, nodes.FSTR, nodes.UNREAD)
_BETWEEN = re.compile(r"#[^\r\n]*|,|\)|\s+")


class CannotFix(Exception):
    """The code is written in a way that the fix does not fit."""


class Editor:
    """Makes the edits of one file; every method gives them, and changes nothing."""

    def __init__(self, path: str, source: Source) -> None:
        self._path = path
        self._source = source

    def edit(self, start: int, end: int, text: str) -> TextEdit:
        """An edit of the file."""
        return TextEdit(self._path, start, end, text)

    def insert(self, at: int, text: str) -> TextEdit:
        """New text at an offset."""
        return self.edit(at, at, text)

    def argument(self, call: Node, name: str, value: object) -> TextEdit:
        """A keyword argument of a call: added at the end, or with this value in place of another. Raises CannotFix."""
        given = next((one for star, keyword, one in call[3] if keyword == name), None)
        if given is not None:
            return self.edit(*self._source.span(given), flat(value))
        shown = f"{name}={flat(value)}"
        _, end = self._source.span(call)
        if not call[3]:
            return self.insert(end - 1, shown)
        last = call[3][-1][2]
        if last[0] == nodes.COMP and len(call[3]) == 1:
            raise CannotFix
        at, comma = self._after(last, end - 1)
        text = self._source.text
        if not comma:
            return self.insert(at, f", {shown}")
        line_end = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=\r|\n)").match(text, at, end)
        if line_end is None:
            return self.insert(at, f" {shown}")
        indent = self._source.indent(self._source.span(last)[0])
        return self.insert(line_end.end(), f"{self._source.newline}{indent}{shown},")

    def _after(self, value: Node, end: int) -> tuple[int, bool]:
        """Where the last argument ends before `end`, and whether that is a comma after it."""
        _, at = self._source.span(value)
        comma = False
        position = at
        while position < end:
            found = _BETWEEN.match(self._source.text, position, end)
            if found is None:
                raise CannotFix
            if found[0] in (",", ")"):
                at, comma = found.end(), found[0] == ","
            position = found.end()
        return at, comma

    def alone(self, call: Node, op: str) -> list[TextEdit]:
        """A statement in an `autocommit_block` of its own."""
        start, end = self._source.span(call)
        head = block(op) + self._source.newline + self._source.indent(start) + self._unit(start)
        texts = [self._source.span(one) for one in self._source.below(call) if one[0] in _LITERALS]
        free = [at for at in self._source.line_starts(start, end) if not any(a < at < b for a, b in texts)]
        full = [at for at in free if self._source.text[at : at + 1] not in ("\r", "\n")]
        return [self.insert(start, head), *(self.insert(at, self._unit(start)) for at in full)]

    def lines(self, calls: Sequence[Call], op: str, alone: bool, at: int) -> list[str]:
        """Calls as the lines of statements, indented within the line at an offset but without its own indentation."""
        width = len(self._source.indent(at).expandtabs(4))
        found = [block(op)] if alone else []
        for call in calls:
            inner = width + (4 if alone else 0)
            for line in statement(_renamed(call, op), inner).split("\n"):
                blanks = len(line) - len(line.lstrip(" ")) - width
                found.append(self._unit(at) * (blanks // 4) + line.lstrip(" "))
        return found

    def around(self, call: Node, before: Sequence[str], after: Sequence[str]) -> Iterator[TextEdit]:
        """Lines before and after a statement."""
        start, end = self._source.span(call)
        newline = self._source.newline + self._source.indent(start)
        if before:
            yield self.insert(start, "".join(line + newline for line in before))
        if after:
            rest = re.compile(r"[^\r\n]*").match(self._source.text, end)
            yield self.insert(rest.end() if rest else end, "".join(newline + line for line in after))

    def instead(self, call: Node, lines: Sequence[str]) -> TextEdit:
        """Lines in place of a statement."""
        start, end = self._source.span(call)
        return self.edit(start, end, (self._source.newline + self._source.indent(start)).join(lines))

    def body(self, function: Node, code: str) -> TextEdit:
        """Code in place of what a function does; its docstring stays. Raises CannotFix."""
        body = list(function[4])
        if not body:
            raise CannotFix
        documented = body[0][0] == nodes.EXPR and body[0][2][0] == nodes.STR
        rest = body[1:] if documented else body
        start, end = self._source.span(body[0])
        if not rest:
            return self.insert(end, self._source.newline + self._source.indent(start) + code)
        first, last = self._source.span(rest[0])[0], self._source.span(rest[-1])[1]
        return self.edit(first, first + len(self._source.text[first:last].rstrip()), code)

    def _unit(self, at: int) -> str:
        return "\t" if "\t" in self._source.indent(at) else _UNIT


def block(op: str) -> str:
    """The head of an `autocommit_block`."""
    return f"with {op}.get_context().autocommit_block():"


def _renamed(call: Call, op: str) -> Call:
    """The call as a file writes it that imports `op` under another name."""
    _, _, method = call.function.partition(".")
    return Call(f"{op}.{method}", call.arguments, call.named)
