"""What listens to parts becoming those of a table: columns, types and constraints, by their classes or one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from migralint.operations import Place
from migralint.python.library.items import ColumnItem, ConstraintItem
from migralint.python.library.registry import canonical
from migralint.python.library.tables import TableItem
from migralint.python.library.types import TypeItem, as_type
from migralint.python.values import Arguments, ClassValue, Instance, Symbol, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

EVENTS = frozenset({"before_parent_attach", "after_parent_attach"})
_MADE_OF_COLUMNS = {"UniqueConstraint": "uq", "ForeignKeyConstraint": "fk"}
"""What SQLAlchemy makes of columns and tells of; of the key that only columns say it does not."""


class PartListener(NamedTuple):
    """What is called for a part, or for all of a class of SQLAlchemy's or the project's."""

    target: Value
    event: str
    function: Value

    def hears(self, part: Value) -> bool:
        """Whether it is called for a part."""
        if isinstance(self.target, ClassValue):
            return isinstance(part, Instance) and self.target in part.cls.mro()
        if not isinstance(self.target, Symbol):
            return self.target is part
        if not canonical(self.target.path).startswith(("sqlalchemy.", "postgresql.")):
            return False
        tail = self.target.tail
        return part.attribute_is(tail) if isinstance(part, ConstraintItem) else getattr(part, "type_name", "") == tail


def part_listeners(ev: Evaluator) -> list[PartListener]:
    """All that listen so far, in order."""
    found: list[PartListener] = ev.context.setdefault("part listeners", [])
    return found


def tell(ev: Evaluator, events: frozenset[str], part: Value, given: list[Value], place: Place) -> None:
    """Calls those that listen to events of a part."""
    for one in list(part_listeners(ev)):
        if one.event in events and one.hears(part):
            ev.run_function(one.function, Arguments(given), place)


def attached(ev: Evaluator, table: TableItem) -> None:
    """Calls, once for a table, what listens to its parts being attached: it may name them, and add others."""
    if table.told or not part_listeners(ev):
        return
    table.told = True
    for column in list(table.columns):
        kind = as_type(ev, column.kind, column.place)
        if isinstance(kind, TypeItem) and kind.made_by is not None:
            tell(ev, EVENTS, kind.made_by, [kind.made_by, column], column.place)
        tell(ev, EVENTS, column, [column, table], column.place)
    _spell_out(ev, table)
    for constraint in list(table.constraints):
        tell(ev, EVENTS, constraint, [constraint, table], constraint.place)


def _spell_out(ev: Evaluator, table: TableItem) -> None:
    """Makes constraints of what columns only say, where somebody listens to such constraints."""
    heard = {one.target.tail for one in part_listeners(ev) if isinstance(one.target, Symbol)}
    kinds = {kind for tail, kind in _MADE_OF_COLUMNS.items() if heard & {tail, "Constraint"}}
    for column in table.columns:
        if "uq" in kinds and ev.truth(column.option("unique")) and not ev.truth(column.option("index")):
            column.overrides["unique"] = False
            table.constraints.append(ConstraintItem("uq", None, [column], Arguments(), column.place, table))
        for key in column.foreign_keys() if "fk" in kinds else ():
            column.parts = [part for part in column.parts if part is not key]
            args = Arguments([[column.name], [key.target]], dict(key.args.keywords))
            name = args.keywords.pop("name", None)
            table.constraints.append(ConstraintItem("fk", name, [], args, column.place, table))


def listens_to_parts(target: Value, event: str) -> bool:
    """Whether an event of a target is one of a part, or of all tables."""
    if event not in EVENTS:
        return isinstance(target, Symbol) and canonical(target.path) == "sqlalchemy.Table"
    return isinstance(target, (Symbol, ClassValue, ColumnItem, ConstraintItem))
