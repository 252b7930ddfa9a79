"""Classes of the project: building them, enums, dataclasses, instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.generics import GenericItem
from migralint.python.scope import Scope
from migralint.python.values import (
    Arguments,
    BoundMethod,
    Builtin,
    ClassValue,
    EnumMember,
    Function,
    Instance,
    Native,
    Node,
    NotFollowed,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_ENUMS = {"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum"}


@dataclass(slots=True, eq=False)
class Property:
    """A property and its getter."""

    getter: Value


@dataclass(slots=True, eq=False)
class ClassMethod:
    """A classmethod."""

    function: Value


@dataclass(slots=True, eq=False)
class StaticMethod:
    """A staticmethod."""

    function: Value


@dataclass(slots=True, eq=False)
class DeclaredAttr:
    """`@declared_attr`: a function of the class that an attribute is asked of; `cascading` for every mapped class."""

    function: Function
    cascading: bool = False


class Super(Native):
    """`super()` inside a method, or `super(Class, self)`, which says of what."""

    type_name = "super"

    def __init__(self, scope: Scope, given: list[Value]) -> None:
        self.owner: Value
        self.receiver: Value
        if len(given) > 1:
            self.owner, self.receiver = given[:2]
            return
        inner: Scope | None = scope
        while inner is not None and inner.receiver is None:
            inner = inner.parent
        self.receiver = inner.receiver if inner is not None else None
        _, self.owner = scope.find("__class__")

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        from migralint.python.attributes import bound_to

        receiver = self.receiver
        cls = receiver.cls if isinstance(receiver, Instance | LibraryInstance) else receiver
        if isinstance(cls, ClassValue) and isinstance(self.owner, ClassValue):
            mro = cls.mro()
            after = mro[mro.index(self.owner) + 1 :] if self.owner in mro else mro[1:]
            for base in after:
                if isinstance(base, ClassValue) and name in base.namespace:
                    return bound_to(ev, base.namespace[name], receiver, cls, place)
        if isinstance(receiver, LibraryInstance):
            return receiver.of_library(ev, name, place)
        if name == "__init__":
            return Builtin("object.__init__", lambda ev, args, place: library_init(ev, receiver, args, place))
        if isinstance(receiver, Instance) and receiver.cls.inherits_unread:
            from migralint.python.attributes import of_unread_base

            return of_unread_base(receiver, name, place)
        return Unknown(f"super().{name}", place)


class LibraryInstance(Native):
    """An instance of a project class that descends from a library's class whose instances are known.

    Subclasses say what the library gives: what it has, and what its own `__getattr__` gives.
    """

    cls: ClassValue

    def has(self, name: str) -> bool:
        """Whether the library's class or its `__init__` sets the attribute."""
        raise NotImplementedError

    def given(self, ev: Evaluator, name: str, place: Place) -> Value:
        """The attribute as an instance of the library's class has it."""
        raise NotImplementedError

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        from migralint.python.attributes import bound_to

        found, member = self.cls.lookup(name)
        if found:
            return bound_to(ev, member, self, self.cls, place)
        getter, method = self.cls.lookup("__getattr__")
        if getter and not self.has(name):
            return ev.call(BoundMethod(method, self), Arguments([name]), place)
        return self.given(ev, name, place)

    def of_library(self, ev: Evaluator, name: str, place: Place) -> Value:
        """`super().name` where no class of the project has it."""
        if name == "__getattr__":
            return Builtin(name, lambda ev, args, place: self.given(ev, str(args.get(0, "name")), place))
        return self.given(ev, name, place)


def library_init(ev: Evaluator, receiver: Value, args: Arguments, place: Place) -> None:
    """An `__init__(...)` that reaches a library's class: its arguments are kept for what they mean there."""
    if isinstance(receiver, Instance) and receiver.cls.inherits_unread:
        from migralint.python.calls import touch

        touch(ev, args, place, f"{receiver.cls.name} has a base that is not read")
    if isinstance(receiver, Instance):
        receiver.attributes["__init_args__"] = args


def is_enum(cls: ClassValue) -> bool:
    """Whether it descends from an enum class."""
    found = [s for s in cls.symbols() if s.path in _ENUMS or s.tail in ("Enum", "StrEnum", "IntEnum")]
    return any(not s.path.startswith(("sqlalchemy.", "postgresql.", "mysql.", "sqlite.")) for s in found)  # their types


