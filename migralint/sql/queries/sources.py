"""The relations behind FROM: catalogs, the information schema, tables with known rows, queries, functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from migralint.operations import ObjectRef
from migralint.schema import Schema, Table
from migralint.sql import names
from migralint.sql.cursor import Written
from migralint.sql.queries.catalogs import CATALOGS, Catalog
from migralint.sql.queries.information_schema import INFORMATION_SCHEMA
from migralint.sql.queries.nodes import Call, Query, Source
from migralint.sql.queries.sqlite_catalog import SQLITE
from migralint.sql.queries.system import system_rows
from migralint.sql.queries.values import UNKNOWN, Fails, Row, Unknown

if TYPE_CHECKING:
    from migralint.sql.queries.evaluate import Scope
    from migralint.sql.queries.select import Selector


@dataclass(slots=True)
class Relation:
    """Rows of one source; `complete` is false where more may exist."""

    columns: tuple[str, ...]
    rows: list[Row]
    complete: bool = True


_UNKNOWN = Relation((), [], complete=False)
_made: tuple[Schema, dict[str, list[Row]]] | None = None
"""The catalogs of the schema asked last: scripts ask the same state many times."""


def catalog_rows(schema: Schema, name: str, catalog: Catalog) -> list[Row]:
    """The rows of a catalog, made once for a state."""
    global _made
    if _made is None or _made[0] is not schema:
        _made = (schema, {})
    if name not in _made[1]:
        _made[1][name] = [*catalog(schema), *system_rows(name)]
    return _made[1][name]


class Sources:
    """Resolves the sources of one query; `queries` are those of its WITH."""

    SETS: ClassVar[frozenset[str]] = frozenset(("unnest", "generate_series", "string_to_table"))

    def __init__(
        self, selector: Selector, scope: Scope | None, queries: tuple[tuple[str, tuple[str, ...], Query], ...]
    ) -> None:
        self._selector = selector
        self._scope = scope
        self._queries = queries
        self._known: dict[int, Relation] = {}

    def columns_of(self, source: Source) -> tuple[str, ...]:
        """The names of its columns, as far as they are known."""
        if source.call is not None:
            columns = source.columns or (source.alias,)
            return (*columns[:1], columns[1] if len(columns) > 1 else "ordinality") if source.ordinality else columns
        return self._relation(source, self._scope).columns

    def relation(self, source: Source, scope: Scope | None, used: set[str]) -> Relation:
        """All rows of a source that is no function, without those whose anchor the query does not use."""
        found = self._relation(source, scope)
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
                    inner = Query(query.body, (*self._queries[:number], *query.queries), query.order, query.limit)
                    return _renamed(self._from_query(inner, scope), columns)
        return self._stored(source.name)

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
        rows = catalog_rows(schema, name, catalog)
        columns = dict.fromkeys(column for row in rows[:2000] for column in row.values if column[:1] != " ")
        return Relation(tuple(columns), rows, not schema.opaque)

    def _table(self, table: Table) -> Relation:
        rows = self._selector.database.rows(table.name)
        columns = tuple(column.name for column in table.columns)
        if rows is None or table.doubtful or table.assumed:
            return Relation(columns, [], complete=False)
        found: list[Row] = []
        for given in rows:
            values: dict[str, object] = {
                c.name: None if c.default is None and not c.identity and not c.generated else UNKNOWN
                for c in table.columns
            }
            found.append(Row({**values, **{k: v if _plain(v) else UNKNOWN for k, v in given.items()}}))
        return Relation(columns, found)

    def function(self, source: Source, scope: Scope) -> Relation:
        """The rows of a function in FROM."""
        assert isinstance(source.call, Call)
        columns = self.columns_of(source)
        values = self._selector.set_of(source.call, scope) if source.call.name in self.SETS else None
        if values is None:
            return Relation(columns, [], complete=False)
        if source.ordinality:
            return Relation(columns, [Row({columns[0]: v, columns[1]: n}) for n, v in enumerate(values, 1)])
        return Relation(columns, [Row({columns[0]: value}) for value in values])


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
