"""The values the evaluator computes with, beside plain Python data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from migralint.operations import Place

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator
    from migralint.python.scope import Scope

Value = Any
"""Plain Python data, or one of the classes below."""

Node = Any
"""A lowered node: see `migralint.python.nodes`."""


class Unknown:
    """A value that cannot be known without running the code, and why."""

    __slots__ = ("place", "reason")

    def __init__(self, reason: str, place: Place | None = None) -> None:
        self.reason = reason
        self.place = place

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"


class Drawn(Unknown):
    """A number by chance. In a text, such as a name that is only used for a while, `text` stands for it."""

    __slots__ = ("text",)

    def __init__(self, reason: str, place: Place | None, text: str) -> None:
        super().__init__(reason, place)
        self.text = text


class NotFollowed(Unknown):
    """A value of code that was not followed: what a call of it does is not known either.

    `told` once a finding says so. `undefined` for a name that the code does not define: no call of it is harmless.
    `foreign` is the package that gave it where that is not of the project, `method` for what a method of such a thing
    gave.
    `noted` once it is counted as not followed.
    """

    __slots__ = ("foreign", "method", "noted", "told", "undefined")

    def __init__(self, reason: str, place: Place | None = None, *, told: bool = False, undefined: bool = False) -> None:
        super().__init__(reason, place)
        self.told = told
        self.undefined = undefined
        self.foreign = ""
        self.method = False
        self.noted = False


class Partial(Unknown):
    """A value of which something is known. What an operation makes of it has to be another one, see `plain`.

    `number` counts those that were made.
    """

    __slots__ = ("number",)
    last: ClassVar[int] = 0

    def __init__(self, reason: str, place: Place | None = None) -> None:
        super().__init__(reason, place)
        Partial.last += 1
        self.number = Partial.last


class DialectOf(Partial):
    """The `dialect` of something that is not known: an engine of the application is one of the database's."""

    __slots__ = ()


def plain(value: Value, since: int | None = None) -> Value:
    """The value; for a partial one only that it is not known, why and where, unless it was made after number `since`.

    What an operation returns of an argument that is not known is not that argument.
    """
    if not isinstance(value, Partial) or (since is not None and value.number > since):
        return value
    return Unknown(value.reason, value.place)


class Either(Partial):
    """One of several values that are known, by a condition that is not; not `closed`: or another one."""

    __slots__ = ("choices", "closed")

    def __init__(self, reason: str, choices: tuple[Value, ...], *, closed: bool = True) -> None:
        super().__init__(reason)
        self.choices = choices
        self.closed = closed


class Native:
    """A value of a known library: answers attribute access, calls, items and truth itself."""

    type_name = "object"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        """The attribute, or Unknown."""
        return Unknown(f"attribute {name} of {self.type_name}", place)

    def set_attribute(self, ev: Evaluator, name: str, value: Value, place: Place) -> None:
        """What an assignment to the attribute does; by default nothing."""

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        """The result of calling it, or Unknown."""
        return Unknown(f"call of {self.type_name}", place)

    def item(self, ev: Evaluator, key: Value, place: Place) -> Value:
        """The item, or Unknown."""
        return Unknown(f"item of {self.type_name}", place)

    def iterate(self, ev: Evaluator) -> list[Value] | None:
        """Its items in order, or None when they are not known."""
        return None

    def listed(self, ev: Evaluator) -> Value:
        """What a loop runs over: itself, or a list that says what stands for the items that are not known."""
        return self

    def truth(self) -> bool | None:
        """Its truth value; None when not known."""
        return True


