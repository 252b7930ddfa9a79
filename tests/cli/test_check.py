from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.cli.conftest import FIRST, SECOND, Run
from tests.verdict.fake import FakeProject


def settled() -> None:
    """Lets the files be old enough for the record to trust their times."""
    old = time.time() - 60
    for path in (FIRST, SECOND):
        os.utime(path, (old, old))


def test_findings_exit_1(call: Run, opened: list[FakeProject]) -> None:
    ran = call("check")
    assert ran.code == 1
    assert "error[MG101] drop-table" in ran.out
    assert '1 | op.drop_table("orders")' in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--exit-zero"], 0),
        (["--ignore", "MG1"], 0),
        (["--select", "MG2,MG3"], 0),
        (["--select", "MG2", "--extend-select", "MG101"], 1),
        (["--config", 'severity = {MG101 = "info"}'], 1),
        ([FIRST], 0),
        ([SECOND], 1),
        (["versions"], 1),
    ],
)
def test_exit_codes(call: Run, opened: list[FakeProject], arguments: list[str], code: int) -> None:
    assert call("check", *arguments).code == code


def test_fail_on(call: Run, opened: list[FakeProject]) -> None:
    Path(SECOND).write_text('op.drop_table("orders")  # migralint: ignore[MG101]\n')
    assert call("check").code == 0
    assert call("check", "--fail-on", "info").code == 1


def test_json_is_all_there_is_on_standard_output(call: Run, opened: list[FakeProject]) -> None:
    ran = call("check", "--output-format", "json", "--color", "always")
    (finding,) = json.loads(ran.out)["findings"]
    assert (finding["code"], finding["path"]) == ("MG101", SECOND)


def test_colour_only_where_it_is_wanted(call: Run, opened: list[FakeProject]) -> None:
    assert "\033[" not in call("check").out
    assert "\033[" in call("check", "--color", "always").out
    assert "\033[" not in call("check", "--color", "never").out


def test_output_file(call: Run, opened: list[FakeProject]) -> None:
    ran = call("check", "--output-format", "sarif", "--output-file", "out.sarif")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"
    assert call("check", "--output-file", "none/out").code == 2


def test_paths_are_shown_from_where_they_are_looked_at(call: Run, opened: list[FakeProject]) -> None:
    project = Path.cwd()
    (project.parent / ".git").mkdir()
    os.chdir(project.parent)
    try:
        assert call("check", "--project", "project", "--output-format", "concise").out.startswith("project/versions/")
        assert "file=project/versions/b2.py" in call("check", "--project", "project", "--output-format", "github").out
        assert "project" not in call("check", "--project", "project", "--output-format", "json").out
    finally:
        os.chdir(project)


def test_a_path_outside_the_project(call: Run, opened: list[FakeProject]) -> None:
    ran = call("check", "..")
    assert ran.code == 2
    assert "--project" in ran.err


def test_the_answer_is_kept(call: Run, opened: list[FakeProject]) -> None:
    settled()
    first = call("check")
    assert (call("check"), len(opened)) == (first, 1)
    assert call("check", "--output-format", "concise").code == 1
    assert len(opened) == 1
    call("check", "--select", "MG1")
    assert len(opened) == 2
    call("check", "--no-cache")
    assert len(opened) == 3


def test_a_changed_file_makes_a_new_answer(call: Run, opened: list[FakeProject]) -> None:
    settled()
    call("check")
    Path(SECOND).write_text('op.drop_table("orders")  # migralint: ignore[MG101] empty\n')
    assert call("check").code == 0
    assert len(opened) == 2


def test_an_answer_ends_with_the_suppression_it_counts_on(
    call: Run, opened: list[FakeProject], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(SECOND).write_text('op.drop_table("orders")  # migralint: ignore[MG101] until 2999-01-01 empty\n')
    settled()
    assert call("check").code == 0
    monkeypatch.setattr("migralint.cli.answers._today", lambda: "2999-01-01")
    call("check")
    assert len(opened) == 1
    monkeypatch.setattr("migralint.cli.answers._today", lambda: "2999-01-02")
    call("check")
    assert len(opened) == 2


def test_an_answer_ends_with_the_code_that_made_it(
    call: Run, opened: list[FakeProject], monkeypatch: pytest.MonkeyPatch
) -> None:
    settled()
    call("check")
    monkeypatch.setattr("migralint.cli.answers._stamp", lambda folder: "another")
    call("check")
    assert len(opened) == 2


def test_baseline(call: Run, opened: list[FakeProject]) -> None:
    ran = call("baseline")
    assert (ran.code, ran.out) == (0, "")
    assert "1 accepted" in ran.err
    assert call("check").code == 1
    assert call("check", "--baseline", "migralint-baseline.json").code == 0
    Path("migralint.toml").write_text('baseline = "accepted.json"\n')
    assert call("baseline", "--baseline", "accepted.json").code == 0
    assert json.loads(Path("accepted.json").read_text())["findings"][0]["code"] == "MG101"


def test_a_command_line_seen_before_is_answered_without_click(
    call: Run, opened: list[FakeProject], monkeypatch: pytest.MonkeyPatch
) -> None:
    settled()
    arguments = ("check", "--select", "MG1,MG2", "--output-format", "concise", "versions")
    first = call(*arguments)
    monkeypatch.delattr("migralint.cli.commands.commands")
    assert (call(*arguments), len(opened)) == (first, 1)
    Path(SECOND).write_text('op.drop_table("orders")  # migralint: ignore[MG101] empty\n')
    assert (call(*arguments).code, len(opened)) == (0, 2)


def test_what_is_gone_is_told_also_where_the_command_line_was_seen_before(call: Run, opened: list[FakeProject]) -> None:
    assert call("check", SECOND).code == 1
    Path(SECOND).rename("versions/c3.py")
    assert (call("check", SECOND).code, call("check", SECOND).out) == (2, "")
