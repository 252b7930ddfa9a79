"""Expressions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from migralint.python import bounds, nodes
from migralint.python.assign import assign
from migralint.python.builtins import BUILTINS
from migralint.python.containers import Unsure, either, item_of, reason_of, rest_of, sure, unsure
from migralint.python.doubt import perhaps
from migralint.python.formatting import formatted
from migralint.python.operators import binary, compare, item, unary
from migralint.python.reach import as_known, may_act
from migralint.python.scope import Scope
from migralint.python.template import assembled
from migralint.python.text import Piece, Text, weight
from migralint.python.values import Arguments, Deferred, Exhausted, Function, Node, NotFollowed, Unknown, Value, plain

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def evaluate(ev: Evaluator, scope: Scope, node: Node) -> Value:
    """The value of an expression node."""
    handler = _HANDLERS.get(node[0])
    if handler is None:
        return Unknown("a construct that is not followed", ev.place(scope, node))
    return handler(ev, scope, node)


def _const(ev: Evaluator, scope: Scope, node: Node) -> Value:
    return node[2]


def _bytes(ev: Evaluator, scope: Scope, node: Node) -> Value:
    return node[2].encode("latin-1")


def _ellipsis(ev: Evaluator, scope: Scope, node: Node) -> Value:
    return ...


def _str(ev: Evaluator, scope: Scope, node: Node) -> Value:
    return Text(node[2], (Piece(0, len(node[2]), scope.path, node[1], 0),))


def _fstr(ev: Evaluator, scope: Scope, node: Node) -> Value:
    parts: list[str | Unknown] = []
    for part in node[2]:
        if part[0] == nodes.FORMAT:
            value = ev.value(scope, part[2])
            spec = ev.value(scope, part[4]) if part[4] is not None else ""
            parts.append(formatted(ev, value, part[3], spec, ev.place(scope, part)))
        else:
            parts.append(ev.value(scope, part))
    ev.steps += sum(weight(part) for part in parts if isinstance(part, str))
    return assembled(parts, ev.place(scope, node))


def _name(ev: Evaluator, scope: Scope, node: Node) -> Value:
    found, value = scope.find(node[2])
    if found:
        return ev.modules.resolved(value) if isinstance(value, Deferred) else value
    place = ev.place(scope, node)
    starred, certain = ev.modules.starred(scope.module, node[2], place)
    if certain:
        return starred
    if node[2] in BUILTINS:
        return BUILTINS[node[2]]
    if starred is not None:
        return starred
    return NotFollowed(f"the name {node[2]} is not defined here", place, undefined=True)


def _attr(ev: Evaluator, scope: Scope, node: Node) -> Value:
    return ev.attribute(ev.value(scope, node[2]), node[3], ev.place(scope, node))


def _subscript(ev: Evaluator, scope: Scope, node: Node) -> Value:
    owner = ev.value(scope, node[2])
    key = ev.value(scope, node[3])
    return item(ev, owner, key, ev.place(scope, node))


def _slice(ev: Evaluator, scope: Scope, node: Node) -> Value:
    parts = [ev.value(scope, p) if p is not None else None for p in node[2:5]]
    for part in parts:
        if isinstance(part, Unknown):
            return part
    return slice(*parts)


def _call(ev: Evaluator, scope: Scope, node: Node) -> Value:
    place = ev.place(scope, node)
    target = node[2]
    if target[0] == nodes.NAME and target[2] == "super":
        from migralint.python.classes import Super

        return Super(scope, arguments(ev, scope, node[3]).positional)
    if target[0] == nodes.NAME and target[2] in ("locals", "globals", "vars") and not node[3]:
        if scope.cls is not None and target[2] != "globals":
            return scope.names  # of a class that is being made: what is set there becomes an attribute
        return dict(scope.names if target[2] != "globals" else scope.module.names)
    function = ev.value(scope, target)
    result = ev.call(function, arguments(ev, scope, node[3]), place)
    if isinstance(result, NotFollowed) and result.foreign and not result.told and not result.noted:
        name = target[3] if target[0] == nodes.ATTR else target[2] if target[0] == nodes.NAME else ""
        result.noted = not name[:1].isupper() and not any(node is one for one in ev.standing)
        if result.noted:  # `alembic.op` is within its reach, but nothing says that it is used
            ev.not_followed(result.reason, place, has_database=False)
    return result


def arguments(ev: Evaluator, scope: Scope, args: list[Node]) -> Arguments:
    """The evaluated arguments of a call."""
    out = Arguments()
    for star, keyword, node in args:
        value = ev.value(scope, node)
        if star == "*":
            items = ev.items(value)
            if items is None:
                out.open = True
            else:
                out.positional.extend(items)
        elif star == "**":
            if isinstance(value, dict) and all(isinstance(k, str) for k in value):
                out.keywords.update(value)
            else:
                out.open = True
        elif keyword is not None:
            out.keywords[keyword] = value
        else:
            out.positional.append(value)
    return out


def _binop(ev: Evaluator, scope: Scope, node: Node) -> Value:
    value, place = ev.value(scope, node[2]), ev.place(scope, node)
    for op, right in node[3]:
        value = binary(ev, op, value, ev.value(scope, right), place)
    return value


def _unary(ev: Evaluator, scope: Scope, node: Node) -> Value:
    return plain(unary(ev, node[2], ev.value(scope, node[3]), ev.place(scope, node)))


def _boolop(ev: Evaluator, scope: Scope, node: Node) -> Value:
    stop = node[2] == "or"
    value: Value = None
    unknown: Unknown | None = None
    for part in node[3]:
        if unknown is None:
            value = ev.value(scope, part)
        else:
            run = partial(ev.value, scope, part)
            value, _ = perhaps(ev, scope, unknown.reason, ev.place(scope, part), keep=None, run=run)
        known = ev.truth(value)
        if known is None:
            unknown = (
                value if isinstance(value, Unknown) else Unknown("a condition that is not known", ev.place(scope, part))
            )
        elif known == stop:
            if unknown is not None and may_act(value):
                return either(unknown, value, unknown.reason)
            return value if unknown is None else (stop if isinstance(value, bool) else value)
    if unknown is not None and may_act(value):
        return either(unknown, value, unknown.reason)
    return unknown if unknown is not None else value


def _compare(ev: Evaluator, scope: Scope, node: Node) -> Value:
    left = ev.value(scope, node[2])
    result: Value = True
    for op, right_node in node[3]:
        right = ev.value(scope, right_node)
        one = plain(compare(ev, op, left, right, ev.place(scope, node)))
        known = ev.truth(one)
        if known is False:
            return one
        if known is None or len(node[3]) == 1:
            result = one
        left = right
    return result


def _ifexp(ev: Evaluator, scope: Scope, node: Node) -> Value:
    test = ev.value(scope, node[2])
    known = ev.truth(test)
    if known is None:
        why = test.reason if isinstance(test, Unknown) else "the condition is not known"
        place = ev.place(scope, node)
        one, changed = perhaps(ev, scope, why, place, keep=None, run=partial(ev.value, scope, node[3]))
        keep = False if changed else None
        two, _ = perhaps(ev, scope, why, place, keep=keep, run=partial(ev.value, scope, node[4]))
        if type(one) is type(two) and isinstance(one, (str, int, bool, float)) and one == two:
            return one
        return either(one, two, why)
    return ev.value(scope, node[3] if known else node[4])


def _lambda(ev: Evaluator, scope: Scope, node: Node) -> Value:
    params = tuple(
        (kind, name, ev.value(scope, default) if default is not None else None, (default is not None, annotation))
        for kind, name, default, annotation in node[2]
    )
    return Function("<lambda>", params, node[3], scope, node, is_lambda=True)


def _sequence(ev: Evaluator, scope: Scope, node: Node) -> Value:
    out: list[Value] = []
    for part in node[2]:
        if part[0] == nodes.STARRED:
            value = ev.value(scope, part[2])
            items = ev.items(value)
            out.extend(items if items is not None else [*sure(value), rest_of(value)])
        else:
            out.append(ev.value(scope, part))
    if node[0] == nodes.TUPLE:
        return tuple(out)
    if node[0] == nodes.SET:
        if all(map(bounds.hashable, out)):
            return ev.made(set(out))
        return Unknown("a set of things that are not known", ev.place(scope, node))
    return ev.made(out)


def _dict(ev: Evaluator, scope: Scope, node: Node) -> Value:
    out: dict[Value, Value] = {}
    problem: Unsure | None = None
    for key_node, value_node in node[2]:
        value = ev.value(scope, value_node)
        if key_node is None:
            if isinstance(value, dict):
                out.update(value)
            else:
                problem = Unsure(reason_of(value), (value,))
            continue
        key = as_known(ev.value(scope, key_node), ev.place(scope, key_node))
        if isinstance(key, Unknown) or not bounds.hashable(key):
            problem = Unsure(
                reason_of(key) if isinstance(key, Unknown) else "a dictionary key that is not known", (value,)
            )
        else:
            out[key] = value
    if problem is not None:
        return Unsure(problem.reason, (*out.values(), *problem.choices))
    return ev.made(out)


def _comp(ev: Evaluator, scope: Scope, node: Node) -> Value:
    inner = Scope(scope.module, scope if scope.cls is None else scope.parent, dict(scope.names) if scope.cls else {})
    inner.around = scope
    out: list[Value] = []
    problem = _generate(ev, inner, scope, node, 0, out)
    kind = node[2]
    if problem is not None:
        return Unsure(problem.reason, tuple(out)) if kind in ("dict", "set") else [*out, problem]
    if kind in ("dict", "set"):
        if all(bounds.hashable(entry[0] if kind == "dict" else entry) for entry in out):
            return ev.made(dict(out) if kind == "dict" else set(out))
        return Unknown("a comprehension over things that are not known", ev.place(scope, node))
    return ev.made(out)


def _generate(ev: Evaluator, scope: Scope, outer: Scope, node: Node, depth: int, out: list[Value]) -> Unsure | None:
    """Fills `out`; what is not known of the items is returned, and their part of the code was judged once."""
    if depth == len(node[5]):
        element = ev.value(scope, node[3])
        out.append((element, ev.value(scope, node[4])) if node[2] == "dict" else element)
        return None
    target, iterable, conditions = node[5][depth]
    value = ev.listed(ev.value(scope, iterable))
    items = ev.items(value)
    place = ev.place(scope, node)
    problem: Unsure | None = None

    def judged(reason: str, keep: bool | None) -> Unsure:
        """The rest, which may not be evaluated, and what may be among the items therefore."""
        perhaps_held: list[Value] = list(problem.choices) if problem is not None else []
        perhaps(
            ev,
            outer,
            reason,
            place,
            keep=keep,
            run=lambda: _generate(ev, scope, outer, node, depth + 1, perhaps_held),
        )
        return Unsure(problem.reason if problem is not None else reason, tuple(perhaps_held))

    for entry in items if items is not None else sure(value):
        assign(ev, scope, target, entry)
        keep: bool | None = True
        for condition in conditions:
            keep = ev.truth(ev.value(scope, condition))
            if keep is not True:
                break
        if keep is None:
            problem = judged("a comprehension with a condition that is not known", None)
        elif keep:
            problem = _generate(ev, scope, outer, node, depth + 1, out) or problem
    if items is None:
        over = unsure(value) or value
        assign(ev, scope, target, item_of(over))
        why = over.reason if isinstance(over, Unknown) else "a comprehension over something not known"
        for condition in conditions:  # for the names that they give
            ev.value(scope, condition)
        problem = judged(why, False)
    return problem


def _inner(ev: Evaluator, scope: Scope, node: Node) -> Value:
    return ev.value(scope, node[2])


def _yield(ev: Evaluator, scope: Scope, node: Node) -> Value:
    value = ev.value(scope, node[2]) if node[2] is not None else None
    found, sink = scope.find("__yielded__")
    if found and isinstance(sink, list):
        if node[3]:
            sink.extend(ev.items(value) or [])
        else:
            sink.append(value)
    return None


def _walrus(ev: Evaluator, scope: Scope, node: Node) -> Value:
    value = ev.value(scope, node[3])
    while scope.around is not None:
        scope = scope.around
    scope.set(node[2], value)
    return value


def _unread(ev: Evaluator, scope: Scope, node: Node) -> Value:
    raise Exhausted(str(node[2]), ev.place(scope, node))


_HANDLERS: dict[int, Callable[[Evaluator, Scope, Node], Value]] = {
    nodes.CONST: _const,
    nodes.ELLIPSIS: _ellipsis,
    nodes.BYTES: _bytes,
    nodes.STR: _str,
    nodes.FSTR: _fstr,
    nodes.JOINED: _fstr,
    nodes.NAME: _name,
    nodes.ATTR: _attr,
    nodes.SUBSCRIPT: _subscript,
    nodes.SLICE: _slice,
    nodes.CALL: _call,
    nodes.BINOP: _binop,
    nodes.UNARY: _unary,
    nodes.BOOLOP: _boolop,
    nodes.COMPARE: _compare,
    nodes.IFEXP: _ifexp,
    nodes.LAMBDA: _lambda,
    nodes.TUPLE: _sequence,
    nodes.LIST: _sequence,
    nodes.SET: _sequence,
    nodes.DICT: _dict,
    nodes.STARRED: _inner,
    nodes.COMP: _comp,
    nodes.AWAIT: _inner,
    nodes.YIELD: _yield,
    nodes.WALRUS: _walrus,
    nodes.UNREAD: _unread,
}
