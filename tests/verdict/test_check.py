from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from migralint.diagnostic import Diagnostic
from migralint.drift.difference import Difference
from migralint.operations import AddColumn, CreateTable, DropTable, ObjectRef, Opaque, Place
from migralint.operations.steps import Note, Step
from migralint.rule import Context, Rule
from migralint.schema import Column, Name
from migralint.verdict import baseline
from migralint.verdict.check import Request, check
from migralint.verdict.errors import VerdictError
from migralint.verdict.finding import Suppressed, Unread, Verdict
from tests.verdict.fake import FakeProject, rules, table

TODAY = datetime.date(2026, 7, 1)
ORDERS = Name("public", "orders")
FIRST, SECOND = "versions/a1.py", "versions/b2.py"
EVERYTHING = Request()


def project(second: str = 'op.drop_table("orders")\n', **settings: object) -> FakeProject:
    made = FakeProject({FIRST: 'op.create_table("orders")\n', SECOND: second}, **settings)
    made.add("a1", FIRST, (CreateTable(table("orders", "id")), "op.create_table"))
    made.add("b2", SECOND, (DropTable(ORDERS), 'op.drop_table("orders")'))
    return made


def judged(subject: FakeProject, request: Request = EVERYTHING, *more: type[Rule]) -> Verdict:
    return check(subject, request, rules=rules(*more), today=TODAY)


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.active]


def test_every_field_of_a_finding() -> None:
    (finding,) = judged(project()).findings
    data = finding.to_data()
    fingerprint = data.pop("fingerprint")
    assert isinstance(fingerprint, str)
    assert len(fingerprint) == 32
    assert data == {
        "code": "MG101",
        "name": "drop-table",
        "family": "destructive",
        "severity": "error",
        "confidence": "high",
        "class": None,
        "message": "Dropping public.orders loses its rows",
        "help": 'op.rename_table("t", "t_unused")',
        "path": SECOND,
        "line": 1,
        "column": 1,
        "end_line": 1,
        "end_column": 24,
        "history": "alembic",
        "revision": "b2",
        "direction": "upgrade",
        "operation": "drop_table",
        "object": {"kind": "table", "table": "public.orders", "name": None},
        "related": [],
        "fix": None,
        "suppressed": None,
    }


def test_the_stored_answer_is_the_answer() -> None:
    subject = project('op.drop_table("orders")  # migralint: ignore[MG2] until 2026-12-01\n')
    verdict = judged(subject)
    assert Verdict.from_data(verdict.to_data()) == verdict
    assert verdict.valid_until == "2026-12-01"


def test_the_fingerprint_survives_moved_lines_and_is_unique() -> None:
    before = judged(project()).findings[0]
    after = judged(project('\n\n\nop.drop_table("orders")\n')).findings[0]
    assert before.line != after.line
    assert before.fingerprint == after.fingerprint
    twice = FakeProject({FIRST: "one two three four"})
    steps = [(CreateTable(table("t")), "one"), (DropTable(Name("public", "t")), "two")] * 2
    steps[2:] = [(CreateTable(table("t")), "three"), (DropTable(Name("public", "t")), "four")]
    twice.add("a1", FIRST, *steps)
    one, other = judged(twice).findings
    assert one.fingerprint != other.fingerprint


def test_a_fingerprint_does_not_depend_on_the_paths_asked_for() -> None:
    subject = FakeProject({"one.py": "x", "two.py": "x"})
    places = [Place("one.py", 0, 0, 1), Place("two.py", 0, 0, 1)]
    subject.add("a1", "one.py")
    for place in places:
        subject.history.paper.execute(CreateTable(table("t")), place)
        subject.history.paper.execute(DropTable(Name("public", "t")), place)
    every = {finding.path: finding.fingerprint for finding in judged(subject).findings}
    (only,) = judged(subject, Request(paths=("two.py",))).findings
    assert only.fingerprint == every["two.py"]


def test_the_same_statement_in_two_branches_counts_once() -> None:
    subject = FakeProject({FIRST: "create drop"})
    subject.add("a1", FIRST, (CreateTable(table("t")), "create"))
    drop = DropTable(Name("public", "t"))
    for _ in range(2):
        with subject.history.paper.branch("unknown", Place(FIRST), keep=False):
            subject.history.paper.execute(drop, subject.at(FIRST, "drop"))
    assert codes(judged(subject)) == ["MG101"]


