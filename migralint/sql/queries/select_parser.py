"""Tokens → queries."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.queries import parser
from migralint.sql.queries.nodes import Call, Combined, Expression, Query, Select, Source, Star, Values
from migralint.sql.tokens import BAD, QUOTED, WORD, Token, tokenize

_LENGTH = 20_000
_CLAUSES = frozenset(
    """where group having window order limit offset fetch for union except intersect on using join inner left right
    full cross natural as returning with tablesample""".split()
)


@lru_cache(maxsize=512)
def parse_query(text: str, dialect: str = "postgresql") -> Query:
    """The tree of one query. Raises Unreadable for everything that is not a query that can be answered."""
    cursor = cursor_of(text, dialect)
    query = Parser(cursor).query()
    cursor.accept(";")
    if not cursor.done:
        raise cursor.problem("expected the end of the query")
    return query


def parse_expression(text: str, dialect: str = "postgresql") -> Expression:
    """The tree of one expression. Raises Unreadable."""
    return Parser(cursor_of(text, dialect)).whole()


@lru_cache(maxsize=512)
def parse_computed(text: str, dialect: str = "postgresql") -> Select | None:
    """The tree of an expression of PL/pgSQL, which may go on with FROM and WHERE; None for more than that.

    Raises Unreadable.
    """
    parser = Parser(cursor_of(text, dialect))
    found = parser.select()
    return found if parser.cursor.done else None


def cursor_of(text: str, dialect: str) -> Cursor:
    """A cursor over a whole text of bounded size."""
    if len(text) > _LENGTH:
        raise Unreadable("too long to be evaluated")
    tokens = tokenize(text, dialect)
    if tokens and tokens[-1].kind == BAD:
        raise Unreadable(tokens[-1].value, tokens[-1].start)
    return Cursor(text, tokens)


class Parser(parser.Parser):
    """Reads whole queries too."""

    def query(self) -> Query:
        """A query, up to what cannot belong to it."""
        cursor = self.cursor
        queries: list[tuple[str, tuple[str, ...], Query]] = []
        if cursor.accept("with"):
            cursor.accept("recursive")
            queries = self._with()
        query = self._combined()
        order = self.order() if cursor.sees("order", "by") else query.order
        limit, offset = query.limit, query.offset
        while True:
            if cursor.accept("limit"):
                limit = None if cursor.accept("all") else self.expression()
            elif cursor.accept("offset"):
                offset = self.expression()
                cursor.accept_any("row", "rows")
            elif cursor.accept("fetch"):
                cursor.accept_any("first", "next")
                limit = self.expression()
                cursor.accept_any("row", "rows")
                cursor.accept("only")
            elif cursor.accept("for"):
                cursor.until("limit", "offset", ")")
            else:
                break
        return Query(query.body, (*queries, *query.queries), order, limit, offset)

    def _with(self) -> list[tuple[str, tuple[str, ...], Query]]:
        cursor = self.cursor
        found: list[tuple[str, tuple[str, ...], Query]] = []
        while True:
            name = cursor.identifier()
            group = cursor.optional_group()
            columns = tuple(item.identifier() for item in group.items()) if group else ()
            cursor.expect("as")
            cursor.accept("not")
            cursor.accept("materialized")
            found.append((name, columns, self._inside(cursor.group()).query()))
            if not cursor.accept(","):
                return found

    def _inside(self, group: Cursor) -> Parser:
        inner = self.inside(group)
        assert isinstance(inner, Parser)
        return inner

    def _combined(self) -> Query:
        cursor = self.cursor
        left = self._simple()
        while operator := cursor.accept_any("union", "except", "intersect"):
            every = cursor.accept("all")
            cursor.accept("distinct")
            left = Query(Combined(operator, left, self._simple(), every))
        return left

    def _simple(self) -> Query:
        cursor = self.cursor
        if cursor.sees("("):
            return self._inside(cursor.group()).query()
        if cursor.accept("values"):
            rows = [self._inside(cursor.group()).expressions()]
            while cursor.accept(","):
                rows.append(self._inside(cursor.group()).expressions())
            return Query(Values(tuple(rows)))
        if cursor.accept("table"):
            name = tuple(cursor.parts())
            return Query(Select(((Star(), ""),), (Source(name[-1], name),)))
        cursor.expect("select")
        return Query(self.select())

    def select(self) -> Select:
        """What follows the word SELECT (or PERFORM)."""
        cursor = self.cursor
        distinct = cursor.accept("distinct")
        on: tuple[Expression, ...] = ()
        if distinct and cursor.accept("on"):
            on = self._inside(cursor.group()).expressions()
        cursor.accept("all")
        items: list[tuple[Expression, str]] = []
        called = cursor.sees("left", "(") or cursor.sees("right", "(")
        if called or not (cursor.done or cursor.sees_any(*_CLAUSES, "from")):
            items.append(self._item())
            while cursor.accept(","):
                items.append(self._item())
        select = Select(tuple(items), distinct=distinct, distinct_on=on)
        if cursor.accept("from"):
            select = replace(select, sources=tuple(self._sources()))
        if cursor.accept("where"):
            select = replace(select, where=self.expression())
        if cursor.accept("group", "by"):
            group = [self.expression()]
            while cursor.accept(","):
                group.append(self.expression())
            select = replace(select, group=tuple(group))
        if cursor.accept("having"):
            select = replace(select, having=self.expression())
        if cursor.accept("window"):
            self.not_evaluated("WINDOW is")
            for item in cursor.until("order", "limit", "offset", "fetch", "for", "union", "except").items():
                item.identifier()
                item.expect("as")
                found = self._inside(item.group()).window()
                keys = (*found.divides, *(key.expression for key in found.order))
                select = replace(select, group=(*select.group, *keys))
        return select

    def _item(self) -> tuple[Expression, str]:
        cursor = self.cursor
        expression = self.expression()
        if cursor.accept("as"):
            return expression, cursor.identifier()
        token = cursor.peek()
        if token is not None and (token.kind == QUOTED or self._is_alias(token)):
            return expression, cursor.identifier()
        return expression, ""

    @staticmethod
    def _is_alias(token: Token) -> bool:
        return token.kind == WORD and token.value not in _CLAUSES and token.value not in ("from", "into")

    def _sources(self) -> list[Source]:
        cursor = self.cursor
        sources = self._source("")
        while True:
            if cursor.accept(","):
                sources += self._source("cross")
                continue
            join = "inner"
            if cursor.accept("cross"):
                join = "cross"
            elif (kind := cursor.accept_any("left", "inner")) or (kind := cursor.accept_any("right", "full")):
                join = kind
                cursor.accept("outer")
            elif cursor.accept("natural"):
                join = "natural"
                if cursor.accept_any("left", "right", "full"):
                    self.not_evaluated("a natural outer join is")
                cursor.accept_any("inner", "outer")
            elif not cursor.sees("join"):
                return sources
            cursor.expect("join")
            joined = self._source(join)
            if len(joined) > 1 and join in ("left", "right", "full"):
                self.not_evaluated("an outer join of a join is")
            if cursor.accept("on"):
                joined[-1] = replace(joined[-1], on=self.expression())
            elif cursor.accept("using"):
                joined[-1] = replace(joined[-1], using=tuple(i.identifier() for i in cursor.group().items()))
            sources += joined

    def _source(self, join: str) -> list[Source]:
        cursor = self.cursor
        lateral = cursor.accept("lateral")
        cursor.accept("only")
        if cursor.sees("("):
            inner = self._inside(cursor.group())
            if inner.cursor.sees_any("select", "with", "values", "("):
                return [self._aliased(Source("", query=inner.query(), join=join, lateral=lateral))]
            nested = inner._sources()
            nested[0] = replace(nested[0], join=join)
            return nested
        special = cursor.accept("collation", "for")  # PostgreSQL docs, 9.27.10
        parts = ("pg_collation_for",) if special else tuple(cursor.parts())
        if cursor.sees("("):
            call = self._call(parts[-1], parts[-2] if len(parts) > 1 else None)
            if not isinstance(call, Call):
                raise cursor.problem("expected a function")
            if cursor.accept("as", "("):
                cursor.index -= 1
                return [self._listed(Source(parts[-1], call=call, join=join))]
            ordinality = cursor.accept("with", "ordinality")
            return [self._aliased(Source(parts[-1], call=call, join=join, ordinality=ordinality))]
        cursor.accept("*")
        return [self._aliased(Source(parts[-1], name=parts, join=join))]

    def _listed(self, source: Source) -> Source:
        """The columns of a function that returns records, with their types."""
        items = list(self.cursor.group().items())
        return replace(source, columns=tuple(item.identifier() for item in items))

    def _aliased(self, source: Source) -> Source:
        cursor = self.cursor
        explicit = cursor.accept("as")
        token = cursor.peek()
        if explicit or (token is not None and (token.kind == QUOTED or self._is_alias(token))):
            source = replace(source, alias=cursor.identifier())
            if cursor.sees("("):
                source = self._listed(source)
        if cursor.accept("tablesample"):
            self.not_evaluated("TABLESAMPLE is")
            cursor.identifier()
            cursor.group()
        return source
