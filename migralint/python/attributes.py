"""Attributes of values: those of instances, classes, modules and enum members, with descriptors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.calls import call
from migralint.python.library import named
from migralint.python.methods import method_of, method_of_template, method_of_type
from migralint.python.reach import may_act, may_migrate, reaches_database
from migralint.python.template import Template
from migralint.python.values import (
    Arguments,
    BoundMethod,
    Builtin,
    ClassValue,
    DialectOf,
    Either,
    EnumMember,
    Function,
    Instance,
    ModuleValue,
    Native,
    NotFollowed,
    Symbol,
    Unknown,
    Value,
    plain,
)

if TYPE_CHECKING:
    from migralint.python.classes import DeclaredAttr
    from migralint.python.evaluator import Evaluator


def attribute(ev: Evaluator, value: Value, name: str, place: Place) -> Value:
    """The attribute of any value."""
    match value:
        case Template():
            return method_of_template(value, name) or plain(value)
        case Either():
            return _attribute_of_one(ev, value, name, place)
        case DialectOf() if name == "name":
            return ev.database.dialect
        case Unknown():
            return DialectOf(value.reason, place) if name == "dialect" else value
        case Builtin() if (method := method_of_type(value.name, name)) is not None:
            return method
        case Native():
            found = value.attribute(ev, name, place)
            if not reaches_database(value):
                return found
            if type(found) is Unknown:
                return NotFollowed(found.reason, place)
            if type(found) is Builtin and "." not in found.name:  # so that it is known for what it is when handed on
                return Builtin(f"connection.{name}", found.function)
            return found
        case Symbol():
            if name == "__name__" and value.tail[:1].isupper():  # a class
                return value.tail
            if ev.patched and (path := f"{value.path}.{name}") in ev.patched:
                return ev.patched[path]
            return ev.modules.library_member(value, name, place)
        case ModuleValue():
            return ev.modules.member(value.name, name, place)
        case Instance():
            return _instance_attribute(ev, value, name, place)
        case ClassValue():
            return _class_attribute(ev, value, name, place)
        case EnumMember():
            return _member_attribute(ev, value, name, place)
        case Function() if name != "__get__":
            if name in value.attributes:
                return value.attributes[name]
            if name == "__name__":
                return value.name
            return Unknown(f"attribute {name} of a function", place)
        case BoundMethod():
            return attribute(ev, value.function, name, place)
    found = method_of(value, name)
    if found is not None:
        return found
    if name == "__get__":
        return Builtin(name, lambda ev, args, place: _got(ev, value, args, place))
    return Unknown(f"attribute {name} of {type(value).__name__}", place)


def _got(ev: Evaluator, member: Value, args: Arguments, place: Place) -> Value:
    """`member.__get__(object, class)` of a method."""
    receiver, cls = args.get(0), args.get(1)
    if receiver is None and isinstance(member, Function):
        return member
    owner = cls if isinstance(cls, ClassValue) else receiver.cls if isinstance(receiver, Instance) else None
    return bound_to(ev, member, receiver, owner, place) if owner is not None else Unknown("a method", place)


def _attribute_of_one(ev: Evaluator, value: Either, name: str, place: Place) -> Value:
    """The attribute of one of several values; None has none that anybody asks for."""
    choices = [choice for choice in value.choices if choice is not None]
    if value.closed and len(choices) == 1:
        return attribute(ev, choices[0], name, place)
    if not any(isinstance(choice, Native | Instance | ClassValue | ModuleValue) for choice in choices):
        return value
    found = tuple(attribute(ev, choice, name, place) for choice in choices)
    return Either(value.reason, found, closed=value.closed)


def _instance_attribute(ev: Evaluator, value: Instance, name: str, place: Place) -> Value:
    from migralint.python.library.items import ColumnItem

    if name in value.attributes:
        return value.attributes[name]
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return value.attributes
    found, member = value.cls.lookup(name)
    if found and isinstance(member, ColumnItem):  # of a row: the database may have given it a value
        return Unknown(f"{value.cls.name}.{name} of a row", place)
    if found:
        return bound_to(ev, member, value, value.cls, place)
    getter, method = value.cls.lookup("__getattr__")
    if getter:
        return call(ev, BoundMethod(method, value), Arguments([name]), place)
    inner = value.attributes.get("__items__")
    if inner is not None and (known := method_of(inner, name)) is not None:
        return known
    if name in ("format", "vformat") and any(base.path == "string.Formatter" for base in value.cls.symbols()):
        return Builtin(name, _formatted if name == "format" else _formatted_of)
    if value.cls.inherits_unread:
        return of_unread_base(value, name, place)
    return Unknown(f"attribute {name} of {value.cls.name}", place)


def _formatted(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """`Formatter().format(text, ...)`, as `text.format(...)` answers: what a class below checks is not asked."""
    from migralint.python.formatting import brace

    text = args.get(0, "format_string")
    if not isinstance(text, str):
        return text if isinstance(text, Unknown) else Unknown("format", place)
    return brace(ev, text, Arguments(args.positional[1:], args.keywords, args.open), place)


def _formatted_of(ev: Evaluator, args: Arguments, place: Place) -> Value:
    """`Formatter().vformat(text, args, kwargs)`."""
    listed, named = ev.items(args.get(1, "args")), args.get(2, "kwargs")
    given = {str(key): value for key, value in named.items()} if isinstance(named, dict) else {}
    known = listed is not None and isinstance(named, dict)
    return _formatted(ev, Arguments([args.get(0, "format_string"), *(listed or [])], given, not known), place)


def of_unread_base(receiver: Value, name: str, place: Place) -> NotFollowed:
    """What an object or its class has from a base that is not read: called, it may do anything with what they hold."""
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    found = NotFollowed(f"{cls.name}.{name} of a base that is not read", place)
    acts = isinstance(receiver, Instance) and may_act(receiver)
    found.undefined = acts or any(map(may_migrate, cls.namespace.values()))
    found.foreign = next((one.path.partition(".")[0] for one in cls.symbols()), cls.name)
    return found


def bound_to(ev: Evaluator, member: Value, receiver: Value, cls: ClassValue, place: Place) -> Value:
    """What a member of a class is for a receiver: a method, or what a property or another descriptor gives."""
    from migralint.python.classes import ClassMethod, DeclaredAttr, Property, StaticMethod

    match member:
        case Function():
            return BoundMethod(member, receiver)
        case Property():
            return call(ev, member.getter, Arguments([receiver]), place)
        case ClassMethod():
            return BoundMethod(member.function, cls)
        case StaticMethod():
            return member.function
        case DeclaredAttr():
            return call(ev, member.function, Arguments([cls]), place)
        case Instance():
            return _described(ev, member, receiver, cls, place)
    return member


def _described(ev: Evaluator, member: Instance, receiver: Value, cls: ClassValue, place: Place) -> Value:
    """What an attribute of a class gives: of an object with `__get__`, what that returns."""
    found, method = member.cls.lookup("__get__")
    return call(ev, BoundMethod(method, member), Arguments([receiver, cls]), place) if found else member


def _class_attribute(ev: Evaluator, value: ClassValue, name: str, place: Place) -> Value:
    from migralint.python.classes import ClassMethod, DeclaredAttr, StaticMethod

    if name == "__name__":  # also where the class gives its objects one
        return value.name
    found, member = value.lookup(name)
    if found:
        if isinstance(member, DeclaredAttr):
            return _declared(ev, value, name, member, place)
        if isinstance(member, ClassMethod):
            return BoundMethod(member.function, value)
        if name == "metadata" and isinstance(member, Either):
            from migralint.python.library.metadata import settled

            return settled(member)
        if isinstance(member, Instance):
            return _described(ev, member, None, value, place)
        return member.function if isinstance(member, StaticMethod) else member
    if name == "__members__":
        return {k: m for k, m in value.namespace.items() if isinstance(m, EnumMember)}
    from migralint.python.library import class_attribute

    given = class_attribute(ev, value, name, place)
    return of_unread_base(value, name, place) if type(given) is Unknown and value.inherits_unread else given


def _declared(ev: Evaluator, cls: ClassValue, name: str, member: DeclaredAttr, place: Place) -> Value:
    """What `@declared_attr` gives a class: while the class is mapped it is asked once."""
    once = cls.namespace.get("__declared__")
    if not isinstance(once, dict):
        return call(ev, member.function, Arguments([cls]), place)
    if name not in once:
        once[name] = Unknown(f"{cls.name}.{name} refers to itself", place)
        once[name] = call(ev, member.function, Arguments([cls]), place)
        named(once[name], name)
    return once[name]


def _member_attribute(ev: Evaluator, value: EnumMember, name: str, place: Place) -> Value:
    if name in ("value", "_value_"):
        return value.value
    if name in ("name", "_name_"):
        return value.name
    if name in value.cls.namespace:
        return bound_to(ev, value.cls.namespace[name], value, value.cls, place)
    if value.mixes_in_data:
        return attribute(ev, value.value, name, place)
    return Unknown(f"attribute {name} of {value.cls.name}", place)
