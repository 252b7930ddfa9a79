"""What is in the tree of a query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from migralint.sql.queries.nodes import (
    Binary,
    Exists,
    Expression,
    Literal,
    Query,
    Reference,
    Scalar,
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


def texts_in(node: object) -> set[str]:
    """All texts that stand in it."""
    return {found.value for found in walk(node) if isinstance(found, Literal) and isinstance(found.value, str)}


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
