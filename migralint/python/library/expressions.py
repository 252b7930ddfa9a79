"""Functions of SQLAlchemy that make expressions: `text`, `literal`, `and_`, `case`, `func`, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.formatting import percent
from migralint.python.library.registry import VALUES, Handler, known, resolver
from migralint.python.library.sqltext import BindItem, Sql, as_sql, cast, collate, unescaped
from migralint.python.template import Template, changed
from migralint.python.values import Arguments, Builtin, Either, Native, Unknown, Value
from migralint.schema.names import quote

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.library.conditions import Condition

NO_TABLE: Mapping[str, Value] = {}


@known("sqlalchemy.DDL")
def _ddl(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """`DDL(statement, context)`, whose statement is always formatted with `%`."""
    statement, context = args.get(0, "statement"), args.get(1, "context")
    if not isinstance(statement, str):
        return statement if isinstance(statement, Unknown) else Unknown("a text that is not known", place)
    return DdlText(str(statement), context if context is not None else {})


class DdlText(Sql):
    """`DDL(...)`, which `execute_if` may keep from being sent; `text` is not formatted yet."""

    def __init__(self, text: str, context: Value, condition: Condition | None = None) -> None:
        super().__init__(text, raw=True)
        self.context = context
        self.condition = condition

    def formatted(self, ev: Evaluator, place: Place, table: Mapping[str, Value] = NO_TABLE) -> Sql | Unknown:
        """The statement with its context, and with the names of the table that it listens to."""
        if "%" not in self.text:
            return self
        context = {**table, **self.context} if isinstance(self.context, dict) else self.context
        text = percent(ev, self.text, context, place)
        if isinstance(text, Unknown):
            return text
        return Sql(text, raw=True) if isinstance(text, str) else Unknown("a text that is not known", place)

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "execute_if":
            return Builtin(name, self._execute_if)
        if name == "execute":
            return Builtin(name, self._execute)
        return super().attribute(ev, name, place)

    def _execute(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.connection import execute

        return execute(ev, self.formatted(ev, place), None, place)

    def _execute_if(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.conditions import condition

        return DdlText(self.text, self.context, condition(ev, args, place))


@known("sqlalchemy.quoted_name")
def _quoted_name(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """A string that also says whether it is quoted: only without quotes PostgreSQL folds it to lower case."""
    value, quoted = args.get(0, "value"), args.get(1, "quote", default=None)
    return value.lower() if quoted is False and isinstance(value, str) else value


@known("alembic.autogenerate.render._ident")
def _identifier(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """A name as Alembic's autogenerate writes it, which packages with operations of their own borrow."""
    return args.get(0, "name")


@known("sqlalchemy.text", "sqlalchemy.literal_column")
def _text(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0, "text")
    if isinstance(value, Either) and value.choices:
        choices = tuple(_text(ev, Arguments([choice]), place) for choice in value.choices)
        return Either(value.reason, choices, closed=value.closed)
    if isinstance(value, Template):
        return changed(value, unescaped)
    if not isinstance(value, str):
        return value if isinstance(value, (Unknown, Sql)) else Unknown("a text that is not known", place)
    return Sql(unescaped(value), raw=True)


@known("sqlalchemy.column")
def _column(ev: Evaluator, args: Arguments, place: Place) -> Value:
    from migralint.python.library.items import ColumnItem

    name = args.get(0)
    return ColumnItem.make(ev, args, place) if isinstance(name, str) else Unknown("a column", place)


