"""`Column(...)`, `ForeignKey(...)`, `Index(...)` and the like: what calling SQLAlchemy's classes gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.items import ColumnItem, ConstraintItem, ForeignKeyItem, GeneratedItem
from migralint.python.library.registry import known
from migralint.python.library.sqltext import Sql, quoted
from migralint.python.values import Arguments, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@known("sqlalchemy.Column")
def _column(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return ColumnItem.make(ev, args, place)


@known("sqlalchemy.orm.mapped_column", "sqlalchemy.mapped_column", "sqlalchemy.orm.unmapped_column")
def _mapped_column(ev: Evaluator, args: Arguments, place: Place) -> Value:
    item = ColumnItem.make(ev, args, place)
    item.mapped = True
    return item


@known("sqlalchemy.ForeignKey")
def _foreign_key(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return ForeignKeyItem(args.get(0, "column"), args)


def _listed(kind: str, name_at: int | None = None) -> object:
    """A constraint or index whose name may stand at a position."""

    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        items = list(args.positional)
        name = args.keywords.get("name")
        if name_at is not None and name_at < len(items):
            name = items.pop(name_at)
        item = ConstraintItem(kind, name, items, args, place)
        owner = _owner(items, args)
        if owner is not None:
            owner.add(item)
        else:
            for column in items:
                if isinstance(column, ColumnItem):
                    column.waiting.append(item)
        return item

    return build


def _owner(items: list[Value], args: Arguments) -> Value:
    """The table that a constraint or an index becomes one of at once: that of the columns it is made of."""
    for item in [args.keywords.get("_table"), args.keywords.get("table"), *items]:
        tables = item.tables if isinstance(item, Sql) else [getattr(item, "table", None)]
        if item is not None and getattr(item, "columns", None) is not None and not isinstance(item, Sql):
            return item
        for table in tables:
            if table is not None:
                return table
    return None


known("sqlalchemy.PrimaryKeyConstraint")(_listed("pk"))  # type: ignore[arg-type]  # built for the registry
known("sqlalchemy.UniqueConstraint")(_listed("uq"))  # type: ignore[arg-type]  # built for the registry
known("sqlalchemy.ForeignKeyConstraint")(_listed("fk", 2))  # type: ignore[arg-type]  # built for the registry
known("sqlalchemy.CheckConstraint")(_listed("ck", 1))  # type: ignore[arg-type]  # built for the registry
known("postgresql.ExcludeConstraint")(_listed("ex"))  # type: ignore[arg-type]  # built for the registry
known("sqlalchemy.Index")(_listed("ix", 0))  # type: ignore[arg-type]  # built for the registry


def _generated(kind: str) -> object:
    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        item = GeneratedItem(kind, args)
        if kind == "Sequence" and (listed := getattr(args.keywords.get("metadata"), "sequences", None)) is not None:
            listed.append(item)
        return item

    return build


for _kind in ("Identity", "Computed", "Sequence", "FetchedValue"):
    known(f"sqlalchemy.{_kind}")(_generated(_kind))  # type: ignore[arg-type]  # built for the registry


@known("sqlalchemy.DefaultClause")
def _default_clause(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    return Sql(quoted(value)) if isinstance(value, str) else value
