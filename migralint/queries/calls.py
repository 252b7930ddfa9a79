"""What calls in application code do: functions and classes of the project are followed, requests are built."""

from __future__ import annotations

from abc import abstractmethod

from migralint.operations import Place
from migralint.python import nodes as n
from migralint.python.text import Text
from migralint.queries import containers, dumped, requests
from migralint.queries.expressions import Exhausted, Expressions
from migralint.queries.frame import Arguments, Frame
from migralint.queries.known import call_symbol, elsewhere, is_client, other_database
from migralint.queries.statements import EXECUTES, is_statement
from migralint.queries.values import (
    UNKNOWN,
    Bound,
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
    Storage,
    Symbol,
    Value,
    alternatives,
    either,
    texts,
)
from migralint.sql.tokens import HOLE

_DEPTH = 10


class Calls(Expressions):
    """Follows calls."""

    def __init__(self) -> None:
        self._calls = 0
        self._running: set[object] = set()
        self._returned: dict[object, tuple[Value, object]] = {}
        self._objects: dict[int, Instance] = {}

    # what is found ----------------------------------------------------------------------------------------------
    @abstractmethod
    def found_function(self, function: Function) -> None:
        """A function is defined."""

    @abstractmethod
    def found_class(self, kind: ClassValue) -> None:
        """A class is defined."""

    @abstractmethod
    def found_request(self, request: Builder) -> None:
        """A request begins."""

    @abstractmethod
    def found_statement(self, text: Text, place: Place, how: str) -> None:
        """A statement of SQL is executed."""

    @abstractmethod
    def found_script(self, text: str) -> None:
        """Other SQL is executed."""

    @abstractmethod
    def not_known(self, place: Place, reason: str) -> None:
        """A request or statement of which too little is known."""

    @abstractmethod
    def block(self, body: list[Node], frame: Frame) -> bool:
        """Runs statements."""

    # calls ------------------------------------------------------------------------------------------------------
    def call(self, node: Node, frame: Frame) -> Value:
        place = frame.module.place(node)
        callee = node[2]
        if callee[0] == n.NAME and callee[2] == "super" and not node[3]:
            return _Super(frame.receiver, frame.inside) if frame.inside is not None else UNKNOWN
        owners = self.value(callee, frame)
        given = self._arguments(node[3], frame)
        if not isinstance(owners, Either):
            return self._called(owners, given, place, frame)
        return either(self._called(one, given, place, frame) for one in owners.values)

    def attribute(self, value: Value, name: str, place: Place) -> Value:
        if isinstance(value, _Super):
            return self._above(value, name, place)
        return super().attribute(value, name, place)

    def _above(self, value: _Super, name: str, place: Place) -> Value:
        kind = value.receiver.kind if isinstance(value.receiver, Instance) else value.receiver
        line = list(kind.line()) if isinstance(kind, ClassValue) else []
        after = line[line.index(value.inside) + 1 :] if value.inside in line else []
        for one in after:
            if isinstance(one, ClassValue) and name in one.scope.names:
                found = self.resolved(one.scope.names[name])
                return self.bound(found, value.receiver, place) if isinstance(found, Function) else found
        return Bound(value.receiver, name)

    def _arguments(self, nodes: list[Node], frame: Frame) -> Arguments:
        given = Arguments(nodes=nodes)
        for star, keyword, inner in nodes:
            value = self.value(inner, frame)
            if star == "*":
                rows = value if isinstance(value, Rows) and value.ordered and not value.open else None
                given.positional += rows.items if rows is not None else []
                given.open = given.open or rows is None
            elif star == "**":
                record = value if isinstance(value, Record) else Record(open=True)
                given.keywords.update((key, entry.value) for key, entry in record.entries.items())
                given.open = given.open or record.open
            elif keyword:
                given.keywords[keyword] = value
            else:
                given.positional.append(value)
        return given

    def _called(self, callee: Value, given: Arguments, place: Place, frame: Frame) -> Value:
        if isinstance(callee, Function):
            return self.run_function(callee, given, place)
        if isinstance(callee, ClassValue):
            return self._made(callee, given, place)
        if isinstance(callee, Bound):
            return self._method(callee.value, callee.name, given, place, frame)
        if isinstance(callee, Instance):
            method = self.attribute(callee, "__call__", place)
            return self.run_function(method, given, place) if isinstance(method, Function) else UNKNOWN
        if isinstance(callee, Symbol):
            if callee.path.startswith("builtins."):
                return self._builtin(callee.path[9:], given, place, frame)
            owner, _, name = callee.path.rpartition(".")
            if name in EXECUTES and not elsewhere(callee.path.partition(".")[0]):
                self._execute(given, place, name)
            if name in ("Depends", "Security"):
                return either(self._called(one, Arguments(), place, frame) for one in alternatives(given.first))
            if self._begins(Symbol(owner), name, given):
                return self._request(Symbol(owner), name, given, place)
            found = call_symbol(callee, given)
            if name == "text" and texts(found):
                for one in texts(found):
                    self._execute(Arguments([one]), place, name)
                return Symbol("sqlalchemy.text()")
            for one in (*given.positional, *given.keywords.values()):
                self._passed(one)
            return found
        return UNKNOWN

    def _passed(self, value: Value) -> None:
        """What a library gets may be called by it: functions without their arguments."""
        for one in alternatives(value):
            if isinstance(one, Function):
                self.found_function(one)

    def _method(self, value: Value, name: str, given: Arguments, place: Place, frame: Frame) -> Value:
        for one in given.positional if name not in requests.METHODS else ():
            self._passed(one)
        if isinstance(value, Builder):
            return requests.method(value, name, given, place, frame.depth)
        if isinstance(value, str):
            return containers.of_text(value if isinstance(value, Text) else Text(value), name, given)
        if isinstance(value, Record):
            return containers.of_record(value, name, given, frame.depth, place)
        if isinstance(value, Rows):
            return containers.of_rows(value, name, given)
        if isinstance(value, Storage):
            return UNKNOWN
        if isinstance(value, Client) and name == "schema":
            return Client(given.first, value.certain)
        if self._begins(value, name, given):
            return self._request(value, name, given, place)
        if name == "schema" and not isinstance(value, Instance) and texts(given.first):
            return Client(given.first, certain=False)
        if isinstance(value, Instance) and name in dumped.DUMPS:
            return dumped.dumped(value, given, frame.depth)
        if isinstance(value, Instance) and name in ("model_copy", "copy"):
            return value
        if isinstance(value, ClassValue) and name in ("model_validate", "parse_obj", "from_orm", "model_construct"):
            return self.an_object(value)
        if name in EXECUTES:
            self._execute(given, place, name)
        return UNKNOWN

    # requests ---------------------------------------------------------------------------------------------------
    @staticmethod
    def _begins(value: Value, name: str, given: Arguments) -> bool:
        """Whether a method call begins a request."""
        if name in ("table", "from_"):
            return (
                len(given.positional) + len(given.keywords) == 1
                and not isinstance(value, Storage)
                and not other_database(value)
            )
        return name == "rpc" and bool(given.positional or given.keywords) and not other_database(value)

    def _request(self, value: Value, name: str, given: Arguments, place: Place) -> Builder:
        client = value if isinstance(value, Client) else None
        named = given.get(0, "table_name", "table", "fn", "func")
        found = tuple(_here(one, given, place) for one in texts(named) if one and HOLE not in one)
        sure = isinstance(value, Client) and value.certain
        made = Builder(place, found, client.schema if client else None, name == "rpc", sure)
        if len(found) != len(alternatives(named)):
            made.gaps[place, f"the name of the {'function' if name == 'rpc' else 'table'} is not known"] = None
        if name == "rpc":
            made.verb, made.verb_place = "rpc", place
            params = given.get(1, "params")
            for record in requests.records(params) if params is not None else ():
                if record is None or record.open:
                    made.gaps[place, "the arguments of the function are not known"] = None
                if record is not None:
                    made.rows.append(record)
            if params is None:
                made.rows.append(Record())
        self.found_request(made)
        return made

    def _execute(self, given: Arguments, place: Place, how: str) -> None:
        value = given.get(0, "query", "sql", "statement", "operation", "clause")
        for one in alternatives(value):
            if isinstance(one, str) and is_statement(one):
                self.found_statement(one if isinstance(one, Text) else Text(one), place, how)
            elif isinstance(one, str) and "create" in one[:400].lower():
                self.found_script(one)
            elif isinstance(one, str) and one[:1] == HOLE:
                self.not_known(place, "the statement is not known")

    # the project's own ------------------------------------------------------------------------------------------
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

    def run_function(self, function: Function, arguments: object, place: Place) -> Value:
        """What a function returns; without arguments all of them are whatever their declarations say."""
        given = arguments if isinstance(arguments, Arguments) else None
        if self._calls > _DEPTH:
            return UNKNOWN
        key = (id(function.node), id(function.owner), id(function.scope), None if given is None else _key(given))
        if key in self._running:
            return UNKNOWN
        if key in self._returned:
            return self._returned[key][0]
        self._running.add(key)
        self._calls += 1
        try:
            frame = Frame(
                function.module, Scope({}, function.scope), inside=function.defined_in, receiver=function.owner
            )
            self._bind(function, given, frame, place)
            self.block(function.node[4], frame)
            value = either(frame.returned) if frame.returned else None
        except RecursionError:
            raise Exhausted from None
        finally:
            self._calls -= 1
            self._running.discard(key)
        self._returned[key] = (value, (function, arguments))
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
                return Rows([self.annotated(inner[0], frame)], ordered=False)
            return UNKNOWN
        if kind == n.BINOP:
            found = [self.annotated(one, frame) for one in (node[2], *(right for _, right in node[3]))]
            return either([one for one in found if one is not UNKNOWN] or [UNKNOWN])
        return self._kind_of(self.value(node, frame)) if kind in (n.NAME, n.ATTR) else UNKNOWN

    def _kind_of(self, value: Value) -> Value:
        if isinstance(value, ClassValue):
            return self.an_object(value)
        return Client() if isinstance(value, Symbol) and is_client(value) else UNKNOWN

    # builtins ---------------------------------------------------------------------------------------------------
    def _builtin(self, name: str, given: Arguments, place: Place, frame: Frame) -> Value:
        if name == "dict":
            made = Record(depth=frame.depth, open=given.open)
            for one in given.positional:
                made.take(one)
            for word, value in given.keywords.items():
                made.put(word, value, place)
            return made
        if name in ("list", "tuple", "set", "sorted", "reversed", "frozenset"):
            if not given.positional:
                return Rows()
            return Rows([self.items_of(given.positional[0])], ordered=False)
        if name == "enumerate":
            return Rows([Rows([UNKNOWN, self.items_of(given.first)])], ordered=False)
        if name == "zip":
            return Rows([Rows([self.items_of(one) for one in given.positional])], ordered=False)
        if name in ("map", "filter"):
            return self._mapped(name, given, place, frame)
        if name in ("str", "cast", "next", "iter"):
            first = given.positional[-1] if name == "cast" and given.positional else given.first
            return self.items_of(first) if name == "next" else first
        if name == "getattr" and texts(given.get(1)):
            found = [self.attribute(one, str(texts(given.get(1))[0]), place) for one in alternatives(given.first)]
            return either([*found, *given.positional[2:]])
        if name == "vars":
            return either(
                dumped.dumped(o, Arguments(), frame.depth) for o in alternatives(given.first) if isinstance(o, Instance)
            )
        for one in given.positional:
            self._passed(one)
        return UNKNOWN

    def _mapped(self, name: str, given: Arguments, place: Place, frame: Frame) -> Value:
        items = self.items_of(given.get(1))
        if name == "filter":
            return Rows([items], ordered=False)
        inner = Arguments([items])
        return Rows([either(self._called(f, inner, place, frame) for f in alternatives(given.first))], ordered=False)


class _Super:
    """What `super()` gives."""

    def __init__(self, receiver: Value, inside: ClassValue) -> None:
        self.receiver = receiver
        self.inside = inside


def _here(text: Text, given: Arguments, place: Place) -> Text:
    """A name as the call says it: one that stands elsewhere, such as in a constant, has no place of its own."""
    inside = [piece for piece in text.pieces if piece.path == place.path and given.holds(piece.node)]
    return text if inside else Text(str(text))


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


def _known(value: Value) -> object:
    if isinstance(value, Text):
        return str(value), value.pieces
    return (type(value), value) if value is None or isinstance(value, str | int | float | Symbol) else id(value)
