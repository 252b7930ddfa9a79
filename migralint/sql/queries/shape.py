"""What a query looks like without its rows: names and types of its columns, and which columns it reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from migralint.operations import Database
from migralint.schema import Column, Name, OtherType
from migralint.schema.types import is_built_in, parse
from migralint.sql import names
from migralint.sql.cursor import Cursor, Written
from migralint.sql.errors import Unreadable
from migralint.sql.queries import result_types as types
from migralint.sql.queries.nodes import (
    Between,
    Binary,
    Call,
    Case,
    Cast,
    Combined,
    Exists,
    Expression,
    Field,
    In,
    Index,
    Is,
    Items,
    Literal,
    Order,
    Quantified,
    Query,
    Reference,
    Scalar,
    Select,
    Slice,
    Source,
    Star,
    Unary,
    Values,
)
from migralint.sql.queries.scope import Output, Relation, Scope, expanded
from migralint.sql.queries.select_parser import Parser
from migralint.sql.queries.titles import title

_INTEGERS = ((31, "integer"), (63, "bigint"))
UNKNOWN_TYPE = "unknown"


class Shape(NamedTuple):
    """The columns of a query, None where they cannot be told, and the columns of relations that it surely reads.

    `stars` say where each `*` begins and ends in the text, and which columns it means; none where one cannot be told.
    """

    columns: tuple[Column, ...] | None
    reads: tuple[tuple[Name, str], ...]
    stars: tuple[tuple[int, int, str], ...] = ()


class Reader(Parser):
    """Reads what is only looked at."""

    evaluated = False


def shape(query: Cursor, database: Database) -> Shape:
    """The shape of a query; of one that cannot be read nothing is known."""
    try:
        reader = Reader(query.copy())
        tree = reader.query()
        if not reader.cursor.done:
            return Shape(None, ())
    except (Unreadable, RecursionError):
        return Shape(None, ())
    walker = Walker(database)
    found = walker.query(tree, None, {})
    return Shape(None if found is None else tuple(map(_column, found)), tuple(walker.reads), walker.expansions())


def _column(output: Output) -> Column:
    if output.type is None:
        return Column(output.name, UNKNOWN_TYPE, doubtful=True)
    return Column(output.name, types.TEXT if output.type == types.UNTYPED else output.type, collation=output.collation)


Outputs = dict[str, tuple[Output, ...] | None]


class Walker:
    """Resolves the names in a query; subclasses may look at what it finds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads: dict[tuple[Name, str], None] = {}
        self._stars: dict[tuple[int, int] | None, str | None] = {}

    def expansions(self) -> tuple[tuple[int, int, str], ...]:
        """`stars` of the shape."""
        found = [(*place, text) for place, text in self._stars.items() if place and text is not None]
        return tuple(sorted(found)) if len(found) == len(self._stars) else ()

    # queries -------------------------------------------------------------------------------------------------------
    def query(self, query: Query, outer: Scope | None, queries: Outputs) -> tuple[Output, ...] | None:
        """The columns of a query."""
        queries = dict(queries)
        for name, listed, inner in query.queries:
            queries[name] = None
            if isinstance(inner.body, Combined):  # the first part of a recursive query decides its columns
                queries[name] = _renamed(Walker(self._database).query(inner.body.left, outer, queries), listed)
            queries[name] = _renamed(self.query(inner, outer, queries), listed)
        match query.body:
            case Select():
                return self._select(query.body, query.order, outer, queries)
            case Values(rows):
                kinds = [[self.type(item, Scope(outer=outer), queries) for item in row] for row in rows]
                columns = zip(*kinds, strict=False)
                return tuple(Output(f"column{n}", types.common(kind)) for n, kind in enumerate(columns, 1))
            case Combined(left=left, right=right):
                one, other = self.query(left, outer, queries), self.query(right, outer, queries)
                if one is None or other is None or len(one) != len(other):
                    return one
                return tuple(Output(a.name, types.common([a.type, b.type])) for a, b in zip(one, other, strict=True))
        return None

    def _select(
        self, select: Select, order: Sequence[Order], outer: Scope | None, queries: Outputs
    ) -> tuple[Output, ...] | None:
        scope = Scope(outer=outer)
        for source in select.sources:
            scope = self._joined(scope, source, queries)
        found: list[Output] | None = []
        for item, name in select.items:
            if isinstance(item, Star):
                starred = self._star(item, scope)
                self._stars[item.place] = None if starred is None else expanded(item, scope)
                found = None if found is None or starred is None else found + starred
                continue
            kind = self.type(item, scope, queries)
            if found is not None:
                found.append(Output(name or title(item), kind, _collation(item, scope)))
        for expression in (select.where, select.having):
            if expression is not None:
                self.type(expression, scope, queries)
        listed = {(name or title(item),) for item, name in select.items if not isinstance(item, Star)}
        for expression in (*select.group, *select.distinct_on, *(key.expression for key in order)):
            if not (isinstance(expression, Reference) and expression.parts in listed):
                self.type(expression, scope, queries)
        return None if found is None else tuple(found)

    def _joined(self, scope: Scope, source: Source, queries: Outputs) -> Scope:
        relation = self._relation(source, scope, queries)
        merged: tuple[str, ...] = source.using
        if source.join == "natural" and relation.columns is not None:
            known = {column.name for r in scope.relations for column in r.columns or ()}
            merged = tuple(column.name for column in relation.columns if column.name in known)
        after = replace(scope, relations=(*scope.relations, relation), merged=(*scope.merged, *merged))
        for name in merged:
            for one in after.relations:
                self._read(one, name)
        if source.on is not None:
            self.type(source.on, after, queries)
        return after

    def _relation(self, source: Source, scope: Scope, queries: Outputs) -> Relation:
        if source.query is not None:
            return Relation(source.alias, _renamed(self.query(source.query, scope, queries), source.columns))
        if source.call is not None:
            made = self._function(source, scope, queries)
            listed = tuple(Output(name, None) for name in source.columns) or None
            return Relation(source.alias, listed if made is None else _renamed(made, source.columns))
        if len(source.name) == 1 and source.name[0] in queries:
            return Relation(source.alias, _renamed(queries[source.name[0]], source.columns))
        schema = source.name[-2] if len(source.name) > 1 else None
        table = names.relation(self._database, Written(schema, source.name[-1]))
        now = self._database.ask(table)
        columns: tuple[Output, ...] | None = None
        if (found := now.tables.get(table)) is not None:
            columns = None if found.assumed else tuple(Output(c.name, _known(c), c.collation) for c in found.columns)
        elif (view := now.views.get(table)) is not None and view.columns:
            columns = tuple(Output(c.name, _known(c), c.collation) for c in view.columns)
        own = tuple(column.name for column in columns or ())
        return Relation(source.alias, _renamed(columns, source.columns), table, own)

    def _function(self, source: Source, scope: Scope, queries: Outputs) -> tuple[Output, ...] | None:
        """A function in FROM: known where it gives one column of a simple type."""
        assert source.call is not None
        kind = self.type(source.call, scope, queries)
        if kind is None or not is_built_in(parse(kind).base):
            return None
        ordinal = (Output("ordinality", "bigint"),) if source.ordinality else ()
        return (Output(source.alias, kind), *ordinal)

    def _star(self, star: Star, scope: Scope) -> list[Output] | None:
        relations = [r for r in scope.relations if star.table in (None, r.alias)]
        if not relations or any(r.columns is None for r in relations):
            return None
        merged = scope.merged if star.table is None else ()
        found = [self._output(scope, name) for name in dict.fromkeys(merged)]
        for relation in relations:
            for column in relation.columns or ():
                self._read(relation, column.name)
                if column.name not in merged:
                    found.append(column)
        return found

    def _output(self, scope: Scope, name: str) -> Output:
        return next(c for r in scope.relations for c in r.columns or () if c.name == name)

    def _read(self, relation: Relation, column: str) -> None:
        for output, own in zip(relation.columns or (), relation.own, strict=False):
            if output.name == column and relation.table is not None:
                self.reads[relation.table, own] = None

    # expressions ---------------------------------------------------------------------------------------------------
    def type(self, item: Expression, scope: Scope, queries: Outputs) -> str | None:
        """The type of an expression; all that it reads is noted."""

        def of(one: Expression) -> str | None:
            return self.type(one, scope, queries)

        match item:
            case Literal(value):
                return _literal(value)
            case Reference(parts):
                return self._reference(parts, scope)
            case Cast(operand, written):
                of(operand)
                return names.type_text(self._database, written)
            case Call():
                return self._call(item, [of(a) for a in item.arguments], of)
            case Unary(operator, operand):
                kind = of(operand)
                return types.BOOLEAN if operator == "not" else types.negated(kind)
            case Binary(operator, left, right):
                return types.operation(operator, of(left), of(right))
            case Case(subject, arms, otherwise):
                for one in [*([subject] if subject else []), *(condition for condition, _ in arms)]:
                    of(one)
                results = [of(value) for _, value in arms]
                return types.common([of(otherwise), *results])
            case Scalar(query, every):
                found = self.query(query, scope, queries)
                kind = found[0].type if found else None
                return types.array(kind) if every else kind
            case Items(items, row):
                kinds = [of(one) for one in items]
                return None if row else types.array(types.common(kinds))
            case Index(operand, index):
                whole = of(operand)
                if isinstance(index, Slice):
                    for bound in (index.low, index.high):
                        if bound is not None:
                            of(bound)
                    return whole
                of(index)
                return types.element(whole)
            case Field(operand, name):
                return self._field(of(operand), name)
        return self._condition(item, scope, queries)

    def _condition(self, item: Expression, scope: Scope, queries: Outputs) -> str | None:
        """What is true or false."""
        operands: list[Expression] = []
        match item:
            case Is(operand, _, _):
                operands = [operand]
            case Between(operand, low, high):
                operands = [operand, low, high]
            case In(operand, items, query):
                operands = [operand, *items]
                if query is not None:
                    self.query(query, scope, queries)
            case Quantified(_, left, right, _):
                operands = [left]
                if isinstance(right, Query):
                    self.query(right, scope, queries)
                else:
                    operands.append(right)
            case Exists(query):
                self.query(query, scope, queries)
            case _:
                return None
        for operand in operands:
            self.type(operand, scope, queries)
        return types.BOOLEAN

    def _call(self, call: Call, arguments: list[str | None], of: Callable[[Expression], str | None]) -> str | None:
        ordered = [of(key.expression) for key in call.order]
        if call.window is not None:
            for expression in (*call.window.divides, *(key.expression for key in call.window.order)):
                of(expression)
        if call.condition is not None:
            of(call.condition)
        own = names.function(self._database, Written(call.schema, call.name))
        overloads = self._database.ask(own).functions.get(own, ())
        if overloads:
            results = {f.returns for f in overloads}
            result = results.pop() if len(results) == 1 else ""
            simple = result and not result.lower().startswith(("setof", "table", "trigger", "record", "void"))
            return types.plain(result) if simple else None
        if call.schema not in (None, "pg_catalog"):
            return None
        return types.called(call.name, arguments or ordered)

    def _field(self, kind: str | None, name: str) -> str | None:
        if kind is None:
            return None
        base = parse(kind).base
        found = self._database.ask(base).types.get(names.user_type(self._database, _written(base)))
        return dict(found.attributes).get(name) if isinstance(found, OtherType) else None

    def _reference(self, parts: tuple[str, ...], scope: Scope | None) -> str | None:
        column = parts[-1]
        while scope is not None:
            for relation in scope.relations:
                if len(parts) > 1 and relation.alias != parts[-2]:
                    continue
                found = next((c for c in relation.columns or () if c.name == column), None)
                if found is not None and (len(parts) > 1 or self._only(scope, relation)):
                    self._read(relation, column)
                    return found.type
                if len(parts) > 1:
                    return None
            if any(relation.columns is None for relation in scope.relations):
                return None
            scope = scope.outer
        return None

    @staticmethod
    def _only(scope: Scope, relation: Relation) -> bool:
        """Whether a bare name can mean this relation: the columns of all others are known too."""
        return all(other is relation or other.columns is not None for other in scope.relations)


