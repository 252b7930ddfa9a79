"""What a statement of SQL uses of a schema: tables, columns, functions, labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass

from migralint.operations import ObjectRef, Place
from migralint.queries.catalog import MISSING, THERE, UNSURE, Catalog, Relation, unique_over
from migralint.queries.use import ARGUMENTS, COLUMN, CONFLICT, FUNCTION, HIGH, LABEL, MEDIUM, REQUIRED, TABLE, Use
from migralint.schema import Name, Table
from migralint.sql.cursor import Cursor, Written
from migralint.sql.errors import Unreadable
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
from migralint.sql.queries.shape import Reader
from migralint.sql.queries.titles import title
from migralint.sql.splitter import split
from migralint.sql.tokens import HOLE, QUOTED, WORD

Locate = Callable[[int, int], Place]
_COMPARED = ("=", "<>", "!=", "is distinct from")
_DML = ("insert", "update", "delete", "merge")


@dataclass(frozen=True, slots=True)
class _From:
    """What stands in FROM under one name: a relation of the schema, or the columns of a query (None: not known)."""

    alias: str
    relation: Relation | None = None
    columns: frozenset[str] | None = None

    def has(self, column: str) -> str:
        if self.relation is not None:
            return self.relation.has(column)
        return UNSURE if self.columns is None else THERE if column in self.columns else MISSING


@dataclass(frozen=True, slots=True)
class _Scope:
    sources: tuple[_From, ...] = ()
    outer: _Scope | None = None
    names: frozenset[str] = frozenset()


_Queries = dict[str, frozenset[str] | None]


def uses_in(
    text: str,
    catalog: Catalog,
    locate: Locate,
    source: str = "sql",
    variables: Iterable[str] = (),
    rows: Iterable[_From] = (),
) -> tuple[list[Use], list[tuple[Place, str]]]:
    """What the statements of a text use, and what of them could not be read.

    `variables` are names that need not be columns, `rows` are rows under a name, such as NEW of a trigger.
    """
    found: list[Use] = []
    gaps: list[tuple[Place, str]] = []
    for statement in split(text, psql=False):
        cursor = Cursor(text, statement.tokens)
        reader = _Statement(catalog, locate, source, frozenset(variables), tuple(rows), cursor)
        try:
            reader.statement(cursor, {}, None)
            if not cursor.done:
                raise cursor.problem("expected the end of the statement")
        except (Unreadable, RecursionError) as problem:
            reason = problem.reason if isinstance(problem, Unreadable) else "nested too deeply"
            gaps.append((locate(statement.start, statement.end), f"a statement could not be read: {reason}"))
        found += reader.found
        gaps += reader.gaps
    return found, gaps


def row(alias: str, relation: Relation) -> _From:
    """A row of a relation under a name."""
    return _From(alias, relation)


class _Statement:
    def __init__(
        self,
        catalog: Catalog,
        locate: Locate,
        source: str,
        variables: frozenset[str],
        rows: tuple[_From, ...],
        cursor: Cursor,
    ) -> None:
        self._catalog = catalog
        self._locate = locate
        self._source = source
        self._variables = variables
        self._rows = rows
        self._tokens = [token for token in cursor.tokens if token.kind in (WORD, QUOTED)]
        self._whole = cursor
        self.found: list[Use] = []
        self.gaps: list[tuple[Place, str]] = []

    # statements -------------------------------------------------------------------------------------------------
    def statement(self, cursor: Cursor, queries: _Queries, outer: _Scope | None) -> frozenset[str] | None:
        """Reads one statement; gives the names of the columns of its rows."""
        queries = dict(queries)
        outer = outer or _Scope(self._rows)
        if cursor.sees("with"):
            cursor.take()
            recursive = cursor.accept("recursive")
            while True:
                name = cursor.identifier()
                listed = cursor.identifiers() if cursor.sees("(") else ()
                cursor.expect("as")
                cursor.accept("not")
                cursor.accept("materialized")
                inner = {**queries, name: frozenset(listed) or None} if recursive else queries
                made = self.statement(cursor.group(), inner, outer)
                queries[name] = frozenset(listed) or made
                if cursor.sees_any("search", "cycle"):
                    cursor.until(",", "select", *_DML)
                if not cursor.accept(","):
                    break
        if cursor.sees_any(*_DML):
            return self._write(cursor, queries, outer)
        if cursor.sees_any("call", "truncate"):
            return self._other(cursor, queries, outer)
        reader = Reader(cursor)
        tree = reader.query()
        cursor.accept(";")
        return self.query(tree, queries, outer)

    def _other(self, cursor: Cursor, queries: _Queries, outer: _Scope) -> None:
        if cursor.take().value == "call":
            self.expression(Reader(cursor).expression(), _Scope(outer=outer), queries)
            return
        cursor.accept("table")
        for item in cursor.until("restart", "continue", "cascade", "restrict").items():
            item.accept("only")
            self._target(item.name(), "truncate")
        cursor.rest()

    def _write(self, cursor: Cursor, queries: _Queries, outer: _Scope) -> frozenset[str] | None:
        verb = cursor.take().value
        if verb == "merge":
            cursor.expect("into")
            self._target(cursor.name(), "merge")
            self.gaps.append((self._locate(cursor.offset, cursor.offset), "what MERGE stores is not read"))
            cursor.rest()
            return None
        if verb == "insert":
            cursor.expect("into")
        elif verb == "delete":
            cursor.expect("from")
        cursor.accept("only")
        written = cursor.name()
        relation = self._target(written, verb)
        cursor.accept("*")
        alias = written.name
        if cursor.accept("as") or (
            (token := cursor.peek()) is not None
            and (token.kind == QUOTED or (token.kind == WORD and not cursor.sees_any(*_AFTER_TARGET)))
        ):
            alias = cursor.identifier()
        scope = _Scope((_From(alias, relation),), outer)
        if verb == "insert":
            self._insert(cursor, relation, scope, queries)
        elif verb == "update":
            cursor.expect("set")
            settings = cursor.until("from", "where", "returning")
            scope = self._joined(cursor, "from", scope, queries)
            self._settings(settings, relation, scope, queries, "update")
        else:
            scope = self._joined(cursor, "using", scope, queries)
        if cursor.accept("where"):
            if cursor.accept("current", "of"):
                cursor.identifier()
            else:
                self.expression(Reader(cursor).expression(), scope, queries)
        return self._returning(cursor, scope, queries)

    def _joined(self, cursor: Cursor, word: str, scope: _Scope, queries: _Queries) -> _Scope:
        if not cursor.accept(word):
            return scope
        sources = Reader(cursor)._sources()
        return self._sources(sources, queries, scope, scope.sources)

    def _returning(self, cursor: Cursor, scope: _Scope, queries: _Queries) -> frozenset[str] | None:
        if not cursor.accept("returning"):
            cursor.accept(";")
            return frozenset()
        items = Reader(cursor).select().items
        cursor.accept(";")
        return self._items(items, scope, queries)

    def _insert(self, cursor: Cursor, relation: Relation, scope: _Scope, queries: _Queries) -> None:
        listed: list[str] | None = None
        place = self._locate(cursor.offset, cursor.offset)
        if (
            cursor.sees("(")
            and not cursor.sees_any("select")
            and not (cursor.sees("(", "select") or cursor.sees("(", "with"))
        ):
            listed = []
            for item in cursor.group().items():
                start = item.offset
                name = item.identifier()
                listed.append(name)
                self._column(relation, name, "insert", self._locate(start, start + len(name)))
                item.rest()
            if HOLE in cursor.text[scope_start(cursor, self._whole) : cursor.offset]:
                listed = None
        if cursor.accept("overriding"):
            cursor.take()
            cursor.expect("value")
        names = listed if listed is not None else [c.name for c in relation.known or ()]
        if cursor.accept("default", "values"):
            names = []
            listed = []
        elif cursor.accept("values"):
            while cursor.sees("("):
                for number, item in enumerate(cursor.group().items()):
                    if item.accept("default"):
                        continue
                    value = Reader(item).expression()
                    self.expression(value, _Scope(outer=scope.outer), queries)
                    if number < len(names):
                        self._label(relation, names[number], value, place)
                if not cursor.accept(","):
                    break
            cursor_rest_holes(cursor)
        else:
            query = cursor.until("on", "returning") if cursor.has("on", "conflict") else cursor.until("returning")
            self.statement(query, queries, scope.outer)
        if listed is not None:
            self._required(relation, listed, place)
        if cursor.accept("on", "conflict"):
            self._conflict(cursor, relation, scope, queries)

    def _required(self, relation: Relation, listed: Sequence[str], place: Place) -> None:
        if isinstance(relation.found, Table) and relation.state == THERE:
            missing = tuple(name for name in self._catalog.required(relation.found) if name not in listed)
            if missing:
                self._add(
                    relation.ref, "insert", place, REQUIRED, f"does not set {', '.join(missing)}", missing, MEDIUM
                )

    def _conflict(self, cursor: Cursor, relation: Relation, scope: _Scope, queries: _Queries) -> None:
        if cursor.accept("on", "constraint"):
            cursor.identifier()
        elif cursor.sees("("):
            start = cursor.offset
            group, plain, columns = cursor.group(), True, []
            for item in group.items():
                token = item.take()
                plain = plain and item.done and token.kind in (WORD, QUOTED)
                columns.append(token.value)
            if cursor.accept("where"):
                cursor.until("do")
                plain = False
            if plain:
                place = self._locate(start, start)
                for name in columns:
                    self._column(relation, name, "on_conflict", self._name_place((name,), start))
                self._arbiter(relation, columns, place)
        cursor.expect("do")
        if cursor.accept("nothing"):
            return
        cursor.expect("update", "set")
        settings = cursor.until("where", "returning")
        inner = _Scope((*scope.sources, _From("excluded", relation)), scope.outer)
        self._settings(settings, relation, inner, queries, "update")
        if cursor.accept("where"):
            self.expression(Reader(cursor).expression(), inner, queries)

    def _arbiter(self, relation: Relation, columns: Sequence[str], place: Place) -> None:
        table = relation.found
        if not isinstance(table, Table) or relation.known is None or any(relation.has(c) != THERE for c in columns):
            return
        if not unique_over(table, columns):
            detail = f"no unique constraint or index over exactly ({', '.join(columns)})"
            self._add(relation.ref, "on_conflict", place, CONFLICT, detail, tuple(columns))

    def _settings(self, settings: Cursor, relation: Relation, scope: _Scope, queries: _Queries, how: str) -> None:
        for item in settings.items():
            if item.sees("("):
                for one in item.group().items():
                    start = one.offset
                    self._column(relation, one.identifier(), how, self._locate(start, start))
                item.expect("=")
                item.accept("row")
                self.expression(Reader(item).expression(), scope, queries)
                continue
            start = item.offset
            token = item.peek()
            if token is not None and HOLE in item.text[token.start : token.end]:
                self.gaps.append((self._locate(token.start, token.end), "a column that it sets is not known"))
                continue
            name = item.identifier()
            self._column(relation, name, how, self._locate(start, start + len(name)))
            if item.sees("["):
                item.skip_one()
            item.expect("=")
            if item.accept("default"):
                continue
            value = Reader(item).expression()
            self.expression(value, scope, queries)
            self._label(relation, name, value, self._locate(start, start))

    # queries ----------------------------------------------------------------------------------------------------
    def query(self, query: Query, queries: _Queries, outer: _Scope | None) -> frozenset[str] | None:
        """The names of the columns of a query; all that it reads is noted."""
        queries = dict(queries)
        for name, listed, inner in query.queries:
            queries[name] = None
            made = self.query(inner, queries, outer)
            queries[name] = frozenset(listed) or made
        body = query.body
        if isinstance(body, Combined):
            made = self.query(body.left, queries, outer)
            self.query(body.right, queries, outer)
            return made
        if isinstance(body, Values):
            for values in body.rows:
                for value in values:
                    self.expression(value, _Scope(outer=outer), queries)
            return frozenset(f"column{n}" for n in range(1, len(body.rows[0]) + 1)) if body.rows else None
        return self._select(body, query, queries, outer)

    def _select(self, select: Select, query: Query, queries: _Queries, outer: _Scope | None) -> frozenset[str] | None:
        scope = self._sources(select.sources, queries, _Scope(outer=outer), ())
        outputs = self._items(select.items, scope, queries)
        aliases = frozenset(name or title(item) for item, name in select.items if not isinstance(item, Star))
        later = _Scope(scope.sources, scope.outer, aliases)
        for one in (select.where, *select.distinct_on):
            if one is not None:
                self.expression(one, scope, queries)
        keys = [key.expression for key in query.order]
        for one in (*select.group, select.having, *keys, query.limit, query.offset):
            if one is not None:
                self.expression(one, later, queries)
        return outputs

    def _items(
        self, items: Sequence[tuple[Expression, str]], scope: _Scope, queries: _Queries
    ) -> frozenset[str] | None:
        outputs: set[str] | None = set()
        for item, name in items:
            if isinstance(item, Star):
                chosen = [s for s in scope.sources if item.table in (None, s.alias)]
                for one in chosen:
                    columns = one.columns
                    if one.relation is not None:
                        known = one.relation.known
                        columns = None if known is None else frozenset(c.name for c in known)
                    outputs = None if outputs is None or columns is None else outputs | columns
                outputs = outputs if chosen else None
                continue
            self.expression(item, scope, queries)
            if outputs is not None:
                outputs.add(name or title(item))
        return None if outputs is None else frozenset(outputs)

    def _sources(
        self, sources: Sequence[Source], queries: _Queries, scope: _Scope, before: tuple[_From, ...]
    ) -> _Scope:
        made = _Scope(before, scope.outer, scope.names)
        for source in sources:
            made = _Scope((*made.sources, self._source(source, queries, made)), made.outer, made.names)
            for name in source.using:
                self.expression(Reference((source.alias, name)), made, queries)
            if source.on is not None:
                self.expression(source.on, made, queries)
        return made

    def _source(self, source: Source, queries: _Queries, scope: _Scope) -> _From:
        if source.query is not None:
            inner = scope if source.lateral else scope.outer
            made = self.query(source.query, queries, inner)
            return _From(source.alias, None, frozenset(source.columns) or made)
        if source.call is not None:
            self.expression(source.call, scope, queries)
            return _From(source.alias, None, None)
        if len(source.name) == 1 and source.name[0] in queries:
            return _From(source.alias, None, frozenset(source.columns) or queries[source.name[0]])
        schema = source.name[-2] if len(source.name) > 1 else None
        if HOLE in "".join(source.name):
            return _From(source.alias)
        if schema is None and source.name[0] in self._variables:
            return _From(source.alias)
        relation = self._target(Written(schema, source.name[-1]), "select")
        if source.columns:
            return _From(source.alias, None, None)
        return _From(source.alias, relation)

    # expressions ------------------------------------------------------------------------------------------------
    def expression(self, node: object, scope: _Scope, queries: _Queries) -> None:
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

    def _compared(self, node: object, scope: _Scope) -> None:
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

    def _beside(self, one: object, others: Sequence[object], scope: _Scope) -> None:
        if not isinstance(one, Reference):
            return
        owner = self._owner(one.parts, scope)
        for other in others:
            if isinstance(other, Expression) and owner is not None and owner.relation is not None:
                self._label(owner.relation, one.parts[-1], other, self._whole_place)

    def _label(self, relation: Relation, column: str, value: Expression, place: Place) -> None:
        if not isinstance(value, Literal) or not isinstance(value.value, str) or HOLE in value.value:
            return
        enum = self._catalog.labels(relation, column)
        if enum is not None and value.value not in enum.labels:
            self._missing_label(enum.name, value.value, self._literal_place(value.value))

    def _missing_label(self, enum: Name, label: str, place: Place) -> None:
        ref = ObjectRef("type", None, str(enum))
        self._add(ref, "label", place, LABEL, f"enum {enum} has no label {label!r}", (label,))

    def _call(self, call: Call) -> None:
        functions, state = self._catalog.functions(call.name, call.schema)
        if not functions:
            if state == MISSING and call.schema not in (None, "pg_catalog"):
                ref = ObjectRef("function", None, f"{call.schema}.{call.name}")
                self._add(ref, "call", self._name_place((call.name,)), FUNCTION, f"there is no function {ref.name}", ())
            elif state == MISSING:  # of PostgreSQL, of an extension, or gone: whoever knows the history can tell
                ref = ObjectRef("function", None, f"{self._catalog.schema.default_schema}.{call.name}")
                self._add(ref, "call", self._name_place((call.name,)), None, "", ())
            return
        ref = ObjectRef("function", None, str(functions[0].name))
        place = self._name_place((call.name,))
        named = {name for name in call.names if name}
        if state == THERE and named and all(f.parameters and not named <= set(f.parameters) for f in functions):
            wrong = sorted(named - set().union(*(f.parameters for f in functions))) or sorted(named)
            self._add(ref, "call", place, ARGUMENTS, f"has no argument {', '.join(wrong)}", tuple(wrong))
        else:
            self._add(ref, "call", place, None, "", ())

    def _owner(self, parts: tuple[str, ...], scope: _Scope | None) -> _From | None:
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

    def _reference(self, parts: tuple[str, ...], scope: _Scope) -> None:
        if any(HOLE in part for part in parts) or not parts[-1]:
            return
        if len(parts) > 1:
            owner = self._owner(parts, scope)
            if owner is not None and owner.relation is not None:
                self._column(owner.relation, parts[-1], "select", self._name_place(parts))
            return
        name, level = parts[0], scope
        tried: list[_From] = []
        current: _Scope | None = level
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
                return
            tried += current.sources
            current = current.outer
        if name in self._variables:
            return
        tables = [s.relation for s in tried if s.relation is not None]
        if len(tables) == 1 and len(tried) == 1:
            self._column(tables[0], name, "select", self._name_place(parts))
        elif tables and all(s.relation is not None or s.columns is not None for s in tried):
            detail = f"none of {', '.join(str(t.name) for t in tables)} has a column {name}"
            ref = ObjectRef("column", tables[0].name, name)
            self._add(ref, "select", self._name_place(parts), COLUMN, detail, tuple(str(t.name) for t in tables))

    # what is found ----------------------------------------------------------------------------------------------
    def _target(self, written: Written, how: str) -> Relation:
        relation = self._catalog.relation(written.name, written.schema)
        place = self._name_place((written.name,))
        if HOLE in written.name or (written.schema is not None and HOLE in written.schema):
            self.gaps.append((self._whole_place, "the name of the table is not known"))
            return Relation(relation.name, None, UNSURE)
        missing = relation.state == MISSING
        detail = f"there is no table or view {relation.name}"
        self._add(relation.ref, how, place, TABLE if missing else None, detail if missing else "", ())
        return relation

    def _column(self, relation: Relation, name: str, how: str, place: Place) -> None:
        if HOLE in name or relation.found is None:
            return
        missing = relation.has(name) == MISSING
        if missing and self._catalog.row_functions(relation.name, name):
            return
        ref = ObjectRef("column", relation.name, name)
        self._add(
            ref, how, place, COLUMN if missing else None, f"{relation.name} has no column {name}" if missing else "", ()
        )

    def _add(
        self,
        ref: ObjectRef,
        how: str,
        place: Place,
        lacks: str | None,
        detail: str,
        names: tuple[str, ...],
        confidence: str = HIGH,
    ) -> None:
        self.found.append(Use(ref, how, place, self._source, confidence, lacks, detail, names))

    @property
    def _whole_place(self) -> Place:
        tokens = self._whole.tokens
        return self._locate(tokens[0].start, tokens[-1].end) if tokens else self._locate(0, 0)

    def _name_place(self, parts: tuple[str, ...], after: int = 0) -> Place:
        """Where a name stands in the statement: after its qualifier, if there is such a place."""
        best = None
        for before, token in zip([None, *self._tokens], self._tokens, strict=False):
            if token.value == parts[-1] and token.start >= after:
                best = best or token
                if len(parts) > 1 and before is not None and before.value == parts[-2]:
                    best = token
                    break
        return self._whole_place if best is None else self._locate(best.start, best.end)

    def _literal_place(self, value: str) -> Place:
        for token in self._whole.tokens:
            if token.kind == "string" and token.value == value:
                return self._locate(token.start, token.end)
        return self._whole_place


_AFTER_TARGET = (
    "set",
    "values",
    "select",
    "with",
    "default",
    "overriding",
    "where",
    "using",
    "returning",
    "from",
    "on",
    "as",
    "table",
)


def scope_start(cursor: Cursor, whole: Cursor) -> int:
    """Where the statement begins."""
    return whole.tokens[0].start if whole.tokens else 0


def cursor_rest_holes(cursor: Cursor) -> None:
    """Moves past what code put in place of further rows."""
    token = cursor.peek()
    if token is not None and HOLE in cursor.text[token.start : token.end]:
        cursor.take()


def uses_of_text(text: str, catalog: Catalog, locate: Locate) -> Iterator[Use]:
    """What a text uses."""
    found, _ = uses_in(text, catalog, locate)
    yield from found
