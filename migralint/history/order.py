"""The order in which Alembic runs revisions, as `RevisionMap` of Alembic 1.7 and later walks them.

Alembic goes from the heads down to the bases and runs what it met in reverse. It stays on one branch until that ends
or until a revision is reached that another branch needs too; it then goes on with the first branch that needs it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

Parents = Mapping[str, Sequence[str]]
"""For each revision, in the order of the files, the revisions that run before it; each of them is a key as well."""


def upgrade_order(parents: Parents, wanted: Collection[str]) -> list[str]:
    """`wanted` in the order in which `alembic upgrade` runs it; their parents among `wanted` must have no cycle."""
    children = children_of({one: [p for p in above if p in wanted] for one, above in parents.items() if one in wanted})
    waiting = {one: len(below) for one, below in children.items()}
    branches = [one for one, count in waiting.items() if not count]
    started = set(branches)
    needed_by: dict[str, set[str]] = {}
    met: list[str] = []
    at = 0
    while branches:
        one = branches[at]
        if waiting[one]:
            if one not in needed_by:
                needed_by[one] = _descendants(one, children, waiting)
            at = next(index for index, branch in enumerate(branches) if branch in needed_by[one])
            continue
        met.append(one)
        del waiting[one]
        needed_by.pop(one, None)
        above = [parent for parent in parents[one] if parent in waiting]
        for parent in above:
            waiting[parent] -= 1
        above = [parent for parent in above if parent not in started]
        started.update(above)
        if above:
            branches[at] = above[0]
            branches += above[1:]
        else:
            del branches[at]
            at = max(at - 1, 0)
    return met[::-1]


def children_of(parents: Parents) -> dict[str, list[str]]:
    """The revisions that run after each revision."""
    children: dict[str, list[str]] = {one: [] for one in parents}
    for one, above in parents.items():
        for parent in above:
            children[parent].append(one)
    return children


def reachable(starts: Iterable[str], edges: Mapping[str, Sequence[str]]) -> set[str]:
    """`starts` and all that follows from them along `edges`."""
    seen = set(starts)
    stack = list(seen)
    while stack:
        for one in edges[stack.pop()]:
            if one not in seen:
                seen.add(one)
                stack.append(one)
    return seen


def cycles(parents: Parents) -> list[list[str]]:
    """The groups of revisions that run before each other, each in the order of the files."""
    children = children_of(parents)
    rest = _without_ends(_without_ends(set(parents), parents, children), children, parents)
    above = {one: [parent for parent in parents[one] if parent in rest] for one in parents if one in rest}
    below = children_of(above)
    groups: list[list[str]] = []
    grouped: set[str] = set()
    for one in above:
        if one not in grouped:
            members = reachable(above[one], above) & reachable(below[one], below)
            groups += [[member for member in above if member in members]] if members else []
            grouped |= members
    return groups


def _without_ends(rest: set[str], above: Parents, below: Parents) -> set[str]:
    """`rest` less the revisions that nothing in it is above of, again and again."""
    rest = set(rest)
    count = {one: sum(parent in rest for parent in above[one]) for one in rest}
    stack = [one for one in rest if not count[one]]
    while stack:
        one = stack.pop()
        rest.discard(one)
        for child in below[one]:
            if child in rest:
                count[child] -= 1
                if not count[child]:
                    stack.append(child)
    return rest


def _descendants(one: str, children: Mapping[str, Sequence[str]], waiting: Mapping[str, int]) -> set[str]:
    """The descendants of a revision that were not met yet, without itself."""
    seen: set[str] = set()
    stack = [one]
    while stack:
        for child in children[stack.pop()]:
            if child in waiting and child not in seen:
                seen.add(child)
                stack.append(child)
    return seen
