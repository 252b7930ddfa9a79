"""The table of findings, and samples of them."""

from __future__ import annotations

from tests.ecosystem.findings import Found, sample, table
from tests.ecosystem.projects import Project


def found(name: str, *codes: str) -> Found:
    project = Project(name, f"{name}==1", f"{name}.whl", "00", (), "migrations")
    findings = [
        {"code": code, "name": f"rule-{code}", "severity": "info", "path": "a.py", "line": n, "message": "m"}
        for n, code in enumerate(codes, 1)
    ]
    return Found(project, findings, 40)


RESULTS = [found("shop", "MG201", "MG201", "MG225"), found("blog", "MG201")]


def test_the_table_counts_by_rule() -> None:
    lines = table(RESULTS)
    assert lines[0] == "2 projects, 80 revisions, 4 findings"
    assert "| MG201 rule-MG201 | 3 | 3.75 | 0 | 0 | 3 | 2 |" in lines
    assert "| MG225 rule-MG225 | 1 | 1.25 | 0 | 0 | 1 | 1 |" in lines


def test_a_sample_depends_on_the_seed_alone() -> None:
    assert sample(RESULTS, 2, 7) == sample(list(reversed(RESULTS)), 2, 7)
    assert len(sample(RESULTS, 99, 7)) == 4
    assert {tuple(sample(RESULTS, 1, seed)) for seed in range(20)} != {tuple(sample(RESULTS, 1, 0))}


def test_rules_take_turns_in_a_sample() -> None:
    for seed in range(20):
        assert {line[3] for line in sample(RESULTS, 2, seed)} == {"MG201", "MG225"}
