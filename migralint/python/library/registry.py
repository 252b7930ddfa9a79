"""What libraries' names mean: functions by canonical path, and values for names that are no functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.values import Arguments, Symbol, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

Handler = Callable[["Evaluator", Arguments, Place], Value]

FUNCTIONS: dict[str, Handler] = {}
VALUES: dict[str, Value] = {}
_LATE: list[Callable[[str], Handler | None]] = []


def known(*paths: str) -> Callable[[Handler], Handler]:
    """Registers a function under canonical paths (see `canonical`)."""

    def register(handler: Handler) -> Handler:
        for path in paths:
            FUNCTIONS[path] = handler
        return handler

    return register


def resolver(function: Callable[[str], Handler | None]) -> Callable[[str], Handler | None]:
    """Registers a function that finds handlers for families of paths (types, SQL functions)."""
    _LATE.append(function)
    return function


_SAME = (
    ("sqlmodel.sql.sqltypes.types.", "sqlalchemy."),
    ("sqlalchemy.engine.reflection.Inspector.", "sqlalchemy.Inspector."),
    ("sqlalchemy.dialects.", ""),
    ("sqlalchemy.sql.functions.", "sqlalchemy.func."),
    ("sqlalchemy.engine.reflection.", "sqlalchemy."),
    ("sqlalchemy.ext.declarative.", "sqlalchemy.orm."),
    ("sqlalchemy.ext.", "sqlalchemy.ext."),
    ("sqlalchemy.orm.", "sqlalchemy.orm."),
    ("sqlalchemy.func.", "sqlalchemy.func."),
    ("sqlalchemy.exc.", "sqlalchemy.exc."),
    ("sqlalchemy.event.", "sqlalchemy.event."),
)


_OF_SQLMODEL = frozenset({"SQLModel", "Field", "Relationship", "Session", "AutoString", "sql"})
"""What sqlmodel's root defines itself; everything else there is SQLAlchemy's."""


def canonical(path: str) -> str:
    """One path for a name that a library offers under several."""
    for prefix, to in _SAME:
        if path.startswith(prefix):
            rest = path[len(prefix) :]
            if prefix == "sqlalchemy.dialects.":
                dialect, _, name = rest.partition(".")
                return f"{dialect}.{name.rpartition('.')[2]}" if name else rest
            if prefix == "sqlalchemy.orm.":
                return to + rest.rpartition(".")[2]
            return to + rest
    if path.startswith("sqlalchemy."):
        return "sqlalchemy." + path.rpartition(".")[2]
    if path.startswith("sqlmodel.") and path.count(".") == 1 and path.removeprefix("sqlmodel.") not in _OF_SQLMODEL:
        return "sqlalchemy." + path.removeprefix("sqlmodel.")
    if path.endswith(".mapped_column"):  # handed on by a package that makes do with several versions of SQLAlchemy
        return "sqlalchemy.orm.mapped_column"
    if path.startswith("typing_extensions."):
        return "typing." + path.partition(".")[2]
    return path


def lookup(path: str) -> Handler | None:
    """The function for a library path, or None."""
    name = canonical(path)
    found = FUNCTIONS.get(name)
    if found is not None:
        return found
    for function in _LATE:
        found = function(name)
        if found is not None:
            return found
    return None


def module_member(path: str, name: str) -> Value:
    """`path.name`: a value that is known, else a symbol."""
    full = f"{path}.{name}" if path else name
    short = canonical(full)
    if short in VALUES:
        return VALUES[short]
    return Symbol(full)
