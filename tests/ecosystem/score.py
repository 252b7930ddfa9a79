"""Compares two schemas fact by fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from tests.ecosystem.facts.document import Document, Fact, Facts, facts


@dataclass
class SchemaScore:
    """Facts that are there, that were said rightly, and those that only one side has."""

    count: int = 0
    found: int = 0
    missing: list[tuple[str, Fact]] = field(default_factory=list)
    extra: list[tuple[str, Fact]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Of what is there, the share that was said."""
        return self.found / self.count if self.count else 1.0

    @property
    def precision(self) -> float:
        """Of what was said, the share that is there; nothing said where something is there is not precise."""
        said = self.found + len(self.extra)
        return self.found / said if said else float(self.count == 0)

    @property
    def is_equal(self) -> bool:
        """Whether both sides have the same facts."""
        return not self.missing and not self.extra

    @classmethod
    def total(cls, scores: Iterable[SchemaScore]) -> SchemaScore:
        """All counts added up."""
        result = cls()
        for score in scores:
            result.count += score.count
            result.found += score.found
            result.missing += score.missing
            result.extra += score.extra
        return result


def score_schema(
    truth: Document,
    answer: Document,
    version_tables: Collection[str],
    *,
    base: Document | None = None,
    not_recorded: Collection[str] = (),
) -> SchemaScore:
    """`base` is what was there before the first revision: facts of it that still hold count on neither side.

    `not_recorded` are the kinds of facts that the recorded schema cannot speak of.
    """
    there, said = facts(truth, version_tables), facts(answer, version_tables)
    before: Facts = facts(base, version_tables) if base is not None else {}
    result = SchemaScore()
    for kind, counted in there.items():
        if kind in not_recorded:
            continue
        known = before.get(kind, Counter())
        right, left = counted - known, said.get(kind, Counter()) - known
        result.count += right.total()
        result.found += (right & left).total()
        result.missing += [(kind, fact) for fact in sorted((right - left).elements())]
        result.extra += [(kind, fact) for fact in sorted((left - right).elements())]
    return result
