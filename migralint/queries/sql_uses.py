"""What statements of SQL use of a schema: tables, columns, functions, labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from migralint.operations import ObjectRef, Place
from migralint.queries.catalog import THERE, Catalog, Relation, unique_over
from migralint.queries.sql_names import From, Locate, Scope
from migralint.queries.sql_queries import Queries, Selects, with_names
from migralint.queries.use import CONFLICT, MEDIUM, REFUSED, REQUIRED, Use
from migralint.schema import Table
from migralint.sql.cursor import Cursor
from migralint.sql.errors import Unreadable
from migralint.sql.queries.nodes import Expression, Literal
from migralint.sql.queries.shape import Reader
from migralint.sql.splitter import split
from migralint.sql.tokens import HOLE, QUOTED, WORD

_DML = ("insert", "update", "delete", "merge")
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


def uses_in(
    text: str,
    catalog: Catalog,
    locate: Locate,
    source: str = "sql",
    variables: Iterable[str] = (),
    rows: Iterable[From] = (),
) -> tuple[list[Use], list[tuple[Place, str]]]:
    """What the statements of a text use, and what of them could not be read.

    `variables` are names that need not be columns, `rows` are rows under a name, such as NEW of a trigger.
    """
    found: list[Use] = []
    gaps: list[tuple[Place, str]] = []
    for statement in split(text, psql=False):
        cursor = Cursor(text, statement.tokens)
        reader = Statements(catalog, locate, source, frozenset(variables), tuple(rows), cursor)
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


def row(alias: str, relation: Relation) -> From:
    """A row of a relation under a name."""
    return From(alias, relation)


class Statements(Selects):
    """Reads statements that change rows too."""

    # statements -------------------------------------------------------------------------------------------------
    def statement(self, cursor: Cursor, queries: Queries, outer: Scope | None) -> tuple[str, ...] | None:
        """Reads one statement; gives the names of the columns of its rows."""
        queries = dict(queries)
        outer = outer or self.outermost
        if cursor.sees("with"):
            cursor.take()
            recursive = cursor.accept("recursive")
            while True:
                name = cursor.identifier()
                listed = cursor.identifiers() if cursor.sees("(") else ()
                cursor.expect("as")
                cursor.accept("not")
                cursor.accept("materialized")
                inner = {**queries, name: None} if recursive else queries
                made = self.statement(cursor.group(), inner, outer)
                queries[name] = with_names(made, listed)
                if cursor.sees_any("search", "cycle"):
                    cursor.until(",", "select", *_DML)
                if not cursor.accept(","):
                    break
        if cursor.sees_any(*_DML):
            return self._write(cursor, queries, outer)
        if cursor.sees("copy"):
            self._copy(cursor, queries, outer)
            return None
        if cursor.sees_any("call", "truncate"):
            self._other(cursor, queries, outer)
            return None
        reader = Reader(cursor)
        tree = reader.query()
        cursor.accept(";")
        return self.query(tree, queries, outer)

    def _other(self, cursor: Cursor, queries: Queries, outer: Scope) -> None:
        if cursor.take().value == "call":
            self.expression(Reader(cursor).expression(), Scope(outer=outer), queries)
            return
        cursor.accept("table")
        for item in cursor.until("restart", "continue", "cascade", "restrict").items():
            item.accept("only")
            self._target(item.name(), "truncate")
        cursor.rest()

    def _copy(self, cursor: Cursor, queries: Queries, outer: Scope) -> None:
        """COPY of a table or of the rows of a query."""
        cursor.take()
        if cursor.sees("("):
            self.statement(cursor.group(), queries, outer)
            cursor.rest()
            return
        relation = self._target(cursor.name(), "copy")
        listed: list[str] = []
        start = cursor.offset
        for item in cursor.group().items() if cursor.sees("(") else ():
            at = item.offset
            listed.append(item.identifier())
            self._column(relation, listed[-1], "copy", self._locate(at, at + len(listed[-1])))
        if cursor.accept("from") and listed:
            place = self._locate(start, start)
            self._required(relation, listed, place)
            for name in listed:
                self._refused(relation, name, "insert", None, place)
        cursor.rest()

    def _write(self, cursor: Cursor, queries: Queries, outer: Scope) -> tuple[str, ...] | None:
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
        scope = Scope((From(alias, relation),), outer)
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

    def _joined(self, cursor: Cursor, word: str, scope: Scope, queries: Queries) -> Scope:
        if not cursor.accept(word):
            return scope
        sources = Reader(cursor)._sources()
        return self._sources(sources, queries, scope, scope.sources)

    def _returning(self, cursor: Cursor, scope: Scope, queries: Queries) -> tuple[str, ...] | None:
        if not cursor.accept("returning"):
            cursor.accept(";")
            return ()
        items = Reader(cursor).select().items
        cursor.accept(";")
        return self._items(items, scope, queries)

    def _insert(self, cursor: Cursor, relation: Relation, scope: Scope, queries: Queries) -> None:
        listed: list[str] | None = None
        place = self._locate(cursor.offset, cursor.offset)
        if cursor.sees("(") and not cursor.sees("(", "select") and not cursor.sees("(", "with"):
            listed = []
            for item in cursor.group().items():
                start = item.offset
                name = item.identifier()
                listed.append(name)
                self._column(relation, name, "insert", self._locate(start, start + len(name)))
                item.rest()
            if any(HOLE in name for name in listed):
                listed = None
        overridden = cursor.accept("overriding")
        if overridden:
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
                    self.expression(value, Scope(outer=scope.outer), queries)
                    if number < len(names):
                        self._label(relation, names[number], value, place)
                        self._refused(relation, names[number], "insert", value, place, overridden=overridden)
                if not cursor.accept(","):
                    break
            if (token := cursor.peek()) is not None and HOLE in cursor.text[token.start : token.end]:
                cursor.take()  # code put further rows here
        else:
            query = cursor.until("on", "returning") if cursor.has("on", "conflict") else cursor.until("returning")
            self.statement(query, queries, scope.outer)
            for name in listed or ():
                self._refused(relation, name, "insert", None, place, overridden=overridden)
        if listed is not None:
            self._required(relation, listed, place)
        if cursor.accept("on", "conflict"):
            self._conflict(cursor, relation, scope, queries)

    def _refused(
        self,
        relation: Relation,
        name: str,
        how: str,
        value: Expression | None,
        place: Place,
        *,
        overridden: bool = False,
    ) -> None:
        """A value that a column does not take."""
        column = relation.column(name)
        if overridden and column is not None and column.identity:
            return
        null = isinstance(value, Literal) and value.value is None
        why = self._catalog.refused(relation, name, how.upper(), null=null)
        if why is not None:
            self._add(ObjectRef("column", relation.name, name), how, place, REFUSED, why, ())

    def _required(self, relation: Relation, listed: Sequence[str], place: Place) -> None:
        if isinstance(relation.found, Table) and relation.state == THERE:
            missing = tuple(name for name in self._catalog.required(relation.found) if name not in listed)
            if missing:
                self._add(
                    relation.ref, "insert", place, REQUIRED, f"does not set {', '.join(missing)}", missing, MEDIUM
                )

    def _conflict(self, cursor: Cursor, relation: Relation, scope: Scope, queries: Queries) -> None:
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
        inner = Scope((*scope.sources, From("excluded", relation)), scope.outer)
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

    def _settings(self, settings: Cursor, relation: Relation, scope: Scope, queries: Queries, how: str) -> None:
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
            self._refused(relation, name, how, value, self._locate(start, start + len(name)))
