"""Targets of `alembic upgrade`, resolved for an empty database as `RevisionMap` of Alembic 1.7 and later does it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from migralint.history.order import children_of, reachable
from migralint.history.revision import Revision

_RELATIVE = re.compile(r"(?:(.+?)@)?(\w+)?([+-]\d+)")
_SHORTENED = 4
"""How long an id or label is at least that can be shortened."""


class TargetError(Exception):
    """Nothing, or too much, is called so; the message says what to do."""


class Targets:
    """What can be upgraded to in a history; `needed` is what runs before each revision, dependencies too."""

    def __init__(
        self, revisions: Mapping[str, Revision], heads: Sequence[str], needed: Mapping[str, Sequence[str]]
    ) -> None:
        self._heads = heads
        self._needed = needed
        self._above = {one.id: [p for p in one.down_revision if p in revisions] for one in revisions.values()}
        self._below = children_of(self._above)
        self._names = {label: one.id for one in revisions.values() for label in one.branch_labels}
        self._names |= {one: one for one in revisions}

    def resolve(self, target: str) -> tuple[str, ...]:
        """The revisions that `alembic upgrade TARGET` brings an empty database to; none for `base`.

        A target is a revision id, its beginning or a branch label, `head`, `heads` or `base`; each may stand behind
        `label@`, and with `+N` or `-N` after it means as many revisions later or earlier; `+N` alone counts from the
        base. Raises TargetError.
        """
        relative = _RELATIVE.match(target)
        if relative is not None:
            return (self._relative(target, *relative.groups()),)
        label, at, name = target.partition("@")
        found = self._named(name, label) if at else self._named(target)
        overlapping = [one for one in found if len(found) > 1 and self._overlaps(one, found)]
        if overlapping:
            raise TargetError(
                f"{target!r}: {overlapping[0]} depends on another of {', '.join(found)}; name one of them"
            )
        return found

    def _named(self, name: str, label: str | None = None) -> tuple[str, ...]:
        """The revisions that are called so, in the branch of a label where one is given."""
        if name == "base":
            return ()
        if name in ("head", "heads"):
            heads = self._heads if label is None else self._in_branch(self._heads, label)
            heads = heads if label is not None or name == "head" else self._real_heads
            if name == "head" and len(heads) > 1:
                raise TargetError(
                    f"the history has {len(heads)} heads ({', '.join(heads)}); name one of them, or take `heads`"
                )
            return tuple(heads)
        one = self._one(name, label)
        if label is not None and not self._in_branch([one], label):
            raise TargetError(f"revision {one} is not in the branch {label!r}")
        return (one,)

    def _one(self, name: str, label: str | None = None) -> str:
        """The revision of an id, a branch label, or the beginning of one."""
        if name in self._names:
            return self._names[name]
        found = [known for known in self._names if name and len(known) >= _SHORTENED and known.startswith(name)]
        if label is not None:
            found = [known for known in found if self._in_branch([self._names[known]], label)]
        if len(found) == 1:
            return self._names[found[0]]
        if found:
            raise TargetError(f"{name!r} can be {', '.join(sorted(found))}; name one of them")
        from difflib import get_close_matches

        near = get_close_matches(name, self._names, 1)
        meant = f"did you mean {near[0]!r}?" if near else "`migralint graph` lists the revisions"
        raise TargetError(f"no revision or branch is called {name!r}; {meant}")

    def _relative(self, target: str, label: str | None, symbol: str | None, given: str) -> str:
        """The revision some steps after a revision or the base, or before a revision or the head."""
        steps = int(given)
        if symbol is None and steps <= 0:
            raise TargetError(f"{target!r} goes back from an empty database; name the revision to count from")
        found: tuple[str, ...] = ()
        if symbol is not None:
            found = self._named(symbol, label if steps <= 0 else None)
        if len(found) > 1:
            raise TargetError(f"{target!r} can count from {', '.join(found)}; name one of them")
        at: str | None = found[0] if found else None
        for number in range(abs(steps)):
            if steps > 0:
                ways = list(self._below[at]) if at is not None else self._bases
                ways = ways if label is None else self._in_branch(ways, label)
            else:
                ways = list(self._above[at]) if at is not None else list(self._heads)
            if len(ways) > 1:
                where = "the base" if at is None else at
                raise TargetError(f"{target!r} can go from {where} to {', '.join(sorted(ways))}; name one of them")
            if not ways:
                raise TargetError(f"{target!r} leads out of the history after {number} of {abs(steps)} steps")
            at = ways[0]
        if at is None:
            raise TargetError(f"{target!r} is no revision; `base` is an empty database")
        return at

    def _in_branch(self, revisions: Iterable[str], label: str) -> list[str]:
        """Those before or after the revision of a label, or of an id in its place."""
        root = self._one(label)
        line = reachable([root], self._below) | reachable([root], self._above)
        return [one for one in revisions if one in line]

    def _overlaps(self, one: str, others: Sequence[str]) -> bool:
        return bool(reachable([one], self._needed) & (set(others) - {one}))

    @cached_property
    def _real_heads(self) -> tuple[str, ...]:
        """The revisions on which none builds and none depends."""
        followed = {parent for above in self._needed.values() for parent in above}
        return tuple(one for one in self._heads if one not in followed)

    @cached_property
    def _bases(self) -> list[str]:
        return [one for one, above in self._above.items() if not above]
