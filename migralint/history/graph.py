"""The revision graph of a history: what runs before what, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from migralint.history import problems as wrong
from migralint.history.order import children_of, cycles, reachable, upgrade_order
from migralint.history.revision import Revision
from migralint.history.targets import Targets
from migralint.operations.steps import Note


@dataclass(frozen=True)
class Graph:
    """The revisions of one history.

    `revisions` is in the order of `alembic upgrade heads` on an empty database. `heads` and `bases` are sorted and
    follow `down_revision` alone, as `alembic heads` does. `problems` holds MG301 to MG305, MG307 and MG308; with them
    too, `revisions` has every revision: of two with one id the first, a revision whose parent is missing as a base, and
    revisions in a cycle, with what builds on them, at the end.
    """

    revisions: Mapping[str, Revision]
    heads: tuple[str, ...]
    bases: tuple[str, ...]
    problems: tuple[Note, ...]
    parents: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    """What has to run before each revision, in the order of the files."""

    def order_to(self, target: str) -> list[str]:
        """What `alembic upgrade TARGET` runs on an empty database. Raises TargetError."""
        if target == "heads":
            return list(self.revisions)
        return self.order_of(self.targets.resolve(target))

    def order_of(self, revisions: Iterable[str]) -> list[str]:
        """These revisions and what runs before them, in upgrade order."""
        return _ordered(self.parents, reachable(revisions, self.parents))

    @cached_property
    def targets(self) -> Targets:
        """What can be upgraded to."""
        return Targets(self.revisions, self.heads, self.parents)


def build(revisions: Sequence[Revision]) -> Graph:
    """The graph of revisions that are given in the order in which Alembic reads their files."""
    known: dict[str, Revision] = {}
    for one in revisions:
        known.setdefault(one.id, one)
    labels: dict[str, str] = {}
    for one in known.values():
        for label in one.branch_labels:
            labels.setdefault(label, one.id)
    parents = _parents(known, labels)
    circles = [_circle(group, parents) for group in cycles(parents)]
    followed = {parent for one in known.values() for parent in one.down_revision}
    heads = tuple(sorted(one for one in known if one not in followed))
    problems = [
        *wrong.duplicates(revisions, known),
        *wrong.missing(known, labels),
        *wrong.circles(known, circles),
        *wrong.several_heads(known, heads),
        *wrong.ids(revisions),
        *wrong.branch_labels(known),
    ]
    bases = tuple(sorted(one.id for one in known.values() if not any(p in known for p in one.down_revision)))
    order = _ordered(parents, set(parents))
    return Graph({one: known[one] for one in order}, heads, bases, tuple(problems), parents)


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
