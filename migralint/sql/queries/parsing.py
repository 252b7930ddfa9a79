"""What all readers of expressions share."""

from __future__ import annotations

from typing import Self

from migralint.sql.columns import read_type
from migralint.sql.cursor import Cursor
from migralint.sql.queries.nodes import Expression, Order, Query


class Base:
    """A cursor being read; raises Unreadable."""

    evaluated = True
    """False where the tree is only looked at: then it may hold what has no value on paper."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self._depth = 0

    def inside(self, group: Cursor) -> Self:
        """A parser for what stands in parentheses, with the nesting counted on."""
        inner = type(self)(group)
        inner._depth = self._depth + 1
        return inner

    def not_evaluated(self, what: str) -> None:
        """Stops before what may only be looked at."""
        if self.evaluated:
            raise self.cursor.problem(f"{what} not evaluated")

    def _type(self, cursor: Cursor) -> str:
        written = read_type(cursor)
        return written.lower() if self.evaluated else written

    def query(self) -> Query:
        """A whole query; `queries.select_parser` implements it."""
        raise NotImplementedError

    def expression(self, level: int = 0) -> Expression:
        """An expression whose operators bind at least as tightly as `level`; `queries.parser` implements it."""
        raise NotImplementedError

    def whole(self) -> Expression:
        """One expression that takes up all of the cursor."""
        found = self.expression()
        if not self.cursor.done:
            raise self.cursor.problem("expected the end of the expression")
        return found

    def expressions(self) -> tuple[Expression, ...]:
        """Expressions between commas, up to the end."""
        return tuple(self.inside(item).whole() for item in self.cursor.items())

    def order(self) -> tuple[Order, ...]:
        """ORDER BY, up to the end or a following clause."""
        cursor = self.cursor
        cursor.expect("order", "by")
        keys: list[Order] = []
        while True:
            expression = self.expression()
            descending = cursor.accept_any("asc", "desc") == "desc"
            nulls: bool | None = None
            if cursor.accept("nulls"):
                nulls = cursor.take().value == "first"
            keys.append(Order(expression, descending, nulls))
            if not cursor.accept(","):
                return tuple(keys)
