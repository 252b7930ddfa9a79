"""Revision files: their attributes, what they import, and the form of each direction."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from migralint.history.imported import chains, of_module, used
from migralint.history.revision import ABSENT, ACTS, EMPTY, RAISES, Import, Revision
from migralint.operations import Place
from migralint.operations.steps import Note
from migralint.python import nodes
from migralint.python.evaluator import Evaluator
from migralint.python.finder import ProjectFinder
from migralint.python.values import Exhausted, Function, ModuleValue, Node, Unknown, Value


@dataclass(slots=True)
class RevisionFile:
    """A revision and its module after its body ran. `notes` tell what of its place in the history is not known."""

    revision: Revision
    module: ModuleValue
    notes: tuple[Note, ...] = ()


def read_file(
    ev: Evaluator, finder: ProjectFinder, path: str, body: list[Node], docstring: str | None
) -> RevisionFile | None:
    """The revision in a file, or None where it defines none."""
    if not any(_assigned(node) == "revision" for node in body):
        return None
    module = ModuleValue(finder.name_of(path), path, {"__file__": path, "__name__": finder.name_of(path)})
    ev.steps, ev.callers = 0, ()
    try:
        ev.run_module(module, body)
    except Exhausted as bound:
        ev.opaque(bound.reason, bound.place or Place(path))
    names = module.names
    ident = ev.modules.resolved(names.get("revision"))
    if not isinstance(ident, str):
        return None
    upgrade, downgrade = (ev.modules.resolved(names.get(name)) for name in ("upgrade", "downgrade"))
    parent = ev.modules.resolved(names.get("down_revision"))
    places = {name: Place(path, node[1]) for node in body if (name := _assigned(node)) is not None}
    return RevisionFile(
        Revision(
            id=str(ident),
            path=path,
            place=places["revision"],
            down_revision=_ids(parent),
            depends_on=_ids(names.get("depends_on") or None),
            replaces=_ids(names.get("replaces") or None),
            branch_labels=_ids(names.get("branch_labels")),
            down_place=places.get("down_revision"),
            imports=tuple(_described(finder, module, body)),
            upgrade=form(upgrade),
            downgrade=form(downgrade),
            upgrade_place=_place(upgrade, path),
            downgrade_place=_place(downgrade, path),
            message=(docstring or "").strip().splitlines()[0].strip() if (docstring or "").strip() else "",
            labels_place=places.get("branch_labels"),
            depends_place=places.get("depends_on"),
        ),
        module,
        tuple(
            Note("MG306", message, places.get(name) or places["revision"], str(ident))
            for name, message in _unknown(names, parent)
        ),
    )


def _unknown(names: Mapping[str, Value], parent: Value) -> Iterator[tuple[str, str]]:
    """What the place in the history depends on and was not read: an attribute, and a sentence."""
    if "down_revision" not in names:
        yield "down_revision", "down_revision is not set here: Alembic refuses to load the history"
    for name, value in (("down_revision", parent), ("depends_on", names.get("depends_on"))):
        parts = value if isinstance(value, (list, tuple, set, frozenset)) else () if value is None else (value,)
        odd = [one for one in parts if not isinstance(one, str)]
        if odd:
            reason = odd[0].reason if isinstance(odd[0], Unknown) else "it is no text"
            yield name, f"{name} could not be read: {reason}"


def _assigned(node: Node) -> str | None:
    """The name that a top-level statement assigns."""
    if node[0] == nodes.ASSIGN and node[2] and node[2][0][0] == nodes.NAME:
        return str(node[2][0][2])
    if node[0] == nodes.ANN and node[2][0] == nodes.NAME and node[4] is not None:
        return str(node[2][2])
    return None


def _ids(value: Value) -> tuple[str, ...]:
    if isinstance(value, str):
        return (str(value),)
    if isinstance(value, (list, tuple, set, frozenset)):
        return tuple(str(v) for v in value if isinstance(v, str))
    return ()


def _place(value: Value, path: str) -> Place | None:
    if isinstance(value, Function) and value.scope.path == path:
        return Place(path, value.node[1])
    return None


def form(value: Value) -> str:
    """The form of a direction: absent, empty, raises or acts."""
    if value is None:
        return ABSENT
    if not isinstance(value, Function) or value.is_lambda:
        return ACTS
    return body_form(value.body)


def body_form(body: Iterable[Node]) -> str:
    """The form of a function's body."""
    acting = [n for n in body if not _idle(n)]
    if not acting:
        return EMPTY
    return RAISES if acting[0][0] == nodes.RAISE else ACTS


