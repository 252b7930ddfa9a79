"""The rows of a query over catalogs, known rows and other queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from migralint.schema import Name
from migralint.sql.errors import Unreadable
from migralint.sql.queries.aggregates import aggregate, aggregates_in
from migralint.sql.queries.context import Scope
from migralint.sql.queries.evaluate import Evaluator
from migralint.sql.queries.joins import Joined, Joins
from migralint.sql.queries.nodes import (
    Call,
    Cast,
    Combined,
    Expression,
    Literal,
    Order,
    Query,
    Reference,
    Select,
    Star,
    Values,
)
from migralint.sql.queries.sets import SETS, items_of
from migralint.sql.queries.sources import Relation, Sources, with_queries
from migralint.sql.queries.titles import column_names
from migralint.sql.queries.values import UNHASHABLE, UNKNOWN, Fails, Row, Unknown, either, hashable, truth
from migralint.sql.queries.windows import Windows

_STEPS = 300_000
"""Rows looked at in one query, at most."""


@dataclass(slots=True)
class Result:
    """Rows of a query; `complete` is false where more rows may exist."""

    columns: tuple[str, ...]
    rows: list[Row]
    complete: bool = True

    @property
    def known(self) -> bool:
        """Whether these are all rows and they are surely there."""
        return self.complete and all(row.certain for row in self.rows)

    def exists(self) -> object:
        """Whether there is a row."""
        if any(row.certain for row in self.rows):
            return True
        return False if self.complete and not self.rows else UNKNOWN

    def scalar(self) -> object:
        """The first column of the only row, None without rows. Raises Fails where there are several."""
        if not self.known:
            return UNKNOWN
        if len(self.rows) > 1:
            raise Fails("cardinality_violation")
        return self.rows[0].values.get(self.columns[0], UNKNOWN) if self.rows and self.columns else None

    def array(self) -> object:
        """The first column of all rows."""
        if not self.known or not self.columns:
            return UNKNOWN
        return [row.values.get(self.columns[0], UNKNOWN) for row in self.rows]

    def any(self, operator: str, value: object, evaluator: Evaluator) -> object:
        """`value operator ANY (this)`."""
        found: object = False if self.complete else UNKNOWN
        for row in self.rows:
            one = evaluator.operate(operator, value, row.values.get(self.columns[0], UNKNOWN))
            found = either(found, one if row.certain or one is False else UNKNOWN)
        return found


class Selector(Evaluator):
    """Evaluates queries. `changed` is the table of a statement that changes rows: it is no query of its own."""

    changed: Name | None = None
    _steps = 0

    @cached_property
    def rows_of(self) -> dict[str, Relation]:
        """The rows found last of the recursive queries that are being answered."""
        return {}

    def query(self, query: Query, scope: Scope | None) -> Result:
        """All rows of the query. Raises Unreadable where it is too large to be answered."""
        queries = Sources(self, scope, query.queries)
        match query.body:
            case Select():
                return self._select(query.body, query, scope, queries)
            case Values():
                result = self._values(query.body, scope)
            case Combined():
                result = self._combined(query.body, scope, query.queries)
        return self._cut(result, self._sorted(result, query.order), query, scope)

    def step(self) -> None:
        """Counts one row looked at."""
        self._steps += 1
        if self._steps > _STEPS:
            raise Unreadable("a query over too many rows")
        if self.caller is not None:
            self.caller.budget.spend()

    # select --------------------------------------------------------------------------------------------------------
    def _select(self, select: Select, query: Query, scope: Scope | None, queries: Sources) -> Result:
        joined, complete = Joins(self, select, scope, queries).rows()
        items = self._expanded(select, queries)
        columns = column_names(items)
        found: list[tuple[Row, Scope]] = []
        if select.group or aggregates_in([item for item, _ in items]) or select.having is not None:
            if not complete or any(not row.certain for row in joined):
                return Result(columns, [], complete=False)
            for group in self._groups(select, joined, scope):
                inner = Scope(group[0].rows if group else {}, scope)
                scopes = [Scope(row.rows, scope) for row in group]
                if select.having is not None:
                    holds = truth(aggregate(self, select.having, scopes, inner))
                    if isinstance(holds, Unknown):
                        complete = False
                    if holds is not True:
                        continue
                values = [aggregate(self, item, scopes, inner) for item, _ in items]
                found.append((Row(dict(zip(columns, values, strict=True))), inner))
        else:
            outer = self.unsure
            windows = Windows(
                self, items, [Scope(row.rows, scope) for row in joined], complete and all(row.certain for row in joined)
            )
            for number, row in enumerate(joined):
                self.unsure = outer or not row.certain
                inner = Scope(row.rows, scope)
                for values in self._output(windows.items(number), inner):
                    found.append((Row(dict(zip(columns, values, strict=True)), row.certain), inner))
            self.unsure = outer
        result = Result(columns, [row for row, _ in found], complete)
        if select.distinct_on:
            return self._first_of_each(select, query, result, [s for _, s in found], scope)
        if select.distinct:
            result, found = _distinct(result), []
        rows = self._sorted(result, query.order, [s for _, s in found] if len(found) == len(result.rows) else None)
        return self._cut(result, rows, query, scope)

    def _first_of_each(
        self, select: Select, query: Query, result: Result, scopes: list[Scope], scope: Scope | None
    ) -> Result:
        """DISTINCT ON: the first row, in order, of those that agree in some expressions."""
        if not result.known or len(scopes) != len(result.rows):
            return Result(result.columns, [], complete=False)
        keys = [tuple(hashable(self.value(e, inner)) for e in select.distinct_on) for inner in scopes]
        of_row = {id(row): key for row, key in zip(result.rows, keys, strict=True)}
        seen: set[object] = set()
        first: list[Row] = []
        for row in self._sorted(result, query.order, scopes):
            key = of_row[id(row)]
            if any(isinstance(part, Unknown) or part is UNHASHABLE for part in key):
                return Result(result.columns, [], complete=False)
            if key not in seen:
                seen.add(key)
                first.append(row)
        return self._cut(result, first, query, scope)

    def _output(self, items: list[Expression], scope: Scope) -> Iterator[list[object]]:
        """One row, or several where an item is a function that returns a set."""
        sets = {i: call for i, item in enumerate(items) if (call := self._set_in(item)) is not None}
        values = [UNKNOWN if i in sets else self.value(item, scope) for i, item in enumerate(items)]
        if not sets:
            yield values
            return
        lists = {i: self.set_of(call, scope) for i, call in sets.items()}
        if any(found is None for found in lists.values()):
            raise Unreadable("a set that is not known")
        for number in range(max(len(found or []) for found in lists.values())):
            self.step()
            yield [
                self._cast_as(items[i], found[number] if number < len(found) else None)
                if (found := lists.get(i)) is not None
                else value
                for i, value in enumerate(values)
            ]

    def _set_in(self, item: Expression) -> Call | None:
        """The function that yields a set, of an item that is one, also within casts."""
        while isinstance(item, Cast):
            item = item.operand
        return item if isinstance(item, Call) and self._is_set(item) else None

    def _cast_as(self, item: Expression, value: object) -> object:
        """One of the values of a set with the casts around it."""
        return self.cast(self._cast_as(item.operand, value), item.type) if isinstance(item, Cast) else value

    def _is_set(self, call: Call) -> bool:
        own = self.of_the_history(call)
        return any(f.returns.lower().startswith(("setof ", "table(")) for f in own) if own else call.name in SETS

    def set_of(self, call: Expression, scope: Scope | None) -> list[object] | None:
        """What a function that yields a set gives, or None where that is not known."""
        assert isinstance(call, Call)
        own = self.of_the_history(call)
        if own:
            found = self.followed(own, call, scope)
            return found if isinstance(found, list) else None
        return items_of(call.name, [self.value(argument, scope) for argument in call.arguments])

    def _expanded(self, select: Select, queries: Sources) -> list[tuple[Expression, str]]:
        """The items with every star replaced by columns."""
        items: list[tuple[Expression, str]] = []
        for item, name in select.items:
            if not isinstance(item, Star):
                items.append((item, name))
                continue
            for source in select.sources:
                if item.table is None or item.table == source.alias:
                    columns = queries.columns_of(source)
                    items += [(Reference((source.alias, column)), column) for column in columns]
        return items

    # the rest ------------------------------------------------------------------------------------------------------
    def _groups(self, select: Select, joined: list[Joined], scope: Scope | None) -> Iterator[list[Joined]]:
        if not select.group:
            yield joined
            return
        groups: dict[object, list[Joined]] = {}
        for row in joined:
            key = []
            for expression in select.group:
                if isinstance(expression, Literal) and isinstance(expression.value, int):
                    expression = select.items[expression.value - 1][0]
                key.append(hashable(self.value(expression, Scope(row.rows, scope))))
            if any(isinstance(part, Unknown) for part in key):
                raise Unreadable("groups by something that is not known")
            groups.setdefault(tuple(key), []).append(row)
        yield from groups.values()

    def _values(self, values: Values, scope: Scope | None) -> Result:
        columns = tuple(f"column{i}" for i in range(1, len(values.rows[0]) + 1))
        rows = [Row(dict(zip(columns, [self.value(item, scope) for item in row], strict=False))) for row in values.rows]
        return Result(columns, rows)

    def _combined(
        self, combined: Combined, scope: Scope | None, queries: tuple[tuple[str, tuple[str, ...], Query], ...]
    ) -> Result:
        left, right = (self.query(with_queries(q, queries), scope) for q in (combined.left, combined.right))
        renamed = [Row(dict(zip(left.columns, row.values.values(), strict=False)), row.certain) for row in right.rows]
        if combined.operator == "union":
            result = Result(left.columns, [*left.rows, *renamed], left.complete and right.complete)
            return result if combined.every else _distinct(result)
        if not left.known or not right.known:
            return Result(left.columns, [], complete=False)
        others = [row.values for row in renamed]
        wanted = combined.operator == "intersect"
        return _distinct(Result(left.columns, [row for row in left.rows if (row.values in others) is wanted]))

    def _sorted(self, result: Result, order: tuple[Order, ...], scopes: list[Scope] | None = None) -> list[Row]:
        rows = list(enumerate(result.rows))
        for key in reversed(order):
            keyed = [(self._order_key(key, number, row, result, scopes), number, row) for number, row in rows]
            if any(isinstance(value, Unknown) for value, _, _ in keyed):
                return result.rows
            nulls_first = key.nulls_first if key.nulls_first is not None else key.descending
            present = [k for k in keyed if k[0] is not None]
            try:
                present.sort(key=lambda k: k[0], reverse=key.descending)  # type: ignore[arg-type,return-value]  # caught
            except TypeError:
                return result.rows
            absent = [k for k in keyed if k[0] is None]
            rows = [(n, r) for _, n, r in ((*absent, *present) if nulls_first else (*present, *absent))]
        return [row for _, row in rows]

    def _order_key(self, key: Order, number: int, row: Row, result: Result, scopes: list[Scope] | None) -> object:
        expression = key.expression
        if isinstance(expression, Literal) and isinstance(expression.value, int):
            return row.values.get(result.columns[expression.value - 1], UNKNOWN)
        if isinstance(expression, Reference) and expression.parts[-1] in row.values:
            return row.values[expression.parts[-1]]
        if scopes is not None and not aggregates_in([expression]):
            return self.value(expression, scopes[number])
        return UNKNOWN

    def _cut(self, result: Result, rows: list[Row], query: Query, scope: Scope | None) -> Result:
        """After LIMIT and OFFSET."""
        complete = result.complete
        if query.offset is not None or query.limit is not None:
            start = self.value(query.offset, scope) if query.offset is not None else 0
            count = self.value(query.limit, scope) if query.limit is not None else None
            if not isinstance(start, int) or not (count is None or isinstance(count, int)):
                return Result(result.columns, [], complete=False)
            if start or not result.known:
                complete = result.known
            rows = rows[start : None if count is None else start + count]
        return Result(result.columns, rows, complete)


def _distinct(result: Result) -> Result:
    rows: list[Row] = []
    seen: dict[object, int] = {}
    for row in result.rows:
        key = tuple(hashable(value) for value in row.values.values())
        if any(isinstance(part, Unknown) or part is UNHASHABLE for part in key):
            rows.append(row._replace(certain=False))
        elif key not in seen:
            seen[key] = len(rows)
            rows.append(row)
        elif row.certain:
            rows[seen[key]] = row
    return Result(result.columns, rows, result.complete)