@dataclass(slots=True)
class Arguments:
    """Arguments of a call. `open` is true when `*` or `**` of something unknown was among them."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    open: bool = False

    def get(self, position: int, *names: str, default: Value = None) -> Value:
        """The argument at a position or under one of its names (position -1: keyword only)."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if 0 <= position < len(self.positional):
            return self.positional[position]
        if self.open:
            return Unknown("arguments are not known")
        return default

    def has(self, position: int, *names: str) -> bool:
        """Whether the argument was given."""
        return any(n in self.keywords for n in names) or 0 <= position < len(self.positional)

    def all(self) -> list[Value]:
        """Every value."""
        return [*self.positional, *self.keywords.values()]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name of a library that is not read: its dotted path."""

    path: str

    @property
    def tail(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Builtin(Native):
    """A Python callable of ours that stands for a library function."""

    name: str
    function: Callable[[Evaluator, Arguments, Place], Value]

    @property
    def type_name(self) -> str:  # type: ignore[override]  # a frozen value with a name of its own
        return self.name

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        return self.function(ev, args, place)


@dataclass(slots=True, eq=False)
class Function:
    """A function of the project: its parameters, body, and where it was defined."""

    name: str
    params: tuple[tuple[str, str, Value, Node], ...]
    body: Node
    scope: Scope
    node: Node
    is_lambda: bool = False
    is_generator: bool = False
    decorators: tuple[Value, ...] = ()
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class ClassValue:
    """A class of the project. `bases` may hold Symbols of libraries."""

    name: str
    bases: list[Value]
    namespace: dict[str, Value]
    scope: Scope
    node: Node
    keywords: dict[str, Value] = field(default_factory=dict)
    decorators: list[Value] = field(default_factory=list)

    def mro(self) -> list[Value]:
        """Itself and its bases, depth first, each once, later ones kept (close enough to C3 for simple trees)."""
        seen: list[Value] = []
        for base in self.bases:
            for value in base.mro() if isinstance(base, ClassValue) else [base]:
                if value in seen:
                    seen.remove(value)
                seen.append(value)
        return [self, *seen]

    def lookup(self, name: str) -> tuple[bool, Value]:
        """(found, value) along the bases."""
        for cls in self.mro():
            if isinstance(cls, ClassValue) and name in cls.namespace:
                return True, cls.namespace[name]
        owner, _, private = name[1:].partition("__")
        if name[:1] == "_" and private:  # what `__name` in the body of a class is from outside of it
            for cls in self.mro():
                if isinstance(cls, ClassValue) and cls.name.lstrip("_") == owner and f"__{private}" in cls.namespace:
                    return True, cls.namespace[f"__{private}"]
        return False, None

    def listed(self) -> list[str]:
        """The names that `dir()` gives, as far as the project's classes have them."""
        found = set[str]()
        for cls in self.mro():
            if isinstance(cls, ClassValue):
                prefix = f"_{cls.name.lstrip('_')}"
                private = (name for name in cls.namespace if name.startswith("__") and not name.endswith("__"))
                found |= {f"{prefix}{name}" for name in private}
                found |= {name for name in cls.namespace if not name.startswith("__") or name.endswith("__")}
        return sorted(found)

    @property
    def inherits_unread(self) -> bool:
        """Whether a base, or the class of the class, is of a package that is neither read nor known."""
        from migralint.python.library.harmless import is_harmless

        meta = self.keywords.get("metaclass")
        above = [*self.symbols(), *([meta] if isinstance(meta, Symbol) else [])]
        return any("." in symbol.path and not is_harmless(symbol.path) for symbol in above)

    def symbols(self) -> list[Symbol]:
        """The library classes it descends from."""
        return [c for c in self.mro() if isinstance(c, Symbol)]


@dataclass(slots=True, eq=False)
class Instance:
    """An instance of a project class; `items` holds what a list or dict subclass contains."""

    cls: ClassValue
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class BoundMethod:
    """A function with its first argument."""

    function: Value
    receiver: Value


@dataclass(frozen=True, slots=True, eq=False)
class EnumMember:
    """A member of an enum class of the project."""

    cls: ClassValue
    name: str
    value: Value

    def __eq__(self, other: object) -> bool:
        if isinstance(other, EnumMember):
            return self.cls is other.cls and self.name == other.name
        return bool(self.value == other) if self.mixes_in_data else False

    def __hash__(self) -> int:
        return hash(self.value) if self.mixes_in_data else hash((self.cls.name, self.name))

    @property
    def mixes_in_data(self) -> bool:
        """Whether it is also a str or an int."""
        tails = {s.tail for s in self.cls.symbols()}
        return bool(tails & {"str", "int", "StrEnum", "IntEnum", "IntFlag"})

    @property
    def shows_value(self) -> bool:
        """Whether its text is that of its value."""
        return any(s.tail in ("StrEnum", "IntEnum", "IntFlag", "ReprEnum") for s in self.cls.symbols())


@dataclass(frozen=True, slots=True)
class Deferred:
    """An import that runs when its name is first used; `member` None is the module itself."""

    module: str
    member: str | None
    place: Place


@dataclass(slots=True, eq=False)
class ModuleValue:
    """A module of the project, with its names once it ran."""

    name: str
    path: str
    names: dict[str, Value] = field(default_factory=dict)
    is_package: bool = False
    starred: list[str] = field(default_factory=list)
    """Modules that are not followed and of which everything is imported, in order."""


class Signal(Exception):
    """Leaves a block: return, break, continue, raise."""


class ReturnSignal(Signal):
    """`return` with its value."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class BreakSignal(Signal):
    """`break`."""


class ContinueSignal(Signal):
    """`continue`."""


class PyRaise(Signal):
    """A Python exception that the code raises. `kind` is the name of its class, `bases` those of its bases."""

    def __init__(self, kind: str, message: str, place: Place | None, value: Value = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.place = place
        self.value = value


class Exhausted(Exception):
    """A bound of the evaluator was reached."""

    def __init__(self, reason: str, place: Place | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


def unknown_in(values: Any) -> Unknown | None:
    """The first Unknown among the values (containers searched one level deep), or None."""
    for value in values:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, (list, tuple, set)):
            for item in value:
                if isinstance(item, Unknown):
                    return item
        elif isinstance(value, Mapping):
            for item in value.values():
                if isinstance(item, Unknown):
                    return item
    return None


class DefaultDict(dict[Any, Any]):
    """`defaultdict(factory)`."""

    __slots__ = ("factory",)

    def __init__(self, factory: Value) -> None:
        super().__init__()
        self.factory = factory
