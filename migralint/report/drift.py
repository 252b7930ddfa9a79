"""The drift report for people: differences by class, with both sides."""

from __future__ import annotations

from migralint.report import View
from migralint.report.environments import text as environments
from migralint.report.style import Style, visible
from migralint.report.summary import count
from migralint.verdict.finding import FoundDifference, Verdict

_CLASSES = (
    ("blocking", "error", "breaks at run time"),
    ("integrity", "warning", "lets wrong data in"),
    ("cosmetic", "info", "changes nothing that runs"),
)


def lines(verdict: Verdict, view: View, style: Style) -> list[str]:
    """The report, class by class, the worst first."""
    result: list[str] = []
    for name, severity, meaning in _CLASSES:
        members = [one for one in verdict.differences if one.drift_class == name]
        if members:
            result.append(f"{style(severity, name)}: {count(len(members), 'difference')} ({meaning})")
            result += [line for one in members for line in _difference(one, view, style)]
            result.append("")
    if not result and not any(one.compared and one.revision is None for one in verdict.environments):
        result = ["No differences from the history.", ""]
    return [*result, *_beside(verdict, view, style), *environments(verdict, style)]


def _beside(verdict: Verdict, view: View, style: Style) -> list[str]:
    """The findings that are about no difference: what was not read, who is behind, what a rehearsal shows."""
    told = {one.finding for one in verdict.differences}
    left = [finding for finding in verdict.active if finding.fingerprint not in told]
    lines = [
        f"  {style(one.severity, f'{one.severity}[{one.code}]')} {visible(one.message)}  "
        f"{style('path', visible(f'{view.path(one.path)}:{one.line}'))}"
        for one in left
    ]
    return ["also found", *lines, ""] if lines else []


def _difference(one: FoundDifference, view: View, style: Style) -> list[str]:
    place = visible(f"{view.path(one.path)}:{one.line}")
    width = max(len(side) for side, _ in one.sides) if one.sides else 0
    renamed = f" (renamed from {one.renamed_from})" if one.renamed_from else ""
    accepted = style("faint", f" [{one.suppressed}]") if one.suppressed else ""
    return [
        f"  {style('bold', visible(one.title + renamed))}  {style('path', place)}{accepted}",
        *(
            f"      {side:{width}}  {visible(said) if said is not None else style('faint', 'none')}"
            for side, said in one.sides
        ),
    ]
