from __future__ import annotations

import json
import re

import pytest

from migralint.report import FORMATS, View, render
from migralint.verdict.finding import (
    Coverage,
    Finding,
    FoundDifference,
    FoundObject,
    RelatedPlace,
    RuleInfo,
    Suppressed,
    Unread,
    Verdict,
)

SOURCE = 'def upgrade():\n\top.drop_table(\n\t    "orders",\n\t)\n\n\ndef downgrade():\n    pass\n'
DROP = Finding(
    code="MG101",
    name="drop-table",
    family="destructive",
    severity="error",
    confidence="high",
    drift_class=None,
    message="Dropping public.orders loses its rows, 100%",
    help='op.rename_table("orders", "orders_unused")\n# later: drop it',
    path="versions/b2,c.py",
    line=2,
    column=2,
    end_line=4,
    end_column=3,
    history="alembic",
    revision="b2",
    direction="upgrade",
    operation="drop_table",
    subject=FoundObject("table", "public.orders", None),
    related=(RelatedPlace("helpers.py", 3, 5, "called from here"),),
    fingerprint="f1",
)
INFO = DROP._replace(
    code="MG011",
    name="suppression-without-reason",
    severity="info",
    confidence="low",
    line=7,
    column=5,
    end_line=7,
    end_column=14,
    message="no\x1b[31m reason | <b>",
    help=None,
    related=(),
    fingerprint="f2",
)
ACCEPTED = DROP._replace(fingerprint="f3", suppressed=Suppressed("comment", "empty"))
VERDICT = Verdict(
    "migralint 1.2",
    ("b2",),
    "s",
    (INFO, DROP, ACCEPTED),
    Coverage(12, 11, 140, 3, 1, (Unread("a b.py", 7, "a loop"),)),
    (
        RuleInfo("MG011", INFO.name, "reading", "info", "high", "No reason.\n\n## What it flags\n\nA comment."),
        RuleInfo("MG101", "drop-table", "destructive", "error", "high", "Dropping a table\nloses its rows.\n\nMore."),
    ),
)
NOTHING = VERDICT._replace(findings=(), rules=())
DIFFERENCE = FoundDifference(
    "type",
    "blocking",
    FoundObject("column", "public.orders", "id"),
    (("head", "integer"), ("models", None)),
    "the_id",
    "models.py",
    3,
    "orders.id differs",
    "f1",
)


def view(**changes: object) -> View:
    return View(lambda path: SOURCE.splitlines() if path == DROP.path else None)._replace(**changes)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_tells_how_much_was_read(format: str) -> None:
    for verdict in (VERDICT, NOTHING):
        text = render(format, verdict, view())
        assert text.endswith("\n")
        assert "140" in text
        assert "a loop" in text


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_lets_a_name_steer_the_terminal(format: str) -> None:
    assert "\x1b" not in render(format, VERDICT, view())


@pytest.mark.parametrize("format", ["json", "github", "sarif", "markdown"])
def test_formats_for_machines_have_no_colour(format: str) -> None:
    assert render(format, VERDICT, view(colour=True)) == render(format, VERDICT, view())


def test_text() -> None:
    text = render("text", VERDICT._replace(findings=(DROP, ACCEPTED)), view(prefix="backend/"))
    assert text == (
        "error[MG101] drop-table: Dropping public.orders loses its rows, 100%\n"
        "  --> backend/versions/b2,c.py:2:2\n"
        "    |\n"
        "  2 |     op.drop_table(\n"
        "    |     ^^^^^^^^^^^^^^\n"
        '  3 |         "orders",\n'
        "    |         ^^^^^^^^^\n"
        "  4 |     )\n"
        "    |     ^\n"
        "  help:\n"
        '      op.rename_table("orders", "orders_unused")\n'
        "      # later: drop it\n"
        "  related: backend/helpers.py:3:5: called from here\n"
        "  note: revision b2, upgrade\n"
        "\n"
        "Found 1 finding (1 error), 1 suppressed.\n"
        "Read 12 files: 11 revisions, 140 operations (3 conditional, 1 opaque); 1 place could not be read.\n"
        "  a b.py:7: a loop\n"
    )


def test_colour_changes_nothing_but_colour() -> None:
    for format in ("text", "concise"):
        coloured = render(format, VERDICT, view(colour=True))
        assert "\033[1;31m" in coloured
        assert re.sub(r"\033\[[0-9;]*m", "", coloured) == render(format, VERDICT, view())


def test_text_without_the_source() -> None:
    text = render("text", VERDICT, View(lambda path: None))
    assert "  --> versions/b2,c.py:2:2\n  help:" in text


