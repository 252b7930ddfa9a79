"""CREATE SEQUENCE, ALTER SEQUENCE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from migralint.operations import AlterSequence, CreateSequence, Database, Operation
from migralint.operations.details import Detail, Target
from migralint.schema import Name, Sequence
from migralint.schema.names import TEMPORARY
from migralint.schema.types import canonical
from migralint.sql import names
from migralint.sql.columns import read_type
from migralint.sql.cursor import Cursor, Written
from migralint.sql.details import attempted, owner

_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


@dataclass(slots=True)
class _Options:
    """The options of one statement; `name` is that of an identity's sequence.

    `owner` is () where OWNED BY does not occur, `values` holds None for NO ...
    """

    owner: tuple[Name, str] | tuple[()] | None = ()
    name: Name | None = None
    values: dict[str, str | None] = field(default_factory=dict)


def create_sequence(cursor: Cursor, database: Database, temporary: bool) -> Iterator[Operation]:
    """After `CREATE SEQUENCE`."""
    if_not_exists = cursor.if_not_exists()
    written = cursor.name()
    name = Name(TEMPORARY, written.name) if temporary else names.created(database, written)
    found = _options(cursor, database)
    yield CreateSequence(Sequence(name, owned_by=found.owner or None, options=_set({}, found)), if_not_exists)


def alter_sequence(cursor: Cursor, database: Database) -> Iterator[Operation]:
    """After `ALTER SEQUENCE`."""
    if_exists = cursor.if_exists()
    name = names.relation(database, cursor.name())
    found = database.ask(name).sequences.get(name)
    after: Sequence | None = None
    stays = True
    detail: Detail | None = None
    whole = cursor.sees("owner") or cursor.sees("set")
    owned: Name | None = None
    if cursor.accept("rename", "to"):
        new = Name(name.schema, cursor.identifier())
        after, stays = replace(found, name=new) if found else None, False
    elif cursor.accept("set", "schema"):
        new = Name(cursor.identifier(), name.name)
        after = replace(found, name=new) if found else None
        stays = found is None or found.owned_by is None  # where it is owned, its own schema is refused too
    elif cursor.sees("owner", "to"):
        detail = attempted(cursor, owner(Target("sequence", name)))
    elif cursor.accept_any("set"):
        cursor.rest()
    else:
        options = _options(cursor, database)
        owned = options.owner[0] if options.owner else None
        if found:
            after = replace(found, options=_set(dict(found.options), options))
            after = after if options.owner == () else replace(after, owned_by=options.owner or None)
            stays = options.owner == () or not found.identity  # which is owned for good
    yield AlterSequence(name, None if after == found and stays else after, if_exists, detail, whole, owned)


def identity_sequence(cursor: Cursor, database: Database, kind: str) -> tuple[Name | None, tuple[tuple[str, str], ...]]:
    """What the options of an identity column of this type, which may follow, say of its sequence: name and options."""
    if not cursor.sees("("):
        return None, ()
    found = _options(cursor.group(), database)
    counted = {"type": kind} if kind in _LARGEST else {}
    return found.name, tuple(pair for pair in _set(counted, found) if pair[0] != "type")


def copied_options(sequence: Sequence) -> tuple[tuple[str, str], ...]:
    """What LIKE says of the sequence of an identity column: all of it but its type, so that its limits stay."""
    options = dict(sequence.options)
    largest, down = _LARGEST[options.pop("type", "bigint")], options.get("increment", "1").startswith("-")
    limit, value = ("minvalue", -largest - 1) if down else ("maxvalue", largest)
    return without_usual({limit: str(value), **options})


def _options(cursor: Cursor, database: Database) -> _Options:
    """The options up to the end."""
    found = _Options()
    while not cursor.done:
        word = cursor.take().value
        match word:
            case "owned":
                cursor.expect("by")
                found.owner = _owned_by(cursor, database)
            case "as":
                found.values["type"] = canonical(read_type(cursor))
            case "no":
                found.values[cursor.take().value] = None
            case "cycle":
                found.values["cycle"] = "true"
            case "increment" | "start" | "cache" | "minvalue" | "maxvalue" | "restart":
                cursor.accept_any("by", "with")
                value = _number(cursor)
                if word != "restart":
                    found.values[word] = value
            case "sequence":
                cursor.expect("name")
                found.name = names.relation(database, cursor.name())
            case "logged" | "unlogged":
                pass
            case _:
                cursor.index -= 1
                raise cursor.problem("not an option of a sequence that is known")
    return found


def _number(cursor: Cursor) -> str | None:
    sign = cursor.accept_any("+", "-")
    if not cursor.is_literal():
        return None  # RESTART alone
    return ("-" if sign == "-" else "") + cursor.take().value


def _owned_by(cursor: Cursor, database: Database) -> tuple[Name, str] | None:
    """What stands after OWNED BY: a column, or NONE."""
    parts = cursor.parts()
    if len(parts) < 2:
        return None
    schema = parts[-3] if len(parts) > 2 else None
    return names.relation(database, Written(schema, parts[-2])), parts[-1]


def _set(before: dict[str, str], changes: _Options) -> tuple[tuple[str, str], ...]:
    """The options afterwards, without those that CREATE SEQUENCE takes by itself."""
    after: dict[str, str] = {**before, **{k: v for k, v in changes.values.items() if v is not None}}
    for name, value in changes.values.items():
        if value is None:
            after.pop(name, None)
    return without_usual(after)


def without_usual(options: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Options without those that CREATE SEQUENCE takes by itself."""
    return tuple(sorted((k, v) for k, v in options.items() if v != _usual(options, k)))


def _usual(options: dict[str, str], name: str) -> str | None:
    """What a sequence has where the statement does not say it (PostgreSQL docs, CREATE SEQUENCE)."""
    largest = _LARGEST.get(options.get("type", "bigint"), _LARGEST["bigint"])
    down = options.get("increment", "1").startswith("-")
    limits = {"minvalue": -largest - 1, "maxvalue": -1} if down else {"minvalue": 1, "maxvalue": largest}
    if name == "start":
        first = "maxvalue" if down else "minvalue"
        return options.get(first, str(limits[first]))
    if name in limits:
        return str(limits[name])
    return {"type": "bigint", "increment": "1", "cache": "1"}.get(name)
