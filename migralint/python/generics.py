"""Types with arguments, as annotations and type maps hold them: `Optional[str]`, `int | None`, `Annotated[str, 50]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.values import Arguments, Builtin, ClassValue, EnumMember, Native, Symbol, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_CONTAINERS = frozenset("dict frozenset list set tuple type".split())
_MODULES = ("typing.", "typing_extensions.", "collections.", "sqlalchemy.orm.")
UNION = Symbol("typing.Union")


class AliasItem(Native):
    """A type with a name of its own: `type Name = ...`, `TypeAliasType("Name", ...)`, `NewType("Name", ...)`."""

    type_name = "type alias"

    def __init__(self, name: str, value: Callable[[], Value]) -> None:
        self.name = name
        self._value = value

    def value(self) -> Value:
        """What it stands for, which is looked at when it is first needed."""
        return self._value()

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        return args.get(0)


class TypeVariable(Native):
    """`TypeVar("T")`."""

    type_name = "type variable"


@dataclass(frozen=True)
class GenericItem(Native):
    """`origin[arguments]`. Equal ones are equal keys of a dictionary, as in Python."""

    origin: Value
    arguments: tuple[Value, ...]
    type_name = "type with arguments"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("__origin__", "__args__"):
            return self.origin if name == "__origin__" else self.arguments
        return ev.attribute(self.origin, name, place)

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        return ev.call(self.origin, args, place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        return self.filled(key if isinstance(key, tuple) else (key,))

    def variables(self) -> list[TypeVariable]:
        """The type variables in it, in the order in which arguments fill them in."""
        found: dict[TypeVariable, None] = {}
        for one in self.arguments:
            found |= dict.fromkeys(one.variables() if isinstance(one, GenericItem) else ())
            if isinstance(one, TypeVariable):
                found[one] = None
        return list(found)

    def filled(self, arguments: tuple[Value, ...]) -> GenericItem:
        """The same with types in place of its type variables."""
        return self._with(dict(zip(self.variables(), arguments, strict=False)))

    def _with(self, types: Mapping[TypeVariable, Value]) -> GenericItem:
        inner = (
            one._with(types)
            if isinstance(one, GenericItem)
            else types.get(one, one)
            if isinstance(one, TypeVariable)
            else one
            for one in self.arguments
        )
        return GenericItem(self.origin, tuple(inner))


def is_named(value: Value, *names: str) -> bool:
    """Whether it is the construct of `typing`, or of SQLAlchemy, that has one of these names."""
    return isinstance(value, Symbol) and value.path.startswith(_MODULES) and value.tail in names


def with_arguments(owner: Value, key: Value) -> GenericItem | None:
    """`owner[key]` where that is a type; None for all else."""
    if isinstance(owner, Symbol):
        takes = owner.path.startswith(_MODULES)
    else:
        takes = isinstance(owner, Builtin) and owner.name in _CONTAINERS
    if not takes:
        return None
    arguments = key if isinstance(key, tuple) and key else (key,)
    return GenericItem(owner, tuple(tuple(a) if isinstance(a, list) else a for a in arguments))


def union(left: Value, right: Value) -> GenericItem | None:
    """`left | right` where both are types; None for all else."""
    if not (_is_type(left) and _is_type(right)) or (left is None and right is None):
        return None
    return GenericItem(UNION, (*members(left), *members(right)))


def members(value: Value) -> tuple[Value, ...]:
    """The types of a union, `Optional` among them; of any other type itself."""
    if isinstance(value, GenericItem):
        if is_named(value.origin, "Union"):
            return tuple(inner for one in value.arguments for inner in members(one))
        if is_named(value.origin, "Optional"):
            return (*members(value.arguments[0]), None)
    return (value,)


def _is_type(value: Value) -> bool:
    if isinstance(value, (Builtin, Symbol)):
        name = value.name if isinstance(value, Builtin) else value.tail
        return name[:1].isupper() or name in _TYPES or is_named(value, name)
    return value is None or (
        isinstance(value, (AliasItem, ClassValue, GenericItem, str)) and not isinstance(value, EnumMember)
    )


_TYPES = _CONTAINERS | frozenset("bool bytes date datetime float int object str time timedelta".split())
