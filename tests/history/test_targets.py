"""Targets of `alembic upgrade`, beside Alembic's own."""

from __future__ import annotations

import pytest
from alembic.script.revision import RevisionError
from hypothesis import given, settings
from hypothesis import strategies as st

from migralint.history.graph import build
from migralint.history.revision import Revision
from migralint.history.targets import TargetError
from tests.history.test_graph import alembic_order, histories, revision

LINE = [
    revision("aaaa1"),
    revision("aaaa2", ["aaaa1"], labels=["web"]),
    revision("bbbb1", ["aaaa2"]),
    revision("cccc1", ["aaaa1"], labels=["jobs"]),
    revision("cccc2", ["cccc1"], depends=["aaaa2"]),
]
NAMES = ["", "head", "heads", "base", "aaaa1", "aaaa2", "aaaa", "bbb", "cccc2", "web", "we", "jobs", "zzzz"]
STEPS = ["", "+1", "+2", "+3", "+0", "-1", "-2", "-3", "-9", "+x"]


def theirs(revisions: list[Revision], target: str) -> list[str] | None:
    """What Alembic runs, None where it refuses; a walk that ends at no revision fails on an assertion there."""
    try:
        return alembic_order(revisions, target)
    except (RevisionError, AssertionError):
        return None


def ours(revisions: list[Revision], target: str) -> list[str] | None:
    try:
        return build(revisions).order_to(target)
    except TargetError:
        return None


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("label", ["", "web@", "jobs@", "aaaa1@", "bbbb@", "nope@"])
def test_targets_are_those_of_alembic(label: str, steps: str) -> None:
    for name in NAMES:
        target = f"{label}{name}{steps}"
        if target:
            assert ours(LINE, target) == theirs(LINE, target), target


@settings(max_examples=400, deadline=None)
@given(histories(), st.data())
def test_targets_in_any_history(revisions: list[Revision], data: st.DataObject) -> None:
    names = [one.id for one in revisions] + [label for one in revisions for label in one.branch_labels]
    label = data.draw(st.sampled_from(["", *(f"{name}@" for name in names)]))
    name = data.draw(st.sampled_from(["", "head", "heads", "base", *names]))
    target = label + name + data.draw(st.sampled_from(STEPS))
    if target:
        assert ours(revisions, target) == theirs(revisions, target), target


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("head", "has 2 heads (bbbb1, cccc2); name one of them, or take `heads`"),
        ("bbbb2", "did you mean 'bbbb1'?"),
        ("zzzz", "`migralint graph` lists the revisions"),
        ("aaaa", "can be aaaa1, aaaa2"),
        ("web@cccc1", "revision cccc1 is not in the branch 'web'"),
        ("aaaa1+1", "can go from aaaa1 to aaaa2, cccc1"),
        ("bbbb1-9", "leads out of the history after 2 of 9 steps"),
        ("-1", "goes back from an empty database"),
    ],
)
def test_an_error_says_what_to_do(target: str, said: str) -> None:
    with pytest.raises(TargetError) as error:
        build(LINE).order_to(target)
    assert said in str(error.value)