def make_class(ev: Evaluator, scope: Scope, node: Node) -> Value:
    """The class of a CLASS node."""
    place = ev.place(scope, node)
    bases: list[Value] = []
    for base in node[3]:
        bases.append(base_of(ev.value(scope, base)))
    keywords = {name: ev.value(scope, expr) for name, expr in node[4] if name is not None}
    inner = Scope(scope.module, scope)
    cls = ClassValue(node[2], bases, inner.names, scope, node, keywords)
    inner.cls = cls
    for statement in node[5]:
        ev.unless_unread(inner, statement)
    for member in inner.names.values():
        target = member.function if isinstance(member, (ClassMethod, StaticMethod)) else member
        target = target.getter if isinstance(target, Property) else target
        target = target.function if isinstance(target, DeclaredAttr) else target
        if isinstance(target, Function):
            target.attributes["__class__"] = cls
    if is_enum(cls):
        _make_members(ev, cls, place)
    from migralint.python.library import class_made

    result: Value = cls
    cls.decorators += [ev.value(scope, decorator) for decorator in reversed(node[6])]
    by_decorator = any(isinstance(value, LibraryDecorator) for value in cls.decorators)
    if not by_decorator:
        class_made(ev, cls, place)
    for value in cls.decorators:
        result = decorated(ev, value, result, place)
    if by_decorator:
        class_made(ev, cls, place)
    return result


def base_of(value: Value) -> Value:
    """What a value is among the bases of a class."""
    if isinstance(value, (ClassValue, Symbol)):
        return value
    name = getattr(value, "name", None)
    if isinstance(value, NotFollowed) and value.foreign:
        return Symbol(f"?{value.foreign}")
    if isinstance(value, Builtin):
        return Symbol(value.name)
    if isinstance(value, GenericItem):
        return base_of(value.origin)
    if isinstance(value, Native) and isinstance(value.type_name, str):
        return value
    return Symbol(f"?{name}" if isinstance(name, str) else "?unknown")


def _make_members(ev: Evaluator, cls: ClassValue, place: Place) -> None:
    number, values = 0, list[Value]()
    for name, value in list(cls.namespace.items()):
        if name.startswith("_") or isinstance(
            value, (Function, Property, ClassMethod, StaticMethod, DeclaredAttr, EnumMember, ClassValue)
        ):
            continue
        if isinstance(value, Auto):
            number += 1
            value = _automatic(ev, cls, name, number, values, place)
        elif isinstance(value, int):
            number = value
        values.append(value)
        members = (m for m in cls.namespace.values() if isinstance(m, EnumMember))
        alias = next((m for m in members if isinstance(value, (str, int)) and m.value == value), None)
        if alias is not None:
            cls.namespace[name] = alias
            continue
        cls.namespace[name] = EnumMember(cls, name, value)


def _automatic(ev: Evaluator, cls: ClassValue, name: str, number: int, values: list[Value], place: Place) -> Value:
    """The value of `auto()`: what `_generate_next_value_` gives, or as the library counts."""
    found, function = cls.lookup("_generate_next_value_")
    if found:
        function = function.function if isinstance(function, StaticMethod) else function
        return ev.call(function, Arguments([name, 1, len(values), [*values]]), place)
    return name.lower() if any(s.tail == "StrEnum" for s in cls.symbols()) else number


class Auto(Native):
    """`enum.auto()`."""


class LibraryDecorator(Native):
    """A decorator of a library by which a class becomes one that the library knows."""


def decorated(ev: Evaluator, decorator: Value, target: Value, place: Place) -> Value:
    """What a decorator makes of a function or class; unknown ones are taken to leave it alone."""
    name = decorator.path if isinstance(decorator, Symbol) else decorator.name if isinstance(decorator, Builtin) else ""
    tail = name.rpartition(".")[2]
    if tail in ("property", "cached_property", "hybrid_property"):
        return Property(target)
    if "declared_attr" in name.split("."):
        function = target.function if isinstance(target, ClassMethod) else target
        return DeclaredAttr(function, tail == "cascading") if isinstance(function, Function) else target
    if tail == "classmethod":
        return ClassMethod(target)
    if tail == "staticmethod":
        return StaticMethod(target)
    if tail == "contextmanager" and isinstance(target, Function):
        from migralint.python.managers import GeneratorManager

        function = target
        return Builtin(function.name, lambda ev, args, place: GeneratorManager(function, args))
    if isinstance(decorator, Function) and isinstance(target, (Function, ClassValue)):
        result = ev.call(decorator, Arguments([target]), place)
        return target if isinstance(result, Unknown) or result is None else result
    if isinstance(decorator, ClassValue) and decorator.lookup("__get__")[0]:
        made = ev.call(decorator, Arguments([target]), place)
        if isinstance(made, Instance) and any(symbol.tail == "property" for symbol in decorator.symbols()):
            made.attributes.setdefault("fget", target)
        return made
    if isinstance(decorator, Native) and not isinstance(decorator, Builtin):
        result = decorator.call(ev, Arguments([target]), place)
        return target if isinstance(result, Unknown) or result is None else result
    return target


