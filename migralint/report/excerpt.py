"""Lines of a source file with a span marked."""

from __future__ import annotations

from collections.abc import Sequence

from migralint.report.style import Style, visible
from migralint.verdict.finding import Finding

LINES = 6
"""Of a span with more lines only the first is shown: it is the head of a function or of a long statement."""

_WIDTH = 400
"""Longer lines are cut: generated SQL can have lines of megabytes."""


def excerpt(lines: Sequence[str] | None, finding: Finding, style: Style) -> list[str]:
    """The lines of the finding with `^` under what it is about; none where the file cannot be read."""
    if lines is None or not 1 <= finding.line <= len(lines):
        return []
    last = max(finding.line, finding.end_line - (finding.end_column == 1 and finding.end_line > finding.line))
    last = min(last, len(lines))
    shown = range(finding.line, (last if last - finding.line < LINES else finding.line) + 1)
    gutter = len(str(shown[-1]))
    bar = style("faint", f"{'':{gutter}} |")
    result = [bar]
    for number in shown:
        line = lines[number - 1]
        begin = finding.column - 1 if number == finding.line else len(line) - len(line.lstrip())
        end = finding.end_column - 1 if number == finding.end_line else len(line)
        before, marked = _shown(line[:begin]), _shown(line[begin : max(begin, end)])
        result.append(style("faint", f"{number:{gutter}} |") + " " + _cut(_shown(line)))
        mark = "^" * max(1, min(len(marked), _WIDTH - len(before)))
        if len(before) < _WIDTH and (marked or number == finding.line):
            result.append(f"{bar} {' ' * len(before)}{style(finding.severity, mark)}")
    if last > shown[-1]:
        result.append(style("faint", f"{'':{gutter}} ..."))
    return [line.rstrip() for line in result]


def _shown(text: str) -> str:
    return visible(text.replace("\t", "    "))


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]} ..."