def test_calls_that_led_there_are_related() -> None:
    subject = FakeProject({"helpers.py": "op.drop_table(name)\n", FIRST: '\ndrop("t")\n'})
    place = subject.at("helpers.py", "op.drop_table(name)")._replace(callers=(subject.at(FIRST, 'drop("t")'),))
    subject.add("a1", FIRST)
    subject.history.paper.execute(CreateTable(table("t")), place)
    subject.history.paper.execute(DropTable(Name("public", "t")), place)
    (finding,) = judged(subject).findings
    assert [(place.path, place.line, place.message) for place in finding.related] == [(FIRST, 2, "by way of this")]
    subject.files[FIRST] = '\ndrop("t")  # migralint: ignore[MG101] empty\n'
    subject.tree = type(subject)(subject.files).tree
    assert codes(judged(subject)) == []


@pytest.mark.parametrize(
    "comment",
    [
        "# migralint: ignore[MG101] empty",
        "# migralint: ignore[MG1] empty",
        "# migralint: ignore[drop-table] empty",
        "# migralint: ignore[destructive] empty",
        "# migralint: ignore[MG101] until 2026-07-01 empty",
    ],
)
def test_suppressed_by_a_comment(comment: str) -> None:
    verdict = judged(project(f'op.drop_table("orders")  {comment}\n'))
    assert [finding.suppressed for finding in verdict.findings] == [Suppressed("comment", "empty")]
    assert not verdict.fails("info")


def test_suppressed_anywhere_in_the_file() -> None:
    verdict = judged(project('op.drop_table("orders")\n\n# migralint: ignore-file[MG1] a copy\n'))
    assert codes(verdict) == []


def test_a_suppression_without_a_reason_is_told() -> None:
    verdict = judged(project('op.drop_table("orders")  # migralint: ignore[MG101]\n'))
    assert [(finding.code, finding.severity) for finding in verdict.active] == [("MG011", "info")]


def test_an_expired_suppression_is_told_and_counts_no_more() -> None:
    verdict = judged(project('op.drop_table("orders")  # migralint: ignore[MG101] until 2026-06-30 empty\n'))
    assert codes(verdict) == ["MG101", "MG012"]
    assert verdict.valid_until is None


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("ignore[MG101, MG201] empty", "MG201"),
        ("ignore empty", "names no code"),
        ("ignore[] empty", "names no code"),
        ("ignore[MG777] empty", "'MG777'"),
        ("ignore[drop-tabel] empty", "did you mean drop-table"),
        ("ignore[MG101] until tomorrow", "not a date"),
        ("disable[MG101] empty", "not understood"),
    ],
)
def test_a_suppression_that_does_nothing_is_told(comment: str, said: str) -> None:
    verdict = judged(project(f'op.drop_table("orders")  # migralint: {comment}\n'))
    (finding,) = [finding for finding in verdict.active if finding.code == "MG010"]
    assert said in finding.message
    assert finding.column == 26


def test_a_suppression_of_a_rule_that_did_not_run_is_not_unused() -> None:
    subject = project('op.drop_table("orders")  # migralint: ignore[MG101, MG201] empty\n')
    assert codes(judged(subject, Request(ignore=("MG101", "MG201")))) == []


def test_start_after_is_replayed_not_judged() -> None:
    subject = project(
        "# migralint: ignore[MG2] old\nop.drop_table('orders')  op.drop_table(\"orders\")", start_after=("b2",)
    )
    verdict = judged(subject)
    assert verdict.findings == ()
    assert verdict.coverage.revisions == 2
    with pytest.raises(VerdictError, match="start-after: 'zz' is no revision"):
        judged(project(start_after=("zz",)))


def test_paths() -> None:
    assert codes(judged(project(), Request(paths=("versions",)))) == ["MG101"]
    assert codes(judged(project(), Request(paths=(FIRST,)))) == []
    subject = project()
    judged(subject, Request(paths=(FIRST,)))
    assert subject.resolved == []


def test_per_file_ignores() -> None:
    for pattern in ("b2.py", "versions/b*", "b*.py"):
        (finding,) = judged(project(per_file_ignores={pattern: ("MG1",)})).findings
        assert finding.suppressed is not None
        assert finding.suppressed.by == "config"
    assert codes(judged(project(per_file_ignores={"a1.py": ("MG1",)}))) == ["MG101"]


def test_severity_and_confidence() -> None:
    assert judged(project(severity={"MG1": "info"})).findings[0].severity == "info"
    subject = FakeProject({FIRST: "create add"}, min_confidence="high")
    column = AddColumn(Name("public", "t"), Column("c", "integer"))
    subject.add("a1", FIRST, (CreateTable(table("t")), "create"), (column, "add"))
    assert codes(judged(subject)) == []
    assert codes(judged(subject, Request(min_confidence="medium"))) == ["MG201"]


