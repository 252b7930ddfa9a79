"""SARIF against what its schema demands (sarif-schema-2.1.0.json of OASIS), for the objects that are written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from migralint.cli.main import run
from migralint.report import render
from migralint.verdict.finding import Edit, FoundFix
from tests.report.test_formats import NOTHING, VERDICT, view

LEVEL = ("none", "note", "warning", "error")
URI = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*\Z")
"""The characters of a URI reference (RFC 3986)."""

OBJECTS: dict[str, dict[str, object]] = {
    "log": {"$schema": str, "version!": ("2.1.0",), "runs!": ["run"]},
    "run": {
        "tool!": "tool",
        "columnKind": ("utf16CodeUnits", "unicodeCodePoints"),
        "invocations": ["invocation"],
        "results": ["result"],
        "properties": dict,
    },
    "tool": {"driver!": "toolComponent"},
    "toolComponent": {"name!": str, "version": str, "rules": ["reportingDescriptor"]},
    "reportingDescriptor": {
        "id!": str,
        "name": str,
        "shortDescription": "multiformatMessageString",
        "fullDescription": "multiformatMessageString",
        "help": "multiformatMessageString",
        "defaultConfiguration": "reportingConfiguration",
        "properties": dict,
    },
    "multiformatMessageString": {"text!": str, "markdown": str},
    "reportingConfiguration": {"level": LEVEL},
    "invocation": {"executionSuccessful!": bool, "toolExecutionNotifications": ["notification"]},
    "notification": {"message!": "message", "level": LEVEL, "locations": ["location"]},
    "result": {
        "message!": "message",
        "ruleId": str,
        "ruleIndex": int,
        "level": LEVEL,
        "locations": ["location"],
        "relatedLocations": ["location"],
        "partialFingerprints": dict,
        "fixes": ["fix"],
        "suppressions": ["suppression"],
        "properties": dict,
    },
    "fix": {"description": "message", "artifactChanges!": ["artifactChange"]},
    "artifactChange": {"artifactLocation!": "artifactLocation", "replacements!": ["replacement"]},
    "replacement": {"deletedRegion!": "region", "insertedContent": "artifactContent"},
    "artifactContent": {"text": str},
    "message": {"text!": str},
    "location": {"id": int, "physicalLocation": "physicalLocation", "message": "message"},
    "physicalLocation": {"artifactLocation!": "artifactLocation", "region": "region"},
    "artifactLocation": {"uri": URI, "uriBaseId": str},
    "region": {"startLine!": int, "startColumn": int, "endLine": int, "endColumn": int},
    "suppression": {
        "kind!": ("inSource", "external"),
        "status": ("accepted", "underReview", "rejected"),
        "justification": str,
    },
}
"""By object its properties (`!` for those that it must have): a type, an object, a list of them, some values, a form."""


def valid(value: object, kind: object, at: str = "log") -> None:
    """Asserts that a value is of a kind."""
    if isinstance(kind, list):
        assert isinstance(value, list), at
        for number, item in enumerate(value):
            valid(item, kind[0], f"{at}[{number}]")
    elif isinstance(kind, tuple):
        assert value in kind, at
    elif isinstance(kind, re.Pattern):
        assert isinstance(value, str), at
        assert kind.match(value), f"{at}: {value}"
    elif isinstance(kind, type):
        assert type(value) is kind, at
    else:
        assert isinstance(value, dict), at
        properties = OBJECTS[str(kind)]
        required = {name.rstrip("!") for name in properties if name.endswith("!")}
        assert required <= set(value), at
        known = {name.rstrip("!"): item for name, item in properties.items()}
        assert set(value) <= set(known), at
        for name, item in value.items():
            valid(item, known[name], f"{at}.{name}")


def check(text: str) -> int:
    """Asserts that a log is valid, and what the schema cannot say; returns the number of results."""
    log = json.loads(text)
    valid(log, "log")
    (found,) = log["runs"]
    rules = found["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert all(isinstance(one, str) for one in result["partialFingerprints"].values())
        (place,) = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"]
        related = result.get("relatedLocations", [])
        assert len({json.dumps(one) for one in related}) == len(related)
        for location in (place, *related):
            region = location["physicalLocation"]["region"]
            assert min(region.values()) >= 1
            start = region["startLine"], region["startColumn"]
            end = region.get("endLine", start[0]), region.get("endColumn", start[1])
            assert start <= end
    for notification in found["invocations"][0]["toolExecutionNotifications"]:
        assert notification["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    return len(found["results"])


def test_every_kind_of_finding_is_valid() -> None:
    assert check(render("sarif", VERDICT, view(prefix="back end/ü#/"))) == 3
    assert check(render("sarif", NOTHING, view())) == 0


def test_fixes_are_told_but_for_those_that_make_a_file() -> None:
    edit = Edit("versions/b2.py", 2, 1, 2, 5, "pass")
    safe = FoundFix("safe", "do nothing", None, (edit, edit._replace(line=3, end_line=3)))
    makes = FoundFix("unsafe", "do more", "it is more", (edit, edit._replace(path="versions/c3.py", creates=True)))
    found = tuple(VERDICT.findings[0]._replace(fix=fix) for fix in (safe, makes))
    text = render("sarif", VERDICT._replace(findings=found), view())
    assert check(text) == 2
    first, second = json.loads(text)["runs"][0]["results"]
    [fix] = first["fixes"]
    [change] = fix["artifactChanges"]
    assert [one["insertedContent"]["text"] for one in change["replacements"]] == ["pass", "pass"]
    assert "fixes" not in second


@pytest.mark.parametrize("command", ["check", "drift"])
def test_the_answer_about_a_project_is_valid(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Path(__file__).parents[2] / "docs" / "examples" / "shop"
    assert run([command, "--project", str(shop), "--no-cache", "--output-format", "sarif"]) == 1
    assert check(capsys.readouterr().out) > 5


@pytest.mark.parametrize("change", [{"level": "info"}, {"ruleIndex": "1"}, {"where": 1}, {"message": {}}])
def test_what_is_not_valid_is_seen(change: dict[str, object]) -> None:
    log = json.loads(render("sarif", VERDICT, view()))
    log["runs"][0]["results"][0].update(change)
    with pytest.raises(AssertionError):
        check(json.dumps(log))
