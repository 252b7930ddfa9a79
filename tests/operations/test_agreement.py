"""Drawn sequences of statements leave a server and paper with the same facts. `agree.py` runs any number of them."""

from __future__ import annotations

import pytest

from tests.operations.agree import run
from tests.postgres.server import Server


@pytest.mark.parametrize("number", range(4))
def test_a_sample_agrees(number: int, server: Server) -> None:
    tally = run(server, 10, seed=7, first=number * 10)
    assert [str(found) for found in tally.disagreements] == []
    assert tally.statements > 50
