"""The main options that the project's own code sets before it calls Alembic.

Some projects call Alembic from their code only: `config = Config(...)`, `config.set_main_option("app.prefix", prefix)`,
`command.upgrade(config, "head")`. A migration that reads the option gets what that code sets, its parameters being what
their defaults say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from migralint.operations.paper import Paper
from migralint.python import nodes
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.library.config import main_options
from migralint.python.modules import Modules
from migralint.python.scope import Scope
from migralint.python.statements import make_function
from migralint.python.values import Arguments, Exhausted, ModuleValue, Node, Unknown, Value
from migralint.tree import Tree, TreeError
from migralint.tree.paths import parent

_SETTER = "set_main_option"


def option(
    name: str, script_location: str, tree: Tree, text: Callable[[str], str], finder: ProjectFinder
) -> tuple[Value] | None:
    """What code beside the script location, or above it, sets a main option to; None where none does.

    The files looked at are the Python files that lie directly in the script location's folder or in one above it.
    """
    values: list[Value] = []
    for path in _files(script_location, tree):
        try:
            source = text(path)
        except TreeError:
            continue
        if _SETTER in source and name in source:
            values += _values(name, path, finder)
    if not values:
        return None
    first = values[0]
    if any(isinstance(value, Unknown) or value != first for value in values):
        return (Unknown(f"the main option {name} depends on the code that calls Alembic"),)
    return (first,)


def _files(script_location: str, tree: Tree) -> Iterator[str]:
    folder = script_location
    while True:
        for entry in tree.list(folder):
            if entry.name.endswith(".py") and entry.name != "env.py" and entry.kind in ("file", "link"):
                yield f"{folder}/{entry.name}" if folder else entry.name
        if not folder:
            return
        folder = parent(folder)


def _values(name: str, path: str, finder: ProjectFinder) -> list[Value]:
    """What each function of a file that sets the option sets it to."""
    body = finder.body(path)
    if body is None:
        return []
    ev = Evaluator(Paper(), Modules(finder))
    module = ModuleValue(finder.name_of(path), path, {"__file__": path, "__name__": finder.name_of(path)})
    options = main_options(ev)
    found: list[Value] = []
    try:
        ev.run_module(module, body)
        if name in options.values:
            found.append(options.values.pop(name))
        for definition in _setting(name, body):
            scope = Scope(module, None, module.names)
            ev.run_function(make_function(ev, scope, definition), Arguments(), ev.place(scope, definition))
            if name in options.values:
                found.append(options.values.pop(name))
    except (Exhausted, RecursionError):
        found.append(Unknown(f"{path} could not be followed"))
    return found


def _setting(name: str, body: Iterable[Node]) -> Iterator[Node]:
    """The innermost functions that call `set_main_option(name, ...)`."""
    for node in body:
        if node[0] == nodes.CLASS:
            yield from _setting(name, node[5])
        elif node[0] == nodes.DEF:
            inner = list(_setting(name, node[4]))
            yield from inner
            if not inner and _calls(name, node[4]):
                yield node


def _calls(name: str, part: object) -> bool:
    """Whether a part of a lowered tree holds the call."""
    stack = [part]
    while stack:
        item = stack.pop()
        if not isinstance(item, (list, tuple)):
            continue
        if len(item) == 4 and item[0] == nodes.CALL:
            function, arguments = item[2], item[3]
            if function[0] == nodes.ATTR and function[3] == _SETTER and arguments:
                first = arguments[0][2]
                if first[0] == nodes.STR and first[2] == name:
                    return True
        stack.extend(item)
    return False
