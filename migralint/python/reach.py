"""What somebody who is given a value can do with it: call the code that it holds, or change the database."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from migralint.operations import Place
from migralint.python.values import (
    BoundMethod,
    Builtin,
    Deferred,
    Either,
    Function,
    Instance,
    Native,
    Symbol,
    Unknown,
    Value,
)

_VALUES = 500
"""Of what one value holds, so many are looked at."""
_OPERATIONS = ("op.", "batch_op.", "connection.")

_TRUE = sys.stdlib_module_names | {"alembic", "sqlalchemy"}
"""Packages whose names are modules, classes and functions; those of others may hold anything."""


def is_code(value: Value) -> bool:
    """Whether it is a function of the project, or an operation of Alembic's: calling it may change the database."""
    match value:
        case Function():
            return True
        case BoundMethod():
            return is_code(value.function)
        case Builtin():
            return value.name.startswith(_OPERATIONS)
    return False


def reaches_database(value: Value) -> bool:
    """Whether it is the database, or a part of Alembic or SQLAlchemy that has it."""
    return isinstance(value, Native) and getattr(value, "reaches_database", False) is True


def held(value: Value) -> Iterator[Value]:
    """The value, and what it holds: items of containers, attributes of objects of the project."""
    stack: list[Value] = [value]
    seen: set[int] = set()
    while stack and len(seen) < _VALUES:
        one = stack.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        match one:
            case Either():
                stack += one.choices
            case Instance():
                stack += one.attributes.values()
            case dict():
                stack += one.values()
            case list() | tuple() | set() | frozenset():
                stack += one


def may_act(value: Value) -> bool:
    """Whether somebody who has the value may change the database with it."""
    return any(is_code(one) or reaches_database(one) for one in held(value))


def may_migrate(value: Value) -> bool:
    """Whether it may change the database when it is called without being given it: Alembic is within its reach."""
    if isinstance(value, BoundMethod):
        return may_migrate(value.function)
    if not isinstance(value, Function):
        return may_act(value)
    return any(_of_alembic(one) for one in value.scope.module.names.values())


def _of_alembic(value: Value) -> bool:
    if isinstance(value, Deferred):
        return value.module.partition(".")[0] == "alembic"
    if isinstance(value, Symbol):
        return value.path.partition(".")[0] == "alembic"
    return reaches_database(value) or (is_code(value) and not isinstance(value, Function | BoundMethod))


def is_foreign(symbol: Symbol) -> bool:
    """Whether it is a name of a package that is neither read nor known."""
    return symbol.path.partition(".")[0] not in _TRUE


def as_known(value: Value, place: Place) -> Value:
    """The value; of a package that is not read only a class is known to be what it is."""
    if not isinstance(value, Symbol) or not is_foreign(value) or _is_class(value.tail):
        return value
    return Unknown(f"{value.path} is not known", place)


def _is_class(name: str) -> bool:
    return name[:1].isupper() and not name.isupper()
