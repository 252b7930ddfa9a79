"""What a query names and the server does not have: it looks up every name before it reads a row."""

from __future__ import annotations

from collections.abc import Container

from migralint.operations import Database, ObjectRef
from migralint.operations.inheritance import certain
from migralint.schema.extensions import WITHOUT_RELATIONS
from migralint.sql.queries.nodes import Query, Source
from migralint.sql.queries.scope import Relation, Scope
from migralint.sql.queries.shape import Outputs, Walker
from migralint.sql.relations import BARE_CALLS

_SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"})
"""Columns that every table has (PostgreSQL docs, 5.6), and the one it had up to version 11."""


def lacking(query: Query, database: Database, variables: Container[str] = ()) -> ObjectRef | None:
    """The first table or column that a query names and that is surely not there; a name may mean one of `variables`."""
    finder = _Finder(database, variables)
    finder.query(query, None, {})
    return finder.found


class _Finder(Walker):
    def __init__(self, database: Database, variables: Container[str]) -> None:
        super().__init__(database)
        self._variables = variables
        self.found: ObjectRef | None = None

    def _relation(self, source: Source, scope: Scope, queries: Outputs) -> Relation:
        relation = super()._relation(source, scope, queries)
        if len(source.name) == 1 and source.name[0] in BARE_CALLS:
            return Relation(relation.alias, None)
        if relation.table is None:  # the columns of a function have names of their own
            return relation if source.call is None else Relation(relation.alias, None)
        now = self._database.ask(relation.table)
        table, view = now.tables.get(relation.table), now.views.get(relation.table)
        if table is not None:
            return relation if certain(now, table) else Relation(relation.alias, None)
        if view is not None:
            return relation if certain(now) and not view.doubtful else Relation(relation.alias, None)
        schema, name = relation.table
        known = certain(now) and now.extensions.keys() <= WITHOUT_RELATIONS
        foreign = schema.startswith("pg_") or schema == "information_schema" or schema in self._database.others
        if known and not foreign and not name.startswith("pg_") and not now.relation_exists(relation.table):
            self._lacks(ObjectRef("table", relation.table))
        return relation

    def _reference(self, parts: tuple[str, ...], scope: Scope | None) -> str | None:
        found = super()._reference(parts, scope)
        if found is None and scope is not None and (holder := self._holder(parts, scope)) is not None:
            self._lacks(ObjectRef("column", holder.table, parts[-1]))
        return found

    def _holder(self, parts: tuple[str, ...], scope: Scope | None) -> Relation | None:
        """The relation that would have to have the column; None where the name may mean something else."""
        column, alias = parts[-1], parts[-2] if len(parts) > 1 else None
        if column in _SYSTEM or parts[0] in self._variables:
            return None
        if alias is not None and any(name.name == column for name in self._database.ask(column).functions):
            return None  # t.f is f(t)
        first: Relation | None = None
        while scope is not None:
            for relation in scope.relations:
                if alias is not None and relation.alias != alias:
                    continue
                if relation.columns is None or relation.alias == column or self._has(relation, column):
                    return None
                first = first or relation
                if alias is not None:
                    return first
            scope = scope.outer
        return first

    @staticmethod
    def _has(relation: Relation, column: str) -> bool:
        return any(one.name == column for one in relation.columns or ())

    def _lacks(self, ref: ObjectRef) -> None:
        self.found = self.found or ref
