"""Every rule is complete, and its examples show what it says."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from migralint.rule import Example, Rule
from migralint.verdict.finding import Verdict
from migralint.verdict.rules import SCOPES, load
from tests.rules.project import judged_example

RULES = load()
SECTIONS = ("What it flags", "Why it matters", "Instead", "References")


def cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{kind}-{number}")
        for rule in RULES.values()
        for number, example in enumerate(getattr(rule, kind), 1)
    ]


def found(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.active}


def shown(verdict: Verdict) -> list[str]:
    return [f"{f.code} {f.path}:{f.line} {f.message}" for f in verdict.active]


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES) > 30


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_rule_is_complete(rule: type[Rule]) -> None:
    docs = inspect.cleandoc(rule.__doc__ or "")
    assert re.match(r"[^\n]+\.\n\n", docs), "the docstring begins with one sentence"
    assert re.findall(r"^## (.+)$", docs, re.MULTILINE) == list(SECTIONS)
    assert re.search(r"## References\n\n- ", docs)
    assert rule.scope in SCOPES
    assert rule.bad
    assert rule.good
    module = Path(inspect.getfile(rule)).stem
    assert module.startswith(rule.code.lower() + "_"), "the file is named by the code"


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_a_bad_example_is_flagged(rule: type[Rule], example: Example, tmp_path: Path) -> None:
    verdict = judged_example(example, tmp_path)
    assert found(verdict) == {rule.code, *example.also}, shown(verdict)
    own = [f for f in verdict.active if f.code == rule.code]
    assert all(f.message and "\n" not in f.message for f in own)


@pytest.mark.parametrize(("rule", "example"), cases("good"))
def test_a_good_example_is_silent(rule: type[Rule], example: Example, tmp_path: Path) -> None:
    verdict = judged_example(example, tmp_path)
    preview = {code for code, one in RULES.items() if one.preview}
    assert found(verdict) - preview == set(example.also) - {rule.code}, shown(verdict)
