"""Calls and attributes."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.containers import either
from migralint.python.library import lookup, named
from migralint.python.library.harmless import is_harmless
from migralint.python.methods import method_of, method_of_template, method_of_type
from migralint.python.reach import held, is_code, may_act, may_migrate, reaches_database
from migralint.python.scope import Scope
from migralint.python.template import Template
from migralint.python.values import (
    Arguments,
    BoundMethod,
    Builtin,
    ClassValue,
    DialectOf,
    Either,
    EnumMember,
    Exhausted,
    Function,
    Instance,
    ModuleValue,
    Native,
    NotFollowed,
    Partial,
    PyRaise,
    ReturnSignal,
    Signal,
    Symbol,
    Unknown,
    Value,
    plain,
)

if TYPE_CHECKING:
    from migralint.python.classes import DeclaredAttr
    from migralint.python.evaluator import Evaluator


HANDED = "handed to packages"
"""In the context: a list, where somebody wants to know what functions of packages that are not read were given."""


def call(ev: Evaluator, function: Value, args: Arguments, place: Place) -> Value:
    """The result of calling any value."""
    match function:
        case Native():
            before = Partial.last
            result = function.call(ev, args, place)
            if type(result) is Unknown and reaches_database(function):
                return NotFollowed(result.reason, place)
            return plain(result, before)
        case Symbol():
            before = Partial.last
            return plain(call_symbol(ev, function, args, place), before)
        case Function():
            return call_function(ev, function, args, place)
        case BoundMethod():
            return call(
                ev, function.function, Arguments([function.receiver, *args.positional], args.keywords, args.open), place
            )
        case ClassValue():
            from migralint.python.classes import instantiate

            return instantiate(ev, function, args, place)
        case Instance():
            found, method = function.cls.lookup("__call__")
            if found:
                return call(ev, BoundMethod(method, function), args, place)
        case Either() if function.choices:
            return _call_one(ev, function, args, place)
        case NotFollowed():
            told = function.told or touch(ev, args, place, function.reason)
            if function.undefined and not told:
                told = ev.not_followed(function.reason, place)
            ev.unsure_raises += 1
            other = NotFollowed(function.reason, place, told=told)
            other.foreign, other.method = function.foreign, bool(function.foreign)
            other.noted = function.noted
            return other
        case Unknown():
            touch(ev, args, place, function.reason)
            return plain(function)
    touch(ev, args, place, "a call that is not known")
    return Unknown("a call that is not known", place)


def call_symbol(ev: Evaluator, symbol: Symbol, args: Arguments, place: Place) -> Value:
    """The result of calling a library's function."""
    known = lookup(symbol.path)
    if known is not None:
        return known(ev, args, place)
    reason = f"{symbol.path} is not known"
    if is_harmless(symbol.path):
        touch(ev, args, place, reason)
        return Unknown(reason, place)
    ev.unsure_raises += 1
    ev.context.get(HANDED, []).extend(args.all())
    result = NotFollowed(reason, place, told=touch(ev, args, place, reason))
    package = symbol.path.partition(".")[0]
    result.foreign = "" if ev.modules.is_project(package) else package
    return result


def touch(ev: Evaluator, args: Arguments, place: Place, reason: str) -> bool:
    """Something unknown is called: when it is given the database, it may do anything to it, and True is the answer.

    Code that it is given may run: it is judged, with arguments that are not known.
    """
    given = [one for value in args.all() for one in held(value)]
    if any(map(reaches_database, given)):
        ev.opaque(reason, place)
        return True
    if not ev.importing:
        for value in filter(is_code, given):
            perhaps_call(ev, value, Arguments(open=True), reason, place, keep=None)
    return False


def perhaps_call(
    ev: Evaluator, function: Value, args: Arguments, reason: str, place: Place, *, keep: bool | None
) -> tuple[Value, bool]:
    """Calls something that may not be called. (The result, whether it changed the schema.)"""
    from migralint.python.doubt import Frame, judging

    result: Value = Unknown(reason, place)
    with Frame(ev) as frame, judging(ev, reason, place, keep) as branch:
        try:
            result = call(ev, function, args, place)
        except Signal:
            pass
    if keep is False or not branch.changed:
        frame.restore(reason)
    return result, branch.changed


def _call_one(ev: Evaluator, function: Either, args: Arguments, place: Place) -> Value:
    """Calls one of several functions: the first that changes the schema is applied, the others are judged."""
    if not function.closed:
        touch(ev, args, place, function.reason)
    choices = [choice for choice in function.choices if choice is not None]  # which cannot be called
    if function.closed and len(choices) == 1:
        return call(ev, choices[0], args, place)
    results: list[Value] = [] if function.closed else [Unknown(function.reason, place)]
    keep = None
    for choice in choices:
        result, changed = perhaps_call(ev, choice, args, function.reason, place, keep=keep)
        results.append(result)
        keep = False if changed else keep
    return reduce(lambda one, two: either(one, two, function.reason), results) if results else plain(function)


