"""Python's builtin functions."""

from __future__ import annotations

import builtins as python
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from migralint.operations import Place
from migralint.python import bounds
from migralint.python.values import (
    Arguments,
    Builtin,
    ClassValue,
    EnumMember,
    Function,
    Instance,
    Native,
    NotFollowed,
    PyRaise,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

BUILTINS: dict[str, Value] = {}
_Function = Callable[["Evaluator", Arguments, Place], Value]


def _builtin(function: _Function) -> _Function:
    name = function.__name__.strip("_")
    BUILTINS[name] = Builtin(name, function)
    return function


def _items(ev: Evaluator, args: Arguments) -> list[Value] | None:
    return ev.items(args.get(0))


def _why(args: Arguments, place: Place, what: str) -> Unknown:
    first = args.get(0)
    return first if isinstance(first, Unknown) else Unknown(f"{what} of something that is not known", place)


@_builtin
def _len(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items = _items(ev, args)
    return len(items) if items is not None else _why(args, place, "len")


@_builtin
def _range(ev: Evaluator, args: Arguments, place: Place) -> Value:
    if all(isinstance(a, int) for a in args.positional) and 1 <= len(args.positional) <= 3 and not args.open:
        try:
            return range(*args.positional)
        except (ValueError, OverflowError):
            return Unknown("a range", place)
    return _why(args, place, "range")


@_builtin
def _enumerate(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items, start = _items(ev, args), args.get(1, "start", default=0)
    if items is None or not isinstance(start, int):
        return _why(args, place, "enumerate")
    return list(enumerate(items, start))


@_builtin
def _zip(ev: Evaluator, args: Arguments, place: Place) -> Value:
    columns = [ev.items(a) for a in args.positional]
    if args.open or any(c is None for c in columns):
        return _why(args, place, "zip")
    ev.steps += sum(len(c or ()) for c in columns)
    return [tuple(row) for row in zip(*(c or [] for c in columns), strict=False)]


@_builtin
def _reversed(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items = _items(ev, args)
    return list(reversed(items)) if items is not None else _why(args, place, "reversed")


@_builtin
def _sorted(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items = _items(ev, args)
    if items is None:
        return _why(args, place, "sorted")
    return sort(ev, items, args, place)


def sort(ev: Evaluator, items: list[Value], args: Arguments, place: Place) -> Value:
    """The items in order, by the `key` and `reverse` arguments."""
    key = args.keywords.get("key")
    keys = [ev.call(key, Arguments([i]), place) if key is not None else i for i in items]
    if not bounds.small(keys):
        return Unknown(bounds.REASON, place)
    try:
        order = sorted(range(len(items)), key=lambda i: keys[i], reverse=bool(args.keywords.get("reverse", False)))
    except Exception:  # whatever Python, or a value of ours, says of values that have no order
        return Unknown("the order of things that are not known", place)
    return [items[i] for i in order]


def _container(make: Callable[[Any], Any]) -> _Function:
    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        if not args.positional and not args.open:
            return make([])
        items = _items(ev, args)
        if items is None:
            return _why(args, place, make.__name__)
        if make in (set, frozenset) and not all(map(bounds.hashable, items)):
            return Unknown("a set of things that are not known", place)
        return make(items)

    return build


for _make in (list, tuple, set, frozenset):
    BUILTINS[_make.__name__] = Builtin(_make.__name__, _container(_make))


@_builtin
def _dict(ev: Evaluator, args: Arguments, place: Place) -> Value:
    first = args.get(0, default={})
    if isinstance(first, Unknown):
        return first
    out: dict[Value, Value] = {}
    if isinstance(first, dict):
        out.update(first)
    else:
        for pair in ev.items(first) or []:
            parts = ev.items(pair)
            if parts is None or len(parts) != 2 or not bounds.hashable(parts[0]):
                return Unknown("a dictionary of things that are not known", place)
            out[parts[0]] = parts[1]
    out.update(args.keywords)
    return out


@_builtin
def _str(ev: Evaluator, args: Arguments, place: Place) -> Value:
    from migralint.python.formatting import shown

    return shown(ev, args.get(0, default=""), place)


@_builtin
def _repr(ev: Evaluator, args: Arguments, place: Place) -> Value:
    from migralint.python.formatting import formatted

    return formatted(ev, args.get(0), "r", "", place)


@_builtin
def _int(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0, default=0)
    if isinstance(value, (int, float)) or (isinstance(value, str) and len(value) < 100):
        try:
            return int(value)
        except (ValueError, OverflowError):
            raise PyRaise("ValueError", f"not an integer: {value!r}", place) from None
    return _why(args, place, "int")


@_builtin
def _float(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0, default=0.0)
    if isinstance(value, (int, float, str)):
        try:
            return float(value)
        except (ValueError, OverflowError):
            raise PyRaise("ValueError", f"not a number: {value!r}", place) from None
    return _why(args, place, "float")


@_builtin
def _bool(ev: Evaluator, args: Arguments, place: Place) -> Value:
    known = ev.truth(args.get(0, default=False))
    return known if known is not None else _why(args, place, "bool")


@_builtin
def _print(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return None


@_builtin
def _input(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Unknown("what somebody types", place)


@_builtin
def _any(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items = _items(ev, args)
    if items is None:
        return _why(args, place, "any")
    known = [ev.truth(i) for i in items]
    return True if True in known else Unknown("any", place) if None in known else False


@_builtin
def _all(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items = _items(ev, args)
    if items is None:
        return _why(args, place, "all")
    known = [ev.truth(i) for i in items]
    return False if False in known else Unknown("all", place) if None in known else True


def _reduce(name: str, function: Callable[[list[Any]], Any]) -> None:
    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        items = _items(ev, args) if len(args.positional) == 1 else args.positional
        if items is None or args.keywords.get("key") is not None:
            return _why(args, place, name)
        if not bounds.small(items):
            return Unknown(bounds.REASON, place)
        try:
            return bounds.settled(function(items))
        except Exception:  # whatever Python says of items that do not fit
            return args.keywords.get("default", Unknown(name, place))

    BUILTINS[name] = Builtin(name, build)


_reduce("min", min)
_reduce("max", max)
_reduce("sum", sum)


@_builtin
def _abs(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    return abs(value) if isinstance(value, (int, float)) else _why(args, place, "abs")


@_builtin
def _round(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value, digits = args.get(0), args.get(1)
    if isinstance(value, (int, float)) and (digits is None or (isinstance(digits, int) and abs(digits) < 400)):
        try:
            return round(value, digits)
        except (ValueError, OverflowError):  # of what is no number, or endless
            return Unknown("a rounded number", place)
    return _why(args, place, "round")


@_builtin
def _vars(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    return value.attributes if isinstance(value, Instance) else _why(args, place, "vars")


@_builtin
def _hash(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Unknown("a hash", place)


@_builtin
def _format(ev: Evaluator, args: Arguments, place: Place) -> Value:
    from migralint.python.formatting import formatted

    return formatted(ev, args.get(0), None, args.get(1, default=""), place)


@_builtin
def _map(ev: Evaluator, args: Arguments, place: Place) -> Value:
    columns = [ev.items(a) for a in args.positional[1:]]
    if any(c is None for c in columns) or not columns:
        return _why(args, place, "map")
    rows = zip(*(c or [] for c in columns), strict=False)
    return [ev.call(args.positional[0], Arguments(list(row)), place) for row in rows]


@_builtin
def _filter(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items = ev.items(args.get(1))
    if items is None:
        return Unknown("filter", place)
    test = args.get(0)
    kept = []
    for entry in items:
        known = ev.truth(ev.call(test, Arguments([entry]), place) if test is not None else entry)
        if known is None:
            return Unknown("filter with a condition that is not known", place)
        if known:
            kept.append(entry)
    return kept


@_builtin
def _next(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items = _items(ev, args)
    if items is None:
        return _why(args, place, "next")
    if items:
        return items[0]
    if args.has(1):
        return args.get(1)
    raise PyRaise("StopIteration", "nothing left", place)


@_builtin
def _iter(ev: Evaluator, args: Arguments, place: Place) -> Value:
    items = _items(ev, args)
    return items if items is not None else _why(args, place, "iter")


@_builtin
def _isinstance(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value, kinds = args.get(0), args.get(1)
    if isinstance(value, Unknown) or isinstance(kinds, Unknown):
        return _why(args, place, "isinstance")
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


_MIXED = {"str": ("StrEnum",), "int": ("IntEnum", "IntFlag")}
_ENUMS = dict.fromkeys(("StrEnum", "IntEnum", "IntFlag", "Flag"), ("Enum",))


def _is_a(value: Value, kind: Value) -> bool | None:
    cls = value.cls if isinstance(value, (Instance, EnumMember)) else None
    if isinstance(kind, ClassValue):
        return cls is not None and kind in cls.mro()
    if isinstance(kind, Builtin) and kind.name in _TYPES:
        if cls is not None:
            return any(s.tail in (kind.name, *_MIXED.get(kind.name, ())) for s in cls.symbols())
        return isinstance(value, _TYPES[kind.name])
    if isinstance(kind, Symbol):
        if isinstance(value, Native):
            return value.attribute_is(kind.tail) if hasattr(value, "attribute_is") else None
        if cls is not None:
            return any(kind.tail in (s.tail, *_ENUMS.get(s.tail, ())) for s in cls.symbols())
        return False
    return None


@_builtin
def _issubclass(ev: Evaluator, args: Arguments, place: Place) -> Value:
    one, two = args.get(0), args.get(1)
    if isinstance(one, ClassValue) and isinstance(two, (ClassValue, Symbol)):
        return two in one.mro()
    return Unknown("issubclass", place)


@_builtin
def _getattr(ev: Evaluator, args: Arguments, place: Place) -> Value:
    owner, name = args.get(0), args.get(1)
    if not isinstance(name, str):
        return _why(args, place, "getattr")
    value = ev.attribute(owner, name, place)
    if isinstance(value, Unknown) and args.has(2) and not isinstance(owner, Unknown):
        return args.get(2)
    return value


@_builtin
def _hasattr(ev: Evaluator, args: Arguments, place: Place) -> Value:
    owner, name = args.get(0), args.get(1)
    if isinstance(owner, Unknown) or not isinstance(name, str):
        return _why(args, place, "hasattr")
    value = ev.attribute(owner, name, place)
    if not isinstance(value, Unknown):
        return True
    return False if isinstance(owner, (Instance, ClassValue)) else Unknown("hasattr", place)


@_builtin
def _setattr(ev: Evaluator, args: Arguments, place: Place) -> Value:
    owner, name = args.get(0), args.get(1)
    if isinstance(owner, Instance) and isinstance(name, str):
        owner.attributes[name] = args.get(2)
    return None


@_builtin
def _callable(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    if isinstance(value, (Function, Builtin, ClassValue)):
        return True
    return _why(args, place, "callable") if isinstance(value, (Unknown, Native, Symbol)) else False


@_builtin
def _type(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    if len(args.positional) == 3 and isinstance(value, str) and isinstance(args.get(2), dict):
        from migralint.python.library import made_class

        return made_class(ev, args, place)
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, EnumMember):
        return value.cls
    return BUILTINS.get(type(value).__name__, Unknown("a type", place))


@_builtin
def _open(ev: Evaluator, args: Arguments, place: Place) -> Value:
    from migralint.python.library import open_file

    return open_file(ev, args, place)


@_builtin
def _id(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Unknown("the identity of an object", place)


@_builtin
def _chr(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    return bounds.settled(chr(value)) if isinstance(value, int) and 0 <= value < 0x110000 else _why(args, place, "chr")


@_builtin
def _ord(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    return ord(value) if isinstance(value, str) and len(value) == 1 else _why(args, place, "ord")


@_builtin
def _object(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return Unknown("an object", place)


@_builtin
def _exec(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _runs("exec", ev, place)


@_builtin
def _eval(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return _runs("eval", ev, place)


def _runs(name: str, ev: Evaluator, place: Place) -> Value:
    reason = f"{name} runs code that is not followed"
    return NotFollowed(reason, place, told=ev.not_followed(reason, place))


BUILTINS["__import__"] = Symbol("importlib.import_module")
BUILTINS["bytes"] = Builtin("bytes", lambda ev, args, place: Unknown("bytes", place))
for _name in ("property", "classmethod", "staticmethod", "super"):
    BUILTINS[_name] = Builtin(_name, lambda ev, args, place: Unknown("a descriptor", place))
BUILTINS["NotImplemented"] = Symbol("NotImplemented")
BUILTINS["__name__"] = "migration"
BUILTINS["__file__"] = Unknown("the path of the file")


def _exception(name: str) -> _Function:
    def build(ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.branches import Raised

        return Raised(name, args.positional)

    return build


def _nothing_known(name: str) -> _Function:
    return lambda ev, args, place: Unknown(f"{name}() is not known", place)


for _name, _object in vars(python).items():  # Python's others: what they give is not known, but they run nothing
    if callable(_object) and not _name.startswith("_") and _name not in BUILTINS:
        is_exception = isinstance(_object, type) and issubclass(_object, BaseException)
        BUILTINS[_name] = Builtin(_name, _exception(_name) if is_exception else _nothing_known(_name))
