"""row_number() and its like, over rows that are all known."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from migralint.sql.queries.nodes import Call, Expression, Literal, Order
from migralint.sql.queries.trees import walk
from migralint.sql.queries.values import UNKNOWN, Unknown, hashable

if TYPE_CHECKING:
    from migralint.sql.queries.context import Scope
from migralint.sql.queries.evaluate import Evaluator


class Windows:
    """The items of a SELECT with every window function replaced by its value for one row."""

    def __init__(
        self, evaluator: Evaluator, items: list[tuple[Expression, str]], scopes: list[Scope], known: bool
    ) -> None:
        self._evaluator = evaluator
        self._items = [item for item, _ in items]
        self._scopes = scopes
        self._known = known
        self._values: dict[Call, list[object]] = {}
        self._has = any(isinstance(node, Call) and node.window is not None for node in walk(tuple(self._items)))

    def items(self, row: int) -> list[Expression]:
        """The items for a row."""
        return [self._replaced(item, row) for item in self._items] if self._has else self._items

    def _replaced(self, node: Expression, row: int) -> Expression:
        if isinstance(node, Call) and node.window is not None:
            if node not in self._values:
                self._values[node] = self._over(node) if self._known else [UNKNOWN] * len(self._scopes)
            return Literal(self._values[node][row])
        changes: dict[str, object] = {}
        for field in fields(node):
            value = getattr(node, field.name)
            if isinstance(value, Expression):
                changes[field.name] = self._replaced(value, row)
            elif isinstance(value, tuple) and any(isinstance(item, Expression) for item in value):
                changes[field.name] = tuple(
                    self._replaced(item, row) if isinstance(item, Expression) else item for item in value
                )
        return replace(node, **changes) if changes else node

    def _over(self, call: Call) -> list[object]:
        """The values for all rows."""
        window = call.window
        unknown: list[object] = [UNKNOWN] * len(self._scopes)
        if window is None or window.framed or call.condition is not None:
            return unknown
        divided: dict[object, list[int]] = {}
        for number, scope in enumerate(self._scopes):
            key = tuple(hashable(self._evaluator.value(e, scope)) for e in window.divides)
            if any(isinstance(part, Unknown) for part in key):
                return unknown
            divided.setdefault(key, []).append(number)
        found = list(unknown)
        for rows in divided.values():
            ordered = self._ordered(rows, window.order)
            if ordered is None:
                return unknown
            for number, value in zip((n for n, _ in ordered), _numbers(call, ordered), strict=True):
                found[number] = value
        return found

    def _ordered(self, rows: list[int], order: tuple[Order, ...]) -> list[tuple[int, tuple[object, ...]]] | None:
        keyed = [(n, tuple(self._evaluator.value(k.expression, self._scopes[n]) for k in order)) for n in rows]
        if any(isinstance(part, Unknown) or part is None for _, key in keyed for part in key):
            return None
        for position in reversed(range(len(order))):
            try:
                keyed.sort(key=lambda pair: pair[1][position], reverse=order[position].descending)  # type: ignore[arg-type,return-value]  # TypeError is caught
            except TypeError:
                return None
        return keyed


def _numbers(call: Call, ordered: list[tuple[int, tuple[object, ...]]]) -> list[object]:
    """The values of a window function for the rows of one division, in their order."""
    assert call.window is not None
    count = len(ordered)
    if call.name == "row_number":
        return list(range(1, count + 1))
    if call.name == "count" and call.star and not call.window.order:
        return [count] * count
    if call.name not in ("rank", "dense_rank"):
        return [UNKNOWN] * count
    found: list[object] = []
    rank = 0
    for number, (_, key) in enumerate(ordered, 1):
        if number == 1 or key != ordered[number - 2][1]:
            rank = number if call.name == "rank" else rank + 1
        found.append(rank)
    return found
