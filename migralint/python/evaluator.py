"""The abstract interpreter: follows lowered code against the database on paper, within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from migralint.operations import Database, Opaque, Place
from migralint.python import attributes, calls, expressions, nodes, statements
from migralint.python.assign import assign
from migralint.python.containers import sure, unsure
from migralint.python.doubt import Frame
from migralint.python.modules import Modules
from migralint.python.reach import is_foreign
from migralint.python.scope import Scope
from migralint.python.template import Template
from migralint.python.values import (
    Arguments,
    BoundMethod,
    Builtin,
    ClassValue,
    Either,
    EnumMember,
    Exhausted,
    Function,
    Instance,
    ModuleValue,
    Native,
    Node,
    NotFollowed,
    PyRaise,
    ReturnSignal,
    Symbol,
    Unknown,
    Value,
)

STEPS = 400_000
"""Nodes evaluated for one revision or module before the evaluator gives up."""
DEPTH = 40
"""Nested calls of project functions."""
ITERATIONS = 20_000
"""Rounds of one loop."""


class Evaluator:
    """One evaluation. `settings` carries what libraries need to know (naming convention, metadata schema)."""

    def __init__(self, database: Database, modules: Modules, *, naming: dict[str, str] | None = None) -> None:
        self.database = database
        self.modules = modules
        self.naming = naming or {}
        self.callers: tuple[Place, ...] = ()
        self.standing: list[Node] = []  # the calls of the statement that is nothing but a call
        self.depth = 0
        self.steps = 0
        self.handlers = 0  # `try` statements around this place that handle an exception
        self.unsure_raises = 0  # how often code ran so far that may have raised an exception
        self.importing = 0  # modules around this place that run for their names alone
        self.judging = 0  # branches around this place that may not run
        self.doubts: list[tuple[str, bool | None]] = []  # why, and whether what they do is kept
        self.frames: list[Frame] = []  # of branches around this place that may be undone
        self.active: dict[int, int] = {}  # functions that run, each with `judging` when it was called
        self.context: dict[str, Any] = {}
        self.patched: dict[str, Value] = {}  # what code has put into modules and classes of libraries, by path
        modules.bind(self)

    # running ---------------------------------------------------------------------------------------------------
    def run_function(self, function: Value, args: Arguments, place: Place) -> Value:
        """Calls what a revision has as a function, and swallows what its code raises.

        Returns its value, or the PyRaise that left it. Bounds that were reached become an Opaque operation.
        """
        try:
            return calls.call(self, function, args, place)
        except PyRaise as problem:
            return problem
        except Exhausted as bound:
            self.opaque(bound.reason, bound.place or place)
            return Unknown(bound.reason, place)
        except RecursionError:
            self.opaque("the code is nested too deeply to follow", place)
            return Unknown("nested too deeply", place)

    def run_module(self, module: ModuleValue, body: Iterable[Node]) -> None:
        """Runs a module's body into its names; what cannot be followed leaves names unknown."""
        scope = Scope(module, None, module.names)
        self.importing += 1
        try:
            for node in body:
                try:
                    self.unless_unread(scope, node)
                except PyRaise as problem:
                    self._undefined(scope, node, problem)
                except (ReturnSignal, RecursionError):
                    continue
        finally:
            self.importing -= 1

    def unless_unread(self, scope: Scope, node: Node) -> None:
        """One statement of a module or class; one that cannot be followed leaves its names unknown.

        Raises Exhausted where there are no steps left.
        """
        try:
            self.block(scope, [node])
        except Exhausted as problem:
            if self.steps > STEPS:
                raise
            self._undefined(scope, node, problem)

    def _undefined(self, scope: Scope, node: Node, problem: PyRaise | Exhausted) -> None:
        """The names that a statement would have set."""
        targets = node[2] if node[0] == nodes.ASSIGN else [node[2]] if node[0] == nodes.ANN else []
        for target in targets:
            assign(self, scope, target, NotFollowed(str(problem), problem.place, undefined=True))

    # nodes -----------------------------------------------------------------------------------------------------
    def block(self, scope: Scope, body: Iterable[Node]) -> None:
        """Executes statements in order."""
        statements.block(self, scope, list(body))

    def value(self, scope: Scope, node: Node) -> Value:
        """The value of an expression."""
        self.steps += 1
        if self.steps > STEPS:
            raise Exhausted("it takes too many steps to follow", self.place(scope, node))
        return expressions.evaluate(self, scope, node)

    def place(self, scope: Scope, node: Node) -> Place:
        """Where a node stands."""
        return Place(scope.path, node[1], 0, 0, self.callers)

    # values ----------------------------------------------------------------------------------------------------
    def call(self, function: Value, args: Arguments, place: Place) -> Value:
        """The result of a call; Unknown where it cannot be known."""
        return calls.call(self, function, args, place)

    def touch(self, args: Arguments, place: Place, reason: str) -> bool:
        """Something unknown is given these: see `calls.touch`."""
        return calls.touch(self, args, place, reason)

    def attribute(self, value: Value, name: str, place: Place) -> Value:
        """The attribute of a value."""
        return attributes.attribute(self, value, name, place)

    def truth(self, value: Value) -> bool | None:
        """True, False, or None when it cannot be known."""
        match value:
            case Either() if value.closed:
                truths = set(map(self.truth, value.choices))
                return truths.pop() if len(truths) == 1 else None
            case Template():
                return True
            case Unknown():
                return None
            case Native():
                return value.truth()
            case Function() | ClassValue() | BoundMethod() | ModuleValue() | Builtin():
                return True
            case Symbol():
                return None if is_foreign(value) else True
            case EnumMember():
                return bool(value.value) if value.mixes_in_data else True
            case Instance():
                found, _ = value.cls.lookup("__bool__")
                length, _ = value.cls.lookup("__len__")
                return None if found or length else True
        try:
            return None if unsure(value) is not None and not sure(value) else bool(value)
        except Exception:  # a Python object of ours whose truth is not defined
            return None

    def items(self, value: Value) -> list[Value] | None:
        """What iterating over a value gives; None when it cannot be known."""
        match value:
            case Unknown() | Function() | BoundMethod() | ModuleValue() | Builtin():
                return None
            case ClassValue():
                members = value.namespace.items()  # without aliases, which have another member's name
                return [m for name, m in members if isinstance(m, EnumMember) and m.name == name] or None
            case Native():
                return value.iterate(self)
            case Instance():
                inner = value.attributes.get("__items__")
                return list(inner) if isinstance(inner, (list, tuple, dict, set)) else None
            case str() | list() | tuple() | set() | frozenset() | dict() | range() | bytes():
                if unsure(value) is not None:
                    return None
                try:
                    if len(value) > ITERATIONS:
                        return None
                except OverflowError:  # a range longer than any list
                    return None
                self.steps += len(value) // 64
                if self.steps > STEPS:
                    raise Exhausted("it takes too many steps to follow")
                return list(value)
        return None

    def listed(self, value: Value) -> Value:
        """What a loop over the value runs over."""
        return value.listed(self) if isinstance(value, Native) else value

    def changing(self, container: Value, *, names: bool = False) -> None:
        """A container is about to be changed: branches that may not run remember what it was."""
        for frame in self.frames:
            if frame.importing == self.importing:
                frame.changing(container, names)

    def made(self, container: Value) -> Value:
        """A container is new."""
        for frame in self.frames:
            frame.made(container)
        return container

    # the database ----------------------------------------------------------------------------------------------
    def opaque(self, reason: str, place: Place, *, may_change_schema: bool = True, stops: bool = False) -> None:
        """Records that something could not be read, or that the code fails for certain and `stops` there."""
        self.database.execute(Opaque(reason, may_change_schema, stops=stops), place)

    def not_followed(self, reason: str, place: Place, *, has_database: bool = True) -> bool:
        """Records that code is called which is not followed, unless a module does that while it is imported.

        Even without being given the database: `alembic.op` is within reach of any code. Always True.
        """
        if not self.importing:
            self.database.execute(Opaque(reason, has_database, has_database=has_database), place)
        return True
