"""The revision graph of a history: what runs before what, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from migralint.history.order import children_of, cycles, reachable, upgrade_order
from migralint.history.revision import Revision
from migralint.operations.paper import Note

ID_LENGTH = 32
"""Alembic makes the column of the version table `VARCHAR(32)`."""

_PREFIX = 4
"""How many characters of an id Alembic accepts in its place."""

_NAMED = 8
"""How many heads a message names."""


class GraphError(Exception):
    """A revision was asked for that the history does not have; the message says what to do."""


@dataclass(frozen=True)
class Graph:
    """The revisions of one history.

    `revisions` is in the order of `alembic upgrade heads` on an empty database. `heads` and `bases` are sorted and
    follow `down_revision` alone, as `alembic heads` does. `problems` holds MG301 to MG305; with them too, `revisions`
    has every revision: of two with one id the first, a revision whose parent is missing as a base, and revisions in a
    cycle, with what builds on them, at the end.
    """

    revisions: Mapping[str, Revision]
    heads: tuple[str, ...]
    bases: tuple[str, ...]
    problems: tuple[Note, ...]
    parents: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    """What has to run before each revision, in the order of the files."""

    def order_to(self, target: str) -> list[str]:
        """What `alembic upgrade TARGET` runs on an empty database.

        The target is a revision id, its first characters (at least 4), a branch label, `head` or `heads`. Raises
        GraphError.
        """
        if target == "heads":
            return list(self.revisions)
        return _ordered(self.parents, reachable([self._resolve(target)], self.parents))

    def _resolve(self, target: str) -> str:
        if target == "head":
            if len(self.heads) == 1:
                return self.heads[0]
            raise GraphError(f"the history has {len(self.heads)} heads ({', '.join(self.heads)}); name one of them")
        if target in self.revisions:
            return target
        found = [one.id for one in self.revisions.values() if target in one.branch_labels]
        if not found and len(target) >= _PREFIX:
            found = [one for one in self.revisions if one.startswith(target)]
        if not found:
            raise GraphError(f"no revision {target!r}; `migralint graph` lists the revisions")
        if len(found) > 1:
            raise GraphError(f"{target!r} can be {', '.join(sorted(found))}; name one of them")
        return found[0]


def build(revisions: Sequence[Revision]) -> Graph:
    """The graph of revisions that are given in the order in which Alembic reads their files."""
    known: dict[str, Revision] = {}
    problems: list[Note] = []
    for one in revisions:
        first = known.setdefault(one.id, one)
        if first is not one:
            message = f"revision id {one.id!r} is used twice, in {first.path} and {one.path}"
            problems.append(Note("MG301", message, one.place, one.id))
    labels: dict[str, str] = {}
    for one in known.values():
        for label in one.branch_labels:
            labels.setdefault(label, one.id)
    for one in known.values():
        problems += _missing(one, known, labels)
    parents = _parents(known, labels)
    for group in cycles(parents):
        first, circle = known[group[0]], _circle(group, parents)
        message = f"revisions build on each other in a circle: {' -> '.join([*circle, circle[0]])}"
        problems.append(Note("MG303", message, first.down_place or first.place, first.id))
    followed = {parent for one in known.values() for parent in one.down_revision}
    heads = tuple(sorted(one for one in known if one not in followed))
    problems += _several(known, heads)
    for one in revisions:
        if len(one.id) > ID_LENGTH:
            message = f"revision id {one.id!r} has {len(one.id)} characters; the version table holds {ID_LENGTH}"
            problems.append(Note("MG305", message, one.place, one.id))
    bases = tuple(sorted(one.id for one in known.values() if not any(p in known for p in one.down_revision)))
    order = _ordered(parents, set(parents))
    return Graph({one: known[one] for one in order}, heads, bases, tuple(problems), parents)


def _missing(one: Revision, known: Mapping[str, Revision], labels: Mapping[str, str]) -> Iterator[Note]:
    for parent in one.down_revision:
        if parent not in known:
            hint = " (a branch label; down_revision takes ids)" if parent in labels else ""
            message = f"down_revision {parent!r} of {one.id!r} is no revision of this history{hint}"
            yield Note("MG302", message, one.down_place or one.place, one.id)
    for other in one.depends_on:
        if other not in known and other not in labels:
            message = f"depends_on {other!r} of {one.id!r} is no revision and no branch label of this history"
            yield Note("MG302", message, one.place, one.id)


def _several(known: Mapping[str, Revision], heads: Sequence[str]) -> Iterator[Note]:
    """Heads that a merge should join: not those with a branch label of their own, which are meant to stay apart."""
    if len(heads) < 2:
        return
    above = {one.id: [parent for parent in one.down_revision if parent in known] for one in known.values()}
    lines: dict[str, set[str]] = {}
    if any(one.branch_labels for one in known.values()):
        for head in heads:
            lines[head] = {label for one in reachable([head], above) for label in known[one].branch_labels}
    bearers = Counter(label for labels in lines.values() for label in labels)
    unmerged = [head for head in heads if all(bearers[label] > 1 for label in lines.get(head, ()))]
    if len(unmerged) < 2:
        return
    for head in unmerged:
        others = [other for other in unmerged[:_NAMED] if other != head]
        more = f" and {len(unmerged) - 1 - len(others)} more" if len(unmerged) - 1 > len(others) else ""
        message = f"the history has {len(unmerged)} heads: {head!r} beside {', '.join(others)}{more}"
        yield Note("MG304", message, known[head].place, head)


def _parents(known: Mapping[str, Revision], labels: Mapping[str, str]) -> dict[str, list[str]]:
    """What runs before each revision: its parents, then the dependencies that no ancestor has.

    Alembic leaves out the dependencies of ancestors too; which branch it follows first depends on it.
    """
    above = {one.id: [parent for parent in one.down_revision if parent in known] for one in known.values()}
    needs: dict[str, list[str]] = {}
    needed_by: dict[str, int] = {}
    for one in known.values():
        resolved = (other if other in known else labels.get(other) for other in one.depends_on)
        needs[one.id] = list(dict.fromkeys(other for other in resolved if other is not None))
        for other in needs[one.id]:
            needed_by[other] = needed_by.get(other, 0) + 1
    parents: dict[str, list[str]] = {}
    for id, direct in above.items():
        shared = {other for other in needs[id] if needed_by[other] > 1}
        shared -= _not_needed_above(id, shared, above, needs)
        parents[id] = list(dict.fromkeys([*direct, *(other for other in needs[id] if other not in shared)]))
    return parents


def _not_needed_above(
    id: str, shared: set[str], above: Mapping[str, Sequence[str]], needs: Mapping[str, Sequence[str]]
) -> set[str]:
    """Those of `shared` that no ancestor of the revision depends on."""
    left = set(shared)
    seen = {id}
    stack = list(above[id])
    while stack and left:
        ancestor = stack.pop()
        if ancestor not in seen:
            seen.add(ancestor)
            left.difference_update(needs[ancestor])
            stack += above[ancestor]
    return left


def _ordered(parents: Mapping[str, Sequence[str]], wanted: set[str]) -> list[str]:
    """`wanted` in upgrade order; members of a cycle and what builds on them come last."""
    groups = [group for group in cycles(parents) if wanted.issuperset(group)]
    if not groups:
        return upgrade_order(parents, wanted)
    before: dict[str, list[str]] = {}
    last: dict[str, str] = {}
    for group in groups:
        line = _circle(group, parents)[::-1]
        last.update(dict.fromkeys(line, line[-1]))
        before.update(zip(line, [[], *([one] for one in line)], strict=False))
    late = reachable(last, children_of(parents)) & wanted
    cut = {
        one: before.get(one, []) + [last.get(p, p) for p in above if one not in last or last.get(p) != last[one]]
        for one, above in parents.items()
    }
    cut = {one: list(dict.fromkeys(above)) for one, above in cut.items()}
    return upgrade_order(parents, wanted - late) + upgrade_order(cut, late)


def _circle(group: Sequence[str], parents: Mapping[str, Sequence[str]]) -> list[str]:
    """The revisions of a cycle, each before its parent; where they make several, in the order of the files."""
    members = set(group)
    path = {group[0]: None}
    above = group[0]
    while (above := next(parent for parent in parents[above] if parent in members)) not in path:
        path[above] = None
    return list(path) if above == group[0] and len(path) == len(group) else list(group)
