"""SQLAlchemy's columns → those of `migralint.schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.enum_types import EnumItem
from migralint.python.library.home import Home, NotKnown, flag, text
from migralint.python.library.items import ColumnItem, default_sql, type_ddl
from migralint.python.library.naming import tell_cut
from migralint.python.library.sequences import identity_options
from migralint.python.library.sqltext import as_sql, in_ddl
from migralint.python.library.types import PARAMETRIC, TypeItem, as_type
from migralint.python.library.versions import newer
from migralint.python.values import Arguments, Symbol, Unknown, Value
from migralint.schema import Column, Generated
from migralint.schema.types import parse
from migralint.sql.names import type_text

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


_FLAGS = {
    "nullable": "takes NULL",
    "primary_key": "is in the primary key",
    "unique": "is unique",
    "index": "has an index",
}


def column(home: Home, item: ColumnItem, *, in_table: bool, counts: bool = False) -> Column:
    """The column as the DDL makes it; `counts` where SQLAlchemy may make it SERIAL in a primary key."""
    ev, place = home.ev, item.place
    name = text(item.name, "the column's name")
    tell_cut(ev, name, place)
    kind = type_ddl(ev, item.kind, place)
    doubtful = False
    if isinstance(kind, Unknown):
        ev.database.note("MG002", f"the type of column {name} is not known: {kind.reason}", place)
        kind, doubtful = "unknown", True
    elif (size := _unknown_size(ev, as_type(ev, item.kind, place), place)) is not None:
        ev.database.note("MG002", f"the size of the type of column {name} is not known: {size.reason}", place)
        doubtful = True
    for option, meaning in _FLAGS.items():
        value = item.option(option)
        if value is not None and ev.truth(value) is None:
            ev.database.note("MG002", f"whether column {name} {meaning} is not known", place)
            doubtful = True
    nullable = item.option("nullable")
    primary = flag(ev, item.option("primary_key"))
    not_null = primary and in_table if nullable is None else not flag(ev, nullable, True)
    if primary and in_table:
        not_null = True
    identity = item.generated("Identity")
    computed = item.generated("Computed")
    default = default_sql(ev, item.option("server_default"), place)
    if isinstance(default, Unknown):
        ev.database.note("MG002", f"the default of column {name} is not known: {default.reason}", place)
        default, doubtful = None, True
    shown = kind
    if ev.database.dialect == "postgresql":
        shown = type_text(ev.database, kind)
        if counts and primary and in_table and _is_serial(home, item, shown, default is not None):
            shown = {"bigint": "bigserial", "smallint": "smallserial"}.get(shown, "serial")
    comment = item.option("comment")
    always = identity is not None and flag(ev, identity.args.get(0, "always"))
    return Column(
        name,
        shown,
        not_null=not_null or identity is not None,
        default=None if shown.endswith("serial") else default,
        identity=("always" if always else "by default") if identity is not None else None,
        sequence_options=identity_options(ev, identity) if identity is not None else (),
        generated=_computed(ev, computed.args, place) if computed is not None else None,
        comment=str(comment) if isinstance(comment, str) else None,
        doubtful=doubtful,
        collation=collation(ev, item.kind, place),
    )


_SIZES = ("length", "precision", "scale", "second_precision", "dimensions")


def _unknown_size(ev: Evaluator, kind: Value, place: Place) -> Unknown | None:
    """What of the length, precision and the like of a type is not known."""
    found = kind.for_dialect(ev) if isinstance(kind, TypeItem) else None
    if found is None or found.spec is not None or found.name not in PARAMETRIC:
        return None
    if found.name == "ARRAY":
        inner = _unknown_size(ev, as_type(ev, found.args.get(0, "item_type"), place), place)
        return inner or _not_known(found.args.keywords.get("dimensions"))
    if isinstance(found, EnumItem):
        return None
    given = [*found.args.positional, *(found.args.keywords.get(name) for name in _SIZES)]
    return next((why for one in given if (why := _not_known(one)) is not None), None)


def _not_known(size: Value) -> Unknown | None:
    if isinstance(size, Symbol):
        return Unknown(f"{size.path} is not known")
    return size if isinstance(size, Unknown) else None


def collation(ev: Evaluator, kind: Value, place: Place) -> str | None:
    """The collation that a type brings; None for the usual one."""
    item = as_type(ev, kind, place)
    return item.collation(ev) if isinstance(item, TypeItem) else None


def _is_serial(home: Home, item: ColumnItem, shown: str, has_default: bool) -> bool:
    """Whether SQLAlchemy makes the column of a primary key SERIAL (its `_autoincrement_column`)."""
    auto = item.option("autoincrement", "auto")
    if auto is False or item.generated("Identity") or item.generated("Computed"):
        return False
    sequence = item.generated("Sequence")
    if sequence is not None and not flag(home.ev, sequence.args.keywords.get("optional")):
        return False
    if sequence is None and item.option("default") is not None:
        return False
    if shown not in ("integer", "bigint", "smallint") and not _counts_numbers(home.ev, shown, auto is True):
        return False
    if auto is True:
        return True
    return not has_default and (not item.foreign_keys() or auto == "ignore_fk")


def _counts_numbers(ev: Evaluator, shown: str, stated: bool) -> bool:
    """Whether such a key is SERIAL though no integer: before SQLAlchemy 2.1 every number, now one that says so."""
    number = parse(shown).base in ("numeric", "real", "double precision") and not parse(shown).dimensions
    return number and (stated or not newer(ev, "sqlalchemy", (2, 1)))


def _computed(ev: Evaluator, args: Arguments, place: Place) -> Generated:
    value = args.get(0, "sqltext")
    expression = in_ddl(value) if isinstance(value, str) else as_sql(ev, value, place)
    if isinstance(expression, Unknown):
        raise NotKnown(expression.reason)
    stored = args.get(1, "persisted")
    return Generated(str(expression if isinstance(expression, str) else expression.text), stored is not False)


def enum_types(ev: Evaluator, items: list[ColumnItem]) -> list[Value]:
    """The types of the columns, for what CREATE TABLE sends before itself."""
    return [as_type(ev, i.kind, i.place) for i in items]