_TAKING_HOLD = ("get_bind", "get_context", "inspect")
"""Calls that give a name to what a migration works with, as templates of revisions hold them."""


def _idle(node: Node) -> bool:
    """A statement that does nothing: pass, a docstring, an ellipsis, a bare return, `conn = op.get_bind()`, a guard."""
    if node[0] == nodes.PASS:
        return True
    if node[0] == nodes.IF:
        return all(map(_idle, [*(one for clause in node[2] for one in clause[3]), *(node[3] or ())]))
    if node[0] == nodes.ASSIGN and node[3][0] == nodes.CALL:
        function = node[3][2]
        named = all(target[0] == nodes.NAME for target in node[2])
        return named and function[0] == nodes.ATTR and function[3] in _TAKING_HOLD
    if node[0] == nodes.RETURN:
        return node[2] is None or node[2][0] == nodes.CONST
    return node[0] == nodes.EXPR and node[2][0] in (nodes.STR, nodes.ELLIPSIS, nodes.JOINED, nodes.CONST)


def imports(finder: ProjectFinder, module: ModuleValue, body: Iterable[Node]) -> Iterator[Import]:
    """What a file imports, at any depth."""
    for found, _ in _imports(finder, module, body):
        yield found


def _described(finder: ProjectFinder, module: ModuleValue, body: list[Node]) -> Iterator[Import]:
    """What a file imports, with what it uses of the project's modules."""
    code: set[tuple[str, ...]] | None = None
    for found, names in _imports(finder, module, body):
        if found.origin != "project":
            yield found
            continue
        code = chains(body) if code is None else code
        if found.names:
            taken = used(finder, found.module, [(name, called or name) for name, called in names], code)
        else:
            called = names[0][1]
            taken = of_module(finder, found.module, (called,) if called else tuple(found.module.split(".")), code)
        yield replace(found, used=tuple(taken))


def _imports(
    finder: ProjectFinder, module: ModuleValue, body: Iterable[Node]
) -> Iterator[tuple[Import, list[tuple[str, str | None]]]]:
    """What a file imports, with each name and what it is called."""
    for node in _everywhere(body):
        if node[0] == nodes.IMPORT:
            for dotted, called in node[2]:
                yield Import(dotted, (), _origin(finder, dotted), Place(module.path, node[1])), [(dotted, called)]
        else:
            level, name, names = node[2], node[3], node[4]
            dotted = name or ""
            if level:
                base = module.name.split(".")[: -int(level)] if module.name else []
                dotted = ".".join([*base, *([name] if name else [])])
            origin = "project" if level else _origin(finder, dotted)
            yield Import(dotted, tuple(n for n, _ in names), origin, Place(module.path, node[1])), list(names)


def _everywhere(body: Iterable[Node]) -> Iterable[Node]:
    """Import statements at any depth."""
    stack: list[object] = list(body)[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, (tuple, list)):
            if (
                len(node) >= 3
                and isinstance(node[0], int)
                and node[0] in (nodes.IMPORT, nodes.FROM)
                and isinstance(node[1], int)
            ):
                yield node
            else:
                stack.extend(reversed(node))


def _origin(finder: ProjectFinder, dotted: str) -> str:
    first = dotted.partition(".")[0]
    if finder.find(dotted) is not None:
        return "project"
    if first in sys.stdlib_module_names:
        return "standard"
    return "alembic" if first == "alembic" else "third-party"
