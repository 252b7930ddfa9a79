"""Builtin functions that ask what an object is and has: `isinstance`, `getattr`, `type`."""

from __future__ import annotations

from collections import abc
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.assign import handed_over, set_class_attribute
from migralint.python.builtin_names import BUILTINS, builtin, why
from migralint.python.containers import taken
from migralint.python.mapped import attribute_assigned
from migralint.python.reach import reaches_database
from migralint.python.values import (
    Arguments,
    Builtin,
    ClassValue,
    EnumMember,
    Function,
    Instance,
    ModuleValue,
    Native,
    NotFollowed,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@builtin
def _vars(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    return value.attributes if isinstance(value, Instance) else why(args, place, "vars")


@builtin
def _dir(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, ClassValue):
        return why(args, place, "dir")
    return sorted({*cls.listed(), *(value.attributes if isinstance(value, Instance) else ())})


@builtin
def _hash(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Unknown("a hash", place)


@builtin
def _isinstance(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value, kinds = args.get(0), args.get(1)
    if isinstance(value, Unknown) or isinstance(kinds, Unknown):
        return why(args, place, "isinstance")
    answers = [_is_a(value, k) for k in (kinds if isinstance(kinds, tuple) else (kinds,))]
    return True if True in answers else Unknown("isinstance", place) if None in answers else False


_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "set": set,
    "bytes": bytes,
}


_DATA = (str, int, float, list, tuple, dict, set, bytes, type(None))

_ITEMS = frozenset({"Table", "Column", "ForeignKey", "MetaData"})
"""Classes of SQLAlchemy of which none is one of the others."""

_MIXED = {"str": ("StrEnum",), "int": ("IntEnum", "IntFlag")}
_ENUMS = dict.fromkeys(("StrEnum", "IntEnum", "IntFlag", "Flag"), ("Enum",))


def _is_a(value: Value, kind: Value) -> bool | None:
    cls = value.cls if isinstance(value, (Instance, EnumMember)) else None
    if isinstance(kind, ClassValue):
        if cls is not None and kind in cls.mro():
            return True
        return None if _by_structure(kind) else False
    if isinstance(kind, Builtin) and kind.name in _TYPES:
        if cls is not None:
            return any(s.tail in (kind.name, *_MIXED.get(kind.name, ())) for s in cls.symbols())
        return isinstance(value, _TYPES[kind.name])
    if isinstance(kind, Symbol):
        if isinstance(value, Native):
            if hasattr(value, "attribute_is"):
                answer: bool | None = value.attribute_is(kind.tail)
                return answer
            return kind.tail == value.type_name if {kind.tail, value.type_name} <= _ITEMS else None
        if cls is not None:
            return any(kind.tail in (s.tail, *_ENUMS.get(s.tail, ())) for s in cls.symbols())
        if kind.tail not in abc.__all__:
            return False
        return isinstance(value, getattr(abc, kind.tail)) if isinstance(value, _DATA) else None
    return None


def _by_structure(kind: ClassValue) -> bool:
    """Whether what it has may make a stranger its instance: protocols, and classes that decide it themselves."""
    meta = kind.keywords.get("metaclass")
    asked = kind.lookup("__subclasshook__")[0] or (isinstance(meta, ClassValue) and meta.lookup("__instancecheck__")[0])
    return asked or any(base.tail == "Protocol" for base in kind.symbols())


@builtin
def _issubclass(ev: Evaluator, args: Arguments, place: Place) -> Value:
    one, two = args.get(0), args.get(1)
    if isinstance(one, ClassValue) and isinstance(two, (ClassValue, Symbol)):
        return two in one.mro()
    return Unknown("issubclass", place)


@builtin
def _getattr(ev: Evaluator, args: Arguments, place: Place) -> Value:
    owner, name = args.get(0), args.get(1)
    if not isinstance(name, str):
        if reaches_database(owner) or isinstance(owner, (Instance, ClassValue, ModuleValue)):
            return NotFollowed("an attribute whose name is not known", place, undefined=True)
        return why(args, place, "getattr")
    value = taken(ev.attribute(owner, name, place))
    if isinstance(value, Unknown) and args.has(2) and not isinstance(owner, Unknown):
        return args.get(2)
    return value


@builtin
def _hasattr(ev: Evaluator, args: Arguments, place: Place) -> Value:
    owner, name = args.get(0), args.get(1)
    if isinstance(owner, Unknown) or not isinstance(name, str):
        return why(args, place, "hasattr")
    value = ev.attribute(owner, name, place)
    if not isinstance(value, Unknown):
        return True
    if isinstance(owner, _DATA):
        plain = next(one for one in _DATA if isinstance(owner, one))
        return hasattr(plain, name)
    return False if isinstance(owner, (Instance, ClassValue)) else Unknown("hasattr", place)


@builtin
def _setattr(ev: Evaluator, args: Arguments, place: Place) -> Value:
    owner, name = args.get(0), args.get(1)
    if isinstance(name, str):
        attribute_assigned(ev, owner, name, args.get(2), place)
    if isinstance(owner, Instance) and isinstance(name, str):
        ev.changing(owner.attributes, names=True)
        owner.attributes[name] = args.get(2)
    elif isinstance(owner, ClassValue) and isinstance(name, str):
        set_class_attribute(ev, owner, str(name), args.get(2), place)
    elif isinstance(owner, Native) and isinstance(name, str):
        owner.set_attribute(ev, str(name), args.get(2), place)
    elif isinstance(owner, Symbol | Unknown):
        handed_over(ev, owner, args.get(2), place)
    return None


@builtin
def _callable(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    if isinstance(value, (Function, Builtin, ClassValue)):
        return True
    return why(args, place, "callable") if isinstance(value, (Unknown, Native, Symbol)) else False


@builtin
def _type(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    if len(args.positional) == 3 and isinstance(value, str) and isinstance(args.get(2), dict):
        from migralint.python.library import made_class

        return made_class(ev, value, args.get(1), args.get(2), args.keywords, place)
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, EnumMember):
        return value.cls
    return BUILTINS.get(type(value).__name__, Unknown("a type", place))


@builtin
def _id(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Unknown("the identity of an object", place)
