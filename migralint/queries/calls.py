"""What calls in application code do: functions and classes of the project are followed, requests are built."""

from __future__ import annotations

from abc import abstractmethod

from migralint.operations import Place
from migralint.python import nodes as n
from migralint.python.text import Text
from migralint.queries import containers, dumped, requests
from migralint.queries.frame import Arguments, Frame
from migralint.queries.functions import Functions
from migralint.queries.known import call_symbol, elsewhere, other_database
from migralint.queries.statements import EXECUTES, copied, is_statement
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
    Storage,
    Symbol,
    Value,
    alternatives,
    either,
    texts,
)
from migralint.sql.tokens import HOLE


class Calls(Functions):
    """Follows calls."""

    # what is found ----------------------------------------------------------------------------------------------
    @abstractmethod
    def found_function(self, function: Function) -> None:
        """A function is defined."""

    @abstractmethod
    def found_class(self, kind: ClassValue) -> None:
        """A class is defined."""

    @abstractmethod
    def found_statement(self, text: Text, place: Place, how: str) -> None:
        """A statement of SQL is executed."""

    @abstractmethod
    def found_script(self, text: str) -> None:
        """Other SQL is executed."""

    @abstractmethod
    def not_known(self, place: Place, reason: str) -> None:
        """A request or statement of which too little is known."""

    # calls ------------------------------------------------------------------------------------------------------
    def call(self, node: Node, frame: Frame) -> Value:
        place = frame.module.place(node)
        callee = node[2]
        if callee[0] == n.NAME and callee[2] == "super" and not node[3]:
            return _Super(frame.receiver, frame.inside) if frame.inside is not None else UNKNOWN
        owners = self.value(callee, frame)
        given = self.arguments(node[3], frame)
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

    def arguments(self, nodes: list[Node], frame: Frame) -> Arguments:
        """What a call hands over."""
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
            if not elsewhere(callee.path.partition(".")[0]):
                self._ran(name, given, place)
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
        self._ran(name, given, place)
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

    def _ran(self, name: str, given: Arguments, place: Place) -> None:
        """What a method of a library executes."""
        if name in EXECUTES:
            self._execute(given, place, name)
        for statement in copied(name, given):
            self.found_statement(statement, place, name)

    def _execute(self, given: Arguments, place: Place, how: str) -> None:
        value = given.get(0, "query", "sql", "statement", "operation", "clause")
        for one in alternatives(value):
            if isinstance(one, str) and is_statement(one):
                self.found_statement(one if isinstance(one, Text) else Text(one), place, how)
            elif isinstance(one, str) and "create" in one[:400].lower():
                self.found_script(one)
            elif isinstance(one, str) and one[:1] == HOLE:
                self.not_known(place, "the statement is not known")

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
