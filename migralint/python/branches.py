"""Control flow where the way is not known: branches, loops, exceptions, context managers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import groupby
from typing import TYPE_CHECKING

from migralint.operations import Branch, CannotApply, Place
from migralint.python import nodes
from migralint.python.assign import assign
from migralint.python.scope import Scope
from migralint.python.values import (
    Arguments,
    BoundMethod,
    BreakSignal,
    ClassValue,
    ContinueSignal,
    DefaultDict,
    Either,
    Exhausted,
    Function,
    Instance,
    Native,
    Node,
    PyRaise,
    ReturnSignal,
    Signal,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_LEAVES = (nodes.RETURN, nodes.RAISE, nodes.BREAK, nodes.CONTINUE)
ROUNDS = 5_000
"""Rounds of a `while` loop."""
_CHOICES = 4


def leaves(body: list[Node]) -> int | None:
    """The kind of the statement by which a block surely leaves, or None."""
    if not body:
        return None
    last = body[-1]
    if last[0] in _LEAVES:
        return int(last[0])
    if last[0] == nodes.IF and last[3]:
        kinds = [*(leaves(list(clause[3])) for clause in last[2]), leaves(list(last[3]))]
        return kinds[0] if None not in kinds else None
    if last[0] == nodes.WITH and leaves(list(last[3])) == nodes.RETURN:  # a manager may swallow what is raised
        return nodes.RETURN
    return None


def clauses_from(node: Node, index: int) -> Node:
    """An `if` without its first clauses."""
    clauses = node[2][index:]
    return (nodes.IF, clauses[0][1], clauses, node[3])


def yields(body: list[Node]) -> bool:
    """Whether a function body has a `yield` of its own."""
    return _has(body, nodes.YIELD)


def raises(body: list[Node]) -> bool:
    """Whether a block has a `raise` of its own."""
    return _has(body, nodes.RAISE)


def _has(body: list[Node], kind: int) -> bool:
    """Whether a block has a node of this kind, functions and classes in it left aside."""
    stack: list[object] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, (tuple, list)):
            if node and node[0] == kind and isinstance(node[0], int) and len(node) >= 3:
                return True
            if (
                node
                and node[0] in (nodes.DEF, nodes.LAMBDA, nodes.CLASS)
                and len(node) >= 4
                and isinstance(node[1], int)
            ):
                continue
            stack.extend(node)
    return False


class _Frame:
    """The variables of a scope before a branch, to undo what the branch did to them."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.names = dict(scope.names)
        values = [*scope.names.values(), *scope.module.names.values()]
        containers = (v for v in values if type(v) in (list, dict, set, DefaultDict))
        self.contents: list[tuple[Value, Value]] = [(v, v.copy()) for v in containers]

    def undo(self) -> None:
        """Puts everything back."""
        self.scope.names.clear()
        self.scope.names.update(self.names)
        for container, content in self.contents:
            _refill(container, content)

    def restore(self, reason: str) -> None:
        """Puts everything back; what the branch may have changed is not known, and why."""
        after = dict(self.scope.names)
        self.scope.names.clear()
        self.scope.names.update(self.names)
        blurred = []
        for container, content in self.contents:
            if _same(container, content):
                continue
            _refill(container, content)
            if not content:
                blurred.append(container)
            elif isinstance(container, list):
                container.append(Unknown(depending("what a list holds", reason)))
        for names in (self.scope.names, self.scope.module.names):
            for name, value in names.items():
                if any(value is container for container in blurred):
                    names[name] = Unknown(depending(name, reason))
        _blur(self.scope, self.names, after, reason)


def _refill(container: Value, content: Value) -> None:
    container.clear()
    if isinstance(container, list):
        container.extend(content)
    else:
        container.update(content)


@contextmanager
def judging(ev: Evaluator, reason: str, place: Place, keep: bool | None) -> Iterator[Branch]:
    """What runs inside may not run; `keep` as for `operations.Database.branch`."""
    ev.judging += 1
    ev.doubts.append((reason, keep))
    try:
        with ev.database.branch(reason, place, keep=keep) as branch:
            yield branch
    finally:
        ev.doubts.pop()
        ev.judging -= 1


def judge(
    ev: Evaluator, scope: Scope, body: list[Node], reason: str, place: Place, *, keep: bool | None
) -> tuple[Branch, Signal | None]:
    """Runs a block as a branch; returns the branch and the signal by which it left."""
    frame = _Frame(scope)
    signal: Signal | None = None
    with judging(ev, reason, place, keep) as branch:
        try:
            ev.block(scope, body)
        except Signal as left:
            signal = left
    changed = branch.changed
    if keep is False or (keep is None and not changed):
        frame.restore(reason)
    return branch, signal