@known("sqlalchemy.literal")
def _literal(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return as_sql(ev, args.get(0, "value"), place)


@known("sqlalchemy.bindparam")
def _bindparam(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return BindItem(str(args.get(0, "key")), args.get(1, "value", default=Unknown("a bound value", place)))


@known("op.inline_literal")
def _inline_literal(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return as_sql(ev, args.get(0), place)


@known("sqlalchemy.null")
def _null(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Sql("NULL")


@known("sqlalchemy.true")
def _true(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Sql("1" if ev.database.dialect == "sqlite" else "true")


@known("sqlalchemy.false")
def _false(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Sql("0" if ev.database.dialect == "sqlite" else "false")


def _bool(word: str) -> Handler:
    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        columns: list[str] = []
        texts: list[str] = []
        for value in args.positional:
            part = as_sql(ev, value, place)
            if isinstance(part, Unknown):
                return part
            columns += part.columns
            texts.append(part.inner())
        return Sql(f" {word} ".join(texts), columns, loose=len(texts) > 1)

    return build


known("sqlalchemy.and_")(_bool("AND"))
known("sqlalchemy.or_")(_bool("OR"))


@known("sqlalchemy.not_")
def _not(ev: Evaluator, args: Arguments, place: Place) -> Value:
    part = as_sql(ev, args.get(0), place)
    return part if isinstance(part, Unknown) else Sql(f"NOT ({part.text})", part.columns, loose=True)


@known("sqlalchemy.type_coerce")
def _type_coerce(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return as_sql(ev, args.get(0), place)


@known("sqlalchemy.cast")
def _cast_function(ev: Evaluator, args: Arguments, place: Place) -> Value:
    part = as_sql(ev, args.get(0), place)
    return part if isinstance(part, Unknown) else cast(ev, part, Arguments(args.positional[1:], args.keywords), place)


@known("sqlalchemy.collate")
def _collate_function(ev: Evaluator, args: Arguments, place: Place) -> Value:
    part = as_sql(ev, args.get(0, "expression"), place)
    return part if isinstance(part, Unknown) else collate(ev, part, Arguments([args.get(1, "collation")]), place)


def _ordering(word: str) -> Handler:
    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        value = args.get(0)
        part = Sql(quote(value), [value]) if isinstance(value, str) else as_sql(ev, value, place)
        if isinstance(part, Unknown):
            return part
        return Sql(part.text, part.columns, raw=part.raw, loose=part.loose, ordering=f"{part.ordering} {word}".strip())

    return build


known("sqlalchemy.desc")(_ordering("DESC"))
known("sqlalchemy.asc")(_ordering(""))
known("sqlalchemy.nulls_last", "sqlalchemy.nullslast")(_ordering("NULLS LAST"))
known("sqlalchemy.nulls_first", "sqlalchemy.nullsfirst")(_ordering("NULLS FIRST"))


@known("sqlalchemy.case")
def _case(ev: Evaluator, args: Arguments, place: Place) -> Value:
    whens = args.positional
    if len(whens) == 1 and isinstance(whens[0], list):
        whens = whens[0]
    columns: list[str] = []
    text = "CASE"
    for when in whens:
        if not isinstance(when, tuple) or len(when) != 2:
            return Unknown("a CASE", place)
        condition, result = as_sql(ev, when[0], place), as_sql(ev, when[1], place)
        if isinstance(condition, Unknown) or isinstance(result, Unknown):
            return Unknown("a CASE", place)
        columns += condition.columns + result.columns
        text += f" WHEN {condition.text} THEN {result.text}"
    if "else_" in args.keywords:
        other = as_sql(ev, args.keywords["else_"], place)
        if isinstance(other, Unknown):
            return other
        columns += other.columns
        text += f" ELSE {other.text}"
    return Sql(text + " END", columns)


_ANSI = {
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "current_user",
    "session_user",
    "user",
}


def call_function(ev: Evaluator, name: str, args: Arguments, place: Place) -> Sql | Unknown:
    """`func.name(...)`."""
    if name.lower() in _ANSI and not args.positional:
        return Sql(name.upper())
    texts: list[str] = []
    columns: list[str] = []
    for value in args.positional:
        part = as_sql(ev, value, place)
        if isinstance(part, Unknown):
            return part
        texts.append(part.text)
        columns += part.columns
    if name.lower() == "count" and not texts:
        texts = ["*"]
    if name.lower() == "now" and ev.database.dialect == "sqlite":
        return Sql("CURRENT_TIMESTAMP")
    return Sql(f"{name}({', '.join(texts)})", columns)


class Func(Native):
    """`sqlalchemy.func`, or a package of functions below it."""

    type_name = "func"

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        return Func(f"{self.prefix}{name}.")

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        return call_function(ev, self.prefix[:-1], args, place)


VALUES["sqlalchemy.func"] = Func()


@resolver
def _functions(path: str) -> Handler | None:
    if not path.startswith("sqlalchemy.func."):
        return None
    name = path.rpartition(".")[2]
    return lambda ev, args, place: call_function(ev, name, args, place)
