"""What runs at a moment, and what a call hands over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from migralint.queries.modules import Module
from migralint.queries.values import UNKNOWN, ClassValue, Node, Scope, Value


@dataclass(slots=True)
class Frame:
    """A module, a class body (`body_of`) or a function. `depth` counts the branches around the statement.

    `globals` are the names that a function binds in the module. `inside` is the class that a method is defined in,
    `receiver` its `self`.
    """

    module: Module
    scope: Scope
    returned: list[Value] = field(default_factory=list)
    depth: int = 0
    body_of: ClassValue | None = None
    inside: ClassValue | None = None
    receiver: Value = None
    globals: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Arguments:
    """The arguments of a call. `open` where `*` or `**` of something unknown is among them, `nodes` are as written."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    open: bool = False
    nodes: Sequence[Node] = ()

    def holds(self, number: int) -> bool:
        """Whether the node of this number stands in them."""
        stack: list[Any] = list(self.nodes)
        while stack:
            current = stack.pop()
            if isinstance(current, list | tuple):
                if len(current) > 1 and type(current[0]) is int and current[1] == number:
                    return True
                stack += current
        return False

    def get(self, position: int, *names: str, default: Value = None) -> Value:
        """The argument at a position or under one of its names; UNKNOWN where it may be among the unknown ones."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return UNKNOWN if self.open else default

    @property
    def first(self) -> Value:
        """The first argument, None without one."""
        return self.positional[0] if self.positional else next(iter(self.keywords.values()), None)
