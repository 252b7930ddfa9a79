"""count, min, array_agg and others over rows that are all known."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING

from migralint.sql.queries.functions import SIZE
from migralint.sql.queries.nodes import Call, Expression, Literal, Query
from migralint.sql.queries.values import UNKNOWN, Unknown, text_of, truth

if TYPE_CHECKING:
    from migralint.sql.queries.context import Scope
from migralint.sql.queries.evaluate import Evaluator

AGGREGATES = frozenset(
    """count min max sum avg bool_and bool_or every array_agg string_agg json_agg jsonb_agg json_object_agg
    jsonb_object_agg""".split()
)


def aggregates_in(nodes: list[Expression]) -> bool:
    """Whether one of the expressions holds an aggregate, subqueries aside."""
    stack: list[object] = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, Call) and node.name in AGGREGATES:
            return True
        if isinstance(node, tuple):
            stack += node
        elif is_dataclass(node) and not isinstance(node, Query):
            stack += [getattr(node, f.name) for f in fields(node)]
    return False


def aggregate(evaluator: Evaluator, node: Expression, scopes: list[Scope], scope: Scope) -> object:
    """The value of an expression over the rows of a group."""
    return evaluator.value(_reduced(evaluator, node, scopes), scope)


def _reduced(evaluator: Evaluator, node: Expression, scopes: list[Scope]) -> Expression:
    """The expression with every aggregate replaced by its value."""
    if isinstance(node, Call) and node.name in AGGREGATES:
        return Literal(_value(evaluator, node, scopes))
    changes: dict[str, object] = {}
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Expression):
            changes[field.name] = _reduced(evaluator, value, scopes)
        elif isinstance(value, tuple) and any(isinstance(item, Expression) for item in value):
            changes[field.name] = tuple(
                _reduced(evaluator, item, scopes) if isinstance(item, Expression) else item for item in value
            )
    return replace(node, **changes) if changes else node


def _value(evaluator: Evaluator, call: Call, scopes: list[Scope]) -> object:
    if call.condition is not None:
        held = [truth(evaluator.value(call.condition, scope)) for scope in scopes]
        if any(isinstance(value, Unknown) for value in held):
            return UNKNOWN
        scopes = [scope for scope, value in zip(scopes, held, strict=True) if value is True]
    if call.star:
        return len(scopes)
    if not call.arguments:
        return UNKNOWN
    values = [evaluator.value(call.arguments[0], scope) for scope in scopes]
    if any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    if call.order:
        keys = [evaluator.value(call.order[0].expression, scope) for scope in scopes]
        try:
            order = sorted(range(len(values)), key=lambda i: keys[i], reverse=call.order[0].descending)  # type: ignore[arg-type,return-value]  # TypeError is caught
        except TypeError:
            return UNKNOWN
        values = [values[i] for i in order]
    if call.distinct:
        values = [value for i, value in enumerate(values) if value not in values[:i]]
    present = [value for value in values if value is not None]
    try:
        return _over(call.name, values, present, call, evaluator, scopes)
    except TypeError:  # values of different kinds
        return UNKNOWN


def _over(
    name: str, values: list[object], present: list[object], call: Call, evaluator: Evaluator, scopes: list[Scope]
) -> object:
    match name:
        case "count":
            return len(present)
        case "min":
            return min(present, default=None)  # type: ignore[type-var]  # TypeError is caught by the caller
        case "max":
            return max(present, default=None)  # type: ignore[type-var]  # TypeError is caught by the caller
        case "sum":
            return sum(present) if present else None  # type: ignore[arg-type]  # TypeError is caught by the caller
        case "bool_or":
            return any(truth(value) is True for value in present) if present else None
        case "bool_and" | "every":
            return all(truth(value) is True for value in present) if present else None
        case "array_agg":
            return values or None
        case "string_agg" if len(call.arguments) == 2:
            separator = evaluator.value(call.arguments[1], scopes[0]) if scopes else ""
            parts = [text_of(value) for value in present]
            if (
                isinstance(separator, str)
                and len(separator) * len(parts) <= SIZE
                and all(isinstance(part, str) for part in parts)
            ):
                return separator.join(str(part) for part in parts) if parts else None
    return UNKNOWN
