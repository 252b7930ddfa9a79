"""Scopes: where names live."""

from __future__ import annotations

from migralint.python.values import ModuleValue, Value


class Scope:
    """Names of one function call, class body or module; `parent` is the enclosing function or module."""

    __slots__ = ("around", "cls", "globals", "may_have_returned", "module", "names", "outer", "parent", "receiver")

    def __init__(self, module: ModuleValue, parent: Scope | None = None, names: dict[str, Value] | None = None) -> None:
        self.module = module
        self.parent = parent
        self.names: dict[str, Value] = names if names is not None else {}
        self.globals: set[str] = set()
        self.outer: set[str] = set()
        self.receiver: Value = None
        self.cls: Value = None
        self.around: Scope | None = None  # of a comprehension: where `:=` in it puts its name
        self.may_have_returned: str | None = None  # why, where only a condition that is not known returns

    @property
    def path(self) -> str:
        """The file the names stand in."""
        return self.module.path

    def find(self, name: str) -> tuple[bool, Value]:
        """(found, value) through the enclosing scopes; builtins are the evaluator's business."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return True, scope.names[name]
            scope = scope.parent
        if name in self.module.names:
            return True, self.module.names[name]
        return False, None

    def set(self, name: str, value: Value) -> None:
        """Assigns, honouring `global` and `nonlocal`."""
        self.holder(name)[name] = value

    def holder(self, name: str) -> dict[str, Value]:
        """The names among which an assignment puts this one."""
        if name in self.globals:
            return self.module.names
        scope = self.parent if name in self.outer else None
        while scope is not None:
            if name in scope.names:
                return scope.names
            scope = scope.parent
        return self.names
