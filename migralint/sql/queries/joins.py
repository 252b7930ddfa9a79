"""FROM and WHERE: the rows of several sources together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.sql.queries.context import Scope
from migralint.sql.queries.nodes import Binary, Expression, Literal, Parameter, Reference, Select, Source
from migralint.sql.queries.sources import Relation, Sources
from migralint.sql.queries.trees import aliases_in, conjuncts, names_in, texts_in, walk
from migralint.sql.queries.values import UNHASHABLE, UNKNOWN, Oid, Row, Unknown, hashable, truth

if TYPE_CHECKING:
    from migralint.sql.queries.select import Selector


@dataclass(slots=True)
class Joined:
    """The rows of FROM: by alias, with certainty."""

    rows: dict[str, dict[str, object]]
    certain: bool = True


class Joins:
    """Joins the sources of one SELECT; a condition is tested as soon as all it mentions is there."""

    def __init__(self, selector: Selector, select: Select, scope: Scope | None, queries: Sources) -> None:
        self._selector = selector
        self._select = select
        self._scope = scope
        self._queries = queries
        self._used = names_in(select)
        given = (selector.value(node, scope) for node in walk(select) if isinstance(node, Parameter))
        self._texts = texts_in(select) | {value for value in given if isinstance(value, str)}

    def rows(self) -> tuple[list[Joined], bool]:
        """All rows, and whether more may exist."""
        late = any(source.join in ("right", "full") for source in self._select.sources)  # rows come back as NULLs
        waiting = [] if late else list(conjuncts(self._select.where))
        joined, complete = [Joined({})], True
        aliases: dict[str, tuple[str, ...]] = {}
        for source in self._select.sources:
            own = [*conjuncts(source.on), *_using(source, aliases)]
            aliases[source.alias] = self._queries.columns_of(source)
            tests = own
            if source.join == "natural":
                own += _natural(source, aliases)
            if source.join not in _OUTER:
                waiting += own
                tests = [test for test in waiting if aliases_in(test, aliases) is not None]
                waiting = [test for test in waiting if test not in tests]
            joined, part = self._join(joined, source, tests)
            complete = complete and part
            if not joined and complete and not late:
                return [], True
        if late:
            waiting += conjuncts(self._select.where)
        return list(self._filtered(joined, waiting)), complete

    def _join(self, joined: list[Joined], source: Source, tests: list[Expression]) -> tuple[list[Joined], bool]:
        columns = self._queries.columns_of(source)
        each = source.call is not None or source.lateral
        relation = None if each else self._queries.relation(source, self._scope, self._used, self._texts)
        lookup: _Lookup | None = None
        if relation is not None:
            outer = source.join in ("right", "full")  # all rows of its right side stay
            early = [t for t in tests if aliases_in(t, {source.alias: columns}) == {source.alias}] if not outer else []
            rows = list(self._kept(relation, source.alias, early))
            tests = [test for test in tests if test not in early]
            lookup = _Lookup(self._selector, source, tests, rows)
        result: list[Joined] = []
        right = source.join in ("right", "full")
        found_rows: list[int] = []
        complete = relation is None or relation.complete
        for left in joined:
            inner = Scope(left.rows, self._scope)
            found = self._queries.for_row(source, inner) if lookup is None else None
            candidates = found.rows if found is not None else lookup.rows(inner) if lookup is not None else ()
            complete = complete and (found is None or found.complete)
            matches = list(self._matches(left, source, candidates, tests))
            result += matches
            if right and (not complete or any(not m.certain for m in matches)):
                return [], False
            found_rows += [id(match.rows[source.alias]) for match in matches]
            if source.join in ("left", "full") and not any(match.certain for match in matches):
                empty = dict.fromkeys(columns) if complete else {}
                certain = left.certain and not matches
                result.append(Joined({**left.rows, source.alias: dict(empty)}, certain))
        if right and lookup is not None:
            if not complete or not all(row.certain for row in lookup.all):
                return [], False
            nothing: dict[str, dict[str, object]] = {
                other.alias: dict.fromkeys(self._queries.columns_of(other)) for other in self._before(source)
            }
            result += [
                Joined({**nothing, source.alias: row.values}) for row in lookup.all if id(row.values) not in found_rows
            ]
        return result, complete

    def _before(self, source: Source) -> Iterator[Source]:
        for other in self._select.sources:
            if other is source:
                return
            yield other

    def _matches(
        self, left: Joined, source: Source, candidates: Iterable[Row], tests: list[Expression]
    ) -> Iterator[Joined]:
        for row in candidates:
            self._selector.step()
            together = {**left.rows, source.alias: row.values}
            holds = self._holds(tests, Scope(together, self._scope))
            if holds is not False:
                certain = row.certain and holds is True
                yield Joined(together, certain and left.certain)

    def _holds(self, tests: list[Expression], scope: Scope) -> object:
        """True, False or Unknown for all conditions together; NULL counts as false."""
        outcome: object = True
        for test in tests:
            value = truth(self._selector.value(test, scope))
            if value is False or value is None:
                return False
            if isinstance(value, Unknown):
                outcome = UNKNOWN
        return outcome

    def _kept(self, relation: Relation, alias: str, tests: list[Expression]) -> Iterator[Row]:
        fixed = list(_fixed(tests))
        for row in relation.rows:
            self._selector.step()
            # Most questions are about one name: other rows of a catalog need no evaluation.
            if any(type(held := row.values.get(column)) is str and held != wanted for column, wanted in fixed):
                continue
            holds = self._holds(tests, Scope({alias: row.values}, self._scope))
            if holds is not False:
                yield row._replace(certain=row.certain and holds is True)

    def _filtered(self, joined: list[Joined], tests: list[Expression]) -> Iterator[Joined]:
        for row in joined:
            self._selector.step()
            holds = self._holds(tests, Scope(row.rows, self._scope))
            if holds is not False:
                yield Joined(row.rows, row.certain and holds is True)


_OUTER = ("left", "right", "full")


def _fixed(tests: list[Expression]) -> Iterator[tuple[str, str]]:
    """The columns that have to be a text, with that text, by conditions on one source."""
    for test in tests:
        if isinstance(test, Binary) and test.operator == "=":
            for own, other in ((test.left, test.right), (test.right, test.left)):
                if isinstance(own, Reference) and isinstance(other, Literal) and type(other.value) is str:
                    yield own.parts[-1], other.value


def _natural(source: Source, aliases: dict[str, tuple[str, ...]]) -> Iterator[Expression]:
    """NATURAL as equalities of the columns that both sides have."""
    for column in aliases[source.alias]:
        owner = next((a for a, columns in aliases.items() if column in columns and a != source.alias), None)
        if owner is not None:
            yield Binary("=", Reference((owner, column)), Reference((source.alias, column)))


def _using(source: Source, aliases: dict[str, tuple[str, ...]]) -> Iterator[Expression]:
    """USING as equalities."""
    for column in source.using:
        owner = next((alias for alias, columns in aliases.items() if column in columns), None)
        if owner is not None:
            yield Binary("=", Reference((owner, column)), Reference((source.alias, column)))


class _Lookup:
    """Finds the rows of a source by one equality with what is joined already."""

    def __init__(self, selector: Selector, source: Source, tests: list[Expression], rows: list[Row]) -> None:
        self._selector = selector
        self._rows = rows
        self.all = rows
        self._by_key: dict[object, list[Row]] | None = None
        self._open: list[Row] = []
        self._other: Expression | None = None
        for test in tests:
            sides = _sides(test, source.alias)
            if sides is not None:
                own, self._other = sides
                self._by_key = {}
                for row in rows:
                    value = hashable(row.values.get(own.parts[-1], UNKNOWN))
                    if isinstance(value, Unknown) or value is UNHASHABLE:
                        self._open.append(row)
                    else:
                        self._by_key.setdefault(value, []).append(row)
                return

    def rows(self, scope: Scope) -> Iterable[Row]:
        """The rows that may match."""
        if self._by_key is None or self._other is None:
            return self._rows
        value = hashable(self._selector.value(self._other, scope))
        if isinstance(value, (int, Oid, str)) and not isinstance(value, bool):
            return [*self._by_key.get(value, ()), *self._open]
        return self._rows


def _sides(test: Expression, alias: str) -> tuple[Reference, Expression] | None:
    """`alias.column = other.column` taken apart."""
    if not isinstance(test, Binary) or test.operator != "=":
        return None
    for own, other in ((test.left, test.right), (test.right, test.left)):
        if not isinstance(own, Reference) or not isinstance(other, Reference):
            continue
        if len(own.parts) > 1 and len(other.parts) > 1 and own.parts[-2] == alias != other.parts[-2]:
            return own, other
    return None
