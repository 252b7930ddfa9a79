"""SQLAlchemy's indexes → those of `migralint.schema`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from migralint.python.library.home import Home, NotKnown, as_text, flag, mentioned, names, text
from migralint.python.library.items import ColumnItem, ConstraintItem
from migralint.python.library.sqltext import as_sql
from migralint.python.library.types import TypeItem, as_type
from migralint.python.values import Arguments, Unknown, Value
from migralint.schema import Index, Key
from migralint.schema.names import quote


def index(home: Home, item: ConstraintItem) -> Index:
    """An index from `Index(name, *items, ...)`."""
    return make_index(home, item.name, item.items, item.args)


def column_indexes(home: Home, item: ColumnItem) -> list[Index]:
    """The indexes that a column brings along: that of `index=True`, and a spatial one."""
    ev, name = home.ev, text(item.name, "the column's name")
    unique = flag(ev, item.option("unique"))
    found = [spatial_index(home, item)]
    if flag(ev, item.option("index")):
        found.append(Index(home.name("ix", None, [name], unique=unique), (Key(name),), unique=unique))
    return [index for index in found if index is not None]


def spatial_index(home: Home, item: ColumnItem) -> Index | None:
    """The index that GeoAlchemy2 adds to a column when it becomes one of a table, unless `spatial_index=False`."""
    kind, name = as_type(home.ev, item.kind, item.place), text(item.name, "the column's name")
    if not isinstance(kind, TypeItem) or not kind.is_spatial() or home.ev.database.dialect != "postgresql":
        return None
    if not flag(home.ev, kind.args.get(3, "spatial_index", default=True)):
        return None
    if kind.name.endswith("Raster"):
        key = Key(None, f"ST_ConvexHull({quote(name)})", (name,))
    else:
        key = Key(name, opclass="gist_geometry_ops_nd" if flag(home.ev, kind.args.get(4, "use_N_D_index")) else None)
    return Index(f"idx_{home.table.name}_{name}", (key,), method="gist")


def make_index(home: Home, name: Value, items: list[Value], args: Arguments) -> Index:
    """An index from its items and SQLAlchemy's `postgresql_*` options."""
    ev, get = home.ev, args.keywords.get
    keys = [key for entry in items for key in _keys(home, entry)]
    operators = get("postgresql_ops")
    if isinstance(operators, dict):
        keys = _with_operators(home, keys, operators)
    where = get("postgresql_where" if ev.database.dialect != "sqlite" else "sqlite_where")
    where_text = as_text(ev, where, home.place) if where is not None else None
    columns = [k.column or next(iter(k.columns), "") for k in keys]
    using, unique = get("postgresql_using"), flag(ev, get("unique"))
    return Index(
        home.name("ix", name, columns, unique=unique),
        tuple(keys),
        unique=unique,
        method=using.lower() if isinstance(using, str) and using else "btree",
        include=names(ev, list(ev.items(get("postgresql_include")) or [])),
        where=where_text,
        where_columns=mentioned(home, where_text) if where_text else (),
        nulls_not_distinct=flag(ev, get("postgresql_nulls_not_distinct")),
        options=_storage(get("postgresql_with")),
    )


def _with_operators(home: Home, keys: list[Key], operators: Mapping[Value, Value]) -> list[Key]:
    """The keys with what `postgresql_ops` says stands behind each: by its column, or by the label of an expression.

    That is an operator class, an order, or both.
    """
    from migralint.sql.parts import index_keys

    labelled = [str(text) for name, text in operators.items() if name not in {key.column for key in keys}]
    found = []
    for key in keys:
        if key.column in operators and key.column is not None:
            behind = str(operators[key.column])
        elif key.column is None and labelled:
            behind = labelled.pop(0)
        else:
            found.append(key)
            continue
        (said,) = index_keys(f"x {behind}", home.ev.database, home.table)
        found.append(
            replace(
                key,
                opclass=said.opclass,
                descending=key.descending or said.descending,
                nulls_first=said.nulls_first if key.nulls_first is None else key.nulls_first,
            )
        )
    return found


def _storage(options: Value) -> tuple[tuple[str, str], ...]:
    """What stands after WITH, from `postgresql_with`."""
    if not isinstance(options, dict):
        return ()
    return tuple((str(name), str(value).lower()) for name, value in options.items())


_NAME = r'"(?:[^"]|"")+"|[A-Za-z_][\w$]*'
_PLAIN_KEY = re.compile(rf"\s*(?:{_NAME})\s*(?:COLLATE (?P<collation>{_NAME})\s*)?\Z")


def _keys(home: Home, value: Value) -> tuple[Key, ...]:
    """One key, or those of a text that holds several."""
    if isinstance(value, str):
        return (Key(str(value)),)
    if isinstance(value, ColumnItem):
        return (Key(text(value.name, "the column's name")),)
    expression = as_sql(home.ev, value, home.place)
    if isinstance(expression, Unknown):
        raise NotKnown(expression.reason)
    if expression.raw:
        from migralint.sql.parts import index_keys

        return index_keys(expression.text, home.ev.database, home.table)
    order = expression.ordering
    descending = "DESC" in order
    nulls = True if "NULLS FIRST" in order else False if "NULLS LAST" in order else None
    plain = _PLAIN_KEY.match(expression.text)
    if plain and len(expression.names) == 1:
        collation = plain["collation"] and plain["collation"].strip('"').replace('""', '"')
        return (Key(expression.names[0], collation=collation, descending=descending, nulls_first=nulls),)
    shown = expression.text if re.fullmatch(r"[\w.]+\(.*\)", expression.text, re.DOTALL) else f"({expression.text})"
    return (Key(None, shown, expression.names, descending=descending, nulls_first=nulls),)
