"""Functions and procedures of the history, followed where SQL calls them."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from migralint.operations import Database, Place
from migralint.schema import Function
from migralint.sql import names
from migralint.sql.cursor import Cursor, Written
from migralint.sql.errors import Unreadable
from migralint.sql.queries import UNKNOWN, Unknown, evaluate, select
from migralint.sql.session import set_path
from migralint.sql.splitter import split
from migralint.sql.tokens import QUOTED, WORD, tokenize

if TYPE_CHECKING:
    from migralint.sql.plpgsql.variables import Variables
    from migralint.sql.runner import Runner

Arguments = Sequence[tuple[str, object]]
"""Values with the names of named arguments, "" for the others."""

_DEPTH = 12
_CALLS = 2_000
_CHANGING = re.compile(r"\b(create|alter|drop|execute|truncate|insert|update|delete|merge|copy|call)\b", re.IGNORECASE)
_ATOMIC = re.compile(r"\s*begin\s+atomic\b(.*)\bend\s*;?\s*\Z", re.IGNORECASE | re.DOTALL)
_RETURN = re.compile(r"\s*return\b(.*)\Z", re.IGNORECASE | re.DOTALL)
_KINDS = {str: ("text", "character", "name"), int: ("integer", "bigint", "smallint", "numeric"), bool: ("boolean",)}


def called(runner: Runner, overloads: Sequence[Function], arguments: Arguments, place: Place) -> object:
    """Follows the one of several functions that takes these arguments, and gives what it returns.

    UNKNOWN where that cannot be known. Raises what the body raises and does not handle.
    """
    function = _fitting(overloads, arguments)
    state = runner.state
    if function is None or function.language not in ("plpgsql", "sql") or function.doubtful:
        return UNKNOWN
    state.calls += 1
    state.depth += 1
    try:
        if function.partial:
            raise Unreadable("a part of its body is not known")
        if state.depth > _DEPTH or state.calls > _CALLS:
            raise Unreadable("functions are called too deeply or too often")
        return _followed(runner, function, arguments, place)
    except Unreadable as problem:
        if changes(function, runner.database) and not state.exhausted:
            state.exhausted = state.calls > _CALLS or state.depth > _DEPTH
            runner.not_known("alter", f"{function.name}()", problem, place)
        return UNKNOWN
    finally:
        state.depth -= 1


def _followed(runner: Runner, function: Function, arguments: Arguments, place: Place) -> object:
    from migralint.sql.plpgsql.interpreter import Interpreter
    from migralint.sql.plpgsql.parser import parse

    bound = _bound(function, _spread(function, arguments), runner.database)
    inner = runner.nested(function.body, place)
    several = function.returns.lower().startswith(("setof ", "table("))
    with runner.database.together(), _search_path(function, runner.database):
        if function.language == "sql":
            return _script(inner, function.body, bound, several, place)
        return Interpreter(inner, bound, function.outputs).run(parse(function.body), several=several)


@contextmanager
def _search_path(function: Function, database: Database) -> Iterator[None]:
    """The search path that the function has set for itself (CREATE FUNCTION ... SET)."""
    outer, own = database.search_path, dict(function.options).get("set search_path")
    if own is not None and own != "CURRENT":
        values = Cursor(own, tokenize(own)).items()
        set_path(tuple(item.string() for item in values), database, local=True)
    try:
        yield
    finally:
        database.set_search_path(outer, local=True)


def _script(runner: Runner, body: str, bound: dict[str, object], several: bool, place: Place) -> object:
    """A body in SQL: its last query gives the value."""
    returned = _RETURN.match(body)
    atomic = _ATOMIC.match(body)
    text = f"SELECT {returned[1]}" if returned else atomic[1] if atomic else body
    inner = runner.nested(text, place)
    inner.names = bound
    value: object = None
    for statement in split(text, runner.database.dialect, psql=False):
        cursor = Cursor(text, statement.tokens)
        if not statement.complete or not cursor.sees_any("select", "with", "values"):
            inner.statement(statement)
            value = None
            continue
        result = select(statement.text, runner.database, bound, bound, runner.caller(place))
        if several:
            value = [row.values for row in result.rows] if result.known else UNKNOWN
        else:
            value = replace(result, rows=result.rows[:1]).scalar()  # a function in SQL gives its first row
    return value


def _spread(function: Function, arguments: Arguments) -> Arguments:
    """The arguments, with those that a VARIADIC one takes as the array that the body sees (PostgreSQL docs, 36.5.6)."""
    last = len(function.arguments) - 1
    if not any(one.mode == "variadic" for one in function.declared) or any(name for name, _ in arguments):
        return arguments
    if len(arguments) == last + 1 and isinstance(arguments[last][1], list):
        return arguments
    return [*arguments[:last], ("", [value for _, value in arguments[last:]])]


def _fitting(overloads: Sequence[Function], arguments: Arguments) -> Function | None:
    named = {name for name, _ in arguments if name}
    fitting = [
        function
        for function in overloads
        if len(function.arguments) - len(function.defaults)
        <= len(_spread(function, arguments))
        <= len(function.arguments)
        and named <= set(function.parameters)
    ]
    for function in fitting if len(fitting) > 1 else ():
        if all(_takes(kind, value) for kind, (_, value) in zip(function.arguments, arguments, strict=False)):
            return function
    return fitting[0] if fitting else None


def _takes(kind: str, value: object) -> bool:
    wanted = _KINDS.get(type(value))
    return wanted is None or kind.startswith(wanted)


def _bound(function: Function, arguments: Arguments, database: Database) -> dict[str, object]:
    """The arguments by name and by number, cast to their types."""
    from migralint.sql.plpgsql.variables import Variables

    given: dict[int, object] = {}
    for number, (name, value) in enumerate(arguments):
        given[function.parameters.index(name) if name else number] = value
    first = len(function.arguments) - len(function.defaults)
    caster = Variables(database, ChainMap())
    bound: dict[str, object] = {}
    for number, kind in enumerate(function.arguments):
        if number in given:
            value = given[number]
        else:
            value = evaluate(function.defaults[number - first], database, {}) if number >= first else UNKNOWN
        if value is not None and not isinstance(value, (dict, Unknown)):
            value = caster.cast(value, kind)
        bound[f"${number + 1}"] = value
        if number < len(function.parameters) and function.parameters[number]:
            bound[function.parameters[number]] = value
    return bound


def changes(function: Function, database: Database) -> bool:
    """Whether following a function may change the schema or rows, also through those that it calls."""
    waiting, seen = [function], {function.signature}
    while waiting:
        current = waiting.pop()
        if _CHANGING.search(current.body):
            return True
        for written, _ in mentioned(Cursor(current.body, tokenize(current.body))):
            for inner in of_the_history(database, written):
                if inner.signature not in seen:
                    seen.add(inner.signature)
                    waiting.append(inner)
    return False


def calls_what_changes(cursor: Cursor, database: Database) -> bool:
    """Whether a text calls a function of the history that may change the schema or rows."""
    functions = (f for written, _ in mentioned(cursor) for f in of_the_history(database, written))
    return any(changes(function, database) for function in functions)


def of_the_history(database: Database, written: Written) -> tuple[Function, ...]:
    """The functions of this name that the history made."""
    name = names.function(database, written)
    return database.ask(name).functions.get(name, ())


def mentioned(cursor: Cursor) -> list[tuple[Written, Cursor]]:
    """The calls in a text, by their names with a cursor at their arguments."""
    found: list[tuple[Written, Cursor]] = []
    cursor = cursor.copy()
    while not cursor.done:
        token, following = cursor.peek(), cursor.peek(1)
        if token is None or token.kind not in (WORD, QUOTED) or following is None or following.value not in "(.":
            cursor.index += 1
            continue
        try:
            written = cursor.name()
        except Unreadable:
            continue
        if cursor.sees("("):
            found.append((written, cursor.copy()))
    return found


def follow_mentioned(runner: Runner, cursor: Cursor, place: Place, variables: Variables, certain: bool) -> None:
    """Follows the functions that a statement calls and that change something, in order.

    For CALL, and for queries whose rows are not known (not `certain`).
    """
    for written, at in mentioned(cursor):
        overloads = of_the_history(runner.database, written)
        if not any(changes(function, runner.database) for function in overloads):
            continue
        arguments = [_argument(item, variables) for item in at.group().items()]
        if certain:
            called(runner, overloads, arguments, place)
            continue
        with runner.database.branch("it is not known how often it is called", place, keep=None):
            called(runner, overloads, arguments, place)


def _argument(item: Cursor, variables: Variables) -> tuple[str, object]:
    """The name of a named argument or "", and the value."""
    if not item.sees("=>", ahead=1) and not item.sees(":=", ahead=1):
        return "", variables.value(item)
    name = item.identifier()
    item.take()
    return name, variables.value(item)