def is_dataclass(cls: ClassValue) -> bool:
    """Whether it or a base has a dataclass decorator, or it descends from NamedTuple or a class of pydantic."""
    tails = {"dataclass", "define", "frozen", "attrs", "s"}
    for base in cls.mro():
        if isinstance(base, ClassValue):
            for decorator in base.decorators:
                name = getattr(decorator, "path", None) or getattr(decorator, "name", "")
                if isinstance(name, str) and name.rpartition(".")[2] in tails:
                    return True
        elif isinstance(base, Symbol) and base.tail in ("NamedTuple", "BaseModel", "BaseSettings", "TypedDict"):
            return True
    return False


def instantiate(ev: Evaluator, cls: ClassValue, args: Arguments, place: Place) -> Value:
    """`cls(...)`."""
    if is_enum(cls):
        wanted = args.get(0, "value")
        for member in cls.namespace.values():
            if isinstance(member, EnumMember) and (member.value == wanted or member is wanted):
                return member
        return Unknown(f"a member of {cls.name}", place)
    found, make = cls.lookup("__new__")
    if found:
        made = ev.call(make.function if isinstance(make, StaticMethod) else make, _with(cls, args), place)
        if not isinstance(made, Unknown | Instance) and made is not None:  # another object than one of the class
            return made
    from migralint.python.library import class_called

    known = class_called(ev, cls, args, place)
    if known is not None:
        return known
    instance = Instance(cls)
    for symbol in cls.symbols():
        if symbol.tail in ("list", "dict", "set", "tuple", "UserList", "UserDict", "OrderedDict", "str"):
            first = args.get(0, default=None)
            instance.attributes["__items__"] = first if first is not None else {} if "ict" in symbol.tail else []
    found, method = cls.lookup("__init__")
    if found:
        ev.call(BoundMethod(method, instance), args, place)
    elif is_dataclass(cls):
        _fill(ev, cls, instance, args, place)
        found, method = cls.lookup("__post_init__")
        if found:
            ev.call(BoundMethod(method, instance), Arguments(), place)
    else:
        instance.attributes.update(args.keywords)
        if cls.inherits_unread:
            from migralint.python.calls import touch

            touch(ev, args, place, f"{cls.name} has a base that is not read")
    return instance


def _with(first: Value, args: Arguments) -> Arguments:
    return Arguments([first, *args.positional], args.keywords, args.open)


def _fill(ev: Evaluator, cls: ClassValue, instance: Instance, args: Arguments, place: Place) -> None:
    names: list[str] = []
    for base in reversed(cls.mro()):
        if isinstance(base, ClassValue):
            names += [n for n in base.namespace.get("__annotations__", {}) if n not in names]
    queue = list(args.positional)
    for name in names:
        if queue:
            instance.attributes[name] = queue.pop(0)
        elif name in args.keywords:
            instance.attributes[name] = args.keywords[name]
        else:
            found, default = cls.lookup(name)
            if isinstance(default, Field):
                default = default.value(ev, place)
            instance.attributes[name] = default if found else Unknown(f"{cls.name}.{name}", place)
    if any(symbol.tail == "NamedTuple" for symbol in cls.symbols()):
        instance.attributes["__items__"] = tuple(instance.attributes[name] for name in names)


class Field(Native):
    """`dataclasses.field(...)`, and pydantic's, whose first argument is the default."""

    def __init__(self, args: Arguments) -> None:
        self.args = args

    def value(self, ev: Evaluator, place: Place) -> Value:
        """The default it gives."""
        if "default_factory" in self.args.keywords:
            return ev.call(self.args.keywords["default_factory"], Arguments(), place)
        default = self.args.get(0, "default", default=...)
        return default if default is not ... else Unknown("a field without default", place)
