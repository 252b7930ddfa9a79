"""Control flow where the way is not known: `if` and loops."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from migralint.python import nodes
from migralint.python.assign import assign
from migralint.python.blocks import clauses_from, leaves
from migralint.python.containers import either, item_of, same, sure, unsure
from migralint.python.doubt import Frame, depending, judge, judging
from migralint.python.scope import Scope
from migralint.python.values import (
    BreakSignal,
    ContinueSignal,
    Exhausted,
    Node,
    ReturnSignal,
    Signal,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from migralint.python.evaluator import Evaluator

ROUNDS = 5_000
"""Rounds of a `while` loop."""

IDLE = 8
"""Rounds without any change after which the end of a loop is not known."""


def undecided(ev: Evaluator, scope: Scope, node: Node, test: Value, rest: list[Node]) -> bool:
    """An `if` whose condition is not known. True when the rest of the block was run here too."""
    why = test.reason if isinstance(test, Unknown) else "the condition is not known"
    place = ev.place(scope, node)
    first = list(node[2][0][3])
    second = [clauses_from(node, 1)] if len(node[2]) > 1 else list(node[3])
    left_first, left_second = leaves(first), leaves(second)
    if nodes.RAISE in (left_first, left_second):
        ev.unsure_raises += 1
    if left_first == nodes.RAISE and left_second != nodes.RAISE:
        judge(ev, scope, first[:-1], why, place, keep=False)
        ev.block(scope, second)
        return False
    if left_second == nodes.RAISE and left_first != nodes.RAISE:
        judge(ev, scope, second[:-1], why, place, keep=False)
        ev.block(scope, first)
        return False
    whole = left_first is not None or left_second is not None
    if whole:
        first = first if left_first is not None else first + rest
        second = second if left_second is not None else second + rest
    saved = dict(scope.names)
    branch, signal = judge(ev, scope, first, why, place, keep=None)
    if branch.changed:
        kept = dict(scope.names)
        scope.names.clear()
        scope.names.update(saved)
        with ev.database.instead_of(branch):
            judge(ev, scope, second, why, place, keep=False)
        scope.names.clear()
        scope.names.update(kept)
    else:
        branch, other = judge(ev, scope, second, why, place, keep=None)
        if branch.changed or signal is None:
            signal = other
        elif (
            isinstance(signal, ReturnSignal) and isinstance(other, ReturnSignal) and not same(signal.value, other.value)
        ):
            signal = ReturnSignal(either(signal.value, other.value, depending("the result", why)))
    if signal is not None and whole:
        raise signal
    if isinstance(signal, ReturnSignal):
        scope.may_have_returned = why
    return whole


def loop(ev: Evaluator, scope: Scope, node: Node) -> None:
    """A `for` loop; for items that are not known its body is judged once and not applied."""
    iterable = ev.listed(ev.value(scope, node[3]))
    items = ev.items(iterable)
    more = unsure(iterable) if items is None else None
    body = list(node[4])
    for item in items if items is not None else sure(iterable):
        assign(ev, scope, node[2], item)
        try:
            ev.block(scope, body)
        except BreakSignal:
            return
        except ContinueSignal:
            continue
    if items is None:
        _turn(ev, scope, node, body, more if more is not None else iterable)
    elif node[5]:
        ev.block(scope, list(node[5]))


def _turn(ev: Evaluator, scope: Scope, node: Node, body: list[Node], over: Value) -> None:
    """One turn of a loop of which it is not known whether it is taken."""
    place = ev.place(scope, node)
    why = over.reason if isinstance(over, Unknown) else "what the loop runs over is not known"
    item = item_of(over)
    returned = False
    with Frame(ev, scope) as frame, judging(ev, why, place, False):
        assign(ev, scope, node[2], item)
        try:
            ev.block(scope, body)
        except ReturnSignal:
            returned = True
        except Signal:
            pass
    frame.restore(why)
    if returned:
        scope.may_have_returned = why


def while_loop(ev: Evaluator, scope: Scope, node: Node) -> None:
    """A `while` loop; with an unknown condition its body is judged once and not applied.

    A loop without a condition that goes on and changes nothing is ended by code that was not followed: it is left.
    """
    endless, idle = node[2][0] == nodes.CONST, 0
    for _ in range(ROUNDS):
        test = ev.value(scope, node[2])
        known = ev.truth(test)
        if known is None:
            why = test.reason if isinstance(test, Unknown) else "the loop's condition is not known"
            judge(ev, scope, list(node[3]), why, ev.place(scope, node), keep=False)
            return
        if not known:
            if node[4]:
                ev.block(scope, list(node[4]))
            return
        with Frame(ev, scope) if endless else nullcontext() as frame:
            try:
                ev.block(scope, list(node[3]))
            except BreakSignal:
                return
            except ContinueSignal:
                pass
        idle = idle + 1 if frame is not None and frame.idle else 0
        if idle == IDLE:
            ev.not_followed("how often the loop runs is not known", ev.place(scope, node), has_database=False)
            return
    raise Exhausted("a loop runs too long to follow", ev.place(scope, node))