def perhaps(
    ev: Evaluator, scope: Scope, reason: str, place: Place, *, keep: bool | None, run: Callable[[], Value]
) -> tuple[Value, bool]:
    """(the value, whether it changed the schema) of a part of an expression that may not be evaluated."""
    frame = _Frame(scope)
    with judging(ev, reason, place, keep) as branch:
        value = run()
    if keep is False or not branch.changed:
        frame.restore(reason)
    return value, branch.changed


def _blur(scope: Scope, before: dict[str, Value], after: dict[str, Value], reason: str) -> None:
    """Names that a branch set differently are not known after it."""
    for name, value in after.items():
        if name not in before:
            scope.names[name] = value
        elif before[name] is not value and not _same(before[name], value):
            scope.names[name] = _either(before[name], value, depending(name, reason))


def depending(what: str, reason: str) -> str:
    """Why something is not known that depends on a condition; of conditions behind conditions the first is told."""
    nested = _DEPENDING.fullmatch(reason)
    return f"{what} depends on a condition that is not known ({nested[1] if nested else reason})"


_DEPENDING = re.compile(r"[^()]*(?:\(\)[^()]*)? depends on a condition that is not known \((.*)\)", re.DOTALL)


def _either(one: Value, other: Value, reason: str) -> Unknown:
    """One of two values, as long as there are few to choose from."""
    choices = [
        choice for value in (one, other) for choice in (value.choices if isinstance(value, Either) else (value,))
    ]
    return Either(reason, tuple(choices)) if len(choices) <= _CHOICES else Unknown(reason)


def _same(one: Value, two: Value) -> bool:
    try:
        return bool(type(one) is type(two) and one == two)
    except Exception:  # comparing values of ours that define no equality
        return False


def passed_over(ev: Evaluator, scope: Scope, body: list[Node]) -> None:
    """Statements that a known condition rules out: followed where somebody wants to know, without any effect."""
    if not body or not ev.database.rules_out():
        return
    frame = _Frame(scope)
    with ev.database.ruled_out(), suppress(Signal, PyRaise, CannotApply):
        ev.block(scope, body)
    frame.undo()


def undecided(ev: Evaluator, scope: Scope, node: Node, test: Value, rest: list[Node]) -> bool:
    """An `if` whose condition is not known. True when the rest of the block was run here too."""
    why = test.reason if isinstance(test, Unknown) else "the condition is not known"
    place = ev.place(scope, node)
    first = list(node[2][0][3])
    second = [clauses_from(node, 1)] if len(node[2]) > 1 else list(node[3])
    left_first, left_second = leaves(first), leaves(second)
    if left_first == nodes.RAISE and left_second != nodes.RAISE:
        judge(ev, scope, first[:-1], why, place, keep=False)
        ev.block(scope, second)
        return False
    if left_second == nodes.RAISE and left_first != nodes.RAISE:
        judge(ev, scope, second[:-1], why, place, keep=False)
        ev.block(scope, first)
        return False
    whole = left_first is not None or left_second is not None
    if whole:
        first = first if left_first is not None else first + rest
        second = second if left_second is not None else second + rest
    saved = dict(scope.names)
    branch, signal = judge(ev, scope, first, why, place, keep=None)
    if branch.changed:
        kept = dict(scope.names)
        scope.names.clear()
        scope.names.update(saved)
        with ev.database.instead_of(branch):
            judge(ev, scope, second, why, place, keep=False)
        scope.names.clear()
        scope.names.update(kept)
    else:
        branch, other = judge(ev, scope, second, why, place, keep=None)
        if branch.changed or signal is None:
            signal = other
        elif (
            isinstance(signal, ReturnSignal)
            and isinstance(other, ReturnSignal)
            and not _same(signal.value, other.value)
        ):
            signal = ReturnSignal(Unknown(depending("the result", why), place))
    if signal is not None and whole:
        raise signal
    if isinstance(signal, ReturnSignal):
        scope.may_have_returned = why
    return whole


def loop(ev: Evaluator, scope: Scope, node: Node) -> None:
    """A `for` loop; over unknown data its body is judged once and not applied."""
    iterable = ev.value(scope, node[3])
    items = ev.items(iterable)
    body = list(node[4])
    place = ev.place(scope, node)
    if items is None:
        why = iterable.reason if isinstance(iterable, Unknown) else "what the loop runs over is not known"
        frame = _Frame(scope)
        with judging(ev, why, place, False):
            assign(ev, scope, node[2], Unknown(f"an item of something that is not known ({why})", place))
            returned = False
            try:
                ev.block(scope, body)
            except ReturnSignal:
                returned = True
            except Signal:
                pass
        frame.restore(why)
        if returned:
            scope.may_have_returned = why
        return
    for item in items:
        assign(ev, scope, node[2], item)
        try:
            ev.block(scope, body)
        except BreakSignal:
            return
        except ContinueSignal:
            continue
    if node[5]:
        ev.block(scope, list(node[5]))


