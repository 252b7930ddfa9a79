"""Annotations for GitHub Actions (docs.github.com: Workflow commands, "Setting an error message").

GitHub shows ten of each kind for a step, so the errors come first.
"""

from __future__ import annotations

from migralint.report import View
from migralint.report.style import visible
from migralint.report.summary import covered, found, unread
from migralint.verdict.finding import SEVERITIES, Finding, Verdict

_KINDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(verdict: Verdict, view: View) -> str:
    """One command for each finding, then the summary and the coverage for whoever reads the log."""
    findings = sorted(verdict.active, key=lambda one: -SEVERITIES.index(one.severity))
    lines = [_command(finding, view) for finding in findings]
    missing = [f"  {visible(line)}" for line in unread(verdict.coverage)]
    return "\n".join([*lines, found(verdict), covered(verdict.coverage), *missing]) + "\n"


def _command(finding: Finding, view: View) -> str:
    properties = {
        "title": f"migralint {finding.code} {finding.name}",
        "file": view.path(finding.path),
        "line": str(finding.line),
        "endLine": str(finding.end_line),
    }
    if finding.line == finding.end_line:  # columns are only for annotations of one line
        properties |= {"col": str(finding.column), "endColumn": str(finding.end_column)}
    text = finding.message + (f"\n\n{finding.help}" if finding.help else "")
    return (
        f"::{_KINDS[finding.severity]} "
        + ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        + f"::{_escape(text)}"
    )


def _escape(text: str) -> str:
    """The text with line ends and `%` escaped; a carriage return is written out, like all control characters."""
    return visible(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
