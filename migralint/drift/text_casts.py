"""Casts to text that somebody wrote: PostgreSQL makes none by itself of what is no text, and prints each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from migralint.schema import EnumType, Schema, Table
from migralint.schema.expressions import LENGTH
from migralint.schema.types import is_built_in, parse

_TEXTS = frozenset(("text", "character varying", "character", "bpchar", "name", '"char"', "unknown", "cstring"))


def cast_otherwise(one: str, other: str, tables: Iterable[Table], schema: Schema) -> bool:
    """Whether only one of two conditions casts some column to text that is of another type for certain.

    `tables` are those whose columns the conditions may name, with the types of `schema`.
    """
    left, right = _cast_to_text(one), _cast_to_text(other)
    return left is not None and right is not None and bool((left ^ right) & _no_texts(tables, schema))


def _no_texts(tables: Iterable[Table], schema: Schema) -> set[str]:
    """The names of columns of which none is a text, nor anything that may be cast to one by itself."""
    every = [(column.name.lower(), _is_no_text(column.type, schema)) for table in tables for column in table.columns]
    return {name for name, sure in every if sure} - {name for name, sure in every if not sure}


def _is_no_text(type: str, schema: Schema) -> bool:
    kind = parse(type)
    if is_built_in(kind.base):
        return kind.base not in _TEXTS or bool(kind.dimensions)
    return any(isinstance(one, EnumType) and kind.base in (str(name), name.name) for name, one in schema.types.items())


@lru_cache(maxsize=1024)
def _cast_to_text(text: str) -> frozenset[str] | None:
    """The columns that a condition casts to text; None for one that cannot be parsed."""
    if len(text) > LENGTH:
        return None
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(text, read="postgres")
    except (SqlglotError, RecursionError):
        return None

    def names() -> Iterator[str]:
        for cast in tree.find_all(exp.Cast):
            inner = cast.this.unnest()
            if isinstance(inner, exp.Column) and cast.to.this in (exp.DataType.Type.TEXT, exp.DataType.Type.VARCHAR):
                yield inner.name.lower()

    return frozenset(names())
