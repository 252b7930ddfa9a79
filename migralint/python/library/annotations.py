"""What annotations of classes mean: `Mapped[Optional[str]]`, also written as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migralint.operations import Place
from migralint.python import nodes
from migralint.python.generics import UNION, AliasItem, GenericItem, TypeVariable, is_named, members, with_arguments
from migralint.python.library.registry import known
from migralint.python.scope import Scope
from migralint.python.values import Arguments, ClassValue, Function, Node, Unknown, Value

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

_MAPPED = ("Mapped", "Unmapped")


@dataclass(frozen=True)
class Annotation:
    """The type of an attribute.

    `kind` is the type itself, without what it is wrapped in; `optional` whether it may be None; `extras` are the other
    arguments of `Annotated`; `whole` are the types as written, from the outermost, by which a type map may know it.
    """

    kind: Value
    optional: bool
    extras: tuple[Value, ...] = ()
    whole: tuple[Value, ...] = ()


def mapped(ev: Evaluator, cls: ClassValue, name: str) -> Annotation | None:
    """The annotation of an attribute of a class inside `Mapped[...]`; None where it has none."""
    node = annotations_of(cls).get(name)
    if node is None:
        return None
    return _inside_mapped(_resolved(ev, _scope(cls), node))


def _inside_mapped(found: Value) -> Annotation | None:
    if isinstance(found, GenericItem) and is_named(found.origin, *_MAPPED):
        return described(found.arguments[0])
    return None


def returned(ev: Evaluator, function: Function) -> Annotation | None:
    """What a function declares to return inside `Mapped[...]`; None where it does not."""
    node = function.node[6] if len(function.node) > 6 else None
    return _inside_mapped(_resolved(ev, function.scope, node)) if node is not None else None


def plain(ev: Evaluator, cls: ClassValue, name: str) -> Annotation | None:
    """The annotation of an attribute of a class as it stands; None for a class variable."""
    node = annotations_of(cls).get(name)
    found = _resolved(ev, _scope(cls), node) if node is not None else None
    owner = found.origin if isinstance(found, GenericItem) else found
    if node is None or is_named(owner, "ClassVar"):
        return None
    return described(found)


def annotations_of(cls: ClassValue) -> dict[str, Node]:
    """The annotations that a class itself has, not evaluated."""
    found = cls.namespace.get("__annotations__")
    return found if isinstance(found, dict) else {}


def described(value: Value) -> Annotation:
    """The parts of a type."""
    whole: list[Value] = [value]
    optional = False
    extras: tuple[Value, ...] = ()
    for _ in range(10):
        if isinstance(value, AliasItem):
            value = value.value()
            optional = optional or None in members(value)
        elif isinstance(value, GenericItem) and is_named(value.origin, "Annotated"):
            extras += value.arguments[1:]
            value = value.arguments[0]
        elif isinstance(value, GenericItem) and is_named(value.origin, "Required", "NotRequired", "Final", "ReadOnly"):
            value = value.arguments[0]
        elif isinstance(value, GenericItem) and is_named(value.origin, "Optional", "Union"):
            found = members(value)
            optional = optional or None in found
            left = [one for one in found if one is not None]
            if any(one != left[0] for one in left[1:]) or not left:
                kind = GenericItem(UNION, tuple(left))
                return Annotation(kind, optional, extras, (*whole, kind))
            value = left[0]
        else:
            break
        whole.append(value)
    return Annotation(value, optional or value is None, extras, tuple(whole))


def _scope(cls: ClassValue) -> Scope:
    """Where the annotations of a class are looked up: around it, then among the classes in it."""
    inner = {name: one for name, one in cls.namespace.items() if isinstance(one, (ClassValue, GenericItem, AliasItem))}
    return Scope(cls.scope.module, cls.scope, inner)


def _resolved(ev: Evaluator, scope: Scope, node: Node) -> Value:
    kind = node[0]
    if kind in (nodes.STR, nodes.JOINED, nodes.FSTR):
        text = ev.value(scope, node)
        return _from_text(ev, scope, text, ev.place(scope, node)) if isinstance(text, str) else text
    if kind == nodes.BINOP and all(op == "|" for op, _ in node[3]):
        parts = [_resolved(ev, scope, part) for part in (node[2], *(right for _, right in node[3]))]
        return GenericItem(UNION, tuple(parts))
    if kind == nodes.SUBSCRIPT:
        owner = ev.value(scope, node[2])
        if is_named(owner, "Literal"):
            return with_arguments(owner, ev.value(scope, node[3]))
        given = list(node[3][2]) if node[3][0] == nodes.TUPLE else [node[3]]
        values = [_resolved(ev, scope, part) for part in given[:1]]
        if is_named(owner, "Annotated"):
            values += [ev.value(scope, part) for part in given[1:]]
        else:
            values += [_resolved(ev, scope, part) for part in given[1:]]
        if isinstance(owner, GenericItem):
            return owner.filled(tuple(values))
        return with_arguments(owner, tuple(values)) or owner
    value = ev.value(scope, node)
    return Unknown(f"the annotation {value[:40]!r}", ev.place(scope, node)) if isinstance(value, str) else value


def _from_text(ev: Evaluator, scope: Scope, text: str, place: Place) -> Value:
    """The type that a text names."""
    source = str(text).strip()
    lowered = ev.context.setdefault("annotations", {})
    if source not in lowered:
        lowered[source] = _lowered(source)
    node = lowered[source]
    if node is None or node[0] == nodes.STR:
        return Unknown(f"the annotation {source[:40]!r}", place)
    return _resolved(ev, scope, node)


def _lowered(source: str) -> Node | None:
    """The node of an expression; None for what is none, or is too long. Names do without the parser."""
    if re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*", source):
        first, *others = source.split(".")
        node: Node = (nodes.CONST, 0, None) if source == "None" else (nodes.NAME, 0, first)
        for name in others:
            node = (nodes.ATTR, 0, node, name)
        return node
    from migralint.python.gate import suspicion
    from migralint.python.lower import SyntaxProblem, lower

    if len(source) > _LONGEST or suspicion(source) is not None:
        return None
    try:
        body = lower(source).module[2]
    except SyntaxProblem:
        return None
    return body[0][2] if len(body) == 1 and body[0][0] == nodes.EXPR else None


_LONGEST = 1_000
"""Characters of an annotation that is written as text."""


@known("typing.get_args")
def _get_args(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(0)
    if isinstance(value, Unknown):
        return value
    return value.arguments if isinstance(value, GenericItem) else ()


@known("typing.TypeVar")
def _type_variable(ev: Evaluator, args: Arguments, place: Place) -> Value:
    return TypeVariable()


@known("typing.NewType", "typing.TypeAliasType")
def _alias(ev: Evaluator, args: Arguments, place: Place) -> Value:
    value = args.get(1, "value", "tp")
    return AliasItem(str(args.get(0, "name")), lambda: value)
