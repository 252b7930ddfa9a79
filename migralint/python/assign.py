"""Assignment and deletion of targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python import nodes
from migralint.python.bounds import hashable
from migralint.python.containers import spoil
from migralint.python.mapped import attribute_assigned
from migralint.python.reach import as_known
from migralint.python.scope import Scope
from migralint.python.values import (
    Arguments,
    ClassValue,
    Function,
    Instance,
    ModuleValue,
    Native,
    Node,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def assign(ev: Evaluator, scope: Scope, target: Node, value: Value) -> None:
    """Assigns a value to a target: a name, attribute, item, or a tuple of targets."""
    kind = target[0]
    if kind == nodes.NAME:
        if target[2] in scope.outer:
            ev.changing(scope.holder(target[2]), names=True)
        scope.set(target[2], value)
    elif kind in (nodes.TUPLE, nodes.LIST):
        _unpack(ev, scope, target[2], value)
    elif kind == nodes.STARRED:
        assign(ev, scope, target[2], value)
    elif kind == nodes.ATTR:
        owner = ev.value(scope, target[2])
        attribute_assigned(ev, owner, target[3], value, ev.place(scope, target))
        match owner:
            case Instance():
                ev.changing(owner.attributes, names=True)
                owner.attributes[target[3]] = value
            case Native():
                owner.set_attribute(ev, target[3], value, ev.place(scope, target))
            case ClassValue():
                set_class_attribute(ev, owner, target[3], value, ev.place(scope, target))
            case ModuleValue():
                ev.changing(owner.names, names=True)
                owner.names[target[3]] = value
            case Function():
                ev.changing(owner.attributes, names=True)
                owner.attributes[target[3]] = value
            case Symbol():
                handed_over(ev, owner, value, ev.place(scope, target))
                ev.changing(ev.patched, names=True)
                ev.patched[f"{owner.path}.{target[3]}"] = value
            case Unknown():
                handed_over(ev, owner, value, ev.place(scope, target))
    elif kind == nodes.SUBSCRIPT:
        place = ev.place(scope, target)
        _set_item(ev, ev.value(scope, target[2]), as_known(ev.value(scope, target[3]), place), value, place)


def handed_over(ev: Evaluator, owner: Value, value: Value, place: Place) -> None:
    """Something that is not followed is given a value to keep."""
    from migralint.python.calls import touch

    why = owner.reason if isinstance(owner, Unknown) else f"{owner.path} is not known"
    touch(ev, Arguments([value]), place, f"the database is handed over ({why})")


def set_class_attribute(ev: Evaluator, cls: ClassValue, name: str, value: Value, place: Place) -> None:
    """`cls.name = value`, with what a library's metaclass does about it."""
    from migralint.python.library import class_attribute_set

    if name == "metadata" and isinstance(value, (Symbol, Unknown)) and isinstance(cls.namespace.get(name), Native):
        return  # in a branch that may run: the tables are in this MetaData or in one that is not known
    ev.changing(cls.namespace, names=True)
    cls.namespace[name] = value
    class_attribute_set(ev, cls, name, value, place)


def _set_item(ev: Evaluator, owner: Value, key: Value, value: Value, place: Place) -> None:
    if isinstance(owner, dict):
        ev.changing(owner)
        if isinstance(key, Unknown) or not hashable(key):
            spoil(owner, items=(value,))
        else:
            owner[key] = value
    elif isinstance(owner, list):
        ev.changing(owner)
        if isinstance(key, int) and -len(owner) <= key < len(owner):
            owner[key] = value
        else:
            spoil(owner, items=(value,))
    elif isinstance(owner, Symbol | Unknown):
        handed_over(ev, owner, value, place)


def _unpack(ev: Evaluator, scope: Scope, targets: list[Node], value: Value) -> None:
    items = ev.items(value)
    star = next((i for i, t in enumerate(targets) if t[0] == nodes.STARRED), None)
    if items is not None and star is not None and len(items) >= len(targets) - 1:
        after = len(targets) - star - 1
        middle = items[star : len(items) - after]
        items = [*items[:star], middle, *items[len(items) - after :]]
    if items is None or len(items) != len(targets):
        reason = value.reason if isinstance(value, Unknown) else "unpacked from something that is not known"
        items = [Unknown(reason)] * len(targets)
    for target, item in zip(targets, items, strict=True):
        assign(ev, scope, target, item)


def delete(ev: Evaluator, scope: Scope, target: Node) -> None:
    """`del` of a name or an item."""
    if target[0] == nodes.NAME:
        scope.names.pop(target[2], None)
    elif target[0] == nodes.SUBSCRIPT:
        owner, key = ev.value(scope, target[2]), ev.value(scope, target[3])
        if isinstance(owner, dict | list):
            ev.changing(owner)
        if isinstance(owner, dict | list) and (isinstance(key, Unknown) or not hashable(key)):
            spoil(owner)
        elif isinstance(owner, dict):
            owner.pop(key, None)
        elif isinstance(owner, list) and isinstance(key, int) and -len(owner) <= key < len(owner):
            del owner[key]
    elif target[0] == nodes.TUPLE:
        for part in target[2]:
            delete(ev, scope, part)
