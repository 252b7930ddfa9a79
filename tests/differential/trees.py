"""pglast's trees in forms that can be compared: expressions and queries without places, types, names."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, NamedTuple

import pglast
from pglast import ast
from pglast.parser import ParseError

from migralint.schema.names import quote

SEARCHED: ContextVar[frozenset[str]] = ContextVar("searched", default=frozenset(("public", "pg_temp")))
"""The schemas where a name without a schema may be, while a statement is compared."""


class Ref(NamedTuple):
    """A name as it is written; `schema` None where the search path decides."""

    schema: str | None
    name: str

    def means(self, other: object) -> bool:
        """Whether a name that migralint resolved can be this one."""
        schema = getattr(other, "schema", None)
        fits = schema in SEARCHED.get() if self.schema is None else schema == self.schema
        return fits and getattr(other, "name", None) == self.name

    def __str__(self) -> str:
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


_SYSTEM_TYPES = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "serial2": "smallserial",
    "serial4": "serial",
    "serial8": "bigserial",
    "bool": "boolean",
    "varchar": "character varying",
    "bpchar": "character",
    "float4": "real",
    "float8": "double precision",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "varbit": "bit varying",
    "decimal": "numeric",
    "dec": "numeric",
    "int": "integer",
}
_FIELDS = {
    1 << 2: "year",
    1 << 1: "month",
    1 << 3: "day",
    1 << 10: "hour",
    1 << 11: "minute",
    1 << 12: "second",
}
_IGNORED = frozenset(("stmt_len", "rexpr_list_start", "rexpr_list_end", "list_start", "list_end"))


def texts(names: Any) -> list[str]:
    """The parts of a name."""
    return [part.sval for part in names or () if isinstance(part, ast.String)]


def ref(names: Any) -> Ref:
    """A name from a list of parts, from a TypeName or from a RangeVar."""
    if isinstance(names, ast.RangeVar):
        return Ref(names.schemaname, names.relname)
    parts = texts(names.names if isinstance(names, ast.TypeName) else names)
    return Ref(parts[-2] if len(parts) > 1 else None, parts[-1])


def plain(node: Any) -> Any:
    """A tree as nested tuples, without places and without casts' spelling."""
    if isinstance(node, ast.Node):
        fields = []
        for name in node.__slots__:
            if name.endswith("location") or name in _IGNORED:
                continue
            value = getattr(node, name)
            if value is None or value == () or value is False:
                continue
            fields.append((name, plain(value)))
        return (type(node).__name__, *fields)
    if isinstance(node, list | tuple):
        return tuple(plain(one) for one in node)
    return node


@functools.lru_cache(maxsize=20_000)
def parsed(text: str) -> Any:
    """The one statement of a text, or None where it is not one."""
    try:
        statements = pglast.parse_sql(text)
    except (ParseError, UnicodeError):
        return None
    return statements[0].stmt if len(statements) == 1 else None


class Expression:
    """An expression: of pglast as a tree, of migralint as text; equal where both mean the same tree."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def means(self, text: object) -> bool:
        """Whether this text of migralint's is the same expression."""
        if not isinstance(text, str):
            return False
        found = parsed(f"SELECT ({text})")
        if found is None or not isinstance(found, ast.SelectStmt) or len(found.targetList or ()) != 1:
            return False
        return plain(found.targetList[0].val) == plain(self.tree) or _same_sequence(self.tree, found.targetList[0].val)

    def __str__(self) -> str:
        return shown(self.tree)


def _same_sequence(one: Any, other: Any) -> bool:
    """nextval of one sequence, which migralint names with its schema as the server prints it."""
    names = [_sequence_of(one), _sequence_of(other)]
    return None not in names and names[0].split(".")[-1].strip('"') == names[1].split(".")[-1].strip('"')  # type: ignore[union-attr]  # asked just before


def _sequence_of(node: Any) -> str | None:
    if not isinstance(node, ast.FuncCall) or texts(node.funcname)[-1] != "nextval" or len(node.args or ()) != 1:
        return None
    argument = node.args[0]
    while isinstance(argument, ast.TypeCast):
        argument = argument.arg
    value = getattr(argument, "val", None)
    return value.sval if isinstance(value, ast.String) else None


