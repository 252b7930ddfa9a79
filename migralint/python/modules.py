"""Modules: which names belong to the project, which to libraries; modules of the project run once, lazily."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from migralint.operations import Place
from migralint.python.library import lookup, module_member, package_model
from migralint.python.values import (
    Arguments,
    Deferred,
    Exhausted,
    ModuleValue,
    Native,
    Node,
    NotFollowed,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


class Finder(Protocol):
    """Finds and reads modules of the project."""

    def find(self, dotted: str) -> tuple[str, bool] | None:
        """(path, is a package) of a project module; a namespace package has the path ""."""
        ...

    def body(self, path: str) -> list[Node] | None:
        """The lowered statements of the file, or None where it cannot be read."""
        ...


class Modules:
    """The modules of one project as the evaluator sees them."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._modules: dict[str, ModuleValue | None] = {}
        self._resolving: set[tuple[str, str | None]] = set()
        self.pending: dict[str, None] = {}
        self._evaluator: Callable[[], Evaluator] | None = None

    @property
    def loaded(self) -> set[str]:
        """The files of the modules that were run."""
        return {module.path for module in self._modules.values() if module is not None and module.path}

    def bind(self, ev: Evaluator) -> None:
        """Which evaluator runs modules that are imported from now on."""
        self._evaluator = lambda: ev

    def is_project(self, dotted: str) -> bool:
        """Whether the module's file lies in the project."""
        return self._finder.find(dotted) is not None

    def surely_missing(self, dotted: str) -> bool:
        """Whether a package of the project would have to hold the module, and does not: importing it fails."""
        package = self._finder.find(dotted.rpartition(".")[0]) if self._finder.find(dotted) is None else None
        return package is not None and package[1] and bool(package[0])

    def folder(self, dotted: str) -> str | None:
        """The folder of a package of the project, also of one without `__init__.py` in one that has it; else None."""
        below: list[str] = []
        while dotted:
            found = self._finder.find(dotted)
            if found is not None and found[1] and found[0]:
                return "/".join([found[0].rpartition("/")[0], *below]).lstrip("/")
            dotted, _, last = dotted.rpartition(".")
            below.insert(0, last)
        return None

    def absolute(self, module: ModuleValue, level: int, name: str | None) -> str | None:
        """The dotted name that a (relative) import means, or None when it leaves the package."""
        if level == 0:
            return name or ""
        parts = module.name.split(".") if module.name else []
        if not module.is_package:
            parts = parts[:-1]
        if level - 1 > len(parts):
            return None
        parts = parts[: len(parts) - (level - 1)]
        return ".".join([*parts, *([name] if name else [])]) or None

    def module(self, dotted: str, place: Place) -> Value:
        """The module: a project module (run when first needed), or a library's symbol."""
        if self._finder.find(dotted) is not None:
            return self._load(dotted) or NotFollowed(f"the module {dotted} could not be read", place)
        package, _, name = dotted.rpartition(".")
        return module_member(package, name)

    def member(self, dotted: str, name: str, place: Place) -> Value:
        """`from dotted import name`."""
        found = self._finder.find(dotted)
        if found is None:
            return self.library_member(Symbol(dotted), name, place)
        module = self._load(dotted)
        if module is None:
            return NotFollowed(f"the module {dotted} could not be read", place)
        if name in module.names and not _is_own_import(module.names[name], dotted, name):
            return self.resolved(module.names[name])
        if name == "__name__":
            return module.name
        if self._finder.find(f"{dotted}.{name}") is not None:
            return self.module(f"{dotted}.{name}", place)
        if "__getattr__" in module.names and self._evaluator is not None:
            return self._evaluator().call(module.names["__getattr__"], Arguments([name]), place)
        starred, _ = self.starred(module, name, place)
        return starred if starred is not None else NotFollowed(f"the module {dotted} does not define {name}", place)

    def import_all(self, importer: ModuleValue, dotted: str, bind: Callable[[str, Value], None]) -> None:
        """`from dotted import *`. The names of a module that is not read are looked up when they are used."""
        module = self._load(dotted) if self._finder.find(dotted) is not None else None
        if module is None:
            importer.starred.append(dotted)
            return
        self.imported(dotted)
        importer.starred.extend(module.starred)
        listed = module.names.get("__all__")
        if not isinstance(listed, (list, tuple)):
            listed = [name for name in module.names if not name.startswith("_")]
        for name in listed:
            if isinstance(name, str) and name in module.names:
                value = module.names[name]
                if not isinstance(importer.names.get(name, value), Deferred):  # it may be what the module has from here
                    value = self.resolved(value)
                bind(name, value)

    def starred(self, module: ModuleValue, name: str, place: Place) -> tuple[Value, bool]:
        """What a name means that only a star import can give, and whether it surely does; None without any."""
        value: Value = None
        for dotted in reversed(module.starred):
            found = self.member(dotted, name, place)
            if isinstance(found, Symbol):
                if lookup(found.path) is not None:
                    return found, True
            elif not isinstance(found, Unknown) and self._ev().truth(found) is not None:
                return found, True
            value = value if value is not None else found
        return value, False

    def imported(self, dotted: str, name: str | None = None) -> None:
        """Remembers that a module, or a name out of it, was imported, whether or not it is used."""
        self.pending.setdefault(dotted)
        if name is not None and self._finder.find(f"{dotted}.{name}") is not None:
            self.pending.setdefault(f"{dotted}.{name}")

    def unread(self) -> list[tuple[str, str]]:
        """The modules of the project that were imported and did not run, each with its file."""
        found = ((dotted, self._finder.find(dotted)) for dotted in self.pending if dotted not in self._modules)
        return [(dotted, one[0]) for dotted, one in found if one is not None and one[0]]

    def resolved(self, value: Value) -> Value:
        """The value behind an import that was put off."""
        for _ in range(100):
            if not isinstance(value, Deferred):
                return value
            if (value.module, value.member) in self._resolving:
                running = self._modules.get(value.module)
                there = running.names.get(value.member, value) if running is not None and value.member else value
                if not isinstance(there, Deferred):  # in a circle of imports, of what ran before it closes
                    return there
                return Unknown(f"a cycle of imports over {value.module}", value.place)
            self._resolving.add((value.module, value.member))
            try:
                if value.member is None:
                    found = self.module(value.module, value.place)
                else:
                    found = self.member(value.module, value.member, value.place)
            finally:
                self._resolving.discard((value.module, value.member))
            value = found
        return Unknown("imports lead on and on", value.place)

    def library_member(self, symbol: Symbol, name: str, place: Place) -> Value:
        """A member of a library module or class."""
        found = module_member(symbol.path, name)
        if isinstance(found, Symbol) and lookup(found.path) is None:
            model = package_model(self._ev(), found.path)
            if model is not None:
                return model
            owner = module_member("", symbol.path)
            if isinstance(owner, Native):
                return self._ev().attribute(owner, name, place)
        return found

    def _ev(self) -> Evaluator:
        assert self._evaluator is not None
        return self._evaluator()

    def _load(self, dotted: str) -> ModuleValue | None:
        if dotted in self._modules:
            return self._modules[dotted]
        found = self._finder.find(dotted)
        if found is None or self._evaluator is None:
            return None
        path, is_package = found
        module = ModuleValue(dotted, path, _own_names(dotted, path, is_package) if path else {}, is_package)
        self._modules[dotted] = module
        if not path:
            return module
        body = self._finder.body(path)
        if body is None:
            self._modules[dotted] = None
            return None
        ev = self._evaluator()
        steps, ev.steps, callers, ev.callers = ev.steps, 0, ev.callers, ()
        try:
            with ev.database.branch(f"import of {dotted}", Place(path), keep=False):
                ev.run_module(module, body)
        except (Exhausted, RecursionError):
            pass
        finally:
            ev.steps, ev.callers = steps, callers
        return module


def _own_names(dotted: str, path: str, is_package: bool) -> dict[str, Value]:
    """What Python itself sets in a module."""
    package = dotted if is_package else dotted.rpartition(".")[0]
    names: dict[str, Value] = {"__file__": path, "__name__": dotted, "__package__": package}
    return {**names, "__path__": [path.rpartition("/")[0]]} if is_package else names


def _is_own_import(value: Value, dotted: str, name: str) -> bool:
    """Whether a package imports the name from itself: Python then imports the module below it."""
    return isinstance(value, Deferred) and (value.module, value.member) == (dotted, name)


def is_standard(dotted: str) -> bool:
    """Whether a module belongs to Python's standard library."""
    return dotted.partition(".")[0] in sys.stdlib_module_names
