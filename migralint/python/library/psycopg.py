"""psycopg's `sql` module, and the helpers of `psycopg2.extras` that execute a statement for many rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.registry import known
from migralint.python.library.sqltext import Sql, as_sql
from migralint.python.text import concat, join
from migralint.python.values import Arguments, Builtin, Unknown, Value
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class Composed(Sql):
    """`SQL(...)`, `Identifier(...)`, `Literal(...)` and what is made of them."""

    type_name = "composed SQL"

    def __init__(self, text: str) -> None:
        super().__init__(text, raw=True)

    def operate(self, ev: Evaluator, op: str, other: Value, place: Place, *, swapped: bool) -> Value:
        if op == "+" and isinstance(other, Composed):
            return Composed(concat([other.text, self.text] if swapped else [self.text, other.text]))
        return Unknown(f"{op} of composed SQL", place)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        methods: dict[str, Callable[[Evaluator, Arguments, Place], Value]] = {
            "as_string": lambda ev, args, place: self.text,
            "format": self._format,
            "join": self._join,
        }
        return Builtin(name, methods[name]) if name in methods else Unknown(f"{name} of composed SQL", place)

    def _format(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.formatting import brace

        parts = [_text(ev, value, place) for value in args.positional]
        named = {key: _text(ev, value, place) for key, value in args.keywords.items()}
        text = brace(ev, self.text, Arguments(list(parts), dict(named), args.open), place)
        return text if isinstance(text, Unknown) else Composed(text)

    def _join(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        items = ev.items(args.get(0))
        parts = [_text(ev, value, place) for value in items or ()]
        unknown = next((part for part in parts if isinstance(part, Unknown)), None)
        if items is None or unknown is not None:
            return unknown or Unknown("a list of parts of SQL that is not known", place)
        return Composed(join(self.text, [part for part in parts if isinstance(part, str)]))


def _text(ev: Evaluator, value: Value, place: Place) -> str | Unknown:
    """The text of a part; what is not composed becomes a literal, as in psycopg."""
    if isinstance(value, Composed):
        return value.text
    part = as_sql(ev, value, place)
    return part if isinstance(part, Unknown) else part.text


@known("psycopg2.sql.SQL", "psycopg.sql.SQL")
def _sql(ev: Evaluator, args: Arguments, place: Place) -> Value:
    text = args.get(0)
    return Composed(text) if isinstance(text, str) else Unknown("a part of SQL that is not known", place)


@known("psycopg2.sql.Identifier", "psycopg.sql.Identifier")
def _identifier(ev: Evaluator, args: Arguments, place: Place) -> Value:
    if args.open or not all(isinstance(name, str) for name in args.positional):
        return next((v for v in args.positional if isinstance(v, Unknown)), Unknown("an identifier", place))
    return Composed(".".join(quote(str(name)) for name in args.positional))


@known("psycopg2.sql.Literal", "psycopg.sql.Literal")
def _literal(ev: Evaluator, args: Arguments, place: Place) -> Value:
    text = _text(ev, args.get(0), place)
    return text if isinstance(text, Unknown) else Composed(text)


@known("psycopg2.sql.Composed", "psycopg.sql.Composed")
def _composed(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Composed("")._join(ev, args, place)


@known("psycopg2.extras.execute_values", "psycopg2.extras.execute_batch")
def _execute_many(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """Sends nothing without rows; else the statement, with values that are not looked at."""
    if ev.items(args.get(2, "argslist")) == []:
        return None
    statement = args.get(1, "sql")
    if isinstance(statement, str):
        statement = re.sub(r"(?i)(\bVALUES\s*)%s", r"\1(%s)", str(statement))
    method = ev.attribute(args.get(0, "cur"), "execute", place)
    return ev.call(method, Arguments([statement, Unknown("rows", place)]), place)
