"""SQL expressions as SQLAlchemy builds them, kept as text with the columns they mention."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.operators import Expressive
from migralint.python.text import Text, concat, replace
from migralint.python.values import Arguments, Builtin, EnumMember, Instance, Symbol, Unknown, Value
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_SQL = {"==": "=", "!=": "!=", "&": "AND", "|": "OR", "%": "%", "//": "/"}
_LOOSE = {"AND", "OR"}


Method = Callable[["Evaluator", "Sql", Arguments, Place], Value]

SUBQUERY = "(SELECT ...)"
"""What stands for a query inside of an expression; its own text is not needed."""


def quoted(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


def unescaped(value: str) -> str:
    """The SQL of a text that SQLAlchemy looks for parameters in: colons that are none are escaped there."""
    return replace(value, "\\:", ":")


_PARAMETER = re.compile(r"(?<![:\w\\]):\w+(?!:)")


def in_ddl(value: str) -> str:
    """The SQL of a text in CREATE TABLE: SQLAlchemy writes NULL for what it takes for a parameter."""
    for found in reversed(list(_PARAMETER.finditer(value))):
        value = concat([value[: found.start()], "NULL", value[found.end() :]])
    return unescaped(value)


class ColumnName(str):
    """The name of a column in an expression, with the table it was taken from."""

    __slots__ = ("table",)

    def __new__(cls, name: str, table: Value) -> ColumnName:
        made = super().__new__(cls, name)
        made.table = table
        return made

    table: Value


class Sql(Expressive):
    """An SQL expression. `raw` is true for `text(...)`: not one expression but whatever somebody wrote.

    `columns` are the names of its columns, those of `ColumnItem` being ColumnName.
    `same` is what Python takes a comparison of two columns for: whether they are one column. `named` is its label.
    """

    type_name = "SQL expression"

    def __init__(
        self, text: str, columns: Iterable[str] = (), *, raw: bool = False, loose: bool = False, ordering: str = ""
    ) -> None:
        self.text = text
        self.columns = tuple({(name, id(getattr(name, "table", None))): name for name in columns}.values())
        self.raw = raw
        self.loose = loose
        self.ordering = ordering
        self.bound: dict[str, Value] = {}
        self.same: bool | None = None
        self.named: Value = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, as plain text."""
        return tuple(dict.fromkeys(str(name) for name in self.columns))

    @property
    def tables(self) -> list[Value]:
        """The tables that its columns were taken from."""
        tables: list[Value] = []
        for column in self.columns:
            if isinstance(column, ColumnName) and column.table is not None and column.table not in tables:
                tables.append(column.table)
        return tables

    def inner(self) -> str:
        """The text, in parentheses where it stands inside another expression."""
        return f"({self.text})" if self.loose else self.text

    def operate(self, ev: Evaluator, op: str, other: Value, place: Place, *, swapped: bool) -> Value:
        if op == "not":
            return Sql(f"NOT {self.inner()}", self.columns, loose=True)
        if op in ("neg", "~"):
            return Sql(f"-{self.inner()}" if op == "neg" else f"NOT ({self.text})", self.columns, loose=True)
        right = as_sql(ev, other, place)
        if isinstance(right, Unknown):
            return right
        left: Sql = self
        if swapped:
            left, right = right, left
        sign = _SQL.get(op, op)
        if right.text == "NULL" and sign in ("=", "!="):
            return Sql(f"{left.inner()} IS {'NOT ' if sign == '!=' else ''}NULL", left.columns, loose=True)
        return Sql(f"{left.inner()} {sign} {right.inner()}", left.columns + right.columns, loose=True)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        method = _METHODS.get(name)
        if method is not None:
            return Builtin(name, lambda ev, args, place: method(ev, self, args, place))
        if name in ("text", "key"):
            return self.text
        if name == "__str__":
            return self.text
        if name == "select":
            from migralint.python.library.dml import select

            return Builtin(name, lambda ev, args, place: select(ev, Arguments([self]), place))
        if name in ("astext", "c", "columns", "type", "arg"):
            return self
        return Unknown(f"attribute {name} of an SQL expression", place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        if isinstance(key, (list, tuple)) and all(isinstance(k, (str, int)) for k in key):
            return JsonItem(self, "#>", quoted("{" + ",".join(str(k) for k in key) + "}"))
        if isinstance(key, str):
            return JsonItem(self, "->", quoted(key))
        return JsonItem(self, "->", str(key)) if isinstance(key, int) else Unknown("a key", place)

    def truth(self) -> bool | None:
        return self.same


class JsonItem(Sql):
    """An element of a JSON value; `as_string` and the like take it out as text."""

    def __init__(self, owner: Sql, operator: str, path: str) -> None:
        super().__init__(f"{owner.inner()} {operator} {path}", owner.columns, loose=True)
        self.out = Sql(f"{owner.inner()} {operator}> {path}", owner.columns, loose=True)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "astext":
            return self.out
        if name == "as_json":
            return Builtin(name, lambda ev, args, place: self)
        kinds = {"as_string": "VARCHAR", "as_integer": "INTEGER", "as_float": "FLOAT", "as_boolean": "BOOLEAN"}
        if name in kinds:
            return Builtin(name, lambda ev, args, place: self._cast(kinds[name]))
        if name == "as_numeric":
            return Builtin(name, lambda ev, args, place: self._cast(f"NUMERIC({args.get(0)}, {args.get(1)})"))
        return super().attribute(ev, name, place)

    def _cast(self, kind: str) -> Sql:
        return Sql(f"CAST({self.out.inner()} AS {kind})", self.columns)


def as_sql(ev: Evaluator, value: Value, place: Place) -> Sql | Unknown:
    """Any value as an SQL expression: Python data become literals."""
    if isinstance(value, Sql):
        return value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, EnumMember):
        return Sql(quoted(value.name))
    if value is None:
        return Sql("NULL")
    if isinstance(value, bool):
        return Sql("true" if value else "false")
    if isinstance(value, (int, float)):
        return Sql(str(value))
    if isinstance(value, str):
        return Sql(quoted(value))
    if isinstance(value, (list, tuple)):
        parts = [as_sql(ev, v, place) for v in value]
        columns: list[str] = []
        texts: list[str] = []
        for part in parts:
            if isinstance(part, Unknown):
                return part
            columns += part.columns
            texts.append(part.inner())
        return Sql(f"({', '.join(texts)})", columns)
    if isinstance(value, Instance):
        from migralint.python.library.compiled import compiled

        return compiled(ev, value, place) or Unknown("an SQL expression that is not known", place)
    convert = getattr(value, "as_sql", None)
    if convert is not None:
        result: Sql | Unknown = convert(ev, place)
        return result
    if isinstance(value, Symbol) and value.path.startswith("sqlalchemy"):
        return Unknown(f"{value.path} as an expression", place)
    return Unknown("an SQL expression that is not known", place)


