"""The project's own functions and classes: what running a function returns, and what its parameters may be."""

from __future__ import annotations

from abc import abstractmethod

from migralint.operations import Place
from migralint.python import nodes as n
from migralint.python.text import Text
from migralint.queries import dumped
from migralint.queries.expressions import Exhausted, Expressions
from migralint.queries.frame import Arguments, Frame
from migralint.queries.known import is_client
from migralint.queries.values import (
    UNKNOWN,
    Builder,
    ClassValue,
    Client,
    Either,
    Function,
    Instance,
    Node,
    Record,
    Rows,
    Scope,
    Symbol,
    Value,
    alternatives,
    either,
)

_DEPTH = 10
"""How deep calls are followed."""


class Functions(Expressions):
    """Runs functions and makes objects."""

    def __init__(self) -> None:
        self._calls = 0
        self._running: set[object] = set()
        self._returned: dict[object, tuple[Value, object]] = {}
        self._objects: dict[int, Instance] = {}

    @abstractmethod
    def block(self, body: list[Node], frame: Frame) -> bool:
        """Runs statements."""

    def an_object(self, kind: ClassValue) -> Instance:
        """An object of a class that somebody else makes: one for each class."""
        if id(kind) not in self._objects:
            self._objects[id(kind)] = made = Instance(kind)
            found = self._of_class(kind, "__init__", made, Place(""))
            if isinstance(found, Function):
                self.run_function(found, None, kind.module.place(kind.node))
        return self._objects[id(kind)]

    def _made(self, kind: ClassValue, given: Arguments, place: Place) -> Value:
        made = Instance(kind)
        init = self._of_class(kind, "__init__", made, place)
        if isinstance(init, Function):
            self.run_function(init, given, place)
        elif dumped.is_model(kind):
            names = list(dumped.fields(kind) or ())
            made.attributes.update(zip(names, given.positional, strict=False))
            made.attributes.update(given.keywords)
        if any(isinstance(one, Symbol) and one.path.rpartition(".")[2] == "TypedDict" for one in kind.line()):
            return Record({}, given.open) if not given.keywords else _record_of(given, place)
        return made

    def entered(self, value: Value) -> Value:
        """What `with` binds."""
        found: list[Value] = []
        for one in alternatives(value):
            kind = one.kind if isinstance(one, Instance) else None
            names = ("__aenter__", "__enter__") if kind is not None else ()
            methods = [m for name in names if isinstance(m := self.attribute(one, name, Place("")), Function)]
            found += [self.run_function(method, Arguments(), Place("")) for method in methods] or [one]
        return either(found)

    @abstractmethod
    def most_steps(self, function: Function) -> int:
        """How long a call of a function is followed; what takes longer returns something unknown."""

    @abstractmethod
    def found_request(self, request: Builder) -> None:
        """A request begins."""

    def run_function(self, function: Function, arguments: object, place: Place) -> Value:
        """What a function returns; without arguments all of them are whatever their declarations say."""
        given = arguments if isinstance(arguments, Arguments) else None
        if self._calls > _DEPTH:
            return UNKNOWN
        key = (id(function.node), id(function.owner), id(function.scope), None if given is None else _key(given))
        if key in self._running:
            return UNKNOWN
        if key in self._returned:
            again = _apart(self._returned[key][0])
            for one in alternatives(again):
                if isinstance(one, Builder):
                    self.found_request(one)
            return again
        self._running.add(key)
        self._calls += 1
        limit = self.limit
        most = limit if given is None else min(limit, self.most_steps(function))
        self.limit = most
        try:
            frame = Frame(
                function.module, Scope({}, function.scope), inside=function.defined_in, receiver=function.owner
            )
            self._bind(function, given, frame, place)
            self.block(function.node[4], frame)
            value = either(frame.returned) if frame.returned else None
        except RecursionError:
            raise Exhausted from None
        except Exhausted:
            if most == limit:
                raise
            value = UNKNOWN
        finally:
            self.limit = limit - (most - max(self.limit, 0))
            self._calls -= 1
            self._running.discard(key)
        self._returned[key] = (_apart(value), (function, arguments))
        return value

    def _bind(self, function: Function, given: Arguments | None, frame: Frame, place: Place) -> None:
        names = frame.scope.names
        waiting = list(given.positional) if given is not None else []
        keywords = dict(given.keywords) if given is not None else {}
        bound = function.owner is not None
        for kind, name, default, annotation in function.node[3]:
            if kind == "vararg":
                names[name] = Rows(waiting, given is None or given.open)
                waiting = []
            elif kind == "kwarg":
                record = Record(open=given is None or given.open)
                for word, value in keywords.items():
                    record.put(word, value, place)
                names[name] = record
            elif bound:
                names[name], bound = function.owner, False
            elif kind != "kwonly" and waiting:
                names[name] = self._typed(waiting.pop(0), annotation, frame)
            elif name in keywords:
                names[name] = self._typed(keywords.pop(name), annotation, frame)
            else:
                names[name] = self._declared(default, annotation, given, frame)

    def _typed(self, value: Value, annotation: Node | None, frame: Frame) -> Value:
        return self.annotated(annotation, frame) if value is UNKNOWN and annotation is not None else value

    def _declared(self, default: Node | None, annotation: Node | None, given: Arguments | None, frame: Frame) -> Value:
        """The value of a parameter that nobody gives."""
        stated = self.annotated(annotation, frame) if annotation is not None else UNKNOWN
        if default is None:
            return stated
        value = self.value(default, frame)
        if given is not None and not given.open:
            return value if value is not UNKNOWN else stated
        return stated if stated is not UNKNOWN else UNKNOWN if value is None else value

    def annotated(self, node: Node, frame: Frame) -> Value:
        """A value of which only the annotation is known."""
        self.step()
        kind = node[0]
        if kind == n.STR and len(node[2]) < 80:
            return self._kind_of(self.name(node[2], frame.scope)) if node[2].isidentifier() else UNKNOWN
        if kind == n.SUBSCRIPT:
            base = self.value(node[2], frame)
            name = base.path.rpartition(".")[2] if isinstance(base, Symbol) else ""
            inner = node[3][2] if node[3][0] == n.TUPLE else [node[3]]
            if name == "Literal":
                return either(self.value(one, frame) for one in inner)
            if name == "Annotated":
                for one in inner[1:]:
                    value = self.value(one, frame)
                    if value is not UNKNOWN and not isinstance(value, Symbol):
                        return value
            if name in ("Optional", "Annotated", "Union", "Type"):
                found = [self.annotated(one, frame) for one in inner[: 1 if name == "Annotated" else None]]
                return either([one for one in found if one is not UNKNOWN] or [UNKNOWN])
            if name in ("list", "List", "Sequence", "Iterable", "set", "tuple"):
                return Rows([self.annotated(one, frame) for one in inner[:1]], ordered=False)
            return UNKNOWN
        if kind == n.BINOP:
            found = [self.annotated(one, frame) for one in (node[2], *(right for _, right in node[3]))]
            return either([one for one in found if one is not UNKNOWN] or [UNKNOWN])
        return self._kind_of(self.value(node, frame)) if kind in (n.NAME, n.ATTR) else UNKNOWN

    def _kind_of(self, value: Value) -> Value:
        if isinstance(value, ClassValue):
            return self.an_object(value)
        return Client() if isinstance(value, Symbol) and is_client(value) else UNKNOWN


def _record_of(given: Arguments, place: Place) -> Record:
    made = Record(open=given.open)
    for word, value in given.keywords.items():
        made.put(word, value, place)
    return made


def _key(given: Arguments) -> object:
    values = (
        *given.positional,
        "|",
        *(part for word in sorted(given.keywords) for part in (word, given.keywords[word])),
    )
    return (*(_known(one) for one in values), given.open)


def _apart(value: Value) -> Value:
    """What each call of a function gives anew: a request that its caller goes on with."""
    if isinstance(value, Either):
        return Either(tuple(_apart(one) for one in value.values))
    return value.copy() if isinstance(value, Builder) else value


def _known(value: Value) -> object:
    if isinstance(value, Text):
        return str(value), value.pieces
    return (type(value), value) if value is None or isinstance(value, str | int | float | Symbol) else id(value)
