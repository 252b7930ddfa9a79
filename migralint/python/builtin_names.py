"""The names that every module has, filled by the modules that know them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.values import Arguments, Builtin, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

BUILTINS: dict[str, Value] = {}
BuiltinFunction = Callable[["Evaluator", Arguments, Place], Value]


def builtin(function: BuiltinFunction) -> BuiltinFunction:
    """Registers a builtin function under its own name without the underscore."""
    name = function.__name__.strip("_")
    BUILTINS[name] = Builtin(name, function)
    return function


def items_of(ev: Evaluator, args: Arguments) -> list[Value] | None:
    """What the first argument holds, or None where that is not known."""
    return ev.items(args.get(0))


def why(args: Arguments, place: Place, what: str) -> Unknown:
    """Why the result is not known."""
    first = args.get(0)
    return first if isinstance(first, Unknown) else Unknown(f"{what} of something that is not known", place)
