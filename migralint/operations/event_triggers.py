"""CREATE, ALTER and DROP EVENT TRIGGER."""

from __future__ import annotations

from dataclasses import dataclass, replace

from migralint.operations.base import CannotApply, ObjectRef
from migralint.operations.details import Detail, Firing, Renamed
from migralint.operations.inheritance import certain
from migralint.schema import EventTrigger, Schema


@dataclass(frozen=True, slots=True)
class NewEventTrigger(Detail):
    """CREATE EVENT TRIGGER."""

    trigger: EventTrigger


def with_event_trigger(schema: Schema, trigger: EventTrigger) -> Schema:
    """The state after CREATE EVENT TRIGGER. Raises CannotApply where there is one of this name."""
    if trigger.name in schema.event_triggers:
        raise CannotApply("exists", ObjectRef("event_trigger", None, trigger.name), "the event trigger already exists")
    if trigger.function not in schema.functions and certain(schema) and not schema.extensions:
        raise CannotApply("missing", ObjectRef("function", None, f"{trigger.function}()"), "no such function")
    return replace(schema, event_triggers={**schema.event_triggers, trigger.name: trigger})


def altered_event_trigger(schema: Schema, name: str, change: Firing | Renamed) -> Schema:
    """The state after ALTER EVENT TRIGGER."""
    found = schema.event_triggers.get(name)
    if found is None:
        if certain(schema):
            raise CannotApply("missing", ObjectRef("event_trigger", None, name), "no such event trigger")
        return schema
    if isinstance(change, Firing):
        return replace(schema, event_triggers={**schema.event_triggers, name: replace(found, firing=change.when)})
    if change.new_name in schema.event_triggers:
        raise CannotApply("exists", ObjectRef("event_trigger", None, change.new_name), "it already exists")
    others = {n: one for n, one in schema.event_triggers.items() if n != name}
    return replace(schema, event_triggers={**others, change.new_name: replace(found, name=change.new_name)})


def without_event_trigger(schema: Schema, name: str, if_exists: bool) -> Schema:
    """The state after DROP EVENT TRIGGER."""
    if name not in schema.event_triggers and not if_exists and certain(schema):
        raise CannotApply("missing", ObjectRef("event_trigger", None, name), "no such event trigger")
    return replace(schema, event_triggers={n: one for n, one in schema.event_triggers.items() if n != name})
