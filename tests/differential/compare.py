"""A script, statement by statement: what migralint carries of each against what PostgreSQL's parser sees in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pglast
from pglast.parser import ParseError

from migralint.operations import Opaque, Operation, Place
from migralint.operations.paper import Paper
from migralint.schema import Schema
from migralint.sql import run, split
from tests.differential import oracle
from tests.differential.expected import Outside, differences, is_unmodelled
from tests.differential.trees import SEARCHED, parsed, plain

AGREES, OUTSIDE, NOT_MODELLED, MISREAD = ("agrees", "outside the schema", "not modelled", "misread")
REFUSED = "refused"
"""PostgreSQL's parser refuses the statement: a template, or SQL of another database."""


@dataclass(frozen=True)
class Judgement:
    """One statement: `kind` as pglast calls it, `group` "ddl" or "data", and what came of the comparison."""

    text: str
    kind: str
    group: str
    outcome: str
    told: tuple[str, ...] = field(default=())


def paper() -> Paper:
    """A database on paper that takes every object of a script as there: parts of histories are read, too."""
    schema = replace(Schema.empty(), opaque=True)
    return Paper(server_version=18, schema=schema, assumable=lambda _: True)


def judge(script: str, *, psql: bool = False) -> Iterator[Judgement]:
    """Every statement of a script that is about objects or rows; and the script, if its statements are split wrongly."""
    database = paper()
    statements = split(script, psql=psql)
    told = list(_split_wrongly(script, [statement.text for statement in statements]))
    if told:
        yield Judgement(script, "split", "ddl", MISREAD, tuple(told))
    for statement in statements:
        tree = parsed(statement.text)
        before, start = database.schema, len(database.steps)
        made = getattr(tree, "schemaname", None)  # by CREATE SCHEMA, for what is in it
        SEARCHED.set(frozenset((*database.search_path, "public", "pg_temp", *([made] if made else []))))
        run(statement.text, database, lambda begin, end: Place("script.sql", -1, begin, end))
        if tree is None:
            yield Judgement(statement.text, "refused", "ddl", REFUSED)
            continue
        group = oracle.judged(tree)
        if group is None:
            continue
        found = [step.operation for step in database.steps[start:]]
        outcome, told = compared(oracle.expected(tree, before), found)
        yield Judgement(statement.text, oracle.kind(tree), group, outcome, tuple(told))


def _split_wrongly(script: str, found: list[str]) -> Iterator[str]:
    """Where PostgreSQL's parser takes the whole script and sees other statements in it."""
    try:
        expected = [plain(one.stmt) for one in pglast.parse_sql(script)]
    except (ParseError, UnicodeError):
        return
    if len(expected) != len(found):
        yield f"expected {len(expected)} statements, found {len(found)}"
    for text, tree in zip(found, expected, strict=False):
        if plain(parsed(text)) != tree:
            yield f"not a statement of the script: {text[:200]}"
            return


def compared(expected: list[Any], found: list[Operation]) -> tuple[str, list[str]]:
    """What comes of comparing the operations of one statement."""
    if any(isinstance(one, Opaque) for one in found):
        if all(isinstance(one, Outside) and not one.names for one in expected):
            return OUTSIDE, []
        return NOT_MODELLED, [one.reason for one in found if isinstance(one, Opaque)]
    if not expected and not found:
        return OUTSIDE, []
    expected, found = _matched(expected, found)
    if not expected and not found:
        return AGREES, []
    told = list(_told(expected, found))
    if not told:
        outside = all(isinstance(one, Outside) and one.merely_names(f) for one, f in zip(expected, found, strict=True))
        return (OUTSIDE if outside else AGREES), []
    if any(is_unmodelled(one) for one in found) and not any(isinstance(one, Outside) for one in expected):
        return NOT_MODELLED, told
    return MISREAD, told


def _matched(expected: list[Any], found: list[Operation]) -> tuple[list[Any], list[Operation]]:
    """Several operations come in the order in which the server carries them out: equal ones are paired first."""
    if len(expected) < 2:
        return expected, found
    left = list(found)
    unpaired: list[Any] = []
    outside = 0
    named: list[tuple[Any, Operation]] = []
    for one in expected:
        same = next((f for f in left if not list(differences(one, f))), None)
        if same is None:
            unpaired.append(one)
        else:
            left.remove(same)
            if isinstance(one, Outside):
                outside += 1
                named += [(one, same)] if one.merely_names(same) else []
    if not unpaired and not left and outside == len(expected) and named:
        return [named[0][0]], [named[0][1]]
    return unpaired, left


def _told(expected: list[Any], found: list[Operation]) -> Iterator[str]:
    if len(expected) != len(found):
        shown = [type(one).__name__ if isinstance(one, Operation) else str(one) for one in found]
        yield f"expected {len(expected)} operations, found {len(found)}: {', '.join(shown)}"
        return
    for one, other in zip(expected, found, strict=True):
        yield from differences(one, other)
