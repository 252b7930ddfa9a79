"""DO: blocks of PL/pgSQL that a script executes, and what becomes of their failures."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from migralint.operations import CannotApply, Opaque, Place
from migralint.operations.data import Statement
from migralint.sql.cursor import Cursor
from migralint.sql.errors import SHOWN, Unreadable
from migralint.sql.tokens import STRING, Token, holed_body

if TYPE_CHECKING:
    from migralint.sql.runner import Runner

_CHANGING = re.compile(r"\b(create|alter|drop|execute|truncate|perform)\b", re.IGNORECASE)


def follow(runner: Runner, cursor: Cursor, place: Place) -> None:
    """DO: the block is followed, and listed as what it does, or as `do` where that is nothing."""

    language, body = "plpgsql", None
    cursor.take()
    while not cursor.done:
        if cursor.accept("language"):
            language = cursor.take().value.lower()
        else:
            body = cursor.take()
            if (holed := holed_body(body, cursor.text)) is not None:
                body = body._replace(kind=STRING, value=holed)
            if body.kind != STRING:
                raise Unreadable("expected a string after DO", body.start)
    if body is None or language != "plpgsql":
        raise Unreadable(f"a DO block in {language}")
    before = runner.state.executed
    _follow_text(runner, body, place)
    if runner.state.executed == before:
        runner.execute(Statement("do"), place, None)


def _follow_text(runner: Runner, body: Token, place: Place) -> None:
    """The block in a string; offsets in it are offsets of the script where no quote is doubled in it."""
    from migralint.sql.plpgsql.interpreter import Interpreter
    from migralint.sql.plpgsql.parser import parse

    offset = runner.text.find(body.value, body.start, body.end)
    outer = runner.place
    exact = (lambda s, e: outer(offset + s, offset + e)) if offset >= 0 else (lambda _s, _e: place)
    inner = runner.over(body.value, exact)
    try:
        block = parse(body.value)
    except Unreadable as problem:
        changing = "alter" if _CHANGING.search(body.value) else "select"
        inner.not_known(changing, body.value, problem, place)
        return
    with runner.database.together():
        guarded(runner, lambda: Interpreter(inner, {}).run(block), place)


def guarded(runner: Runner, body: Callable[[], object], place: Place) -> None:
    """Runs a block: a failure that nothing around handles is recorded."""
    from migralint.sql.plpgsql.conditions import Raised
    from migralint.sql.queries.values import Fails

    if runner.state.guarded:
        body()
        return
    runner.state.guarded = True
    try:
        body()
    except Raised as problem:
        runner.execute(Opaque(f"it raises an exception: {problem.message[:SHOWN]}", False), place, None)
    except Fails as problem:
        runner.execute(Opaque(f"it fails: {problem}", False), place, None)
    except CannotApply as problem:
        _fails(runner, problem, place)
    finally:
        runner.state.guarded = False


def _fails(runner: Runner, problem: CannotApply, place: Place) -> None:
    """An operation failed in a subtransaction, which is undone, and no handler caught it.

    Tried again it is recorded as failing, or raised to the subtransaction of the caller; unless it failed only
    because of what is undone by now.
    """
    tried, tried_at = runner.state.tried, runner.state.tried_at
    try:
        if tried is not None:
            tried.apply(runner.database.ask(str(tried.object)))
    except CannotApply:
        if tried is not None and tried_at is not None:
            runner.execute(tried, *tried_at)
            return
    runner.execute(Opaque(f"it fails: {problem}", False), place, None)
