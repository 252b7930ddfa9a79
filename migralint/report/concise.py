"""One line for each finding: `path:line:col: CODE message`."""

from __future__ import annotations

from migralint.report import View
from migralint.report.style import Style, visible
from migralint.report.summary import covered, found, statistics, unread
from migralint.verdict.finding import Verdict


def render(verdict: Verdict, view: View) -> str:
    """The lines, then the summary and the coverage."""
    style = Style(view.colour)
    if view.statistics:
        lines = [f"{number} {code} {name}" for number, code, name in statistics(verdict)]
    else:
        lines = [
            f"{style('path', visible(view.path(one.path)))}:{one.line}:{one.column}: "
            f"{style(one.severity, one.code)} {visible(' '.join(one.message.split()))}"
            for one in verdict.active
        ]
    missing = [f"  {visible(line)}" for line in unread(verdict.coverage)]
    return "\n".join([*lines, found(verdict), covered(verdict.coverage), *missing]) + "\n"
