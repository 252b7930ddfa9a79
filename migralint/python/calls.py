"""Calls of values."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python import nodes
from migralint.python.containers import either
from migralint.python.library import lookup
from migralint.python.library.harmless import is_harmless
from migralint.python.reach import held, is_code, reaches_database
from migralint.python.scope import Scope
from migralint.python.values import (
    Arguments,
    BoundMethod,
    ClassValue,
    Either,
    Exhausted,
    Function,
    Instance,
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
    from migralint.python.evaluator import Evaluator


SCRIPTS = "script location"
"""In the context: the folder of the history, below which nothing is the application's."""

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
    if symbol.tail == "__init__" and args.positional and isinstance(args.positional[0], Instance):
        from migralint.python.classes import library_init

        library_init(ev, args.positional[0], Arguments(args.positional[1:], args.keywords, args.open), place)
        return None
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
    except PyRaise as problem:
        if scope.may_have_returned is None:
            if not _hangs_on_application(ev, function, scope):
                raise
            why = f"{function.name}() of an object of the application raises {problem.kind} here: {problem.message}"
            return Unknown(why, place)
    finally:
        ev.depth -= 1
        ev.callers = before
        if outer is None:
            del ev.active[id(function)]
        else:
            ev.active[id(function)] = outer
    return None if scope.may_have_returned is None else _may_differ(function, scope, place)


def _hangs_on_application(ev: Evaluator, function: Function, scope: Scope) -> bool:
    """Whether a method decides by what its object is whether it raises, and the application may have set that up.

    What handles the exception knows of it.
    """
    own = ev.context.get(SCRIPTS)
    if not own or ev.handlers or not isinstance(scope.receiver, Instance):
        return False
    decides = len(function.body) > 1 and any(node[0] == nodes.IF for node in function.body)
    return decides and not function.scope.module.path.startswith(f"{own}/")


def _may_differ(function: Function, scope: Scope, place: Place) -> Unknown:
    from migralint.python.doubt import depending

    return Unknown(depending(f"what {function.name}() returns", str(scope.may_have_returned)), place)
