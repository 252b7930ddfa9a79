"""`@compiles(cls)`: constructs of the project whose SQL text a function of its own gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.dialect import DialectItem, PreparerItem
from migralint.python.library.dml import Dml
from migralint.python.library.dml_rows import select_text
from migralint.python.library.registry import known
from migralint.python.library.sqltext import Sql, as_sql
from migralint.python.values import Arguments, Builtin, ClassValue, Instance, Native, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_COMPILERS = "__compilers__"


@known("sqlalchemy.ext.compiler.compiles")
def _compiles(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Compiles(args.get(0, "class_"), args.positional[1:])


class Compiles(Native):
    """The decorator `@compiles(cls, *dialects)`."""

    type_name = "decorator"

    def __init__(self, cls: Value, dialects: list[Value]) -> None:
        self.cls = cls
        self.dialects = dialects or [None]

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        if isinstance(self.cls, ClassValue):
            functions = self.cls.namespace.setdefault(_COMPILERS, {})
            functions.update((dialect, args.get(0)) for dialect in self.dialects)
        return args.get(0)


class CompilerItem(Native):
    """The compiler that such a function is given, as far as it asks for the text of parts."""

    type_name = "compiler"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "sql_compiler":
            return self
        if name in ("preparer", "identifier_preparer"):
            return PreparerItem()
        if name == "dialect":
            return DialectItem(ev.database.dialect)
        if name == "process":
            return Builtin(name, _process)
        return super().attribute(ev, name, place)


def _process(ev: Evaluator, args: Arguments, place: Place) -> Value:
    given = args.get(0)
    if isinstance(given, Dml):
        text = select_text(ev, given, place) if given.kind == "select" else None
        return text if text is not None else Unknown("the text of a query", place)
    part = as_sql(ev, given, place)
    return part if isinstance(part, Unknown) else part.text


def compiled(ev: Evaluator, value: Value, place: Place) -> Sql | Unknown | None:
    """What a construct of the project compiles to; None for what has no such function."""
    if not isinstance(value, Instance):
        return None
    found, functions = value.cls.lookup(_COMPILERS)
    if not found:
        return None
    function = functions.get(ev.database.dialect, functions.get(None))
    text = ev.call(function, Arguments([value, CompilerItem()]), place) if function is not None else None
    if isinstance(text, str):
        return Sql(text, raw=True)
    return text if isinstance(text, Unknown) else Unknown(f"what {value.cls.name} is compiled to", place)