def _wrap(pattern: str) -> Method:
    def method(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
        other = as_sql(ev, args.get(0), place)
        if isinstance(other, Unknown):
            return other
        columns = self.columns + other.columns
        return Sql(pattern.format(self.inner(), other.inner()), columns, loose=" " in pattern)

    return method


def _order(word: str) -> Method:
    def method(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
        return Sql(self.text, self.columns, raw=self.raw, loose=self.loose, ordering=f"{self.ordering} {word}".strip())

    return method


def _same(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
    return self


def _label(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
    labelled = Sql(self.text, self.columns, raw=self.raw, loose=self.loose, ordering=self.ordering)
    labelled.named = args.get(0, "name")
    return labelled


def _bind(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
    """`text(...).bindparams(name=value)`: values for its `:name`."""
    bound = Sql(self.text, self.columns, raw=self.raw, loose=self.loose, ordering=self.ordering)
    bound.bound = {**self.bound, **args.keywords}
    for part in args.positional:
        if isinstance(part, BindItem):
            bound.bound[part.name] = part.value
        elif isinstance(part, dict):
            bound.bound.update(part)
    return bound


def _op(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
    sign = args.get(0)
    if not isinstance(sign, str):
        return Unknown("an operator", place)
    return Builtin("op", lambda ev, args, place: self.operate(ev, sign, args.get(0), place, swapped=False))


def cast(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
    """`expression.cast(type)`."""
    from migralint.python.library.types import as_type

    kind = as_type(ev, args.get(0), place)
    if isinstance(kind, Unknown):
        return kind
    return Sql(f"CAST({self.text} AS {kind.ddl(ev, place)})", self.columns)


def collate(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
    """`expression.collate(name)`."""
    name = args.get(0, "collation")
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else Unknown("a collation", place)
    return Sql(f"{self.inner()} COLLATE {quote(name)}", self.columns)


def _between(ev: Evaluator, self: Sql, args: Arguments, place: Place) -> Value:
    low, high = as_sql(ev, args.get(0), place), as_sql(ev, args.get(1), place)
    if isinstance(low, Unknown) or isinstance(high, Unknown):
        return Unknown("a range", place)
    return Sql(f"{self.inner()} BETWEEN {low.inner()} AND {high.inner()}", self.columns, loose=True)


_METHODS: dict[str, Method] = {
    "desc": _order("DESC"),
    "asc": _order(""),
    "nulls_first": _order("NULLS FIRST"),
    "nullsfirst": _order("NULLS FIRST"),
    "nulls_last": _order("NULLS LAST"),
    "nullslast": _order("NULLS LAST"),
    "in_": _wrap("{} IN {}"),
    "not_in": _wrap("{} NOT IN {}"),
    "notin_": _wrap("{} NOT IN {}"),
    "like": _wrap("{} LIKE {}"),
    "not_like": _wrap("{} NOT LIKE {}"),
    "notlike": _wrap("{} NOT LIKE {}"),
    "not_ilike": _wrap("{} NOT ILIKE {}"),
    "regexp_match": _wrap("{} ~ {}"),
    "endswith": _wrap("{} LIKE '%' || {}"),
    "ilike": _wrap("{} ILIKE {}"),
    "is_": _wrap("{} IS {}"),
    "is_not": _wrap("{} IS NOT {}"),
    "isnot": _wrap("{} IS NOT {}"),
    "startswith": _wrap("{} LIKE {} || '%'"),
    "contains": _wrap("{} @> {}"),
    "has_key": _wrap("{} ? {}"),
    "concat": _wrap("{} || {}"),
    "collate": collate,
    "label": _label,
    "self_group": _same,
    "bindparams": _bind,
    "params": _bind,
    "compile": _same,
    "columns": _same,
    "execution_options": _same,
    "with_variant": _same,
    "between": _between,
    "op": _op,
    "bool_op": _op,
    "cast": cast,
}


class BindItem(Sql):
    """`bindparam(name, value)`."""

    def __init__(self, name: str, value: Value) -> None:
        super().__init__(f":{name}")
        self.name = name
        self.value = value


def text_of(value: Value) -> Text | None:
    """The SQL text of a `str` or `text(...)`, pieces kept; None for anything else."""
    if isinstance(value, Sql):
        value = value.text
    return concat([value]) if isinstance(value, str) else None
