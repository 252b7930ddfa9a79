"""SQLAlchemy's events: DDL that is sent before or after a table, or all tables, are made; classes that are mapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from migralint.operations import Place
from migralint.python.library.attaching import EVENTS, PartListener, listens_to_parts, part_listeners, tell
from migralint.python.library.connection import ConnectionItem, execute
from migralint.python.library.expressions import DdlText
from migralint.python.library.home import NotKnown
from migralint.python.library.metadata import LibraryMetaData, MetaDataItem
from migralint.python.library.registry import canonical, known
from migralint.python.library.tables import TableItem
from migralint.python.values import Arguments, BoundMethod, ClassValue, Function, Native, Symbol, Unknown, Value
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_NAMES = frozenset({"before_create", "after_create"})
_MAPPED = frozenset({"instrument_class", "after_mapper_constructed"})
_MAPPERS = frozenset({"sqlalchemy.orm.mapper", "sqlalchemy.orm.Mapper"})


class MapperListener(NamedTuple):
    """What is called for classes that are mapped: for all, where `target` is None, or for one and those below it."""

    target: ClassValue | Native | None
    propagates: bool
    function: Value

    def hears(self, cls: ClassValue) -> bool:
        """Whether it is called for a class."""
        if self.target is None or self.target is cls:
            return True
        return self.propagates and any(base is self.target for base in cls.mro())


def mapped(ev: Evaluator, mapper: Native, cls: ClassValue, place: Place) -> None:
    """Runs what listens to classes being mapped: it may add to their tables."""
    for listener in list(_mapper_listeners(ev)):
        if listener.hears(cls) and isinstance(listener.function, (Function, BoundMethod)):
            ev.run_function(listener.function, Arguments([mapper, cls]), place)


def _mapper_listeners(ev: Evaluator) -> list[MapperListener]:
    found: list[MapperListener] = ev.context.setdefault("mapper listeners", [])
    return found


def fire(ev: Evaluator, target: TableItem | MetaDataItem, name: str) -> None:
    """Runs what listens to an event of a table or a MetaData."""
    if isinstance(target, TableItem):
        tell(ev, frozenset({name}), target, [target, ConnectionItem()], target.place)
    for listened, listener, place in target.listeners:
        if listened != name:
            continue
        if isinstance(listener, DdlText):
            try:
                if listener.condition is None or listener.condition.holds(ev, listener, target):
                    execute(ev, listener.formatted(ev, place, _names(target)), None, place)
            except NotKnown as problem:
                ev.opaque(problem.reason, place)
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
    _add(ev, args, args.get(2), place)
    return None


@known("sqlalchemy.event.listens_for")
def _listens_for(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Listening(args)


class Listening(Native):
    """`@event.listens_for(target, name)`."""

    type_name = "decorator of a listener"

    def __init__(self, listened: Arguments) -> None:
        self.listened = listened

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        _add(ev, self.listened, args.get(0), place)
        return args.get(0)


def _add(ev: Evaluator, listened: Arguments, listener: Value, place: Place) -> None:
    target, name = listened.get(0, "target"), listened.get(1, "identifier")
    if isinstance(target, LibraryMetaData):
        target = target.of(ev)
    if isinstance(target, (TableItem, MetaDataItem)) and isinstance(name, str) and name in _NAMES:
        target.listeners.append((str(name), listener, place))
    elif isinstance(name, str) and name in _NAMES | EVENTS and listens_to_parts(target, name):
        part_listeners(ev).append(PartListener(target, str(name), listener))
    elif isinstance(name, str) and name in _MAPPED:
        propagates = ev.truth(listened.keywords.get("propagate")) is True
        if isinstance(target, (ClassValue, Native)):
            _mapper_listeners(ev).append(MapperListener(target, propagates, listener))
        elif isinstance(target, Symbol) and canonical(target.path) in _MAPPERS:
            _mapper_listeners(ev).append(MapperListener(None, propagates, listener))
