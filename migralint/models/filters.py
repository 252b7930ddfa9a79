"""What `env.py` keeps out of a comparison: `include_object`, `include_name`, `include_schemas`, `skip_autogenerate`.

The functions are asked as Alembic's autogenerate asks them (Alembic source, `autogenerate/compare`).
"""

from __future__ import annotations

from migralint.environment.env_py import Environment
from migralint.operations import ObjectRef, Place
from migralint.python.evaluator import Evaluator
from migralint.python.library.items import ColumnItem, ConstraintItem
from migralint.python.library.tables import TableItem, reflected
from migralint.python.values import Arguments, Exhausted, Symbol, Unknown, Value
from migralint.schema import Column, Index, Name, Schema, Table, Unique
from migralint.schema import ForeignKey as Key

_SKIP = "skip_autogenerate"
_TYPES = {Key: "foreign_key_constraint", Unique: "unique_constraint", Index: "index"}


class Filters:
    """Asks what `context.configure()` was given. `items` are the tables of the models by their name.

    `undecided` tells why an answer is not known, if one was not.
    """

    def __init__(self, ev: Evaluator, environment: Environment, items: dict[Name, TableItem]) -> None:
        self._ev = ev
        self._object = environment.options.get("include_object")
        self._name = environment.options.get("include_name")
        self._schemas = environment.options.get("include_schemas")
        self._items = items
        self._answers: dict[tuple[object, ...], bool] = {}
        self.undecided: str | None = None

    def leaves_out(self, ref: ObjectRef, head: Schema, value: object = None) -> bool:
        """Whether an object, or the table that it is in, is not to be compared; also where that is not known.

        `value` is a column, constraint or index, of whichever side has it.
        """
        if ref.table is None:
            return False
        at_head, in_models = head.tables.get(ref.table), self._items.get(ref.table)
        if not self._keeps_table(ref.table, at_head, in_models, head.default_schema):
            return True
        return value is not None and not self._keeps_part(ref.table, value, at_head, in_models)

    def _keeps_table(self, name: Name, head: Table | None, item: TableItem | None, default: str) -> bool:
        key = (name,)
        if key not in self._answers:
            self._answers[key] = self._asked_of_table(name, head, item, default)
        return self._answers[key]

    def _asked_of_table(self, name: Name, head: Table | None, item: TableItem | None, default: str) -> bool:
        schema = None if name.schema == default else name.schema
        if head is not None and item is None and schema is not None and not self._schemas:
            return False  # autogenerate does not look into other schemas than the usual one
        if head is not None and self._name is not None:
            if schema is not None and not self._ask(self._name, [schema, "schema", {}]):
                return False
            if not self._ask(self._name, [name.name, "table", _parents(name, schema)]):
                return False
        there = reflected(self._ev, None, head, schema) if head is not None else None
        about = item if item is not None else there
        if item is not None and _skipped(self._ev, item):
            return False
        compared = there if item is not None else None
        return self._ask(self._object, [about, name.name, "table", item is None, compared])

    def _keeps_part(self, name: Name, value: object, head: Table | None, item: TableItem | None) -> bool:
        kind = "column" if isinstance(value, Column) else _TYPES.get(type(value))
        called = getattr(value, "name", None)
        if kind is None or not isinstance(called, str):
            return True
        key = (name, kind, called)
        if key not in self._answers:
            sides = [_part(self._ev, table, value) for table in (item, self._reflected(head, name)) if table]
            about = next((one for one in sides if one is not None), None)
            models_have = item is not None and about is not None and getattr(about, "table", None) is item
            schema = None if not isinstance(item, TableItem) else item.schema
            parents = {**_parents(name, schema if isinstance(schema, str) else None), "table_name": name.name}
            kept = head is None or self._ask(self._name, [called, kind, parents])
            skipped = isinstance(about, ColumnItem) and _skipped(self._ev, about)
            kept = kept and not skipped and self._ask(self._object, [about, called, kind, not models_have, None])
            self._answers[key] = kept
        return self._answers[key]

    def _reflected(self, head: Table | None, name: Name) -> TableItem | None:
        return reflected(self._ev, None, head, None) if head is not None else None

    def _ask(self, function: Value, arguments: list[Value]) -> bool:
        """What the function answers; False, with the reason kept, where that is not known."""
        if function is None:
            return True
        self._ev.steps = 0
        try:
            answer = self._ev.call(function, Arguments(arguments), Place(""))
        except (Exhausted, RecursionError):
            answer = Unknown("it takes too long")
        said = None if isinstance(answer, Symbol) else self._ev.truth(answer)
        if said is None:
            reason = answer.reason if isinstance(answer, Unknown) else "it cannot be followed"
            self.undecided = self.undecided or reason
            return False
        return said


def _parents(name: Name, schema: str | None) -> dict[Value, Value]:
    qualified = name.name if schema is None else f"{schema}.{name.name}"
    return {"schema_name": schema, "schema_qualified_table_name": qualified}


def _skipped(ev: Evaluator, item: TableItem | ColumnItem) -> bool:
    """Whether its `info` says that autogenerate is to skip it, as several libraries have it."""
    info = item.attribute(ev, "info", Place(""))
    return isinstance(info, dict) and ev.truth(info.get(_SKIP)) is True


def _part(ev: Evaluator, table: TableItem, value: object) -> Value:
    """The column, constraint or index of a table as a value; None where it has none of that name."""
    name = getattr(value, "name", "")
    if isinstance(value, Column):
        return next((column for column in table.columns if column.name == name), None)
    found = next((one for one in table.constraints if one.name == name), None)
    if found is not None:
        return found
    names: list[Value] = list(getattr(value, "columns_used", ()))
    kind = {Key: "fk", Unique: "uq", Index: "ix"}[type(value)]
    return ConstraintItem(kind, name, names, Arguments([names] if kind == "fk" else []), Place(""), table)
