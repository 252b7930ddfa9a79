"""Domains: what they refuse, and what they put where a row says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from migralint.drift.enums import type_name
from migralint.drift.matching import match
from migralint.schema import Check, Column, Domain, Schema
from migralint.schema.expressions import same_default, same_expression
from migralint.schema.types import parse

_DEEPEST = 16
"""How many domains over one another are looked at."""


class Held(NamedTuple):
    """What a column asks of its values, by itself and by the domains of its type."""

    checks: tuple[Check, ...]
    not_null: bool
    default: str | None


def domains_of(schema: Schema, type: str) -> Iterator[Domain]:
    """The domains that a type is, the outermost first; those of the elements of an array."""
    for _ in range(_DEEPEST):
        domain = schema.types.get(type_name(schema, type))
        if not isinstance(domain, Domain):
            return
        yield domain
        type = domain.base


def held(schema: Schema, column: Column) -> Held:
    """What a column holds its values to."""
    domains = list(domains_of(schema, column.type))
    checks = tuple(check for domain in domains for check in domain.checks)
    refused = column.not_null or any(domain.not_null for domain in domains)
    if parse(column.type).dimensions:
        return Held(checks, refused, column.default)
    given = (column.default, *(domain.default for domain in domains))
    return Held(checks, refused, next((default for default in given if default is not None), None))


def holds_otherwise(one: Held, other: Held, base: str) -> str | None:
    """What follows where two do not ask the same, as the end of a sentence; None where they do."""
    left, right = list(one.checks), list(other.checks)
    match(left, right, _same_check)
    if left or right or one.not_null != other.not_null:
        return "values that the one refuses get into the other"
    if not same_default(one.default, other.default, base):
        return "rows that leave it out get another value"
    return None


def domain_differs(one: Domain, other: Domain) -> str | None:
    """The same of two domains of one name over the same type."""
    return holds_otherwise(_held_alone(one), _held_alone(other), one.base)


def _held_alone(domain: Domain) -> Held:
    return Held(domain.checks, domain.not_null, domain.default)


def _same_check(one: Check, other: Check) -> bool:
    return one.validated == other.validated and same_expression(one.expression, other.expression)
