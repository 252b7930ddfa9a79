"""`session.query(...)`: a SELECT whose rows are objects where it is asked for a mapped class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.dml import Dml, operation, select, start
from migralint.python.library.dml_rows import run_select
from migralint.python.library.home import NotKnown
from migralint.python.library.items import ColumnItem
from migralint.python.library.orm import entity_of, objects_of
from migralint.python.library.rows import WHY, Result
from migralint.python.library.tables import TableItem
from migralint.python.mapped import Row
from migralint.python.values import Arguments, Builtin, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_RESULT = ("all", "first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "scalars")


def result_of(ev: Evaluator, statement: Dml, place: Place, *, alone: bool = True) -> Result:
    """What a SELECT gives in a session: objects for mapped classes, `alone` or each in a row."""
    result = run_select(ev, statement, place)
    entities = [entity_of(column) for column in statement.columns]
    if not any(entities):
        return result
    if len(entities) > 1 and result.rows:  # which columns are whose is not followed
        result.rows = None
    rows = result.rows if result.rows is not None else [{}]
    objects = [
        objects_of(entity, rows) if entity is not None else [Unknown(WHY, place)] * len(rows) for entity in entities
    ]
    names = [entity.name if entity is not None else str(number) for number, entity in enumerate(entities)]
    made: list[Value] = [Row(dict(zip(names, values, strict=True))) for values in zip(*objects, strict=True)]
    result.objects = list(objects[0]) if alone and len(entities) == 1 else made
    return result


class QueryItem(Native):
    """`session.query(...)`; each method that narrows it gives another one."""

    type_name = "query"

    def __init__(self, statement: Dml) -> None:
        self.statement = statement

    @classmethod
    def of(cls, ev: Evaluator, entities: list[Value], place: Place) -> QueryItem:
        """A query of mapped classes, columns or expressions."""
        parts: list[Value] = [one.statement if isinstance(one, QueryItem) else one for one in entities]
        return cls(select(ev, Arguments(parts), place))

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in _RESULT:
            return result_of(ev, self.statement, place).attribute(ev, name, place)
        match name:
            case "get":
                return Builtin(name, lambda ev, args, place: self.get(ev, Arguments([None, *args.positional]), place))
            case "count":
                return Builtin(name, lambda ev, args, place: self._count(ev, place))
            case "update" | "delete":
                return Builtin(name, lambda ev, args, place: self._change(ev, name, args, place))
            case "with_entities":
                return self._narrowed(ev, "with_only_columns", place)
        return self._narrowed(ev, name, place)

    def _narrowed(self, ev: Evaluator, name: str, place: Place) -> Value:
        """A method of the statement behind it; after others it is not known which rows there are."""
        method = self.statement.attribute(ev, name, place)
        if type(method) is Unknown:
            method = self.statement.attribute(ev, "having", place)
        if not isinstance(method, Builtin):
            return method
        return Builtin(name, lambda ev, args, place: self._again(ev.call(method, args, place)))

    def _again(self, value: Value) -> Value:
        return QueryItem(value) if isinstance(value, Dml) else value

    def get(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        """The object with a primary key, or None."""
        table = self.statement.tables[0] if self.statement.tables else None
        columns = table.columns if isinstance(table, TableItem) else []
        keys = [column for column in columns if ev.truth(column.option("primary_key")) is not False]
        condition: Value = Unknown(WHY, place)
        if len(keys) == 1 and isinstance(keys[0], ColumnItem):
            condition = keys[0].operate(ev, "==", args.get(1, "ident"), place, swapped=False)
        narrowed = ev.call(self._narrowed(ev, "where", place), Arguments([condition]), place)
        return ev.call(narrowed.attribute(ev, "first", place), Arguments(), place)

    def _count(self, ev: Evaluator, place: Place) -> Value:
        rows = run_select(ev, self.statement, place).rows
        return len(rows) if rows is not None else Unknown(WHY, place)

    def _change(self, ev: Evaluator, kind: str, args: Arguments, place: Place) -> Value:
        statement = start(ev, kind, self.statement.tables[:1], Arguments(), place)
        statement.conditions = list(self.statement.conditions)
        statement.followed = self.statement.followed and len(self.statement.tables) == 1
        if kind == "update":
            statement.take_values(ev, Arguments([args.get(0, "values")]), place)
        try:
            ev.database.execute(operation(ev, statement, None), place)
        except NotKnown as problem:
            ev.opaque(f"{kind}: {problem.reason}", place, may_change_schema=False)
        return Unknown("a number of rows", place)

    def iterate(self, ev: Evaluator) -> list[Value] | None:
        return result_of(ev, self.statement, self.statement.place).iterate(ev)

    def listed(self, ev: Evaluator) -> Value:
        return result_of(ev, self.statement, self.statement.place).listed(ev)
