"""The column types of Python's types: SQLAlchemy's own map, and `type_annotation_map`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.generics import AliasItem, GenericItem, is_named
from migralint.python.library.annotations import Annotation
from migralint.python.library.enum_types import EnumItem
from migralint.python.library.types import TypeItem, as_type, make
from migralint.python.values import Arguments, Builtin, ClassValue, EnumMember, Symbol, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

PYTHON = {
    "int": "Integer", "float": "Float", "bool": "Boolean", "str": "String", "bytes": "LargeBinary",
    "uuid.UUID": "Uuid", "decimal.Decimal": "Numeric", "datetime.date": "Date", "datetime.datetime": "DateTime",
    "datetime.time": "Time", "datetime.timedelta": "Interval",
}  # fmt: skip
"""SQLAlchemy's `sqltypes._type_map`, by the name of the class and of SQLAlchemy's type."""

_ENUMS = frozenset("Enum Flag IntEnum IntFlag ReprEnum StrEnum".split())


def class_name(value: Value) -> str | None:
    """The name by which Python knows a class of its own; None for others."""
    if isinstance(value, Builtin):
        return value.name
    return value.path if isinstance(value, Symbol) else None


def is_enum(value: Value) -> bool:
    """Whether it is a class of the project, or of a package, that descends from `enum.Enum`."""
    if isinstance(value, ClassValue):
        return any(s.tail in _ENUMS for s in value.symbols())
    return isinstance(value, Symbol) and value.path in {f"enum.{name}" for name in _ENUMS}


def mapped_type(ev: Evaluator, types: Mapping[Value, Value], found: Annotation, place: Place) -> TypeItem | Unknown:
    """The column type of an annotation (`registry._resolve_type`)."""
    for whole in (*found.whole, found.kind):
        given = types.get(whole) if _hashable(whole) else None
        if given is not None:
            item = as_type(ev, given, place)
            generic = isinstance(item, EnumItem) and _is_generic(item)
            return _enum(ev, item, whole, place) if generic and isinstance(item, EnumItem) else item
    kind = found.kind
    if is_enum(kind):
        return _enum(ev, _generic(ev, types, "Enum", place), kind, place)
    if isinstance(kind, GenericItem) and is_named(kind.origin, "Literal"):
        return _enum(ev, _generic(ev, types, "Literal", place), kind, place)
    if isinstance(kind, Unknown):
        return kind
    name = PYTHON.get(class_name(kind) or "")
    if name is not None:
        return make(ev, name, Arguments(), place)
    return Unknown(f"no column type is known for {_shown(kind)}", place)


def _hashable(value: Value) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _generic(ev: Evaluator, types: Mapping[Value, Value], name: str, place: Place) -> EnumItem:
    """The `Enum(enum.Enum, ...)` of the type map that stands for all enums, or literals; SQLAlchemy's own else."""
    for key, given in types.items():
        if isinstance(key, Symbol) and key.path in (f"enum.{name}", f"typing.{name}"):
            item = as_type(ev, given, place)
            if isinstance(item, EnumItem):
                return item
    return EnumItem("Enum", Arguments(), None, None)


def _is_generic(item: EnumItem) -> bool:
    first = item.args.get(0)
    return isinstance(first, Symbol) and first.tail in _ENUMS


_ALIASES = 10
"""How many names may stand for one another."""


def _enum(ev: Evaluator, model: EnumItem, kind: Value, place: Place) -> TypeItem | Unknown:
    """An enum with the options of another, for a class or a `Literal[...]`; a literal has no type in the database."""
    for _ in range(_ALIASES):
        kind = kind.value() if isinstance(kind, AliasItem) else kind
    keywords = dict(model.args.keywords)
    if isinstance(kind, GenericItem):
        labels = [one.value if isinstance(one, EnumMember) else one for one in kind.arguments]
        if not all(isinstance(label, str) for label in labels):
            return Unknown("an enum of a literal that is no text", place)
        return make(ev, "Enum", Arguments(labels, {**keywords, "native_enum": False}), place)
    return make(ev, "Enum", Arguments([kind], keywords), place)


def _shown(kind: Value) -> str:
    if isinstance(kind, (ClassValue, AliasItem)):
        return kind.name
    if isinstance(kind, GenericItem):
        return f"{_shown(kind.origin)}[...]"
    return class_name(kind) or "an annotation"
