"""Operations that a project or a package adds to `op`: registered ones, and known packages'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python.library.home import NotKnown
from migralint.python.values import Arguments, Builtin, ClassValue, Function, Instance, Native, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


@dataclass
class Registered:
    """Operations by their names, each as the class and the name of the method that makes one, and what runs them."""

    operations: dict[str, tuple[Value, str]] = field(default_factory=dict)
    implementations: list[tuple[ClassValue, Function]] = field(default_factory=list)

    def copy(self) -> Registered:
        """Another one, for code that adds more."""
        return Registered({**self.operations}, [*self.implementations])


def registered(ev: Evaluator) -> Registered:
    """What the code that an evaluation ran added to `op`."""
    found = ev.context.setdefault("registered", Registered())
    assert isinstance(found, Registered)
    return found


def run_registering(ev: Evaluator, text: Callable[[str], str | None], *, packages: bool = False) -> None:
    """Runs the modules that were imported so far, and not needed yet, which add something to `op`.

    With `packages`, also what packages import from themselves, where it may be.
    """
    waiting = ev.modules.unread()
    seen: set[tuple[str, str]] = set()
    while waiting:
        for dotted, path in waiting:
            said = text(path) or ""
            if "register_operation" in said or (packages and path.endswith("__init__.py") and "from ." in said):
                ev.modules.module(dotted, Place(path))
        seen.update(waiting)
        waiting = [one for one in ev.modules.unread() if one not in seen] if packages else []


def custom_operation(ev: Evaluator, name: str) -> Callable[[Evaluator, Arguments, Place], Value] | None:
    """The operation that `Operations.register_operation(name)` made known in `env.py` or a module that was imported."""
    if name not in registered(ev).operations:
        run_registering(ev, ev.context.get("read_file", lambda path: None), packages=True)
    found = registered(ev).operations.get(name)
    if found is None:
        return None
    cls, method = found

    def invoke(ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.operations import OpItem

        factory = ev.attribute(cls, method, place)
        return ev.call(factory, Arguments([OpItem(), *args.positional], args.keywords, args.open), place)

    return invoke


class Register(Native):
    """`Operations.register_operation(name)` and `implementation_for(cls)` as decorators."""

    type_name = "decorator"

    def __init__(self, kind: str, args: Arguments) -> None:
        self.kind = kind
        self.args = args

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        target, first = args.get(0), self.args.get(0)
        if self.kind == "register_operation" and isinstance(first, str):
            source = self.args.get(1, "sourcename", default=first)
            registered(ev).operations[str(first)] = (target, str(source))
        elif self.kind == "implementation_for" and isinstance(first, ClassValue) and isinstance(target, Function):
            registered(ev).implementations.append((first, target))
        return target


class OperationsClass(Native):
    """The class `alembic.operations.Operations`."""

    type_name = "Operations"

    def attribute(self, ev: Evaluator, name: str, place: Place) -> Value:
        if name in ("register_operation", "implementation_for"):
            return Builtin(name, lambda ev, args, place: Register(name, args))
        from migralint.python.library.operations import OpItem

        return OpItem().attribute(ev, name, place)

    def call(self, ev: Evaluator, args: Arguments, place: Place) -> Value:
        from migralint.python.library.operations import OpItem

        return OpItem()


def implementation(ev: Evaluator, operation: Instance, place: Place) -> Value:
    """Runs the implementation registered for an operation object of the project. Raises NotKnown."""
    from migralint.python.library.operations import OpItem

    for cls, function in registered(ev).implementations:
        if cls in operation.cls.mro():
            return ev.call(function, Arguments([OpItem(), operation]), place)
    raise NotKnown(f"no implementation of {operation.cls.name} is registered")
