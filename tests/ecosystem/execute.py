"""Really runs a project's migrations. Code of the package runs here, in a process of its own, and only here."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.ecosystem.catalog import contents
from tests.ecosystem.databases import Database
from tests.ecosystem.operations.reduce import operations
from tests.ecosystem.projects import EcosystemError, Execution, Project
from tests.ecosystem.recorded import Record
from tests.ecosystem.sources import CACHE, PREPARING, unpacked

_DRIVER = Path(__file__).with_name("driver.py")
_PSYCOPG2 = "psycopg2-binary==2.9.10"
_LINES = 60
"""How much of an error is kept: a statement may be long."""


def environment(execution: Execution, cache: Path = CACHE) -> Path:
    """The Python of a virtual environment with what an execution needs."""
    wanted = [
        f"sqlalchemy=={execution.sqlalchemy}",
        f"alembic=={execution.alembic}",
        _PSYCOPG2,
        *execution.requirements,
    ]
    return installed(wanted, cache)


def installed(wanted: Sequence[str], cache: Path = CACHE) -> Path:
    """The Python of a virtual environment with the requirements; those with the same ones share it."""
    key = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:16]
    folder = cache / "environments" / key
    python = folder / "bin" / "python"
    done = folder / ".installed"
    with PREPARING:
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _call([sys.executable, "-m", "venv", str(folder)], os.environ)
            _call([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], os.environ)
            done.write_text("\n".join(wanted))
    return python


def upgrade(project: Project, database: Database) -> Record:
    """Runs the migrations on an empty database and returns what they did; raises `EcosystemError`."""
    execution = project.execute
    if execution is None:
        raise EcosystemError(f"{project.name}: projects.toml does not say how to run it: [project.execute]")
    ran = drive(environment(execution), project, execution, unpacked(project), database.sqlalchemy_url())
    with database.connect() as connection:
        schema = contents(connection)
        version = connection.info.server_version
    versions = {
        "server": f"PostgreSQL {version // 10000}.{version % 10000}",
        "sqlalchemy": execution.sqlalchemy,
        "alembic": execution.alembic,
    }
    return Record(schema, operations(ran), versions)


def drive(python: Path, project: Project, execution: Execution, root: Path, url: str) -> list[dict[str, Any]]:
    """Runs the driver with a Python that has what is needed; returns the events that it wrote."""
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "events.jsonl"
        task = {
            "url": url,
            "paths": [str(root)],
            "script_location": str(root / project.script_location),
            "version_locations": [str(root / location) for location in project.version_locations],
            "recursive_version_locations": project.recursive_version_locations,
            "version_table": project.version_table,
            "naming_convention": project.naming_convention,
            "target": project.target or "heads",
            "imports": execution.imports,
            "arguments": execution.arguments,
            "output": str(output),
        }
        variables = {**os.environ, "HOME": scratch, **execution.environment}
        _call([str(python), "-P", str(_DRIVER)], variables, json.dumps(task), scratch)
        return [json.loads(line) for line in output.read_text().splitlines()]


def _call(command: list[str], variables: Mapping[str, str], text: str = "", folder: str | None = None) -> None:
    done = subprocess.run(
        command, input=text, cwd=folder, env=dict(variables), capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-_LINES:])
        raise EcosystemError(f"{Path(command[0]).name} {' '.join(command[1:3])} failed:\n{last}")
