"""Calls of `op` for the code that messages show."""

from __future__ import annotations

from migralint.render.layout import Code, flat, node
from migralint.render.types import built_in
from migralint.schema import Name, Schema
from migralint.schema.names import quote
from migralint.schema.types import parse

__all__ = ["FORWARD_ONLY", "Code", "autocommit", "call", "execute", "in_schema", "in_sql", "qualified", "type_call"]

FORWARD_ONLY = 'raise NotImplementedError("forward only: write a new revision")'
"""The downgrade of a project that only goes forward."""


def call(function: str, *arguments: object, **named: object) -> str:
    """`function(...)` on one line; named arguments that are None are left out."""
    return flat(node(function, *arguments, **named))


def execute(sql: str) -> str:
    """`op.execute("...")`."""
    return call("op.execute", sql)


def autocommit(*lines: str) -> str:
    """The lines in an `autocommit_block`: outside of the migration's transaction."""
    return "\n".join(["with op.get_context().autocommit_block():", *(f"    {line}" for line in lines)])


def in_schema(name: Name, default: str = "public") -> str | None:
    """The `schema=` argument for the object: None in the default schema."""
    return None if name.schema == default else name.schema


def in_sql(name: Name, default: str = "public") -> str:
    """The name as SQL needs it."""
    return quote(name.name) if name.schema == default else qualified(name)


def qualified(name: Name) -> str:
    """The name as SQL needs it wherever the search path leads."""
    return f"{quote(name.schema)}.{quote(name.name)}"


def type_call(text: str, before: Schema | None = None) -> Code:
    """The SQLAlchemy type of a column type; user-defined types come out as their name, but for enums of the state."""
    known = built_in(text)
    if known is not None:
        return Code(flat(known))
    if before is not None:
        default = before.default_schema
        for enum in before.enums():
            if in_sql(enum.name, default) == text:
                schema = in_schema(enum.name, default)
                return Code(call("postgresql.ENUM", name=enum.name.name, schema=schema, create_type=False))
    return Code(parse(text).base)
