"""The relations behind FROM: catalogs, the information schema, tables with known rows, queries, functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migralint.operations import ObjectRef
from migralint.schema import EnumType, Schema, Table
from migralint.schema.table import NAMED_NOT_NULL
from migralint.sql import names
from migralint.sql.cursor import Written
from migralint.sql.queries import json_values
from migralint.sql.queries.catalogs import CATALOGS, Catalog
from migralint.sql.queries.constraint_catalogs import NOT_NULL_NAME, not_null_rows
from migralint.sql.queries.identities import type_oid
from migralint.sql.queries.information_schema import INFORMATION_SCHEMA
from migralint.sql.queries.nodes import Call, Combined, Query, Select, Source
from migralint.sql.queries.others import rows_of_others
from migralint.sql.queries.sets import SETS
from migralint.sql.queries.sqlite_catalog import SQLITE
from migralint.sql.queries.system import system_rows
from migralint.sql.queries.titles import column_names
from migralint.sql.queries.trees import walk
from migralint.sql.queries.values import UNKNOWN, Fails, Label, OneValue, Row, Unknown

if TYPE_CHECKING:
    from migralint.sql.queries.context import Scope
    from migralint.sql.queries.select import Selector


@dataclass(slots=True)
class Relation:
    """Rows of one source; `complete` is false where more may exist."""

    columns: tuple[str, ...]
    rows: list[Row]
    complete: bool = True


Queries = tuple[tuple[str, tuple[str, ...], Query], ...]
_UNKNOWN = Relation((), [], complete=False)
_TURNS = 200
_made: tuple[Schema, dict[str, tuple[list[Row], tuple[str, ...]]]] | None = None
"""The catalogs of the schema asked last, with their columns: scripts ask the same state many times."""


def catalog_rows(schema: Schema, name: str, catalog: Catalog) -> tuple[list[Row], tuple[str, ...]]:
    """The rows of a catalog and its columns, made once for a state."""
    global _made
    if _made is None or _made[0] is not schema:
        _made = (schema, {})
    if name not in _made[1]:
        rows = [*catalog(schema), *system_rows(name)]
        _made[1][name] = rows, _columns(rows)
    return _made[1][name]


def _columns(rows: list[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for row in rows[:2000] for column in row.values if column[:1] != " "))


SET_COLUMNS: dict[str, tuple[str, ...]] = {
    name: ("key", "value") if "each" in name else ("value",) for name in json_values.SETS if "keys" not in name
}
"""The columns of functions that name them."""


class Sources:
    """Resolves the sources of one query; `queries` are those of its WITH."""

    def __init__(self, selector: Selector, scope: Scope | None, queries: Queries) -> None:
        self._selector = selector
        self._scope = scope
        self._queries = queries
        self._known: dict[int, Relation] = {}

    def columns_of(self, source: Source) -> tuple[str, ...]:
        """The names of its columns, as far as they are known."""
        if source.call is not None:
            own = self._selector.of_the_history(source.call)
            outputs = own[0].outputs if own else SET_COLUMNS.get(source.call.name, ())
            columns = source.columns or outputs or (source.alias,)
            if not source.ordinality:
                return columns
            return (*columns[:1], columns[1] if len(columns) > 1 else "ordinality") if source.ordinality else columns
        if source.lateral and source.query is not None:
            return source.columns or output_names(source.query)
        return self._relation(source, self._scope).columns

    def relation(self, source: Source, scope: Scope | None, used: set[str], texts: set[str]) -> Relation:
        """All rows of a source that is no function, without those whose anchor the query does not use.

        With those of schemas which someone else owns, where the query has their name among its `texts`.
        """
        found = self._relation(source, scope)
        database = self._selector.database
        if others := [name for name in sorted(database.others & texts) if name not in database.ask(name).schemas]:
            rows = [*found.rows, *rows_of_others(".".join(source.name).removeprefix("pg_catalog."), others)]
            found = Relation(found.columns, rows, found.complete)
        if any(row.anchor and row.anchor not in used for row in found.rows):
            rows = [row for row in found.rows if not row.anchor or row.anchor in used]
            return Relation(found.columns, rows, found.complete)
        return found

    def _relation(self, source: Source, scope: Scope | None) -> Relation:
        if id(source) not in self._known:
            self._known[id(source)] = _renamed(self._resolved(source, scope), source.columns)
        return self._known[id(source)]

    def _resolved(self, source: Source, scope: Scope | None) -> Relation:
        if source.query is not None:
            return self._from_query(source.query, scope)
        if len(source.name) == 1:
            for number, (name, columns, query) in enumerate(self._queries):
                if name == source.name[0]:
                    if recursive(name, query):
                        return self._recursive(name, columns, query, self._queries[:number], scope)
                    return _renamed(self._from_query(with_queries(query, self._queries[:number]), scope), columns)
        return self._stored(source.name)

    def _recursive(
        self, name: str, columns: tuple[str, ...], query: Query, before: Queries, scope: Scope | None
    ) -> Relation:
        """A query of WITH RECURSIVE: its second part runs over the rows found last until there are no more."""
        if name in self._selector.rows_of:
            return self._selector.rows_of[name]
        body = query.body
        if not isinstance(body, Combined) or body.operator != "union":
            return _UNKNOWN
        last = _renamed(self._from_query(with_queries(body.left, before), scope), columns)
        rows, complete, seen = list(last.rows), last.complete, [row.values for row in last.rows]
        for _ in range(_TURNS):
            if not last.rows or not complete or not all(row.certain for row in last.rows):
                break
            self._selector.rows_of[name] = last
            try:
                inner = with_queries(body.right, (*before, (name, columns, query)))
                found = self._from_query(inner, scope)
            finally:
                del self._selector.rows_of[name]
            next_rows = [Row(dict(zip(last.columns, r.values.values(), strict=False)), r.certain) for r in found.rows]
            fresh = [row for row in next_rows if body.every or row.values not in seen]
            seen += [row.values for row in fresh]
            last, complete = Relation(last.columns, fresh), complete and found.complete
            rows += fresh
        return Relation(last.columns, rows, complete and not last.rows)

    def _from_query(self, query: Query, scope: Scope | None) -> Relation:
        result = self._selector.query(query, scope)
        return Relation(result.columns, result.rows, result.complete)

    def _stored(self, parts: tuple[str, ...]) -> Relation:
        database = self._selector.database
        schema, name = (parts[-2] if len(parts) > 1 else None), parts[-1]
        if schema == "information_schema":
            return self._catalog(f"information_schema.{name}", INFORMATION_SCHEMA.get(name))
        if database.dialect == "sqlite" and name in SQLITE:
            return self._catalog(name, SQLITE[name])
        if schema in (None, "pg_catalog") and name.startswith("pg_"):
            return self._catalog(name, CATALOGS.get(name))
        found = names.relation(database, Written(schema, name))
        state = database.ask(found)
        table = state.tables.get(found)
        if table is not None:
            return self._table(table)
        if found in state.views or found in state.sequences or state.opaque:
            return _UNKNOWN
        raise Fails("missing", ObjectRef("table", found))

    def _catalog(self, name: str, catalog: Catalog | None) -> Relation:
        schema = self._selector.database.ask(name)
        if catalog is None:
            return _UNKNOWN
        rows, columns = catalog_rows(schema, name, catalog)
        if self._selector.database.server_version >= NAMED_NOT_NULL:
            rows = self._with_not_null(schema, name, rows)
        return Relation(columns or _columns(rows), rows, not schema.opaque)

    @staticmethod
    def _with_not_null(schema: Schema, name: str, rows: list[Row]) -> list[Row]:
        """With NOT NULL as PostgreSQL 18 has it: constraints with names of their own."""
        if name == "pg_constraint":
            return [*rows, *not_null_rows(schema)]
        column = "constraint_name"
        if name not in ("information_schema.table_constraints", "information_schema.check_constraints"):
            return rows
        renamed = {column: NOT_NULL_NAME}
        return [
            row._replace(values=row.values | renamed) if isinstance(row.values.get(column), Unknown) else row
            for row in rows
        ]

    def _table(self, table: Table) -> Relation:
        database = self._selector.database
        rows = database.rows(table.name) if table.name == self._selector.changed else database.read(table.name)
        columns = tuple(column.name for column in table.columns)
        if rows is None or table.doubtful or table.assumed:
            return Relation(columns, [], complete=False)
        enums = self._enum_columns(table)
        found: list[Row] = []
        for given in rows:
            values: dict[str, object] = {
                c.name: None if c.default is None and not c.identity and not c.generated else UNKNOWN
                for c in table.columns
            }
            row = {**values, **{k: v if _plain(v) else UNKNOWN for k, v in given.items()}}
            for column, labels in enums.items():
                if isinstance(label := row[column], str):
                    row[column] = Label.of(label, labels)
            found.append(Row(row))
        return Relation(columns, found)

    def _enum_columns(self, table: Table) -> dict[str, tuple[str, ...]]:
        """The labels of the columns of enum types: these sort in their order."""
        schema = self._selector.database.ask(table.name)
        found: dict[str, tuple[str, ...]] = {}
        for column in table.columns:
            kind = schema.types.get(type_oid(schema, column.type).name)
            if isinstance(kind, EnumType) and not kind.partial:
                found[column.name] = kind.labels
        return found

    def for_row(self, source: Source, scope: Scope) -> Relation:
        """The rows of a function or a LATERAL query, which see the sources before them."""
        if source.query is not None:
            return _renamed(self._from_query(source.query, scope), source.columns)
        assert isinstance(source.call, Call)
        columns = self.columns_of(source)
        values = self._values(source.call, scope, columns)
        if values is None:
            return Relation(columns, [], complete=False)
        if any(isinstance(value, dict) for value in values) and not source.ordinality:
            rows = [dict(zip(columns, v.values(), strict=False)) for v in values if isinstance(v, dict)]
            return Relation(columns, [Row(row) for row in rows])
        if source.ordinality:
            return Relation(columns, [Row({columns[0]: v, columns[1]: n}) for n, v in enumerate(values, 1)])
        return Relation(columns, [Row(OneValue({columns[0]: value})) for value in values])

    def _values(self, call: Call, scope: Scope, columns: tuple[str, ...]) -> list[object] | None:
        """What a function in FROM yields: values, or rows; None where that is not known."""
        own = self._selector.of_the_history(call)
        if own:
            found = self._selector.followed(own, call, scope)
            return found if isinstance(found, list) else None if isinstance(found, Unknown) else [found]
        if call.name in ("jsonb_to_recordset", "json_to_recordset") and len(call.arguments) == 1:
            return json_values.records(self._selector.value(call.arguments[0], scope), columns)
        if call.name in SETS:
            return self._selector.set_of(call, scope)
        value = self._selector.value(call, scope)
        return None if isinstance(value, Unknown) else [value]


def with_queries(query: Query, queries: Queries) -> Query:
    """A query that sees those of a WITH around it."""
    return replace(query, queries=(*queries, *query.queries))


def output_names(query: Query) -> tuple[str, ...]:
    """The names of the columns that a query lists."""
    body = query.body
    return column_names(list(body.items)) if isinstance(body, Select) else ()


def recursive(name: str, query: Query) -> bool:
    """Whether a query of WITH reads itself."""
    return any(isinstance(node, Source) and node.name == (name,) for node in walk(query))


def _plain(value: object) -> bool:
    """Whether it is a value of SQL: rows that Python code inserts may hold anything."""
    return value is None or isinstance(value, (str, bool, int, float, Unknown))


def _renamed(relation: Relation, columns: tuple[str, ...]) -> Relation:
    """With the column names of an alias."""
    if not columns:
        return relation
    swap = dict(zip(relation.columns, columns, strict=False))
    names_after = tuple(swap.get(column, column) for column in relation.columns)
    rows = [row._replace(values={swap.get(k, k): v for k, v in row.values.items()}) for row in relation.rows]
    return Relation(names_after or columns, rows, relation.complete)
