"""One walk over a LibCST tree: numbers, depth, and what statements and expressions share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migralint.python import nodes as n

Node = n.Node
Handler = Callable[[Any, Any, int], Node]

MAX_DEPTH = 100
"""Nodes deeper than this become UNREAD, so that no walk over a lowered tree nears Python's recursion limit."""

TOO_DEEP = "nested too deeply"

_BINARY = {
    "Add": "+",
    "Subtract": "-",
    "Multiply": "*",
    "Divide": "/",
    "FloorDivide": "//",
    "Modulo": "%",
    "Power": "**",
    "LeftShift": "<<",
    "RightShift": ">>",
    "BitOr": "|",
    "BitAnd": "&",
    "BitXor": "^",
    "MatrixMultiply": "@",
}
OPERATORS = {
    **_BINARY,
    **{name + "Assign": op for name, op in _BINARY.items()},
    "Plus": "+",
    "Minus": "-",
    "BitInvert": "~",
    "Not": "not",
    "And": "and",
    "Or": "or",
    "LessThan": "<",
    "GreaterThan": ">",
    "Equal": "==",
    "LessThanEqual": "<=",
    "GreaterThanEqual": ">=",
    "NotEqual": "!=",
    "In": "in",
    "NotIn": "not in",
    "Is": "is",
    "IsNot": "is not",
}


class Walk:
    """The shared part of one walk over one LibCST tree.

    ``nodes`` grows by one with each lowered node, its index is the node's number. ``texts`` has the numbers of the
    text parts of f-strings, and whether the f-string is raw.
    """

    def __init__(self, handlers: dict[type, Handler]) -> None:
        self.nodes: list[Any] = []
        self.texts: dict[int, bool] = {}
        self.handlers = handlers

    def number(self, node: Any) -> int:
        self.nodes.append(node)
        return len(self.nodes) - 1

    def unread(self, node: Any, reason: str) -> Node:
        return (n.UNREAD, self.number(node), reason)

    def node(self, node: Any, depth: int) -> Node:
        """Lower a statement, an expression or a pattern."""
        if depth > MAX_DEPTH:
            return self.unread(node, TOO_DEEP)
        handler = self.handlers.get(node.__class__)
        if handler is None:
            return self.unread(node, f"{node.__class__.__name__} is not read")
        return handler(self, node, depth + 1)

    def optional(self, node: Any, depth: int) -> Node | None:
        return None if node is None else self.node(node, depth)

    def params(self, params: Any, depth: int) -> tuple[Any, ...]:
        lowered = [self.param("posonly", param, depth) for param in params.posonly_params]
        lowered += [self.param("normal", param, depth) for param in params.params]
        if hasattr(params.star_arg, "annotation"):
            lowered.append(self.param("vararg", params.star_arg, depth))
        lowered += [self.param("kwonly", param, depth) for param in params.kwonly_params]
        if params.star_kwarg is not None:
            lowered.append(self.param("kwarg", params.star_kwarg, depth))
        return tuple(lowered)

    def param(self, kind: str, param: Any, depth: int) -> tuple[Any, ...]:
        annotation = None if param.annotation is None else self.node(param.annotation.annotation, depth)
        return (kind, param.name.value, self.optional(param.default, depth), annotation)
