"""Operators: binary, unary, comparison, items."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from migralint.operations import Place
from migralint.python import bounds
from migralint.python.containers import MORE, Unsure, reason_of, rest_of, spoil, sure, unsure
from migralint.python.generics import union, with_arguments
from migralint.python.mapped import Row, stands_for_rows
from migralint.python.reach import as_known, is_code, may_act
from migralint.python.template import Template, assembled, changed
from migralint.python.text import Text, weight
from migralint.python.values import (
    Arguments,
    BoundMethod,
    ClassValue,
    DefaultDict,
    Either,
    EnumMember,
    Function,
    Instance,
    ModuleValue,
    Native,
    NotFollowed,
    PyRaise,
    Symbol,
    Unknown,
    Value,
    plain,
    unknown_in,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_METHODS = {
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "/": "__truediv__",
    "|": "__or__",
    "&": "__and__",
    "%": "__mod__",
}


_HOLDING = (list, tuple, dict, set, frozenset)


class Expressive(Native):
    """A value of a library that defines operators (an SQL expression, a path)."""

    def operate(self, ev: Evaluator, op: str, other: Value, place: Place, *, swapped: bool) -> Value:
        """`self op other`, or `other op self` when swapped."""
        return Unknown(f"{op} of {self.type_name}", place)


def binary(ev: Evaluator, op: str, left: Value, right: Value, place: Place) -> Value:
    """`left op right`."""
    left, right = as_known(left, place), as_known(right, place)
    if isinstance(left, Expressive):
        return plain(left.operate(ev, op, right, place, swapped=False))
    if isinstance(right, Expressive) and not isinstance(left, Unknown):
        return plain(right.operate(ev, op, left, place, swapped=True))
    if op == "%" and isinstance(left, str):
        from migralint.python.formatting import percent

        return percent(ev, left, right, place)
    if op == "%" and isinstance(left, Template):
        from migralint.python.formatting import percent

        return changed(left, lambda text: percent(ev, text, right, place))
    if op == "+" and isinstance(left, (str, Unknown)) and isinstance(right, (str, Unknown)):
        for part in (left, right):
            ev.steps += weight(part) if isinstance(part, str) else 0
        return assembled([left, right], place)
    if (
        op == "+"
        and isinstance(right if isinstance(left, Unknown) else left, list)
        and (isinstance(left, Unknown) or isinstance(right, Unknown))
    ):
        return joined(left, right)
    for value in (left, right):
        if isinstance(value, Unknown):
            return plain(value)
    if op == "|" and (either := union(left, right)) is not None:
        return either
    if isinstance(left, Instance):
        found, method = left.cls.lookup(_METHODS.get(op, ""))
        if found:
            return ev.call(BoundMethod(method, left), Arguments([right]), place)
    if isinstance(left, EnumMember) and left.mixes_in_data:
        left = left.value
    if isinstance(right, EnumMember) and right.mixes_in_data:
        right = right.value
    if op in _OPERATORS and _data(left) and _data(right):
        if not bounds.operation_fits(op, left, right):
            return Unknown(bounds.REASON, place)
        try:
            return _OPERATORS[op](left, right)
        except ZeroDivisionError:
            raise PyRaise("ZeroDivisionError", "division by zero", place) from None
        except Exception:  # whatever Python says of values that do not go together
            unknown = Unknown(f"{op} of values it does not fit", place)
            if op == "+" and None in (left, right):  # as of a variable that is set where the code is run
                return assembled([part if isinstance(part, str) else unknown for part in (left, right)], place)
            return unknown
    return Unknown(f"{op} of something that is not known", place)


def joined(left: Value, right: Value) -> list[Value]:
    """A list and something not known, put together."""
    more = left if isinstance(left, Unknown) else right
    items: list[Value] = []
    for part in (left, right):
        if part is more:
            items.append(rest_of(more))
        else:
            items += part
    return items


def _data(value: Value) -> bool:
    return value is None or isinstance(
        value, (str, bytes, bool, int, float, complex, list, tuple, set, frozenset, dict)
    )


def unary(ev: Evaluator, op: str, value: Value, place: Place) -> Value:
    """`not x`, `-x`, `+x`, `~x`."""
    if op == "not":
        known = ev.truth(value)
        if known is None and isinstance(value, Expressive):
            return value.operate(ev, "not", None, place, swapped=False)
        if known is None:
            return value if isinstance(value, Unknown) else Unknown("a condition that is not known", place)
        return not known
    if isinstance(value, Expressive):
        return value.operate(ev, "neg" if op == "-" else op, None, place, swapped=False)
    if isinstance(value, (int, float)):
        return -value if op == "-" else ~value if op == "~" and isinstance(value, int) else value
    return value if isinstance(value, Unknown) else Unknown(f"{op} of something that is not known", place)


def compare(ev: Evaluator, op: str, left: Value, right: Value, place: Place) -> Value:
    """`left op right` for comparisons, `in` and `is`."""
    if not (isinstance(left, Symbol) and isinstance(right, Symbol) and left == right):
        left, right = as_known(left, place), as_known(right, place)
    if op in ("is", "is not"):
        same = _identical(left, right)
        if same is None:
            return (
                left
                if isinstance(left, Unknown)
                else right
                if isinstance(right, Unknown)
                else Unknown("an identity", place)
            )
        return same == (op == "is")
    if op in ("in", "not in"):
        return _contains(ev, left, right, place, op == "in")
    if isinstance(left, Expressive):
        return left.operate(ev, op, right, place, swapped=False)
    if isinstance(right, Expressive):
        return right.operate(ev, op, left, place, swapped=True)
    for value in (left, right):
        if isinstance(value, Unknown):
            return value
    if not bounds.small(left, right):
        return Unknown(bounds.REASON, place)
    try:
        result = _COMPARISONS[op](left, right)
    except Exception:  # whatever Python, or a value of ours, says of values that do not go together
        return Unknown("a comparison of things that are not known", place)
    if result is not True and (inner := unknown_in([left, right])) is not None:
        return inner
    return result if isinstance(result, bool) else Unknown("a comparison", place)


def _identical(left: Value, right: Value) -> bool | None:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Symbol) and isinstance(right, Symbol):
        return left == right
    return left is right or (type(left) is type(right) and isinstance(left, (str, int, EnumMember)) and left == right)


def _contains(ev: Evaluator, needle: Value, container: Value, place: Place, wanted: bool) -> Value:
    if isinstance(container, Unknown):
        return container
    if isinstance(needle, Unknown):
        items = ev.items(container)
        return (not wanted) if items == [] else needle
    if isinstance(container, str):
        return (needle in container) == wanted if isinstance(needle, str) else Unknown("in", place)
    answer = container.attribute(ev, "__contains__", place) if isinstance(container, Native) else None
    if answer is not None and not isinstance(answer, Unknown):
        found = ev.truth(ev.call(answer, Arguments([needle]), place))
        return Unknown("membership", place) if found is None else found == wanted
    items = ev.items(container)
    if items is None and unsure(container) is not None:
        known = any(_equal(entry, needle) for entry in sure(container))
        return wanted if known else Unknown(reason_of(container), place)
    if items is None:
        return Unknown("membership in something that is not known", place)
    for entry in items:
        if _equal(entry, needle):
            return wanted
    unknown = next((entry for entry in items if isinstance(entry, Unknown) and _may_equal(entry, needle)), None)
    return not wanted if unknown is None else unknown


def _may_equal(entry: Unknown, needle: Value) -> bool:
    texts = entry.choices if isinstance(entry, Either) and entry.closed else ()
    return not (texts and all(isinstance(text, str) and text != needle for text in texts))


def _equal(one: Value, two: Value) -> bool:
    if isinstance(one, Unknown) or isinstance(two, Unknown) or not bounds.small(one, two):
        return False
    try:
        return bool(one == two)
    except Exception:  # values of ours that define no equality
        return False


def item(ev: Evaluator, owner: Value, key: Value, place: Place) -> Value:
    """`owner[key]`."""
    if (generic := with_arguments(owner, key)) is not None:
        return generic
    match owner:
        case Either():
            parts = tuple(
                item(ev, choice, key, place) for choice in owner.choices if isinstance(choice, (*_HOLDING, Row))
            )
            parts += owner.choices if isinstance(owner, Unsure) else ()
            return Unsure(owner.reason, parts) if any(may_act(p) or stands_for_rows(p) for p in parts) else plain(owner)
        case Unknown():
            return plain(owner)
        case Native():
            return owner.item(ev, key, place)
        case ClassValue():
            member = owner.namespace.get(key) if isinstance(key, str) else None
            return member if isinstance(member, EnumMember) else owner
        case Symbol():
            return owner if not owner.path.startswith("?") else Unknown(f"an item of {owner.path}", place)
        case Instance():
            found, method = owner.cls.lookup("__getitem__")
            if found:
                return ev.call(BoundMethod(method, owner), Arguments([key]), place)
            inner = owner.attributes.get("__items__")
            return item(ev, inner, key, place) if inner is not None else Unknown("an item", place)
        case Function() | BoundMethod() | ModuleValue():
            return Unknown("an item", place)
    if owner is None and ev.handlers:
        raise PyRaise("TypeError", "'NoneType' object is not subscriptable", place)
    key = as_known(key, place)
    if isinstance(owner, DefaultDict):
        ev.changing(owner)
        if isinstance(key, Unknown) or not bounds.hashable(key):
            spoil(owner)
        elif key not in owner:
            owner[key] = ev.call(owner.factory, Arguments(), place)
    if isinstance(key, Unknown):
        held = tuple(owner.values() if isinstance(owner, dict) else owner) if isinstance(owner, _HOLDING) else ()
        if any(is_code(value) for value in held):
            return NotFollowed(f"which function it is: {key.reason}", place, undefined=True)
        return Unsure(key.reason, held) if any(map(may_act, held)) else plain(key)
    if isinstance(key, EnumMember) and key.mixes_in_data and not isinstance(owner, dict):
        key = key.value
    if isinstance(key, tuple) and not bounds.hashable(key):
        return Unknown(bounds.REASON, place)
    if isinstance(owner, list | tuple) and (more := unsure(owner)) is not None:
        return owner[key] if isinstance(key, int) and 0 <= key < owner.index(more) else more
    try:
        if isinstance(owner, Text) and isinstance(key, slice) and key.step in (None, 1):
            start, end, _ = key.indices(len(owner))
            return owner.part(start, max(start, end))
        return owner[key]
    except KeyError:
        if MORE in owner:
            return owner[MORE]
        raise PyRaise("KeyError", str(key), place) from None
    except IndexError:
        raise PyRaise("IndexError", "index out of range", place) from None
    except ValueError as problem:
        raise PyRaise("ValueError", str(problem), place) from None
    except Exception:  # whatever Python says of a key that does not fit
        return Unknown("an item of something that is not known", place)
