"""Binary operators of SQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypeVar

from migralint.operations import Database
from migralint.sql.queries import objects
from migralint.sql.queries.casts import as_text
from migralint.sql.queries.functions import ITEMS
from migralint.sql.queries.json_values import extracted
from migralint.sql.queries.matching import like, matches
from migralint.sql.queries.moments import Interval
from migralint.sql.queries.texts import concatenated
from migralint.sql.queries.times import calculated
from migralint.sql.queries.values import NUMBERS, UNKNOWN, Fails, Oid, Unknown, both, compare, negated

_COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")
N = TypeVar("N", int, float, Decimal)
_EXPONENTS = range(20)
_LARGE = 10**15
"""Numbers beyond are not computed with."""


def operate(operator: str, left: object, right: object, database: Database) -> object:
    """The value of a binary operator. Raises Fails for a division by zero."""
    if operator in _COMPARISONS:
        return compared(operator, left, right, database)
    if operator in ("->", "->>", "#>", "#>>", "?"):
        return extracted(operator, left, right)
    if operator == "||":
        return _joined(left, right, database)
    if operator == "is distinct from":
        if left is None or right is None:
            both_null = left is None and right is None
            return UNKNOWN if isinstance(left, Unknown) or isinstance(right, Unknown) else not both_null
        return compared("<>", left, right, database)
    for prefix, ignore_case in (("like", False), ("ilike", True)):
        if operator in (prefix, f"not {prefix}"):
            found = like(as_text(left, database), as_text(right, database), ignore_case)
            return negated(found) if operator != prefix else found
    if operator in ("~", "~*", "!~", "!~*"):
        found = matches(as_text(left, database), as_text(right, database), operator.endswith("*"))
        return negated(found) if operator.startswith("!") else found
    if operator in ("@>", "<@", "&&") and isinstance(left, list) and isinstance(right, list):
        return _contains(operator, left, right)
    return _arithmetic(operator, left, right)


def compared(operator: str, left: object, right: object, database: Database) -> object:
    """The value of a comparison; a name is compared with an object by looking it up."""
    if isinstance(left, Oid) and isinstance(right, str):
        right = objects.find(left.kind, right, database)
    elif isinstance(right, Oid) and isinstance(left, str):
        left = objects.find(right.kind, left, database)
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return operator in ("<>", "!=") if operator in ("=", "<>", "!=") else UNKNOWN
        equal: object = True
        for one, other in zip(left, right, strict=True):
            equal = both(equal, compared("=", one, other, database))
        return equal if operator == "=" else negated(equal) if operator in ("<>", "!=") else UNKNOWN
    return compare(operator, left, right)


def _joined(left: object, right: object, database: Database) -> object:
    if left is None or right is None:
        other = right if left is None else left
        return other if isinstance(other, list) else UNKNOWN if isinstance(other, Unknown) else None
    if isinstance(left, list) or isinstance(right, list):
        one = left if isinstance(left, list) else [left]
        other_items = right if isinstance(right, list) else [right]
        return [*one, *other_items] if len(one) + len(other_items) <= ITEMS else UNKNOWN
    return concatenated([as_text(left, database), as_text(right, database)])


def _contains(operator: str, left: list[object], right: list[object]) -> object:
    if any(isinstance(item, Unknown) for item in (*left, *right)):
        return UNKNOWN
    if operator == "&&":
        return any(item in right for item in left)
    inner, outer = (right, left) if operator == "@>" else (left, right)
    return all(item in outer for item in inner)


def _arithmetic(operator: str, left: object, right: object) -> object:
    if left is None or right is None:
        return None
    if isinstance(left, (date, Interval)) or isinstance(right, (date, Interval)):
        return calculated(operator, left, right)
    if not isinstance(left, NUMBERS) or not isinstance(right, NUMBERS):
        return UNKNOWN
    if isinstance(left, float) or isinstance(right, float):
        return _computed(operator, float(left), float(right))
    if isinstance(left, int) and isinstance(right, int):
        return _whole(operator, left, right)
    return _computed(operator, Decimal(left), Decimal(right))


def _whole(operator: str, left: int, right: int) -> object:
    if operator in ("/", "%") and right:
        quotient = abs(left) // abs(right) * (1 if (left < 0) is (right < 0) else -1)
        return quotient if operator == "/" else left - right * quotient
    return _computed(operator, left, right)


def _computed(operator: str, left: N, right: N) -> object:
    if not abs(left) <= _LARGE or not abs(right) <= _LARGE:  # neither is so for NaN
        return UNKNOWN
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" | "%" if not right:
            raise Fails("division_by_zero")
        case "/":
            return float(left) / float(right)  # numeric division has digits of its own: its text is not known
        case "^" if right in _EXPONENTS:
            return float(left) ** int(right)
    return UNKNOWN
