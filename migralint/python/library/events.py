"""SQLAlchemy's events around `create_all`: DDL that is sent before or after a table, or all tables, are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.connection import ConnectionItem, execute
from migralint.python.library.expressions import DdlText
from migralint.python.library.metadata import LibraryMetaData, MetaDataItem
from migralint.python.library.registry import known
from migralint.python.library.tables import TableItem
from migralint.python.values import Arguments, BoundMethod, Function, Native, Unknown, Value
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_NAMES = frozenset({"before_create", "after_create"})


def fire(ev: Evaluator, target: TableItem | MetaDataItem, name: str) -> None:
    """Runs what listens to an event of a table or a MetaData."""
    for listened, listener, place in target.listeners:
        if listened != name:
            continue
        if isinstance(listener, DdlText):
            if listener.applies(ev.database.dialect):
                execute(ev, listener.formatted(ev, place, _names(target)), None, place)
        elif isinstance(listener, (Function, BoundMethod)):
            ev.run_function(listener, Arguments([target, ConnectionItem()], open=True), place)
        else:
            reason = listener.reason if isinstance(listener, Unknown) else "it is no function and no DDL"
            ev.opaque(f"what listens to {name} is not known: {reason}", place)


def _names(target: TableItem | MetaDataItem) -> dict[str, Value]:
    """What `%(table)s`, `%(schema)s` and `%(fullname)s` stand for in DDL on a table."""
    if not isinstance(target, TableItem) or not isinstance(target.name, str):
        return {}
    parts = [quote(part) for part in (target.schema, target.name) if isinstance(part, str)]
    return {"table": parts[-1], "schema": parts[0] if len(parts) > 1 else "", "fullname": ".".join(parts)}


@known("sqlalchemy.event.listen")
def _listen(ev: Evaluator, args: Arguments, place: Place) -> Value:
    _add(ev, args.get(0), args.get(1), args.get(2), place)
    return None


@known("sqlalchemy.event.listens_for")
def _listens_for(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Listening(args.get(0), args.get(1))


class Listening(Native):
    """`@event.listens_for(target, name)`."""

    type_name = "decorator of a listener"

    def __init__(self, target: Value, name: Value) -> None:
        self.target = target
        self.name = name

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        _add(ev, self.target, self.name, args.get(0), place)
        return args.get(0)


def _add(ev: Evaluator, target: Value, name: Value, listener: Value, place: Place) -> None:
    if isinstance(target, LibraryMetaData):
        target = target.of(ev)
    if isinstance(target, (TableItem, MetaDataItem)) and isinstance(name, str) and name in _NAMES:
        target.listeners.append((str(name), listener, place))