def while_loop(ev: Evaluator, scope: Scope, node: Node) -> None:
    """A `while` loop; with an unknown condition its body is judged once and not applied."""
    for _ in range(ROUNDS):
        test = ev.value(scope, node[2])
        known = ev.truth(test)
        if known is None:
            why = test.reason if isinstance(test, Unknown) else "the loop's condition is not known"
            judge(ev, scope, list(node[3]), why, ev.place(scope, node), keep=False)
            return
        if not known:
            if node[4]:
                ev.block(scope, list(node[4]))
            return
        try:
            ev.block(scope, list(node[3]))
        except BreakSignal:
            return
        except ContinueSignal:
            continue
    raise Exhausted("a loop runs too long to follow", ev.place(scope, node))


def attempt(ev: Evaluator, scope: Scope, node: Node) -> None:
    """`try`: handlers run for what the code raises and for statements that PostgreSQL would refuse.

    A refused statement aborts its transaction (PostgreSQL docs, 3.4): what a handler then sends is refused as well, so
    it is only judged. Outside of a transaction, after a savepoint and on other dialects handlers run as they stand.
    """
    body, handlers, orelse, final = list(node[2]), node[3], list(node[4] or ()), list(node[5] or ())
    place = ev.place(scope, node)
    handler = _handler(ev, scope, handlers, refused("", place))
    try:
        try:
            if handler is None or leaves(list(handler[2])) == nodes.RAISE:
                _handled(ev, scope, body, handlers)
            else:
                with ev.database.watching(place, always=not raises(handler[2])):
                    _handled(ev, scope, body, handlers)
        except PyRaise as problem:
            handler = _handler(ev, scope, handlers, problem)
            if handler is None:
                raise
            _handle(ev, scope, handler, problem)
        except CannotApply as failure:
            if handler is None:
                raise
            if not failure.aborts:
                _handle(ev, scope, handler, refused(str(failure), place))
                return
            reason = f"it runs after a refused statement ({failure}), when the transaction is aborted"
            with ev.database.branch(reason, place, keep=False), suppress(PyRaise):
                _handle(ev, scope, handler, refused(str(failure), place))
        else:
            ev.block(scope, orelse)
    finally:
        ev.block(scope, final)


def _handled(ev: Evaluator, scope: Scope, body: list[Node], handlers: list[Node]) -> None:
    """The body of a `try`, counted while something handles what it raises."""
    handled = 1 if handlers else 0
    ev.handlers += handled
    try:
        ev.block(scope, body)
    finally:
        ev.handlers -= handled


def refused(message: str, place: Place) -> PyRaise:
    """The exception by which SQLAlchemy tells that the server refused a statement."""
    return PyRaise("ProgrammingError", message, place)


def _handler(ev: Evaluator, scope: Scope, handlers: list[Node], problem: PyRaise) -> Node | None:
    """The handler that catches it, or None."""
    for handler in handlers:
        if handler[0] is None or catches(ev, ev.value(scope, handler[0]), problem):
            return handler
    return None


def _handle(ev: Evaluator, scope: Scope, handler: Node, problem: PyRaise) -> None:
    _, name, body = handler
    if name is not None:
        scope.set(name, problem.value if problem.value is not None else Unknown("an exception", problem.place))
    try:
        ev.block(scope, list(body))
    except PyRaise as again:
        raise problem if again.kind == "reraise" else again from None


_BASES = {
    "KeyError": ("LookupError",),
    "IndexError": ("LookupError",),
    "ModuleNotFoundError": ("ImportError",),
    "FileNotFoundError": ("OSError", "IOError"),
    "NotImplementedError": ("RuntimeError",),
    "UnicodeDecodeError": ("ValueError",),
    "NoSuchTableError": ("InvalidRequestError", "SQLAlchemyError"),
    "ProgrammingError": tuple(
        """DatabaseError DBAPIError StatementError SQLAlchemyError OperationalError InternalError DuplicateTable
        DuplicateObject DuplicateColumn UndefinedTable UndefinedColumn UndefinedObject""".split()
    ),
}


def catches(ev: Evaluator, kind: Value, problem: PyRaise) -> bool:
    """Whether a handler of this class, or of these classes, catches the exception."""
    if isinstance(kind, (tuple, list)):
        return any(catches(ev, k, problem) for k in kind)
    if isinstance(kind, Unknown):
        return True
    if isinstance(kind, ClassValue):
        value = problem.value
        return isinstance(value, Instance) and kind in value.cls.mro()
    name = kind.tail if isinstance(kind, Symbol) else getattr(kind, "name", "")
    if name in ("Exception", "BaseException"):
        return True
    return name == problem.kind or name in _BASES.get(problem.kind, ())