def test_drift_class_gives_the_severity() -> None:
    difference = Difference(
        "column",
        "blocking",
        ObjectRef("column", ORDERS, "id"),
        (("head", "integer"), ("models", None)),
        "orders.id is missing in the models",
        Place("models.py"),
        Place(FIRST),
    )
    subject = FakeProject({FIRST: "x", "models.py": "y"})
    subject.add("a1", FIRST)
    subject.differences = (difference,)
    (finding,) = judged(subject).findings
    assert (finding.drift_class, finding.severity, finding.path) == ("blocking", "error", "models.py")
    assert [place.path for place in finding.related] == [FIRST]
    assert finding.revision is None
    subject.configuration = FakeProject({}, drift_class={"model-differs": "cosmetic"}).configuration
    assert judged(subject).findings[0].severity == "info"


def test_notices_reach_the_rule_of_their_code() -> None:
    subject = project()
    subject.notes = (Note("MG001", "cannot be parsed", Place(FIRST, -1, 3, 5), None),)
    (finding,) = [finding for finding in judged(subject).findings if finding.code == "MG001"]
    assert (finding.message, finding.line, finding.column, finding.end_column) == ("cannot be parsed", 1, 4, 6)


def test_baseline(tmp_path: Path) -> None:
    accepted = baseline.write(judged(project()).active)
    (tmp_path / "accepted.json").write_text(accepted)
    subject = project(root=str(tmp_path), baseline="accepted.json")
    assert [finding.suppressed for finding in judged(subject).findings] == [Suppressed("baseline", None)]
    with pytest.raises(VerdictError, match="migralint baseline"):
        judged(project(root=str(tmp_path), baseline="none.json"))
    (tmp_path / "accepted.json").write_text("[]")
    with pytest.raises(VerdictError, match="not a baseline"):
        judged(subject)


def test_coverage() -> None:
    subject = FakeProject({FIRST: "one\ntwo"})
    subject.add("a1", FIRST, (CreateTable(table("t")), "one"), (Opaque("a loop"), "two"))
    with subject.history.paper.branch("unknown", Place(FIRST), keep=True):
        subject.history.paper.execute(CreateTable(table("u")), Place(FIRST))
    covered = judged(subject).coverage
    assert (covered.files, covered.revisions, covered.operations, covered.conditional, covered.opaque) == (
        1,
        1,
        3,
        1,
        1,
    )
    assert covered.unread == (Unread(FIRST, 2, "a loop"),)


def test_what_of_the_models_was_not_read_is_covered_and_no_finding() -> None:
    subject = project()
    subject.notes = (Note("MG410", "table t: a type", Place(FIRST), None),)
    verdict = judged(subject)
    assert verdict.coverage.unread == (Unread(FIRST, 1, "table t: a type"),)
    assert "MG410" not in {finding.code for finding in verdict.findings}


class Failing(Rule):
    """Fails."""

    code, name, scope = "MG299", "failing", "operation"

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        raise KeyError("x")


def test_a_failing_rule_is_named() -> None:
    with pytest.raises(
        VerdictError, match=r"rule MG299 .* failed at versions/a1.py, create_table table public.orders: KeyError"
    ):
        judged(project(), EVERYTHING, Failing)


def test_options_are_checked() -> None:
    assert codes(judged(project(rules={"MG101": {"limit": 5, "keep": ["a"]}}))) == ["MG101"]
    with pytest.raises(VerdictError, match="no such option; its options: keep, limit"):
        judged(project(rules={"MG101": {"limits": 5}}))
    with pytest.raises(VerdictError, match="expected a int"):
        judged(project(rules={"MG101": {"limit": "5"}}))
    with pytest.raises(VerdictError, match="rules: no rule"):
        judged(project(rules={"MG777": {}}))


def test_families_limit_the_rules() -> None:
    assert codes(judged(project(), Request(families=("models",)))) == []


class Covering(Rule):
    """A rule that says more of the same."""

    code, name, scope, covers = "MG108", "covering", "operation", ("MG101",)

    def check_step(self, step: Step, context: Context) -> Iterator[Diagnostic]:
        if isinstance(step.operation, DropTable):
            yield Diagnostic("it may be a rename", confidence="medium")


@pytest.mark.parametrize(
    ("request_", "second", "expected"),
    [
        (EVERYTHING, 'op.drop_table("orders")\n', ["MG108"]),
        (Request(ignore=("MG108",)), 'op.drop_table("orders")\n', ["MG101"]),
        (Request(min_confidence="high"), 'op.drop_table("orders")\n', ["MG101"]),
        (EVERYTHING, 'op.drop_table("orders")  # migralint: ignore[MG108] -- no rename\n', ["MG101"]),
    ],
)
def test_a_rule_covers_what_another_says_while_it_is_heard(request_: Request, second: str, expected: list[str]) -> None:
    assert codes(judged(project(second), request_, Covering)) == expected
