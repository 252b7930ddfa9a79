"""CREATE EVENT TRIGGER, ALTER EVENT TRIGGER."""

from __future__ import annotations

from migralint.operations import Database
from migralint.operations.details import Detail, Firing, Renamed
from migralint.operations.event_triggers import NewEventTrigger
from migralint.schema import EventTrigger
from migralint.sql import names
from migralint.sql.cursor import Cursor


def create_event_trigger(cursor: Cursor, database: Database) -> Detail:
    """After `CREATE EVENT TRIGGER`."""
    name = cursor.identifier()
    cursor.expect("on")
    event, tags = cursor.identifier(), list[str]()
    if cursor.accept("when"):
        while not cursor.accept("execute"):
            cursor.expect("tag", "in")
            tags += [item.string().upper() for item in cursor.group().items()]
            cursor.accept("and")
    else:
        cursor.expect("execute")
    cursor.accept_any("function", "procedure")
    function = names.function(database, cursor.name())
    cursor.group()
    return NewEventTrigger(EventTrigger(name, event, function, tuple(tags)))


def alter_event_trigger(cursor: Cursor, database: Database) -> Detail:
    """After `ALTER EVENT TRIGGER`, but for its owner."""
    cursor.identifier()
    if cursor.accept("rename", "to"):
        return Renamed(cursor.identifier())
    if cursor.accept("disable"):
        return Firing("DISABLED")
    cursor.expect("enable")
    return Firing((cursor.accept_any("always", "replica") or "").upper())