def exception_of(value: Value, place: Place) -> PyRaise:
    """The exception that `raise value` raises."""
    match value:
        case None:
            return PyRaise("reraise", "", place)
        case PyRaise():
            return value
        case Instance():
            symbols = value.cls.symbols()
            kind = symbols[0].tail if symbols else value.cls.name
            return PyRaise(kind, value.cls.name, place, value)
        case ClassValue():
            return PyRaise(value.name, value.name, place, Instance(value))
        case Symbol():
            return PyRaise(value.tail, value.path, place)
        case Raised():
            return PyRaise(value.kind, value.message, place, value)
    name = getattr(value, "name", None)
    return PyRaise(name if isinstance(name, str) else "Exception", "an exception", place)


class Raised(Native):
    """An exception object of a known class."""

    def __init__(self, kind: str, args: list[Value]) -> None:
        self.kind = kind
        self.arguments = args
        self.message = str(args[0]) if args and isinstance(args[0], str) else ""

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name == "args":
            return tuple(self.arguments)
        return Unknown(f"attribute {name} of an exception", place)


class ContextManager(Native):
    """A value of a library that `with` may enter."""

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        """Enters it; what has to happen at the end goes on the stack."""
        return self


@contextmanager
def savepoint(ev: Evaluator, place: Place) -> Iterator[None]:
    """A savepoint whose failures become exceptions of the code."""
    leaving: Signal | None = None
    try:
        with ev.database.subtransaction():
            try:
                yield
            except (ReturnSignal, BreakSignal, ContinueSignal) as signal:
                leaving = signal
    except CannotApply as problem:
        raise refused(str(problem), place) from None
    if leaving is not None:
        raise leaving


def enter(ev: Evaluator, manager: Value, stack: ExitStack, place: Place) -> Value:
    """What `with manager as x` gives x."""
    if isinstance(manager, ContextManager):
        return manager.enter(ev, stack, place)
    if isinstance(manager, Instance):
        found, method = manager.cls.lookup("__enter__")
        if found:
            left, leave = manager.cls.lookup("__exit__")
            if left:
                stack.callback(ev.call, BoundMethod(leave, manager), Arguments([None, None, None]), place)
            return ev.call(BoundMethod(method, manager), Arguments(), place)
    if isinstance(manager, GeneratorManager):
        return manager.enter(ev, stack, place)
    return manager if isinstance(manager, Native) else Unknown("what a context manager gives", place)


class GeneratorManager(Native):
    """The result of calling a function decorated with `contextlib.contextmanager`."""

    def __init__(self, function: Function, args: Arguments) -> None:
        self.function = function
        self.args = args

    def enter(self, ev: Evaluator, stack: ExitStack, place: Place) -> Value:
        """Runs the part before the first top-level `yield` now, the part after it at the end."""
        from migralint.python.calls import bind

        scope = bind(ev, self.function, self.args, place)
        before, yielded, after = _split(list(self.function.body))
        with ExitStack() as entered:
            try:
                for opens, part in groupby(before, lambda node: node[0] == nodes.WITH and not node[3]):
                    if not opens:
                        ev.block(scope, list(part))
                        continue
                    for node in part:
                        enter_all(ev, scope, node, entered)
            except ReturnSignal:
                return Unknown("a context manager that returned", place)
            stack.enter_context(entered.pop_all())

        def leave() -> None:
            try:
                ev.block(scope, after)
            except ReturnSignal:
                pass

        stack.callback(leave)
        return ev.value(scope, yielded) if yielded is not None else None


def enter_all(ev: Evaluator, scope: Scope, node: Node, stack: ExitStack) -> None:
    """Enters the context managers of a `with`."""
    for expr, target in node[2]:
        entered = enter(ev, ev.value(scope, expr), stack, ev.place(scope, expr))
        if target is not None:
            assign(ev, scope, target, entered)


def _split(body: list[Node]) -> tuple[list[Node], Node | None, list[Node]]:
    """What comes before the first `yield`, what that gives, and what comes after it.

    A `with` around the `yield` is one without a body: it is entered before, and left at the end.
    """
    for i, node in enumerate(body):
        if node[0] == nodes.EXPR and node[2][0] == nodes.YIELD:
            return body[:i], node[2][2], body[i + 1 :]
        if node[0] == nodes.ASSIGN and node[3][0] == nodes.YIELD:
            return body[:i], node[3][2], body[i + 1 :]
        if node[0] in (nodes.TRY, nodes.WITH):
            inner = list(node[2] if node[0] == nodes.TRY else node[3])
            before, yielded, after = _split(inner)
            if yielded is not None or len(before) < len(inner):
                final = list(node[5] or ()) if node[0] == nodes.TRY else []
                if node[0] == nodes.WITH:
                    before = [(*node[:3], ()), *before]
                return body[:i] + before, yielded, after + final + body[i + 1 :]
    return body, None, []
