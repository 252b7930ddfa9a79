"""What a revision uses of the project's modules, told from how their code defines it, without running any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from migralint.python import nodes
from migralint.python.values import Node

CLASS, ENUM, TYPE, FUNCTION, VALUE, MODULE, UNKNOWN = "class", "enum", "type", "function", "value", "module", "unknown"
"""What a name is: a class of no other kind, or a function that uses one; an enum, a type of columns, a function, ..."""

_DEPTH = 20
_TABLES = ("Table", "table", "MetaData", "registry", "inspect")
_NO_TYPES = ("sqlalchemy.orm.", "sqlalchemy.ext.")


class Finder(Protocol):
    """Finds and reads modules of the project: see `python.modules.Finder`."""

    def find(self, dotted: str) -> tuple[str, bool] | None:
        """(path, is a package) of a project module."""
        ...

    def body(self, path: str) -> list[Node] | None:
        """The lowered statements of the file, or None where it cannot be read."""
        ...


def chains(body: Iterable[Node]) -> set[tuple[str, ...]]:
    """The names that code uses, each with the attributes taken of it: `a.b.c` is ("a", "b", "c")."""
    found: set[tuple[str, ...]] = set()
    stack: list[object] = list(body)
    while stack:
        node = stack.pop()
        if not isinstance(node, tuple | list):
            continue
        chain = _chain(node)
        if chain is not None:
            found.add(chain)
        else:
            stack.extend(node)
    return found


def used(
    finder: Finder, dotted: str, names: Iterable[tuple[str, str]], code: set[tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """(name, kind) of what code with these `chains` uses of the names that it imports from a module.

    `names` are (name, what the code calls it); of a module among them it is what the code takes of it.
    """
    for name, called in names:
        kind = kind_of(finder, dotted, name)
        if kind == MODULE:
            yield from of_module(finder, f"{dotted}.{name}", (called,), code, f"{name}.")
        else:
            yield name, kind


def of_module(
    finder: Finder, dotted: str, called: tuple[str, ...], code: set[tuple[str, ...]], prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """(name, kind) of what code with these `chains` takes of a module that it calls so."""
    taken = {chain[len(called)] if len(chain) > len(called) else "" for chain in code if chain[: len(called)] == called}
    for name in sorted(taken):
        yield (f"{prefix}{name}", kind_of(finder, dotted, name)) if name else (prefix.rstrip("."), MODULE)


def kind_of(finder: Finder, dotted: str, name: str, depth: int = _DEPTH) -> str:
    """What a name is that a module has."""
    found = finder.find(dotted)
    if found is None:
        return _of_library(f"{dotted}.{name}")
    path, package = found
    body: list[Node] = (finder.body(path) if path and depth else None) or []
    for node in reversed(body):
        kind = _defined(finder, dotted if package else dotted.rpartition(".")[0], dotted, node, name, depth)
        if kind is not None:
            return kind
    return MODULE if finder.find(f"{dotted}.{name}") is not None else UNKNOWN


def _defined(finder: Finder, package: str, dotted: str, node: Node, name: str, depth: int) -> str | None:
    """What the name is after this statement of a module, where that gives it a meaning."""
    match node[0]:
        case nodes.CLASS if node[2] == name:
            kinds = [_of_expression(finder, dotted, base, depth - 1) for base in node[3] if base is not None]
            plain = not node[3] and not node[4] and not node[6]  # nothing maps it
            return VALUE if plain else next((kind for kind in (ENUM, TYPE) if kind in kinds), CLASS)
        case nodes.DEF if node[2] == name:
            return CLASS if _makes_classes(finder, dotted, node, depth // 2) else FUNCTION
        case nodes.ASSIGN if any(target[0] == nodes.NAME and target[2] == name for target in node[2]):
            return _of_expression(finder, dotted, node[3], depth - 1)
        case nodes.FROM:
            for original, called in node[4]:
                if (called or original) == name:
                    return kind_of(finder, _absolute(package, node[2], node[3]), original, depth - 1)
        case nodes.IMPORT:
            if any((called or module.partition(".")[0]) == name for module, called in node[2]):
                return MODULE
    return None


def _makes_classes(finder: Finder, dotted: str, node: Node, depth: int) -> bool:
    """Whether a function has a class of its own, or uses one of the project: what it gives may be a model."""
    if depth <= 0:
        return False
    if any(inner[0] == nodes.CLASS for inner in node[4] or ()):
        return True
    names = {chain[0] for chain in chains(node[4])} - {node[2]}
    return any(kind_of(finder, dotted, name, depth) == CLASS for name in sorted(names))


def _of_expression(finder: Finder, dotted: str, node: Node, depth: int) -> str:
    """What an expression of a module is: a base of a class, or what a name is set to."""
    if depth <= 0:
        return UNKNOWN
    if node[0] == nodes.SUBSCRIPT:  # TypeDecorator[datetime]
        return _of_expression(finder, dotted, node[2], depth - 1)
    if node[0] == nodes.CALL:
        kind = _of_expression(finder, dotted, node[2], depth - 1)
        return kind if kind in (ENUM, TYPE) else UNKNOWN
    chain = _chain(node)
    if chain is None:
        return (
            VALUE if node[0] in (nodes.CONST, nodes.STR, nodes.JOINED, nodes.TUPLE, nodes.LIST, nodes.DICT) else UNKNOWN
        )
    if len(chain) == 1:
        return kind_of(finder, dotted, chain[0], depth - 1)
    module = _module(finder, dotted, chain[0])
    return kind_of(finder, ".".join((module or chain[0], *chain[1:-1])), chain[-1], depth - 1)


def _module(finder: Finder, dotted: str, name: str) -> str | None:
    """The module that a name means in another one."""
    found = finder.find(dotted)
    package = dotted if found and found[1] else dotted.rpartition(".")[0]
    body: list[Node] = (finder.body(found[0]) if found and found[0] else None) or []
    for node in reversed(body):
        if node[0] == nodes.IMPORT:
            for module, called in node[2]:
                if (called or module.partition(".")[0]) == name:
                    return str(module if called else name)
        elif node[0] == nodes.FROM:
            for original, called in node[4]:
                if (called or original) == name:
                    return f"{_absolute(package, node[2], node[3])}.{original}"
    return None


def _absolute(package: str, level: int, name: str | None) -> str:
    """The module that `from ... import` means in a module of this package."""
    if not level:
        return name or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - (level - 1)], *([name] if name else [])])


def _of_library(path: str) -> str:
    """What a name of a library is, as far as it matters here."""
    last = path.rpartition(".")[2]
    if path.startswith("enum."):
        return ENUM
    if last in ("TypeDecorator", "UserDefinedType", "TypeEngine"):
        return TYPE
    if path.startswith("sqlalchemy.") and not path.startswith(_NO_TYPES) and last not in _TABLES:
        return TYPE
    return UNKNOWN


def _chain(node: Node) -> tuple[str, ...] | None:
    """The names of `a.b.c`; None for any other node."""
    names: list[str] = []
    while isinstance(node, tuple | list) and len(node) >= 3 and node[0] == nodes.ATTR and isinstance(node[3], str):
        names.append(node[3])
        node = node[2]
    if isinstance(node, tuple | list) and len(node) == 3 and node[0] == nodes.NAME and isinstance(node[2], str):
        return (node[2], *reversed(names))
    return None
