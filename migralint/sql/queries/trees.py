"""What is in the tree of a query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from migralint.sql.queries.nodes import (
    Binary,
    Call,
    Cast,
    Exists,
    Expression,
    Query,
    Reference,
    Scalar,
    Select,
    Source,
)


def conjuncts(condition: Expression | None) -> Iterator[Expression]:
    """The conditions that AND joins."""
    stack = [condition] if condition is not None else []
    while stack:
        node = stack.pop()
        if isinstance(node, Binary) and node.operator == "and":
            stack += [node.right, node.left]
        else:
            yield node


def walk(node: object) -> Iterator[object]:
    """The node and everything below it."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, tuple):
            stack += current
        elif is_dataclass(current):
            yield current
            stack += [getattr(current, f.name) for f in fields(current)]


def names_in(node: object) -> set[str]:
    """The names of all columns mentioned."""
    return {part for found in walk(node) if isinstance(found, Reference) for part in found.parts[-1:]} | {
        column for found in walk(node) if isinstance(found, Source) for column in found.using
    }


def aliases_in(test: Expression, aliases: dict[str, tuple[str, ...]]) -> set[str] | None:
    """The sources that a condition uses, or None where one is not joined yet."""
    found: set[str] = set()
    for node in walk(test):
        if isinstance(node, (Exists, Scalar, Query)):
            return None
        if isinstance(node, Reference):
            if len(node.parts) > 1:
                if node.parts[-2] not in aliases:
                    return None
                found.add(node.parts[-2])
            else:
                owners = [a for a, columns in aliases.items() if node.parts[0] in columns]
                if not owners:
                    return None
                found.add(owners[0])
    return found


def column_names(items: list[tuple[Expression, str]]) -> tuple[str, ...]:
    """The names of the output columns; repeated ones get a number."""
    names: list[str] = []
    for item, name in items:
        wanted = name or _automatic(item)
        unique, number = wanted, 1
        while unique in names:
            number += 1
            unique = f"{wanted}_{number}"
        names.append(unique)
    return tuple(names)


def _automatic(item: Expression) -> str:
    match item:
        case Reference():
            return item.parts[-1]
        case Call():
            return item.name
        case Cast():
            inner = _automatic(item.operand)
            return inner if inner != "?column?" else item.type.rpartition(".")[2].partition("(")[0]
        case Exists():
            return "exists"
        case Scalar(array=True):
            return "array"
        case Scalar() if isinstance(item.query.body, Select) and item.query.body.items:
            expression, name = item.query.body.items[0]
            return name or _automatic(expression)
    kind = type(item).__name__.lower()
    return "case" if kind == "case" else "array" if kind == "items" else "?column?"
