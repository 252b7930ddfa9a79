"""What SQLAlchemy itself makes of a project's models."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ecosystem.catalog import contents
from tests.ecosystem.facts.document import Document
from tests.postgres.server import Server

Really = Callable[[Path], Document]


@pytest.fixture(scope="session")
def really(server: Server) -> Iterator[Really]:
    """Runs `create_all` of a project on the server and says what is there then.

    `MIGRALINT_TEST_PYTHON` names a Python that has more packages than the tests need.
    """
    python = os.environ.get("MIGRALINT_TEST_PYTHON", sys.executable)
    driver = subprocess.Popen(
        [python, str(Path(__file__).with_name("driver.py"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert driver.stdin is not None
    assert driver.stdout is not None
    stdin, stdout = driver.stdin, driver.stdout

    def run(folder: Path) -> Document:
        with server.empty() as connection:
            stdin.write(f"{folder}\t{server.uri}\n")
            stdin.flush()
            answer = stdout.readline().strip().replace("\\n", "\n")
            if "ModuleNotFoundError" in answer:
                pytest.skip(answer.splitlines()[-1])
            assert answer == "ok", answer
            return contents(connection)

    yield run
    stdin.close()
    driver.wait()
