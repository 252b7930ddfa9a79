"""Takes apart what two lists have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def match(left: list[T], right: list[T], same: Callable[[T, T], bool]) -> list[tuple[T, T]]:
    """Takes the pairs that are the same out of both lists, and returns them. Each value is in one pair at most."""
    found = []
    for one in list(left):
        other = next((o for o in right if same(one, o)), None)
        if other is not None:
            left.remove(one)
            right.remove(other)
            found.append((one, other))
    return found
