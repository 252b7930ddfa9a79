"""Corrected examples on a real PostgreSQL, run by Alembic: they run, and no longer do what the rule speaks of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from migralint.cli.main import run as command
from migralint.rule import Example, Rule
from tests.fix.test_examples import WITHOUT
from tests.postgres.server import Server, server
from tests.render.catalog import described
from tests.rules.test_on_server import BLOCKING, REFUSED, ROW, SHUTTING, cases, run

__all__ = ["server"]


def corrigible() -> list[object]:
    """The bad examples that have a fix."""
    return [
        case
        for case in cases("bad")
        for rule, example in (case.values,)  # type: ignore[attr-defined]
        if rule.code not in WITHOUT and f"{rule.code}-{rule.bad.index(example) + 1}" not in WITHOUT
    ]


@pytest.mark.parametrize(("rule", "example"), corrigible())
def test_what_is_corrected_runs_and_is_brief(
    rule: type[Rule], example: Example, tmp_path: Path, server: Server
) -> None:
    def correct(folder: Path) -> None:
        flags = ["--quiet", "--no-cache", "--select", rule.code, "--fix", "--unsafe-fixes"]
        assert command(["check", "--project", str(folder), *flags]) == 0

    seen: list[dict[str, Any]] = []
    between = ROW if rule.code == "MG203" else ""

    def look(connection: psycopg.Connection[Any]) -> None:
        seen.append(described(connection))

    if rule.code not in REFUSED:
        run(example, tmp_path / "before", server, look=look)
    done = run(example, tmp_path / "after", server, between, correct, look)
    assert all(one == seen[0] for one in seen), "it makes another schema"
    if rule.code in BLOCKING:
        assert not done.works_under(BLOCKING[rule.code]), done
    if rule.code in SHUTTING:
        assert not done.shut(), done


def test_there_are_examples_of_what_fixes_are_for() -> None:
    codes = {case.values[0].code for case in corrigible()}  # type: ignore[attr-defined]
    assert codes >= {"MG201", "MG202", "MG203", "MG205", "MG206", "MG208", "MG209", "MG222", "MG310"}