def test_long_lines_and_spans_are_cut() -> None:
    wide = View(lambda path: ["x" * 100_000] * 50)
    text = render("text", VERDICT._replace(findings=(DROP._replace(end_line=40),)), wide)
    assert len(text) < 2_000
    assert "    ...\n" in text


def test_concise() -> None:
    assert render("concise", VERDICT, view()).splitlines()[:2] == [
        "versions/b2,c.py:7:5: MG011 no\\x1b[31m reason | <b>",
        "versions/b2,c.py:2:2: MG101 Dropping public.orders loses its rows, 100%",
    ]


def test_json_is_the_contract() -> None:
    data = json.loads(render("json", VERDICT, view()))
    assert list(data) == ["format", "tool", "commit", "heads", "signature", "findings", "coverage"]
    assert (data["format"], data["tool"], data["commit"], data["heads"]) == (1, "migralint 1.2", None, ["b2"])
    assert [finding["fingerprint"] for finding in data["findings"]] == ["f2", "f1", "f3"]
    assert data["findings"][2]["suppressed"] == {"by": "comment", "reason": "empty"}
    assert data["coverage"]["unread"] == [{"path": "a b.py", "line": 7, "reason": "a loop"}]


def test_github_puts_errors_first_and_escapes() -> None:
    first, second, *rest = render("github", VERDICT, view(prefix="backend/")).splitlines()
    assert first == (
        "::error title=migralint MG101 drop-table,file=backend/versions/b2%2Cc.py,line=2,endLine=4::"
        "Dropping public.orders loses its rows, 100%25%0A%0A"
        'op.rename_table("orders", "orders_unused")%0A# later: drop it'
    )
    assert second.startswith("::notice title=migralint MG011 suppression-without-reason,file=")
    assert ",line=7,endLine=7,col=5,endColumn=14::" in second
    assert not any(line.startswith("::") for line in rest)


def test_sarif() -> None:
    data = json.loads(render("sarif", VERDICT, view(prefix="back end/")))
    (run,) = data["runs"]
    assert data["version"] == "2.1.0"
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("migralint", "1.2")
    assert driver["rules"][1]["shortDescription"] == {"text": "Dropping a table loses its rows."}
    assert driver["rules"][0]["help"]["markdown"].startswith("No reason.")
    info, drop, accepted = run["results"]
    assert driver["rules"][drop["ruleIndex"]]["id"] == drop["ruleId"] == "MG101"
    assert (info["level"], drop["level"]) == ("note", "error")
    place = drop["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "back%20end/versions/b2%2Cc.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 2, "startColumn": 2, "endLine": 4, "endColumn": 3}
    assert drop["partialFingerprints"] == {"migralint/v1": "f1"}
    assert "suppressions" not in drop
    assert accepted["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "empty"}]
    assert run["properties"]["coverage"]["operations"] == 140
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"] == {"text": "Not read: a loop"}


def test_markdown_escapes_and_fences() -> None:
    text = render("markdown", VERDICT, view())
    assert "| 🛑 error | **MG101** drop-table: Dropping public.orders loses its rows, 100% |" in text
    assert "no\\x1b" not in text
    assert "&#124; &#60;b&#62;" in text
    assert "```python\nop.rename_table(" in text
    many = VERDICT._replace(findings=(DROP,) * 200)
    assert "and 150 more findings" in render("markdown", many, view())
    assert len(render("markdown", many, view())) < 65_536


def test_statistics() -> None:
    assert render("concise", VERDICT, view(statistics=True)).startswith("1 MG011 suppression-without-reason\n1 MG101")


def test_drift() -> None:
    verdict = VERDICT._replace(differences=(DIFFERENCE,))
    text = render("text", verdict, view(drift=True))
    assert text.startswith(
        "blocking: 1 difference (breaks at run time)\n"
        "  column public.orders.id: type (renamed from the_id)  models.py:3\n"
        "      head    integer\n"
        "      models  none\n"
    )
    data = json.loads(render("json", verdict, view(drift=True)))
    assert data["environments"] == []
    assert data["differences"] == [
        {
            "kind": "type",
            "class": "blocking",
            "object": {"kind": "column", "table": "public.orders", "name": "id"},
            "sides": {"head": "integer", "models": None},
            "renamed_from": "the_id",
            "uses": [],
            "finding": "f1",
        }
    ]
    assert "No differences from the history" in render("text", NOTHING, view(drift=True))
    assert "### Differences" in render("markdown", verdict, view(drift=True))
