"""SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), as GitHub code scanning reads it."""

from __future__ import annotations

import json
from urllib.parse import quote

from migralint.report import View
from migralint.verdict.finding import Edit, Finding, RuleInfo, Verdict

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS = {"error": "error", "warning": "warning", "info": "recommendation"}


def render(verdict: Verdict, view: View) -> str:
    """One run with its rules, results (the suppressed ones marked) and coverage."""
    tool, _, version = verdict.tool.partition(" ")
    index = {rule.code: number for number, rule in enumerate(verdict.rules)}
    run = {
        "tool": {"driver": {"name": tool, "version": version, "rules": [_rule(rule) for rule in verdict.rules]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {
                        "level": "warning",
                        "message": {"text": f"Not read: {one.reason}"},
                        "locations": [_location(view.path(one.path), {"startLine": one.line})],
                    }
                    for one in verdict.coverage.unread
                ],
            }
        ],
        "results": [_result(finding, index[finding.code], view) for finding in verdict.findings],
        "properties": {"coverage": verdict.coverage.to_data(), "heads": list(verdict.heads)},
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: RuleInfo) -> dict[str, object]:
    return {
        "id": rule.code,
        "name": "".join(part.title() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.docs, "markdown": rule.docs},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["migrations", rule.family],
            "precision": rule.confidence,
            "problem.severity": _PROBLEMS[rule.severity],
        },
    }


def _result(finding: Finding, index: int, view: View) -> dict[str, object]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message + (f"\n\n{finding.help}" if finding.help else "")},
        "locations": [_location(view.path(finding.path), region)],
        "partialFingerprints": {"migralint/v1": finding.fingerprint},
        "properties": {"confidence": finding.confidence, "class": finding.drift_class, "revision": finding.revision},
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                **_location(view.path(one.path), {"startLine": one.line, "startColumn": one.column}),
                "message": {"text": one.message},
            }
            for number, one in enumerate(finding.related)
        ]
    if finding.fix and not any(edit.creates for edit in finding.fix.edits):  # a new file has no place to be put at
        changes: dict[str, list[Edit]] = {}
        for edit in finding.fix.edits:
            changes.setdefault(edit.path, []).append(edit)
        result["fixes"] = [
            {
                "description": {"text": f"{finding.fix.title} ({finding.fix.safety})"},
                "artifactChanges": [
                    {
                        "artifactLocation": _artifact(view.path(path)),
                        "replacements": [_replacement(edit) for edit in edits],
                    }
                    for path, edits in changes.items()
                ],
            }
        ]
    if finding.suppressed:
        kind = "inSource" if finding.suppressed.by == "comment" else "external"
        suppression = {"kind": kind, "status": "accepted"}
        if finding.suppressed.reason:
            suppression["justification"] = finding.suppressed.reason
        result["suppressions"] = [suppression]
    return result


def _replacement(edit: Edit) -> dict[str, object]:
    region = {
        "startLine": edit.line,
        "startColumn": edit.column,
        "endLine": edit.end_line,
        "endColumn": edit.end_column,
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit.replacement}}


def _location(path: str, region: dict[str, int]) -> dict[str, object]:
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": region}}


def _artifact(path: str) -> dict[str, object]:
    place: dict[str, object] = {"uri": quote(path)}
    if not path.startswith("/"):
        place["uriBaseId"] = "%SRCROOT%"
    return place