def _collation(item: Expression, scope: Scope) -> str | None:
    """The collation of a column that is selected as it is."""
    if not isinstance(item, Reference) or len(item.parts) > 2:
        return None
    for relation in scope.relations:
        if len(item.parts) == 1 or relation.alias == item.parts[0]:
            for column in relation.columns or ():
                if column.name == item.parts[-1]:
                    return column.collation
    return None


def _renamed(columns: tuple[Output, ...] | None, listed: Sequence[str]) -> tuple[Output, ...] | None:
    """The columns with the first of them under other names; a list may leave out the rest, so it tells of no others."""
    if columns is None:
        return None
    return tuple(
        column._replace(name=listed[number]) if number < len(listed) else column
        for number, column in enumerate(columns)
    )


def _known(column: Column) -> str | None:
    return None if column.type in (UNKNOWN_TYPE, "") else column.type


def _literal(value: object) -> str | None:
    if isinstance(value, bool):
        return types.BOOLEAN
    if isinstance(value, int):
        return next((kind for bits, kind in _INTEGERS if value < 2**bits), "numeric")
    return "numeric" if isinstance(value, Decimal) else types.UNTYPED


def _written(base: str) -> Written:
    schema, _, name = base.rpartition(".")
    return Written(schema.strip('"') or None, name.strip('"'))
