"""Columns with a `key=` of their own: constraints, indexes and foreign keys call them by it, the database by name."""

from __future__ import annotations

from collections.abc import Callable

from migralint.python.library.references import target_column
from migralint.python.library.tables import TableItem
from migralint.python.values import Arguments, Value

_BY_KEY = ("columns", "postgresql_include", "postgresql_ops")
"""The arguments of constraints and indexes that name columns of their table."""


def settle_keys(table: TableItem) -> None:
    """Puts the names of columns in place of their keys, in what the table has of constraints and indexes."""
    keys = _keys(table)

    def named(key: str) -> str:
        return keys.get(key, key)

    def target(said: str) -> str:
        """What a foreign key references, by the name of the column."""
        found = target_column(table.metadata, said) if table.metadata is not None else None
        return f"{said.rpartition('.')[0]}.{found[1].name}" if found is not None else said

    for item in table.constraints:
        positional, keywords = [*item.args.positional], {**item.args.keywords}
        if keys:
            item.items = [_each(one, named) for one in item.items]
            keywords |= {k: _each(v, named) for k, v in keywords.items() if k in _BY_KEY}
        if item.kind == "fk":
            positional[:1] = [_each(one, named) for one in positional[:1]]
            positional[1:2] = [_each(one, target) for one in positional[1:2]]
            keywords |= {k: _each(v, target) for k, v in keywords.items() if k == "refcolumns"}
        item.args = Arguments(positional, keywords, item.args.open)
    for column in table.columns:
        for key in column.foreign_keys():
            key.target = _each(key.target, target)


def _keys(table: TableItem) -> dict[str, str]:
    """The names of the columns whose keys are others, by these."""
    said = ((column.option("key"), column.name) for column in table.columns)
    return {key: name for key, name in said if isinstance(key, str) and isinstance(name, str) and key != name}


def _each(value: Value, name: Callable[[str], str]) -> Value:
    """A name, or those in a list, a tuple or the keys of a mapping."""
    match value:
        case str():
            return name(value)
        case list():
            return [_each(one, name) for one in value]
        case tuple():
            return tuple(_each(one, name) for one in value)
        case dict():
            return {_each(key, name): one for key, one in value.items()}
        case _:
            return value
