"""What an expression is evaluated in: the rows that it sees, and the script that it is part of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from migralint.schema import Function
from migralint.sql.errors import Unreadable


class Scope:
    """The rows that an expression can see: its own query's by alias, then those of the queries around it."""

    __slots__ = ("parent", "rows")

    def __init__(self, rows: Mapping[str, Mapping[str, object]], parent: Scope | None = None) -> None:
        self.rows = rows
        self.parent = parent


@dataclass(slots=True)
class Budget:
    """The rows that the queries of one script may look at in all."""

    rows: int = 400_000

    def spend(self) -> None:
        """Counts one row. Raises Unreadable where there are too many."""
        self.rows -= 1
        if self.rows < 0:
            raise Unreadable("queries over too many rows")


@dataclass(frozen=True, slots=True)
class Caller:
    """What runs a query as part of a script.

    `follow` follows the one of several functions of the history that takes these arguments, and gives what it returns.
    """

    follow: Callable[[Sequence[Function], Sequence[tuple[str, object]]], object]
    budget: Budget
