"""What `effects()` says of a case, which is read as a script is and replayed, and where a server sees it otherwise."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from migralint import sql
from migralint.operations import Place
from migralint.operations.effects import Effects, Transaction, effects
from migralint.operations.effects.values import strongest
from migralint.operations.paper import Paper
from migralint.operations.steps import Step
from migralint.schema import Schema
from tests.postgres.locks.cases import Case
from tests.postgres.locks.observe import Seen


@dataclass
class Said:
    """As `Seen`, of a whole statement; `unknown` are operations of which nothing is said."""

    locks: dict[str, str] = field(default_factory=dict)
    rewrites: set[str] = field(default_factory=set)
    rebuilds: set[str] = field(default_factory=set)
    builds: set[str] = field(default_factory=set)
    scans: set[str] = field(default_factory=set)
    reads_wait: set[str] = field(default_factory=set)
    writes_wait: set[str] = field(default_factory=set)
    transactional: bool = True
    unknown: list[str] = field(default_factory=list)


class NotRead(Exception):
    """The reader did not understand SQL of a case, or the replay refused what the server carried out."""


def said(case: Case, major: int) -> list[Said]:
    """What is said of each statement of the case."""
    paper = Paper("postgresql", major, _replayed(case.base, major), script=True)
    _run(paper, case.setup)
    paper.begin()
    transaction = Transaction()
    result = []
    for statement in case.statements:
        one, transaction = said_of(_run(paper, statement), major, transaction)
        result.append(one)
    return result


def said_of(steps: list[Step], major: int, transaction: Transaction) -> tuple[Said, Transaction]:
    """What is said of the operations of one statement, and their transaction after it."""
    one, taken = Said(), transaction.held
    if not steps:
        _add(one, Effects(held=transaction.held))
    for step in steps:
        found = effects(step.operation, step.before, major, transaction)
        if found is None:
            one.unknown.append(step.operation.operation)
            continue
        _add(one, found)
        taken = strongest((*taken, *found.locks))
        transaction = transaction.after(step.operation, step.before, found)
    one.locks = {str(k.relation): k.mode for k in taken}
    return one, transaction


@functools.lru_cache(maxsize=4)
def _replayed(base: str, major: int) -> Schema:
    """The schema after the base of a file, which its cases share."""
    paper = Paper("postgresql", major, script=True)
    _run(paper, base)
    return paper.schema


def _run(paper: Paper, text: str) -> list[Step]:
    start = len(paper.steps)
    sql.run(text, paper, lambda start, end: Place("case.sql", -1, start, end))
    steps = paper.steps[start:]
    for step in steps:
        if step.failure is not None:
            raise NotRead(f"the replay refuses {step.sql}: {step.failure}")
        if step.operation.operation == "opaque":
            raise NotRead(f"not read: {step.reason}")
    return steps


def _add(one: Said, found: Effects) -> None:
    one.rewrites |= set(map(str, found.rewrites))
    one.rebuilds |= set(map(str, found.rebuilds_indexes))
    one.builds |= set(map(str, found.builds))
    one.scans |= set(map(str, found.scans))
    one.reads_wait |= {str(b.relation) for b in found.blocks_reads}
    one.writes_wait |= {str(b.relation) for b in found.blocks_writes}
    one.transactional = one.transactional and found.transactional


def differences(claims: list[Said], seen: list[Seen]) -> list[str]:
    """Where they disagree, in words; [] where they agree."""
    found = []
    for claim, fact in zip(claims, seen, strict=True):
        found += [f"nothing is said about {name}" for name in claim.unknown]
        for name in sorted(claim.locks.keys() | fact.locks.keys()):
            one, other = claim.locks.get(name), fact.locks.get(name)
            if one != other:
                found.append(f"lock on {name}: {one} is said, {other} seen")
        for what in ("rewrites", "rebuilds", "builds", "scans", "reads_wait", "writes_wait"):
            one_set, other_set = getattr(claim, what), getattr(fact, what)
            if other_set is None:
                continue
            if what == "scans":
                one_set = one_set - claim.rewrites
            if what in ("reads_wait", "writes_wait"):
                one_set = one_set & fact.probed[what == "writes_wait"]
            if one_set != other_set:
                found.append(f"{what}: {sorted(one_set)} said, {sorted(other_set)} seen")
        if claim.transactional != fact.transactional:
            found.append(f"in a transaction: {claim.transactional} said, {fact.transactional} seen")
    return found
