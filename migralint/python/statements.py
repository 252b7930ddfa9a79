"""Statements."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from migralint.python import blocks, branches, classes, doubt, exceptions, managers, nodes, patterns
from migralint.python.assign import assign, delete
from migralint.python.containers import reason_of, rest_of, spoil
from migralint.python.generics import AliasItem
from migralint.python.library import named
from migralint.python.scope import Scope
from migralint.python.values import (
    BreakSignal,
    ContinueSignal,
    Deferred,
    Exhausted,
    Function,
    Node,
    NotFollowed,
    PyRaise,
    ReturnSignal,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator


def block(ev: Evaluator, scope: Scope, body: list[Node]) -> None:
    """Statements in order; an `if` that cannot be decided and may leave takes the rest of the block with it."""
    for i, node in enumerate(body):
        if node[0] == nodes.IF:
            if _if(ev, scope, node, body[i + 1 :]):
                return
        else:
            execute(ev, scope, node)


def _if(ev: Evaluator, scope: Scope, node: Node, rest: list[Node]) -> bool:
    """An `if` with all its clauses. True when the rest of the block was run too."""
    for i, (_, _, condition, body) in enumerate(node[2]):
        test = ev.value(scope, condition)
        known = ev.truth(test)
        if known is None:
            return branches.undecided(ev, scope, blocks.clauses_from(node, i), test, rest)
        if known:
            for other in node[2][i + 1 :]:
                doubt.passed_over(ev, scope, list(other[3]))
            doubt.passed_over(ev, scope, list(node[3]))
            if blocks.leaves(list(body)) in (nodes.RETURN, nodes.CONTINUE):
                doubt.passed_over(ev, scope, rest)
            block(ev, scope, list(body))
            return False
        doubt.passed_over(ev, scope, list(body))
    block(ev, scope, list(node[3]))
    return False


def execute(ev: Evaluator, scope: Scope, node: Node) -> None:
    """One statement."""
    ev.steps += 1
    if node[0] == nodes.IF:
        _if(ev, scope, node, [])
        return
    handler = _HANDLERS.get(node[0])
    if handler is None:
        ev.value(scope, node)
    else:
        handler(ev, scope, node)


def _expr(ev: Evaluator, scope: Scope, node: Node) -> None:
    called = node[2][2] if node[2][0] == nodes.AWAIT else node[2]
    ev.standing = _chain(called)
    value = ev.value(scope, node[2])
    if called[0] == nodes.CALL and isinstance(value, NotFollowed) and not value.told:
        # What another package made was not given the database; a connection of its own executes.
        harmless = value.method and not (called[2][0] == nodes.ATTR and called[2][3].startswith("execute"))
        if not (harmless and value.noted):
            ev.not_followed(value.reason, ev.place(scope, called), has_database=not harmless)


def _chain(call: Node) -> list[Node]:
    """A call, and the calls whose methods it calls."""
    chain = [call]
    while call[0] == nodes.CALL and call[2][0] == nodes.ATTR and call[2][2][0] == nodes.CALL:
        call = call[2][2]
        chain.append(call)
    return chain


def _assign(ev: Evaluator, scope: Scope, node: Node) -> None:
    value = ev.value(scope, node[3])
    for target in node[2]:
        if scope.cls is not None and target[0] == nodes.NAME:
            named(value, target[2])
        assign(ev, scope, target, value)


def _annotated(ev: Evaluator, scope: Scope, node: Node) -> None:
    if scope.cls is not None and node[2][0] == nodes.NAME:
        scope.names.setdefault("__annotations__", {})[node[2][2]] = node[3]
    if node[4] is not None:
        value = ev.value(scope, node[4])
        if scope.cls is not None and node[2][0] == nodes.NAME:
            named(value, node[2][2])
        assign(ev, scope, node[2], value)


def _augmented(ev: Evaluator, scope: Scope, node: Node) -> None:
    from migralint.python.operators import binary

    left, right = ev.value(scope, node[2]), ev.value(scope, node[4])
    if node[3] in ("+", "+=") and isinstance(left, list):
        more = ev.items(right)
        ev.changing(left)
        if more is not None:
            left.extend(more)
        else:
            spoil(left, reason_of(right), rest_of(right).choices)
        return
    if node[3] in ("|", "|=") and isinstance(left, dict | set) and isinstance(right, dict | set | Unknown):
        ev.changing(left)
        if isinstance(right, Unknown):
            spoil(left, right.reason, rest_of(right).choices)
        else:
            left.update(right)
        return
    assign(ev, scope, node[2], binary(ev, node[3].rstrip("="), left, right, ev.place(scope, node)))


def _return(ev: Evaluator, scope: Scope, node: Node) -> None:
    raise ReturnSignal(ev.value(scope, node[2]) if node[2] is not None else None)


def _try(ev: Evaluator, scope: Scope, node: Node) -> None:
    exceptions.attempt(ev, scope, node)


def _with(ev: Evaluator, scope: Scope, node: Node) -> None:
    with ExitStack() as stack:
        managers.enter_all(ev, scope, node, stack)
        block(ev, scope, list(node[3]))


def _raise(ev: Evaluator, scope: Scope, node: Node) -> None:
    value = ev.value(scope, node[2]) if node[2] is not None else None
    if ev.judging:
        ev.unsure_raises += 1
    raise exceptions.exception_of(value, ev.place(scope, node))


def _assert(ev: Evaluator, scope: Scope, node: Node) -> None:
    holds = ev.truth(ev.value(scope, node[2]))
    if holds is None:
        ev.unsure_raises += 1
    elif not holds:
        raise PyRaise("AssertionError", "an assertion does not hold", ev.place(scope, node))


def _delete(ev: Evaluator, scope: Scope, node: Node) -> None:
    for target in node[2]:
        delete(ev, scope, target)


def _import(ev: Evaluator, scope: Scope, node: Node) -> None:
    for dotted, alias in node[2]:
        place = ev.place(scope, node)
        if ev.handlers and ev.modules.surely_missing(dotted):
            raise PyRaise("ModuleNotFoundError", f"No module named {dotted!r}", place)
        ev.modules.imported(dotted)
        root = dotted.partition(".")[0]
        scope.set(alias or root, Deferred(dotted if alias is not None else root, None, place))


def _from(ev: Evaluator, scope: Scope, node: Node) -> None:
    level, name, names = node[2], node[3], node[4]
    target = ev.modules.absolute(scope.module, level, name)
    place = ev.place(scope, node)
    if target is None:
        for imported, alias in names:
            scope.set(alias or imported, NotFollowed(f"the relative import of {name or '.'} leads nowhere", place))
        return
    if ev.handlers and ev.modules.surely_missing(target):
        raise PyRaise("ModuleNotFoundError", f"No module named {target!r}", place)
    for imported, alias in names:
        if imported == "*":
            ev.modules.import_all(scope.module, target, scope.set)
        else:
            ev.modules.imported(target, imported)
            scope.set(alias or imported, Deferred(target, imported, place))


def _def(ev: Evaluator, scope: Scope, node: Node) -> None:
    function: Value = make_function(ev, scope, node)
    for decorator in reversed(node[5]):
        function = classes.decorated(ev, ev.value(scope, decorator), function, ev.place(scope, decorator))
    scope.set(node[2], function)


def make_function(ev: Evaluator, scope: Scope, node: Node) -> Function:
    """The function value of a DEF node, defaults evaluated now."""
    params = tuple(
        (kind, name, ev.value(scope, default) if default is not None else None, (default is not None, annotation))
        for kind, name, default, annotation in node[3]
    )
    enclosing = scope.parent if scope.cls is not None else scope
    inner = enclosing if enclosing is not None else Scope(scope.module, None, scope.module.names)
    return Function(node[2], params, node[4], inner, node, is_generator=blocks.yields(node[4]))


def _type_alias(ev: Evaluator, scope: Scope, node: Node) -> None:
    scope.set(node[2], AliasItem(node[2], partial(ev.value, scope, node[3])))


def _class(ev: Evaluator, scope: Scope, node: Node) -> None:
    scope.set(node[2], classes.make_class(ev, scope, node))


def _global(ev: Evaluator, scope: Scope, node: Node) -> None:
    scope.globals.update(node[2])
    scope.outer.update(node[2])
    if scope.parent is not None:
        scope.globals.difference_update(n for n in node[2] if n not in scope.module.names)


def _nothing(ev: Evaluator, scope: Scope, node: Node) -> None:
    return


def _break(ev: Evaluator, scope: Scope, node: Node) -> None:
    raise BreakSignal


def _continue(ev: Evaluator, scope: Scope, node: Node) -> None:
    raise ContinueSignal


def _match(ev: Evaluator, scope: Scope, node: Node) -> None:
    subject = ev.value(scope, node[2])
    why = subject.reason if isinstance(subject, Unknown) else "the value matched on is not known"
    keep: bool | None = None
    doubted = False
    for pattern, guard, body in node[3]:
        matched = patterns.matches(ev, scope, pattern, subject)
        if matched and guard is not None:
            matched = ev.truth(ev.value(scope, guard))
        if matched is None:
            doubted = True
        if doubted and matched is not False:
            branch, _ = doubt.judge(ev, scope, list(body), why, ev.place(scope, node), keep=keep)
            keep = False if branch.changed else keep
        elif matched:
            block(ev, scope, list(body))
        if matched:
            return


def _unread(ev: Evaluator, scope: Scope, node: Node) -> None:
    raise Exhausted(str(node[2]), ev.place(scope, node))


_HANDLERS: dict[int, Callable[[Evaluator, Scope, Node], None]] = {
    nodes.EXPR: _expr,
    nodes.ASSIGN: _assign,
    nodes.ANN: _annotated,
    nodes.AUG: _augmented,
    nodes.RETURN: _return,
    nodes.FOR: branches.loop,
    nodes.WHILE: branches.while_loop,
    nodes.TRY: _try,
    nodes.WITH: _with,
    nodes.RAISE: _raise,
    nodes.ASSERT: _assert,
    nodes.DEL: _delete,
    nodes.IMPORT: _import,
    nodes.FROM: _from,
    nodes.DEF: _def,
    nodes.CLASS: _class,
    nodes.GLOBAL: _global,
    nodes.PASS: _nothing,
    nodes.BREAK: _break,
    nodes.CONTINUE: _continue,
    nodes.MATCH: _match,
    nodes.TYPEALIAS: _type_alias,
    nodes.UNREAD: _unread,
}