def bind(ev: Evaluator, function: Function, args: Arguments, place: Place) -> Scope:
    """A new scope with the parameters bound to the arguments."""
    scope = Scope(
        function.scope.module, function.scope if function.scope.names is not function.scope.module.names else None
    )
    queue = list(args.positional)
    keywords = dict(args.keywords)
    for kind, name, default, (has_default, _) in function.params:
        if kind == "vararg":
            scope.names[name] = tuple(queue) if not args.open else Unknown("arguments are not known", place)
            queue = []
        elif kind == "kwarg":
            scope.names[name] = keywords
            keywords = {}
        elif kind in ("normal", "posonly") and queue:
            scope.names[name] = queue.pop(0)
        elif name in keywords and kind != "posonly":
            scope.names[name] = keywords.pop(name)
        elif has_default and not args.open:
            scope.names[name] = default
        elif args.open:
            scope.names[name] = Unknown(f"the argument {name} is not known", place)
        else:
            scope.names[name] = Unknown(f"the argument {name} is not given", place)
    return scope


def call_function(ev: Evaluator, function: Function, args: Arguments, place: Place) -> Value:
    """The result of calling a function of the project."""
    from migralint.python.evaluator import DEPTH

    if ev.depth >= DEPTH:
        raise Exhausted("calls are nested too deeply to follow", place)
    outer = ev.active.get(id(function))
    if outer is not None and ev.judging > outer:  # without an end that is known; the body was judged once
        reason = f"{function.name} calls itself under a condition that is not known"
        touch(ev, args, place, reason)
        return Unknown(reason, place)
    scope = bind(ev, function, args, place)
    first = next((p[1] for p in function.params), None)
    scope.receiver = scope.names.get(first) if first is not None else None
    owner = function.attributes.get("__class__")
    if owner is not None:
        scope.names.setdefault("__class__", owner)
    before = ev.callers
    if ev.depth:
        ev.callers = (place._replace(callers=()), *before)
    ev.depth += 1
    ev.active[id(function)] = ev.judging
    try:
        if function.is_lambda:
            return ev.value(scope, function.body)
        if function.is_generator:
            sink: list[Value] = []
            scope.names["__yielded__"] = sink
            try:
                ev.block(scope, function.body)
            except ReturnSignal:
                pass
            return sink
        ev.block(scope, function.body)
    except ReturnSignal as signal:
        return signal.value if scope.may_have_returned is None else _may_differ(function, scope, place)
    except PyRaise:
        if scope.may_have_returned is None:
            raise
    finally:
        ev.depth -= 1
        ev.callers = before
        if outer is None:
            del ev.active[id(function)]
        else:
            ev.active[id(function)] = outer
    return None if scope.may_have_returned is None else _may_differ(function, scope, place)


def _may_differ(function: Function, scope: Scope, place: Place) -> Unknown:
    from migralint.python.doubt import depending

    return Unknown(depending(f"what {function.name}() returns", str(scope.may_have_returned)), place)


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
    return _bound(ev, member, receiver, owner, place) if owner is not None else Unknown("a method", place)


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
        return _bound(ev, member, value, value.cls, place)
    getter, method = value.cls.lookup("__getattr__")
    if getter:
        return call(ev, BoundMethod(method, value), Arguments([name]), place)
    inner = value.attributes.get("__items__")
    if inner is not None and (known := method_of(inner, name)) is not None:
        return known
    if value.cls.inherits_unread:
        return of_unread_base(value, name, place)
    return Unknown(f"attribute {name} of {value.cls.name}", place)


def of_unread_base(receiver: Value, name: str, place: Place) -> NotFollowed:
    """What an object or its class has from a base that is not read: called, it may do anything with what they hold."""
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    found = NotFollowed(f"{cls.name}.{name} of a base that is not read", place)
    acts = isinstance(receiver, Instance) and may_act(receiver)
    found.undefined = acts or any(map(may_migrate, cls.namespace.values()))
    found.foreign = next((one.path.partition(".")[0] for one in cls.symbols()), cls.name)
    return found


def _bound(ev: Evaluator, member: Value, receiver: Value, cls: ClassValue, place: Place) -> Value:
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
        return _bound(ev, value.cls.namespace[name], value, value.cls, place)
    if value.mixes_in_data:
        return attribute(ev, value.value, name, place)
    return Unknown(f"attribute {name} of {value.cls.name}", place)
