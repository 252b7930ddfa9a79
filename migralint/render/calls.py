"""Calls of `op` for the code that messages show."""

from __future__ import annotations

from migralint.schema import Name
from migralint.schema.names import quote
from migralint.schema.types import parse

_TYPES = {
    "smallint": "sa.SmallInteger()",
    "integer": "sa.Integer()",
    "bigint": "sa.BigInteger()",
    "text": "sa.Text()",
    "boolean": "sa.Boolean()",
    "date": "sa.Date()",
    "uuid": "sa.Uuid()",
    "bytea": "sa.LargeBinary()",
    "json": "sa.JSON()",
    "jsonb": "postgresql.JSONB()",
    "real": "sa.REAL()",
    "double precision": "sa.Double()",
    "timestamp without time zone": "sa.DateTime()",
    "timestamp with time zone": "sa.DateTime(timezone=True)",
    "time without time zone": "sa.Time()",
    "interval": "sa.Interval()",
    "serial": "sa.Integer()",
    "bigserial": "sa.BigInteger()",
}
_SIZED = {"character varying": "sa.String", "numeric": "sa.Numeric", "character": "sa.CHAR"}


class Code(str):
    """Python code as an argument, in place of a value."""

    __slots__ = ()


def call(function: str, *arguments: object, **named: object) -> str:
    """`function(...)`; named arguments that are None are left out, text is written with double quotes."""
    written = [_literal(a) for a in arguments]
    written += [f"{key}={_literal(value)}" for key, value in named.items() if value is not None]
    return f"{function}({', '.join(written)})"


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
    return quote(name.name) if name.schema == default else f"{quote(name.schema)}.{quote(name.name)}"


def type_call(text: str) -> Code:
    """The SQLAlchemy type of a column type; user-defined types come out as their name."""
    kind = parse(text)
    if kind.dimensions:
        return Code(f"postgresql.ARRAY({type_call(str(kind._replace(dimensions=0)))})")
    if kind.base in _SIZED:
        return Code(f"{_SIZED[kind.base]}({', '.join(kind.modifiers)})")
    return Code(_TYPES.get(kind.base, kind.base))


def _literal(value: object) -> str:
    if isinstance(value, Code):
        return value
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_literal(v) for v in value) + "]"
    return repr(value)
