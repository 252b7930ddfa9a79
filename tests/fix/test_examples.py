"""Every bad example of every rule: corrected, or listed here with the reason why it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from migralint.cli.main import run
from migralint.rule import Example, Rule
from tests.fix.proving import findings, judge, opened, texts_after, wrong
from tests.rules.project import write
from tests.rules.test_examples import RULES, cases

MEANING = "only its author knows what is meant"
WANTED = "it does what its author asked for: the question is whether that is wanted"
SEVERAL = "the way around is several releases, or a backfill in batches"
NEVER = "PostgreSQL has no form of the statement without the lock"
HISTORY = "which of the files is right, the files do not say"
SNAPSHOT = "the snapshot has to be written anew, or the history has to follow it"
MODELS = "either the models are right or the history is; a revision of its own closes the difference"
ENVIRONMENT = "the database is to be changed, or a revision to be written for it: reconcile does"
QUERIES = "either the code or the history has to follow the other"
CHANGE = "it is the change as a whole that has to be another"
READING = "the code is fine: it is migralint that cannot follow it"

WITHOUT = {
    "MG001": MEANING,
    **dict.fromkeys(("MG002", "MG003", "MG004"), READING),
    **dict.fromkeys(("MG010", "MG011", "MG012"), "a comment is for people: only its author can say what it should"),
    **dict.fromkeys(("MG101", "MG102", "MG103", "MG104", "MG106", "MG107", "MG108"), WANTED),
    "MG202-4": "two statements in one text: where it is split, the first one would hold for another session",
    **dict.fromkeys(("MG204", "MG207", "MG214", "MG223", "MG224"), SEVERAL),
    "MG210": "how env.py opens its connection has to be written anew",
    **dict.fromkeys(("MG212", "MG213", "MG217", "MG218", "MG221"), NEVER),
    "MG215": "the check that spares the scan has to repeat the bounds of the partition, and be dropped a release later",
    "MG216": "CONCURRENTLY leaves a check constraint on the table that was a partition",
    "MG227": "its columns have to become NOT NULL first, which is a revision of its own",
    **dict.fromkeys(("MG301", "MG302", "MG303", "MG304", "MG305", "MG306", "MG307", "MG308"), HISTORY),
    "MG206-3": "the column gets its default when it is added, and the revision loses two statements",
    "MG208-3": "it repeats the primary key, and has to go",
    "MG310-6": MEANING,
    **dict.fromkeys(("MG311", "MG312", "MG320", "MG321", "MG322", "MG323", "MG324", "MG325"), MEANING),
    **dict.fromkeys(("MG326", "MG327", "MG330", "MG331", "MG340", "MG341"), MEANING),
    **dict.fromkeys(("MG350", "MG351", "MG352", "MG353", "MG354"), CHANGE),
    **dict.fromkeys((f"MG{number}" for number in range(401, 419)), MODELS),
    "MG419": "which columns, name or operator class the model means, only its author knows",
    **dict.fromkeys((f"MG{number}" for number in range(501, 513)), SNAPSHOT),
    **dict.fromkeys((f"MG{number}" for number in range(513, 519)), ENVIRONMENT),
    **dict.fromkeys(("MG105", *(f"MG{number}" for number in range(601, 609))), QUERIES),
    "MG801": SEVERAL,
    "MG802": MEANING,
}
"""Why the bad examples of a rule have no fix: of all of them, or (`MG202-4`) of one."""


def reason(rule: type[Rule], number: int) -> str | None:
    return WITHOUT.get(f"{rule.code}-{number}", WITHOUT.get(rule.code))


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_an_example_is_corrected(rule: type[Rule], example: Example, tmp_path: Path) -> None:
    write(example, tmp_path)
    project = opened(str(tmp_path))
    own = [finding for finding in findings(project) if finding.code == rule.code]
    fixed = [finding for finding in own if finding.fix]
    number = rule.bad.index(example) + 1
    if reason(rule, number) is not None:
        assert not fixed, "it has a fix; take it out of the table"
        return
    assert len(fixed) == len(own), "it has no fix; say why in the table"
    before = judge(project)
    for finding in fixed:
        assert wrong(project, before, finding) == []


def test_the_table_names_only_what_there_is() -> None:
    known = {f"{code}-{number}" for code, rule in RULES.items() for number in range(1, len(rule.bad) + 1)}
    assert known | set(RULES) >= set(WITHOUT)


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_the_command_writes_what_the_finding_says(rule: type[Rule], example: Example, tmp_path: Path) -> None:
    write(example, tmp_path)
    project = opened(str(tmp_path))
    fixed = [finding for finding in findings(project) if finding.fix and finding.code == rule.code]
    if len(fixed) != 1:
        return
    files = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    expected = texts_after(fixed[0], project)
    wanted = ["check", "--project", str(tmp_path), "--no-cache", "--quiet", "--select", rule.code, "--unsafe-fixes"]
    assert run([*wanted, "--diff"]) == 1
    assert {path: (tmp_path / path).read_bytes() for path in files} == files
    assert run([*wanted, "--fix"]) == 0
    after = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    dated = {path for path in expected if path not in files}
    assert {path: after[path] for path in after if path not in dated} == {
        **files,
        **{path: text.encode() for path, text in expected.items() if path not in dated},
    }
    assert dated <= set(after)
