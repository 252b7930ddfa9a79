"""Enum types and domains as side effects: when SQLAlchemy sends CREATE TYPE and DROP TYPE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import CreateType, DropType, Place
from migralint.python.library.enum_types import EnumItem
from migralint.python.library.types import TypeItem, as_type
from migralint.python.values import Arguments, Value
from migralint.schema import Name
from migralint.sql.names import creation_schema

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def enum_name(ev: Evaluator, enum: EnumItem) -> Name:
    """The qualified name of the database's type."""
    schema = enum.schema or creation_schema(ev.database)
    return Name(schema, enum.enum_name or "")


def create_enum(ev: Evaluator, enum: EnumItem, args: Arguments, place: Place) -> Value:
    """`enum.create(bind, checkfirst=...)`."""
    enum_of = enum.for_dialect(ev)
    if not isinstance(enum_of, EnumItem) or not enum_of.is_type(ev):
        return None
    name = enum_name(ev, enum_of)
    checkfirst = ev.truth(args.get(1, "checkfirst", default=enum.looks_first)) is not False
    if not (checkfirst and name in ev.database.ask(name).types):
        ev.database.execute(CreateType(enum_of.definition(ev, name, place), checkfirst), place)
    return None


def drop_enum(ev: Evaluator, enum: EnumItem, args: Arguments, place: Place) -> Value:
    """`enum.drop(bind, checkfirst=...)`."""
    enum_of = enum.for_dialect(ev)
    if isinstance(enum_of, EnumItem) and enum_of.is_type(ev):
        name = enum_name(ev, enum_of)
        schema = ev.database.ask(name)
        checkfirst = ev.truth(args.get(1, "checkfirst", default=enum.looks_first)) is not False
        if not checkfirst or name in schema.types or schema.opaque:
            ev.database.execute(DropType(name, if_exists=checkfirst, domain=enum_of.name == "DOMAIN"), place)
    return None


def enum_in(ev: Evaluator, kind: Value, place: Place) -> EnumItem | None:
    """The enum that a column type is, or is an array of; None where it is neither."""
    item = as_type(ev, kind, place)
    if isinstance(item, TypeItem):
        item = item.for_dialect(ev)
        if isinstance(item, EnumItem):
            return item if item.is_type(ev) else None
        if item.name == "ARRAY":
            return enum_in(ev, item.args.get(0, "item_type"), place)
    return None


def before_create(ev: Evaluator, types: list[Value], place: Place, *, checkfirst: bool) -> None:
    """What a CREATE TABLE sends before itself: one CREATE TYPE per enum, once per run (SQLAlchemy's memo).

    The memo also keeps a later revision from it, as long as that runs in the same command.
    """
    memo = ev.context.setdefault("enum_memo", set())
    for kind in types:
        enum = enum_in(ev, kind, place)
        if enum is not None and not enum.create_type:
            needed(ev, enum, "create_table with create_type=False", place)
        if enum is None or not enum.create_type:
            continue
        name = enum_name(ev, enum)
        made_here = ev.context.setdefault("enums_made_here", set())
        if name in memo:
            if name not in made_here and name in ev.database.ask(name).types:
                _only_in_one_run(ev, name, place)
            continue
        memo.add(name)
        made_here.add(name)
        if checkfirst and name in ev.database.ask(name).types:
            continue
        ev.database.execute(CreateType(enum.definition(ev, name, place), checkfirst), place, implicit=True)


def forget_types(ev: Evaluator) -> None:
    """A new run begins: no CREATE TYPE was sent yet."""
    ev.context.pop("enum_memo", None)
    ev.context.pop("enums_made_here", None)


def needed(ev: Evaluator, enum: EnumItem, what: str, place: Place) -> None:
    """What sends no CREATE TYPE needs a type that is there."""
    schema = ev.database.ask(enum_name(ev, enum))
    spaces = (enum.schema,) if enum.schema else ev.database.search_path
    if schema.opaque or any(Name(space, enum.enum_name or "") in schema.types for space in spaces):
        return
    ev.database.note(
        "MG327",
        f"type {enum_name(ev, enum)} does not exist at this point of the history, and {what} sends no CREATE TYPE: "
        "PostgreSQL refuses it",
        place,
    )


def _only_in_one_run(ev: Evaluator, name: Name, place: Place) -> None:
    ev.database.note(
        "MG326",
        f"create_table sends CREATE TYPE {name} again, unless the revision that made the type runs in the same "
        "command: on a database that has it the upgrade fails",
        place,
    )
