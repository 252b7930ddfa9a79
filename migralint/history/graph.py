"""Temporary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migralint.history.revision import Revision
from migralint.operations.paper import Note


@dataclass(frozen=True)
class Graph:
    """Temporary."""

    revisions: Mapping[str, Revision]
    heads: tuple[str, ...]
    bases: tuple[str, ...]
    problems: tuple[Note, ...]

    def order_to(self, target: str) -> list[str]:
        """Temporary."""
        want, out = {target}, []
        stack = [target]
        while stack:
            r = self.revisions[stack.pop()]
            for p in (*r.down_revision, *r.depends_on):
                if p in self.revisions and p not in want:
                    want.add(p)
                    stack.append(p)
        return [r for r in self.revisions if r in want]


def build(revisions: Sequence[Revision]) -> Graph:
    """Temporary."""
    by = {}
    for r in revisions:
        by.setdefault(r.id, r)
    out: dict[str, Revision] = {}
    children: dict[str, list[str]] = {}
    labels = {}
    for r in by.values():
        for l in r.branch_labels:
            labels[l] = r.id
    need = {}
    for r in by.values():
        ps = [labels.get(p, p) for p in (*r.down_revision, *r.depends_on)]
        ps = [p for p in ps if p in by]
        need[r.id] = set(ps)
        for p in ps:
            children.setdefault(p, []).append(r.id)
    stack = sorted([i for i, n in need.items() if not n], reverse=True)
    while stack:
        i = stack.pop()
        out[i] = by[i]
        for c in sorted(children.get(i, [])):
            need[c].discard(i)
            if not need[c]:
                stack.append(c)
    heads = tuple(sorted(i for i in by if not any(i in r.down_revision for r in by.values())))
    return Graph(out, heads, (), ())
