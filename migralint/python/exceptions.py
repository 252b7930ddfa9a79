"""`try` and `raise`: which handler runs, and what an exception is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migralint.operations import CannotApply, Place
from migralint.python import nodes
from migralint.python.blocks import leaves, raises
from migralint.python.doubt import judge
from migralint.python.scope import Scope
from migralint.python.values import ClassValue, Instance, Native, Node, PyRaise, Symbol, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def attempt(ev: Evaluator, scope: Scope, node: Node) -> None:
    """`try`: handlers run for what the code raises and for statements that PostgreSQL would refuse.

    A refused statement aborts its transaction (PostgreSQL docs, 3.4): what a handler then sends is refused as well, so
    it is only judged until it goes back to a savepoint. Outside of a transaction, within a savepoint and on other
    dialects handlers run as they stand.
    """
    body, handlers, orelse, final = list(node[2]), node[3], list(node[4] or ()), list(node[5] or ())
    place = ev.place(scope, node)
    handler = _handler(ev, scope, handlers, refused("", place))
    before = ev.unsure_raises
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
            with ev.database.aborted(reason) as abort:
                try:
                    _handle(ev, scope, handler, refused(str(failure), place))
                except PyRaise:
                    if abort.ended:
                        raise
        else:
            if ev.unsure_raises > before:
                _perhaps_handled(ev, scope, handlers, place)
            ev.block(scope, orelse)
    finally:
        ev.block(scope, final)


def _perhaps_handled(ev: Evaluator, scope: Scope, handlers: list[Node], place: Place) -> None:
    """Judges the handlers of code that may have raised an exception, though nothing says that it has."""
    for _, name, body in handlers:
        if leaves(list(body)) == nodes.RAISE:
            continue
        if name is not None:
            scope.set(name, Unknown("an exception", place))
        judge(ev, scope, list(body), "it runs where the code before it raises an exception", place, keep=False)


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
