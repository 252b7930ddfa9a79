"""Tokens → the statements of PL/pgSQL that hold no others (PostgreSQL docs, 41.5 to 41.9)."""

from __future__ import annotations

from migralint.sql.cursor import Cursor
from migralint.sql.plpgsql.nodes import (
    Assert,
    Assign,
    Diagnostics,
    Execute,
    Fetch,
    Leave,
    Node,
    Open,
    Perform,
    Raise,
    Return,
    Sql,
)
from migralint.sql.tokens import OPERATOR, STRING, WORD

_LEVELS = ("debug", "log", "info", "notice", "warning", "exception")


def simple(cursor: Cursor, word: str, start: int) -> Node | None:
    """The statement that begins with `word`, up to its semicolon; None for one that does nothing."""
    whole = cursor.copy().until(";")
    end = whole.tokens[whole.end - 1].end if whole.end > whole.index else start
    assigned = _assign(whole.copy(), start, end)
    cursor.index = whole.end
    if assigned is not None:
        return assigned
    match word:
        case "null" | "close":
            return None
        case "exit" | "continue":
            whole.take()
            label = "" if whole.done or whole.sees("when") else whole.identifier()
            return Leave(start, end, word == "continue", label, whole if whole.accept("when") else None)
        case "return":
            return _return(whole, start, end)
        case "raise":
            return _raise(whole, start, end)
        case "assert":
            whole.take()
            return Assert(start, end, whole.until(","))
        case "execute":
            return _execute(whole, start, end)
        case "perform" | "call":
            whole.accept("perform")
            return Perform(start, end, whole)
        case "get":
            return _diagnostics(whole, start, end)
        case "open":
            return _open(whole, start, end)
        case "fetch" | "move":
            return _fetch(whole, start, end)
    return _sql(whole, start, end)


def targets_of(cursor: Cursor) -> list[str]:
    """Variables between commas; a field of a record as `record.field`."""
    targets = [".".join(cursor.parts())]
    while cursor.accept(","):
        targets.append(".".join(cursor.parts()))
    return targets


def _return(whole: Cursor, start: int, end: int) -> Node:
    whole.take()
    kind = whole.accept_any("next", "query") or ""
    if kind == "query" and whole.accept("execute"):
        text = whole.until("using")
        return Return(start, end, text, "execute", list(whole.items()) if whole.accept("using") else [])
    return Return(start, end, whole if not whole.done else None, kind, [])


def _raise(whole: Cursor, start: int, end: int) -> Node:
    whole.take()
    level = whole.accept_any(*_LEVELS) or "exception"
    again = whole.done
    condition, message = "raise_exception", ""
    arguments: list[Cursor] = []
    token = whole.peek()
    if token is not None and token.kind == STRING:
        message = whole.take().value
        if whole.accept(","):
            arguments = list(whole.until("using").items())
    elif whole.accept("sqlstate"):
        condition = whole.string().lower()
    elif token is not None and token.kind == WORD and token.value != "using":
        condition = whole.identifier()
    options: dict[str, Cursor] = {}
    if whole.accept("using"):
        for item in whole.items():
            name = item.identifier()
            if not item.accept("="):
                item.expect(":=")
            options[name] = item
    return Raise(start, end, level == "exception", again, condition, message, arguments, options)


def _execute(whole: Cursor, start: int, end: int) -> Node:
    whole.take()
    text = whole.until("into", "using")
    targets: list[str] = []
    using: list[Cursor] = []
    strict = False
    while not whole.done:
        if whole.accept("into"):
            strict = whole.accept("strict")
            targets = targets_of(whole)
        else:
            whole.expect("using")
            using = list(whole.until("into").items())
    return Execute(start, end, text, targets, strict, using)


def _diagnostics(whole: Cursor, start: int, end: int) -> Node:
    whole.take()
    stacked = whole.accept_any("current", "stacked") == "stacked"
    whole.expect("diagnostics")
    items: list[tuple[str, str]] = []
    for item in whole.items():
        target = ".".join(item.parts())
        if not item.accept("="):
            item.expect(":=")
        items.append((target, item.identifier()))
    return Diagnostics(start, end, stacked, items)


def _open(whole: Cursor, start: int, end: int) -> Node:
    whole.take()
    name = whole.identifier()
    group = whole.optional_group()
    arguments = list(group.items()) if group is not None else []
    whole.accept("no")
    whole.accept("scroll")
    if not whole.accept("for"):
        return Open(start, end, name, arguments, None, False, [])
    dynamic = whole.accept("execute")
    query = whole.until("using") if dynamic else whole
    using = list(whole.items()) if dynamic and whole.accept("using") else []
    return Open(start, end, name, arguments, query, dynamic, using)


def _fetch(whole: Cursor, start: int, end: int) -> Node:
    whole.take()
    forward = True
    if not whole.accept("next") and whole.has("from") and not whole.sees("from"):
        forward = False
        whole.until("from")
    whole.accept_any("from", "in")
    name = whole.identifier()
    return Fetch(start, end, name, targets_of(whole) if whole.accept("into") else [], forward)


def _assign(probe: Cursor, start: int, end: int) -> Node | None:
    """`name := value`, `name = value`, `name.field := value`, `name[i] := value`."""
    token = probe.peek()
    if token is None or token.kind in (OPERATOR, STRING):
        return None
    target = ".".join(probe.parts())
    indexes: list[Cursor] = []
    while probe.sees("["):
        first = probe.index + 1
        probe.skip_one()
        indexes.append(Cursor(probe.text, probe.tokens, first, probe.index - 1))
    if not probe.accept(":=") and not probe.accept("="):
        return None
    return Assign(start, end, target, indexes, probe)


def _sql(whole: Cursor, start: int, end: int) -> Node:
    """Any other statement; INTO names variables, save after INSERT and MERGE."""
    probe = whole.copy()
    if probe.sees_any("insert", "merge"):
        probe.take()
        probe.accept("into")
    if not probe.sees_any("create", "alter", "drop", "copy", "grant", "import") and probe.find("into"):
        before = probe.index
        probe.take()
        strict = probe.accept("strict")
        targets = targets_of(probe)
        tokens = [*whole.tokens[whole.index : before], *probe.tokens[probe.index : probe.end]]
        return Sql(start, end, Cursor(whole.text, tokens), targets, strict)
    return Sql(start, end, whole, [], False)
