"""What queries and expressions use: the columns behind their names, functions, labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass

from migralint.operations import ObjectRef
from migralint.queries.catalog import MISSING, THERE, UNSURE
from migralint.queries.sql_names import From, Names, Scope
from migralint.queries.use import ARGUMENTS, COLUMN, FUNCTION
from migralint.schema import Function
from migralint.sql.cursor import Written
from migralint.sql.queries.nodes import (
    Binary,
    Call,
    Cast,
    Combined,
    Expression,
    In,
    Literal,
    Query,
    Reference,
    Select,
    Source,
    Star,
    Values,
)
from migralint.sql.queries.result_types import called
from migralint.sql.queries.titles import title
from migralint.sql.tokens import HOLE

_COMPARED = ("=", "<>", "!=", "is distinct from")

Queries = dict[str, tuple[str, ...] | None]
"""The columns of the queries of WITH by their names, None where they are not known."""


def with_names(columns: tuple[str, ...] | None, listed: Sequence[str]) -> tuple[str, ...] | None:
    """The columns of a query under the names of a list after its own: it may name the first of them only.

    Where two have one name, as by USING, it is not known which are renamed, and all names are kept.
    """
    if columns is None:
        return None
    return (*listed, *(columns if len({*columns}) < len(columns) else columns[len(listed) :]))


class Selects(Names):
    """Reads queries and expressions."""

    # queries ----------------------------------------------------------------------------------------------------
    def query(self, query: Query, queries: Queries, outer: Scope | None) -> tuple[str, ...] | None:
        """The names of the columns of a query; all that it reads is noted."""
        queries = dict(queries)
        for name, listed, inner in query.queries:
            queries[name] = None
            made = self.query(inner, queries, outer)
            queries[name] = with_names(made, listed)
        body = query.body
        if isinstance(body, Combined):
            made = self.query(body.left, queries, outer)
            self.query(body.right, queries, outer)
            return made
        if isinstance(body, Values):
            for values in body.rows:
                for value in values:
                    self.expression(value, Scope(outer=outer), queries)
            return tuple(f"column{n}" for n in range(1, len(body.rows[0]) + 1)) if body.rows else None
        return self._select(body, query, queries, outer)

    def _select(self, select: Select, query: Query, queries: Queries, outer: Scope | None) -> tuple[str, ...] | None:
        scope = self._sources(select.sources, queries, Scope(outer=outer), ())
        outputs = self._items(select.items, scope, queries)
        aliases = frozenset(name or title(item) for item, name in select.items if not isinstance(item, Star))
        later = Scope(scope.sources, scope.outer, aliases)
        for one in (select.where, *select.distinct_on):
            if one is not None:
                self.expression(one, scope, queries)
        keys = [key.expression for key in query.order]
        for one in (*select.group, select.having, *keys, query.limit, query.offset):
            if one is not None:
                self.expression(one, later, queries)
        return outputs

    def _items(self, items: Sequence[tuple[Expression, str]], scope: Scope, queries: Queries) -> tuple[str, ...] | None:
        outputs: tuple[str, ...] | None = None if self._holed else ()
        for item, name in items:
            if isinstance(item, Star):
                chosen = [s for s in scope.sources if item.table in (None, s.alias)]
                for one in chosen:
                    columns = one.columns
                    if one.relation is not None:
                        known = one.relation.known
                        columns = None if known is None else tuple(c.name for c in known)
                    outputs = None if outputs is None or columns is None else outputs + columns
                outputs = outputs if chosen else None
                continue
            self.expression(item, scope, queries)
            outputs = None if outputs is None else (*outputs, name or title(item))
        return outputs

    def _sources(self, sources: Sequence[Source], queries: Queries, scope: Scope, before: tuple[From, ...]) -> Scope:
        made = Scope(before, scope.outer, scope.names)
        for source in sources:
            made = Scope((*made.sources, self._source(source, queries, made)), made.outer, made.names)
            for name in source.using:
                self.expression(Reference((source.alias, name)), made, queries)
            if source.on is not None:
                self.expression(source.on, made, queries)
        return made

    def _source(self, source: Source, queries: Queries, scope: Scope) -> From:
        if source.query is not None:
            inner = scope if source.lateral else scope.outer
            made = self.query(source.query, queries, inner)
            return From(source.alias, None, with_names(made, source.columns))
        if source.call is not None:
            self.expression(source.call, scope, queries)
            return From(source.alias, None, None)
        if len(source.name) == 1 and source.name[0] in queries:
            return From(source.alias, None, with_names(queries[source.name[0]], source.columns))
        schema = source.name[-2] if len(source.name) > 1 else None
        if HOLE in "".join(source.name):
            return From(source.alias)
        if schema is None and source.name[0] in self._variables:
            return From(source.alias)
        relation = self._target(Written(schema, source.name[-1]), "select")
        if source.columns:
            return From(source.alias, None, None)
        return From(source.alias, relation)

    # expressions ------------------------------------------------------------------------------------------------
    def expression(self, node: object, scope: Scope, queries: Queries) -> None:
        """Notes all that an expression uses."""
        stack = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, tuple):
                stack += current
            elif isinstance(current, Query):
                self.query(current, queries, scope)
            elif isinstance(current, Reference):
                self._reference(current.parts, scope)
            elif is_dataclass(current):
                self._compared(current, scope)
                if isinstance(current, Call):
                    self._call(current)
                stack += [getattr(current, one.name) for one in fields(current)]

    def _compared(self, node: object, scope: Scope) -> None:
        """Literals that stand beside a column of an enum type, or are cast to one."""
        if isinstance(node, Binary) and node.operator in _COMPARED:
            for one, other in ((node.left, node.right), (node.right, node.left)):
                self._beside(one, [other], scope)
        elif isinstance(node, In):
            self._beside(node.operand, node.items, scope)
        elif isinstance(node, Cast) and isinstance(node.operand, Literal) and isinstance(node.operand.value, str):
            enum = self._catalog.enum(node.type)
            if enum is not None and node.operand.value not in enum.labels:
                self._missing_label(enum.name, node.operand.value, self._literal_place(node.operand.value))

    def _beside(self, one: object, others: Sequence[object], scope: Scope) -> None:
        if not isinstance(one, Reference):
            return
        owner = self._owner(one.parts, scope)
        for other in others:
            if isinstance(other, Expression) and owner is not None and owner.relation is not None:
                self._label(owner.relation, one.parts[-1], other, self._whole_place)

    def _call(self, call: Call) -> None:
        functions, state = self._catalog.functions(call.name, call.schema)
        if not functions:
            full = f"{call.schema or self._catalog.schema.default_schema}.{call.name}"
            if full in self._catalog.gone:  # others may be PostgreSQL's own, or an extension's
                ref = ObjectRef("function", None, full)
                self._add(ref, "call", self._name_place((call.name,)), FUNCTION, f"there is no function {full}", ())
            return
        ref = ObjectRef("function", None, str(functions[0].name))
        place = self._name_place((call.name,))
        named = {name for name in call.names if name}
        if state == THERE and named and all(f.parameters and not named <= set(f.parameters) for f in functions):
            wrong = sorted(named - set().union(*(f.parameters for f in functions))) or sorted(named)
            self._add(ref, "call", place, ARGUMENTS, f"has no argument {', '.join(wrong)}", tuple(wrong))
        elif state == THERE and not named and not any(_takes(f, len(call.arguments)) for f in functions):
            self._add(ref, "call", place, ARGUMENTS, f"does not take {len(call.arguments)} arguments", ())
        else:
            self._add(ref, "call", place, None, "", ())

    def _not_given(self, owner: From, parts: tuple[str, ...]) -> None:
        """A column that the query under a name does not give."""
        ref = ObjectRef("column", None, f"{owner.alias}.{parts[-1]}")
        said = f"the query {owner.alias} gives no column {parts[-1]}"
        self._add(ref, "select", self._name_place(parts), COLUMN, said, ())

    def _owner(self, parts: tuple[str, ...], scope: Scope | None) -> From | None:
        """The one source that a column belongs to, None where it is not known."""
        while scope is not None:
            named = [s for s in scope.sources if len(parts) == 1 or s.alias == parts[-2]]
            there = [s for s in named if s.has(parts[-1]) == THERE]
            if there:
                return there[0]
            if len(parts) > 1 and named:
                return named[0]
            scope = scope.outer
        return None

    def _reference(self, parts: tuple[str, ...], scope: Scope) -> None:
        if any(HOLE in part for part in parts) or not parts[-1]:
            return
        if len(parts) > 1:
            owner = self._owner(parts, scope)
            if owner is not None and owner.relation is not None:
                self._column(owner.relation, parts[-1], "select", self._name_place(parts))
            elif owner is not None and owner.has(parts[-1]) == MISSING:
                self._not_given(owner, parts)
            return
        name, level = parts[0], scope
        tried: list[From] = []
        current: Scope | None = level
        while current is not None:
            if name in current.names or any(s.alias == name for s in current.sources):
                return
            found = [s for s in current.sources if s.has(name) == THERE]
            if found:
                relation = found[0].relation
                if relation is not None:
                    self._add(ObjectRef("column", relation.name, name), "select", self._name_place(parts), None, "", ())
                return
            if any(s.has(name) == UNSURE for s in current.sources):
                only = (
                    current.sources[0].relation
                    if len(current.sources) == 1 and not (current.outer and current.outer.sources)
                    else None
                )
                if only is not None and name not in self._variables:
                    self._column(only, name, "select", self._name_place(parts))
                return
            tried += current.sources
            current = current.outer
        if name in self._variables:
            return
        tables = [s.relation for s in tried if s.relation is not None]
        if tried and not tables and all(s.columns is not None for s in tried):
            self._not_given(tried[0], parts)
        elif len(tables) == 1 and len(tried) == 1:
            self._column(tables[0], name, "select", self._name_place(parts))
        elif tables and all(s.relation is not None or s.columns is not None for s in tried):
            detail = f"none of {', '.join(str(t.name) for t in tables)} has a column {name}"
            ref = ObjectRef("column", tables[0].name, name)
            self._add(ref, "select", self._name_place(parts), COLUMN, detail, tuple(str(t.name) for t in tables))


def _takes(function: Function, count: int) -> bool:
    """Whether a function can be called with so many arguments; one of PostgreSQL's own may have its name."""
    if function.kind != "function" or any(one.mode == "variadic" for one in function.declared):
        return True
    most = len(function.arguments)
    return most - len(function.defaults) <= count <= most or called(function.name.name, [None] * count) is not None
