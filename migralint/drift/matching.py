"""Takes apart what two lists have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar


class Named(Protocol):
    """What has a name."""

    @property
    def name(self) -> str:
        """The name; it may be empty."""
        ...


T = TypeVar("T", bound=Named)


def match(left: list[T], right: list[T], same: Callable[[T, T], bool]) -> list[tuple[T, T]]:
    """Takes the pairs that are the same out of both lists, and returns them. Each value is in one pair at most.

    Of several that are the same, those of one name belong together.
    """
    found = _taken(left, right, lambda one, other: one.name == other.name and same(one, other))
    return found + _taken(left, right, same)


def _taken(left: list[T], right: list[T], same: Callable[[T, T], bool]) -> list[tuple[T, T]]:
    found = []
    for one in list(left):
        other = next((o for o in right if same(one, o)), None)
        if other is not None:
            left.remove(one)
            right.remove(other)
            found.append((one, other))
    return found
