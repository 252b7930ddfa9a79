"""What `check` said of the project at the merge base, and what a change adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from migralint.verdict.finding import Finding, FoundDifference
from migralint.verdict.policy import Policy
from migralint.verdict.subject import Subject


class Earlier(NamedTuple):
    """The answer of `check` at the merge base.

    `findings` are the fingerprints, and whether each counted; `renamed` leads from paths there to those now.
    """

    subject: Subject
    renamed: Mapping[str, str]
    findings: Mapping[str, bool]
    differences: frozenset[FoundDifference]
    policy: Policy

    def added(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that were not there, or did not count there and do now."""
        return [one for one in findings if not self._known(one)]

    def _known(self, one: Finding) -> bool:
        counted = self.findings.get(one.fingerprint)
        return counted is not None and (counted or one.suppressed is not None)

    def added_differences(self, differences: Iterable[FoundDifference]) -> list[FoundDifference]:
        """The differences that were not there, wherever they stood."""
        return [one for one in differences if plain(one, {}) not in self.differences]


def plain(one: FoundDifference, renamed: Mapping[str, str]) -> FoundDifference:
    """A difference without what changes while it is the same; `renamed` leads from its path to that now."""
    path = renamed.get(one.path, one.path)
    sides = tuple((renamed.get(side, side), said) for side, said in one.sides)
    return one._replace(path=path, sides=sides, line=0, message="", finding=None, suppressed=None, drift_class="")
