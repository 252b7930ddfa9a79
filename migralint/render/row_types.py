"""The order of tables, and of types that consist of their rows: a table or view is a type, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from migralint.render.calls import in_sql
from migralint.schema import Domain, EnumType, Name, OtherType, Schema, Table, View
from migralint.schema.types import parse

Type = EnumType | Domain | OtherType
V = TypeVar("V")


def ordered(values: dict[Name, V], uses: Callable[[V], Iterable[Name]]) -> list[V]:
    """The values so that each comes after those it uses; where they use each other, in their own order."""
    sorter = TopologicalSorter({n: [u for u in uses(v) if u in values and u != n] for n, v in values.items()})
    try:
        return [values[name] for name in sorter.static_order()]
    except CycleError:
        return list(values.values())


class Makeable:
    """What is made in which order: `types`, then `relations`.

    The latter are the tables, the types that consist of rows, and the views of which such types consist.
    """

    def __init__(self, schema: Schema, tables: Sequence[Table], views: Sequence[View]) -> None:
        self._default = schema.default_schema
        relations = {*(table.name for table in tables), *(view.name for view in views)}
        self._shown = {in_sql(name, self._default): name for name in (*schema.types, *relations)}
        types = dict(schema.types)
        of_rows: dict[Name, Type] = {}
        while more := {n: t for n, t in types.items() if any(u in relations or u in of_rows for u in self._uses(t))}:
            of_rows |= more
            types = {name: one for name, one in types.items() if name not in more}
        self.types = ordered(types, self._uses)
        inside = {used for one in of_rows.values() for used in self._uses(one) if used in schema.views}
        for view in reversed(views):
            inside.update(view.uses if view.name in inside else ())
        made: dict[Name, Type | Table | View] = {table.name: table for table in tables}
        made |= of_rows
        made |= {view.name: view for view in views if view.name in inside}
        self.relations = ordered(made, self._uses)

    def _uses(self, one: Type | Table | View) -> list[Name]:
        """The types and relations that have to be there before it."""
        texts: Iterable[str] = ()
        match one:
            case View():
                return list(one.uses)
            case Table():
                texts = (column.type for column in one.columns)
            case Domain():
                texts = (one.base,)
            case OtherType():
                texts = (kind for _, kind in one.attributes)
        return [self._shown[base] for base in (parse(text).base for text in texts) if base in self._shown]
