"""What the names in a query mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from migralint.schema import Name
from migralint.schema.names import quote
from migralint.sql.queries.nodes import Star


class Output(NamedTuple):
    """A column of a query; `type` as in `result_types`, `collation` that of the column that it is."""

    name: str
    type: str | None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """What stands in FROM under one name; `columns` None where they are not known, `own` their names in `table`."""

    alias: str
    columns: tuple[Output, ...] | None
    table: Name | None = None
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """The relations in FROM; `merged` are the columns that joins make one of two, `outer` what is around the query."""

    relations: tuple[Relation, ...] = ()
    merged: tuple[str, ...] = ()
    outer: Scope | None = None


def expanded(star: Star, scope: Scope) -> str | None:
    """The columns of a star whose relations are known; None where a name would not tell them apart."""
    if len({r.alias for r in scope.relations}) < len(scope.relations) or (scope.merged and len(scope.relations) > 2):
        return None
    merged = scope.merged if star.table is None else ()
    found = [quote(name) for name in dict.fromkeys(merged)]
    for relation in scope.relations:
        if star.table in (None, relation.alias):
            of = [column.name for column in relation.columns or () if column.name not in merged]
            found += [f"{quote(relation.alias)}.{quote(name)}" if relation.alias else quote(name) for name in of]
    return ", ".join(found) or None
