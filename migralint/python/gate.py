"""The gate before LibCST: what its parser would not survive never reaches it in our process.

LibCST's native parser recurses on the C stack. On deep nesting or long chains it ends the process (SIGSEGV, nothing to
catch), and nested brackets in patterns take it exponential time. So a cheap scan over the tokens first bounds how deep
the parser can go. Weights and limits are measured with LibCST 1.9 on threads of 512 KiB and 1 MiB, the smallest stack
of any platform: a block takes it up to 26 KiB, a bracket 10, a link of a chain (operator, attribute, call, adjacent
string) 2.5. Files of real projects stay far below; the rest is lowered in a child process with limits (``child``).
"""

from __future__ import annotations

from collections.abc import Iterable

from migralint.python import tokens
from migralint.python.lower import Lowered, SyntaxProblem, decode, lower
from migralint.tree import Lines

DIRECT_CHARACTERS = 500_000
"""Larger files are parsed in a child process: a dense data literal takes LibCST 1.5 KB of memory a character."""

MAX_CHARACTERS = 4 * 1024 * 1024
"""Larger files are not parsed at all."""

BRACKET, BLOCK = 4, 11
MAX_WEIGHT = 240
"""Of all blocks, brackets and links (1 each) that are open at one place; a unit is 2.5 KiB of stack."""

MAX_ELIFS = 150
"""In one file. LibCST nests each ``elif`` in the one before."""

MAX_PATTERN_COST = 20_000
"""A bracket at depth d of a ``case`` line costs 4**d; a unit is 4 microseconds of parsing."""

DIRECT_COST, MAX_COST = 2_000_000, 6_000_000
"""Of all chains: each link costs as many units as its expression had tokens before it, for the parser copies them. A
unit is half a microsecond to one. With more than the first a file is parsed in a child process, with more than the
second not at all."""

_FLAT = frozenset({"and", "or", "in", "is"})
"""Links that cost the parser nothing but depth, as literals side by side do."""

_UNSURE = "an f-string whose end only the exact scan finds, or a string without end"
_TOO_DEEP = "it is nested too deeply"
_TOO_COSTLY = "cannot be parsed, its expressions are too long: the parser's time grows with the square; split them"


def read(source: bytes | str) -> Lowered:
    """Lower any file, in a child process if need be. Raises SyntaxProblem, also for what is too large or too deep."""
    text = decode(source)
    reason = suspicion(text)
    if reason is None:
        try:
            return lower(text)
        except RecursionError:  # little of Python's stack is left where we are called, and each thread has its own
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(1) as thread:
                return thread.submit(lower, text).result()
    from migralint.python import child

    return child.read(text, reason)


def suspicion(text: str) -> str | None:
    """Why LibCST must not parse this text in our process, or None if it may.

    Raises SyntaxProblem for a text that is too large or takes too long for any process, and for a string that does not
    end.
    """
    if len(text) > MAX_CHARACTERS:
        raise SyntaxProblem(f"the file is too large to be parsed (over {MAX_CHARACTERS:,} characters)", 1, 1)
    try:
        reason, cost = _weigh(tokens.quick(text))
        if reason == _UNSURE:
            reason, cost = _weigh(tokens.exact(text))
    except tokens.Unterminated as error:
        place = Lines(text).position(error.offset)
        raise SyntaxProblem("invalid syntax: unterminated string literal", place.line, place.column) from None
    if cost > MAX_COST:
        raise SyntaxProblem(_TOO_COSTLY, 1, 1)
    if len(text) > DIRECT_CHARACTERS:
        return f"it has more than {DIRECT_CHARACTERS:,} characters"
    return reason or ("its expressions are too long" if cost > DIRECT_COST else None)


def _weigh(found: Iterable[str]) -> tuple[str | None, int]:
    """The first reason why the parser might not survive these tokens, and what their chains cost it."""
    open_weight = links = lasting = elifs = pattern_cost = 0
    count = start = cost = 0  # start: where the expression began that the next link makes longer
    outer: list[tuple[int, int, int]] = []  # of the brackets around: links, those that outlast a comma, start
    indents = [0]
    in_pattern = False
    reason: str | None = None
    for token in found:
        count += 1
        if not token:
            continue
        first = token[0]
        if first in "([{":
            links += 1
            outer.append((links, lasting, start))
            open_weight += links + BRACKET
            links = lasting = 0
            start = count
            if in_pattern:
                pattern_cost += 4 ** min(len(outer), 16)
        elif first in ")]}":
            if outer:
                links, lasting, start = outer.pop()
                open_weight -= links + BRACKET
                cost += count - start
        elif first == ",":
            links = lasting
            start = count
        elif first in "\r\n":
            if outer:
                continue
            links = lasting = 0
            start = count
            word = token.lstrip()
            indent = len(token.expandtabs()) - len(word)
            while indents[-1] > indent:
                indents.pop()
                open_weight -= BLOCK
            if indents[-1] < indent:
                indents.append(indent)
                open_weight += BLOCK
            elifs += word == "elif"
            in_pattern = word == "case"
        elif first == ";":
            links = lasting = 0
            start = count
        elif first in tokens.OPERATORS:
            links += len(token)
            cost += len(token) * (count - start)
        elif token in ("lambda", "for"):
            links += 1
            lasting += 1  # commas of parameters and targets do not end these
            cost += count - start
        elif first in tokens.FSTRING_STARTS:
            links += 1
            if tokens.is_opener(token):
                return _UNSURE, cost
            if open_weight + links + _field_weight(token) > MAX_WEIGHT:
                reason = reason or _TOO_DEEP
        elif token in tokens.QUOTES:
            return _UNSURE, cost
        else:
            links += 1
            if token not in _FLAT and first not in "\"'":
                cost += count - start
        if open_weight + links > MAX_WEIGHT:
            reason = reason or _TOO_DEEP
    if elifs > MAX_ELIFS:
        reason = reason or "it has too many elif clauses"
    if pattern_cost > MAX_PATTERN_COST:
        reason = reason or "its patterns are nested too deeply"
    return reason, cost


def _field_weight(literal: str) -> int:
    """A bound for what the fields of a simple f-string weigh."""
    if "{" not in literal:
        return 0
    brackets = min(literal.count("(") + literal.count("["), tokens.SIMPLE_FIELD // 2)
    return BRACKET * (1 + brackets) + tokens.SIMPLE_FIELD
