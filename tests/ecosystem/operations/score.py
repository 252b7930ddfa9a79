"""Compares the operations that `migralint operations --format jsonl` prints with those that ran."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.ecosystem.facts.text import name
from tests.ecosystem.operations.names import known_by
from tests.ecosystem.operations.operation import ANONYMOUS, DATA, NAMELESS, Recorded, family


@dataclass(frozen=True)
class Said:
    """One line of the answer."""

    operation: str
    table: str | None
    name: str | None
    certainty: str
    line: int | None = None

    @classmethod
    def from_line(cls, line: Mapping[str, Any]) -> Said:
        """Reads one object of the output."""
        table, called = line.get("table"), line.get("name")
        return cls(
            line["operation"],
            name(table) if table else None,
            name(called) if called else None,
            line.get("certainty") or "certain",
            line.get("line"),
        )


@dataclass(frozen=True)
class Missed:
    """An operation that ran and was not reported; silent where nothing else in its revision was unclear."""

    revision: str
    operation: Recorded
    silent: bool


@dataclass(frozen=True)
class Surplus:
    """An operation that was reported as certain and did not run."""

    revision: str
    said: Said


@dataclass
class OperationScore:
    """Counts over a project; they add up over several."""

    count: int = 0
    found: int = 0
    certain: int = 0
    conditional: int = 0
    conditional_not_run: int = 0
    opaque: int = 0
    missed: list[Missed] = field(default_factory=list)
    surplus: list[Surplus] = field(default_factory=list)

    @property
    def silent(self) -> int:
        """Missed without a word."""
        return sum(m.silent for m in self.missed)

    @property
    def recall(self) -> float:
        """Of what ran, the share that was reported."""
        return self.found / self.count if self.count else 1.0

    @property
    def certain_recall(self) -> float:
        """Of what ran, the share that was reported as certain."""
        return self.certain / self.count if self.count else 1.0

    @property
    def precision(self) -> float:
        """Of what was reported, the share that ran; conditional operations that did not run are counted apart."""
        said = self.found + len(self.surplus)
        return self.found / said if said else float(self.count == 0)

    @classmethod
    def total(cls, scores: Iterable[OperationScore]) -> OperationScore:
        """All counts added up."""
        result = cls()
        for score in scores:
            result.count += score.count
            result.found += score.found
            result.certain += score.certain
            result.conditional += score.conditional
            result.conditional_not_run += score.conditional_not_run
            result.opaque += score.opaque
            result.missed += score.missed
            result.surplus += score.surplus
        return result


def score_operations(recorded: Mapping[str, Sequence[Recorded]], answer: Iterable[Mapping[str, Any]]) -> OperationScore:
    """`recorded` holds the revisions that ran to their end; what is said of others does not count."""
    said: dict[str, list[Said]] = defaultdict(list)
    for line in answer:
        if line.get("direction") in (None, "upgrade"):
            said[line["revision"]].append(Said.from_line(line))
    return OperationScore.total(_revision(revision, ran, said[revision]) for revision, ran in recorded.items())


def _revision(revision: str, ran: Sequence[Recorded], lines: list[Said]) -> OperationScore:
    said = _once(lines)
    spoken = [s for s in said if s.certainty != "opaque"]
    clear = all(s.certainty == "certain" for s in said)
    solid = [o for o in ran if not o.optional]
    pairs = _matched(solid, spoken)
    used = set(pairs.values())
    result = OperationScore(
        count=len(solid),
        found=len(pairs),
        certain=sum(spoken[j].certainty == "certain" for j in used),
        conditional=sum(s.certainty == "conditional" for s in said),
        opaque=sum(s.certainty == "opaque" for s in said),
    )
    inside = any(j not in used and s.certainty == "certain" for j, s in enumerate(spoken))
    for i, operation in enumerate(solid):
        if i in pairs:
            continue
        if operation.operation == "do" and inside:  # a block that was read is reported as what stands inside it
            result.found += 1
            result.certain += 1
        else:
            result.missed.append(Missed(revision, operation, clear))
    left = [s for j, s in enumerate(spoken) if j not in used]
    explained = set(_matched([o for o in ran if o.optional], left).values())
    blocks = any(o.operation == "do" for o in solid)
    for j, statement in enumerate(left):
        if j in explained or (blocks and statement.operation != "do"):
            continue
        if statement.certainty == "certain":
            result.surplus.append(Surplus(revision, statement))
        else:
            result.conditional_not_run += 1
    return result


def _once(lines: list[Said]) -> list[Said]:
    """The same that `once` does with what ran."""
    result: list[Said] = []
    seen: dict[tuple[str, str | None], int] = {}
    for line in lines:
        kind = family(line.operation)
        if kind in DATA and line.certainty != "opaque":
            key = (kind, line.table)
            if key in seen:
                if line.certainty == "certain":
                    result[seen[key]] = replace(result[seen[key]], certainty="certain")
                continue
            seen[key] = len(result)
        if result and kind == "alter_column":
            last = result[-1]
            before = (family(last.operation), last.table, last.name, last.certainty)
            if before == (kind, line.table, line.name, line.certainty):
                continue
        result.append(line)
    return result


def _matched(ran: Sequence[Recorded], said: Sequence[Said]) -> dict[int, int]:
    """Positions in `ran` to positions in `said`: the best matches first, then in order."""
    pairs: dict[int, int] = {}
    open_said = set(range(len(said)))
    for wanted in (3, 2, 1):
        for i in range(len(ran)):
            if i in pairs:
                continue
            candidates = [j for j in sorted(open_said) if _likeness(ran[i], said[j]) == wanted]
            if candidates:
                before = max((pairs[k] for k in pairs if k < i), default=-1)
                pairs[i] = next((j for j in candidates if j > before), candidates[0])
                open_said.discard(pairs[i])
    return pairs


def _likeness(ran: Recorded, said: Said) -> int:
    """0 is another operation, 3 the same; 2 where one side does not say a name, 1 where it is spelled otherwise."""
    kind = ran.family
    if kind != family(said.operation):
        return 0
    if kind in ANONYMOUS:
        return 3
    level = 3
    if ran.table != said.table:
        if ran.table is None or said.table is None or (ran.renamed_to and said.table == ran.renamed_to):
            level = 2
        elif ran.table.lower() == said.table.lower() or ran.table.split(".")[-1] == said.table.split(".")[-1]:
            level = 1
        else:
            return 0
        if said.table is None and (kind in NAMELESS or kind == "alter_table"):
            return 0
    if kind in NAMELESS or ran.name == said.name or said.name in ran.names:
        return level
    if ran.name is None or said.name is None:
        if kind == "alter_table":
            return level
        return 0 if ran.table is None or said.table is None else min(level, 2)
    if known_by(ran.name) & known_by(said.name) or ran.names & known_by(said.name):
        return level
    spelled = {_bare(one) for one in known_by(ran.name)} & {_bare(one) for one in known_by(said.name)}
    return min(level, 1) if spelled else 0


def _bare(text: str) -> str:
    return text.split("(")[0].split(".")[-1].lower()
