"""`Sequence(...)` and `Identity(...)`: what they say of a sequence, and CREATE SEQUENCE from the first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from migralint.operations import CreateSequence, DropSequence, Place
from migralint.python.library.home import NotKnown, created, flag, qualified
from migralint.python.library.items import GeneratedItem, type_ddl
from migralint.python.library.sqltext import Sql, quoted
from migralint.python.values import Builtin, Unknown, Value
from migralint.schema import Sequence
from migralint.schema.names import quote
from migralint.sql.names import type_text

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.library.tables import TableItem


_NAMED = "the sequence's name"


def made_sequence(ev: Evaluator, item: GeneratedItem, place: Place) -> Sequence:
    """The sequence that `Sequence(...)` is; raises NotKnown."""
    name = created(ev, item.args.get(0, "name"), item.args.get(8, "schema"), _NAMED)
    said = {}
    if (given := item.args.get(11, "data_type")) is not None:
        kind = type_ddl(ev, given, place)
        if isinstance(kind, Unknown):
            raise NotKnown(kind.reason)
        said["type"] = type_text(ev.database, kind)
    return Sequence(name, options=_options(ev, item, 1, said))


def identity_options(ev: Evaluator, identity: GeneratedItem) -> tuple[tuple[str, str], ...]:
    """What `Identity(...)` says of its sequence, beside what a sequence has by itself."""
    return _options(ev, identity, 2, {})


def of_columns(table: TableItem) -> list[Value]:
    """The sequences that columns of the table count with."""
    return [item for column in table.columns if (item := column.generated("Sequence")) is not None]


def send_sequences(ev: Evaluator, items: Iterable[Value], action: str, place: Place) -> None:
    """What `create` or `drop` of tables or a MetaData sends for its sequences: nothing where one is optional, as
    PostgreSQL counts by itself.
    """
    for item in items if ev.database.dialect == "postgresql" else ():
        if isinstance(item, GeneratedItem) and not flag(ev, item.args.keywords.get("optional")):
            sequence_ddl(ev, item, action, place)


def _options(ev: Evaluator, item: GeneratedItem, first: int, said: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """What the arguments from the first on say: start, increment, minvalue, maxvalue, two flags, cycle, ..., cache."""
    from migralint.sql.sequences import without_usual

    get = item.args.get
    for place, name in enumerate(("start", "increment", "minvalue", "maxvalue"), first):
        if isinstance(value := get(place, name), int):
            said[name] = str(value)
    if flag(ev, get(first + 6, "cycle")):
        said["cycle"] = "true"
    if isinstance(cache := get(9, "cache"), int):
        said["cache"] = str(cache)
    return without_usual(said)


def sequence_attribute(ev: Evaluator, item: GeneratedItem, name: str, place: Place) -> Value:
    """Attributes of `Sequence(...)`."""
    if name == "next_value":
        return Builtin(name, lambda ev, args, place: _next_value(item, place))
    if name in ("create", "drop"):
        return Builtin(name, lambda ev, args, place: sequence_ddl(ev, item, name, place))
    if name == "name":
        return item.args.get(0)
    return Unknown(f"attribute {name} of a sequence", place)


def _next_value(item: GeneratedItem, place: Place) -> Value:
    """`nextval(...)` of the sequence, whose name SQLAlchemy writes with the schema that it says."""
    said = [one for one in (item.args.get(8, "schema"), item.args.get(0, "name")) if one is not None]
    parts = [quote(one) for one in said if isinstance(one, str)]
    return (
        Sql(f"nextval({quoted('.'.join(parts))})") if said and len(parts) == len(said) else Unknown("a sequence", place)
    )


def sequence_ddl(ev: Evaluator, item: GeneratedItem, action: str, place: Place) -> Value:
    """CREATE SEQUENCE or DROP SEQUENCE of `Sequence(...)`."""
    try:
        if action == "create":
            ev.database.execute(CreateSequence(made_sequence(ev, item, place), if_not_exists=True), place)
        else:
            name = qualified(ev, item.args.get(0, "name"), item.args.get(8, "schema"), _NAMED)
            ev.database.execute(DropSequence(name, if_exists=True), place)
    except NotKnown as problem:
        ev.opaque(problem.reason, place)
    return None