class Query:
    """A whole statement, equal where migralint's text of it parses into the same tree."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def means(self, text: object) -> bool:
        """Whether this text is the same statement."""
        return isinstance(text, str) and plain(parsed(text)) == plain(self.tree)

    def __str__(self) -> str:
        return shown(self.tree)


def shown(node: Any) -> str:
    """A tree as SQL, for people."""
    from pglast.stream import RawStream

    try:
        return str(RawStream()(node))
    except Exception:  # the printer does not know all that the parser knows
        return str(plain(node))[:200]


def nodes(tree: Any) -> Iterator[ast.Node]:
    """Every node of a tree."""
    if isinstance(tree, ast.Node):
        yield tree
        for name in tree.__slots__:
            value = getattr(tree, name)
            if isinstance(value, ast.Node | list | tuple):
                yield from nodes(value)
    elif isinstance(tree, list | tuple):
        for one in tree:
            yield from nodes(one)


def columns(tree: Any) -> set[str]:
    """The columns that an expression mentions."""
    found = set()
    for node in nodes(tree):
        if isinstance(node, ast.ColumnRef) and isinstance(node.fields[-1], ast.String):
            found.add(node.fields[-1].sval)
    return found


def relations(query: Any) -> set[Ref]:
    """The relations that a query reads; names that its WITH gives may be among them or not."""
    locked = [one for node in nodes(query) if isinstance(node, ast.LockingClause) for one in node.lockedRels or ()]
    locked += [node.rel for node in nodes(query) if isinstance(node, ast.IntoClause)]
    ranges = (node for node in nodes(query) if isinstance(node, ast.RangeVar))
    return {ref(node) for node in ranges if not any(node is one for one in locked)}


def with_names(query: Any) -> set[str]:
    """The names that WITH gives in a query."""
    return {node.ctename for node in nodes(query) if isinstance(node, ast.CommonTableExpr)}


class Kind:
    """A type; `means` compares with migralint's spelling of it."""

    def __init__(self, node: ast.TypeName, *, bare: bool = False) -> None:
        self.text, self.schema = type_text(node, bare=bare)

    def means(self, text: object) -> bool:
        """Whether migralint's text is this type; a schema that the search path gives may stand before it."""
        if text == self.text or _lower_modifiers(text) == _lower_modifiers(self.text):
            return True
        if not isinstance(text, str) or self.schema is not None or "." not in text:
            return False
        schema, name = text.split(".", 1)
        return name == self.text and schema.strip('"') in SEARCHED.get()

    def __str__(self) -> str:
        return self.text


def _lower_modifiers(text: object) -> str:
    """`geometry(Point,4326)`: how its modifiers are spelled is up to the type."""
    return re.sub(r"\(.*\)", lambda found: found[0].lower(), str(text))


def type_text(node: ast.TypeName, *, bare: bool = False) -> tuple[str, str | None]:
    """A type as `format_type` prints it, and the schema that is written before it.

    `bare` is without its length, as functions have their types.
    """
    parts = texts(node.names)
    schema = parts[-2] if len(parts) > 1 else None
    name = parts[-1]
    system = schema in (None, "pg_catalog")
    modifiers = [_modifier(m) for m in node.typmods or ()]
    if node.pct_type:
        return ("SETOF " if node.setof else "") + ".".join(map(quote, parts)) + "%type", schema
    text = _SYSTEM_TYPES.get(name, name) if system else name
    if system and name == "char" and schema is None:
        text = '"char"'
    elif system and name == "bpchar" and not modifiers:
        text = "bpchar"
    elif system and name == "interval" and modifiers:
        text, modifiers = _interval(modifiers)
    elif system and text == "numeric" and len(modifiers) == 1:
        modifiers = [*modifiers, "0"]
    elif system and name == "bit" and not modifiers:
        modifiers = ["1"]
    elif text == name:
        text = quote(name) if schema in (None, "public", "pg_catalog") else f"{quote(schema)}.{quote(name)}"
    if modifiers and bare:
        text = re.sub(r" (year|month|day|hour|minute|second).*", "", text) if name == "interval" else text
        modifiers = []
    if modifiers:
        listed = f"({','.join(modifiers)})"
        first, _, rest = text.partition(" ")
        text = f"{first}{listed} {rest}" if first in ("timestamp", "time") and rest else text + listed
    if node.arrayBounds:
        text += "[]"
    if node.setof:
        text = f"SETOF {text}"
    return text, None if schema == "pg_catalog" else schema


def _modifier(node: Any) -> str:
    if isinstance(node, ast.A_Const):
        value = node.val
        if isinstance(value, ast.Integer):
            return str(value.ival)
        return str(getattr(value, "sval", None) or getattr(value, "fval", ""))
    if isinstance(node, ast.ColumnRef):
        return ".".join(texts(node.fields))
    return shown(node)


def _interval(modifiers: list[str]) -> tuple[str, list[str]]:
    """`interval day to second(3)`."""
    mask = int(modifiers[0])
    precision = f"({modifiers[1]})" if len(modifiers) > 1 else ""
    if mask == 0x7FFF:
        return f"interval{precision}", []
    named = [name for bit, name in _FIELDS.items() if mask & bit]
    text = f"interval {named[0]}" + (f" to {named[-1]}" if len(named) > 1 else "")
    return text + precision, []
