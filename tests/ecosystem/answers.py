"""What migralint says of a project."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.ecosystem.facts.document import Document
from tests.ecosystem.projects import EcosystemError, Project

TIMEOUT = 120


@dataclass(frozen=True)
class Answer:
    """The schema as a document and as a script, and the operations; the schema of the models where they are named."""

    schema: Document
    sql: str
    operations: list[dict[str, Any]]
    models: Document | None = None


def ask(project: Project, root: Path) -> Answer:
    """Runs the commands on unpacked files; raises `EcosystemError` where one gives no answer."""
    source = [project.target] if project.target else []
    with tempfile.TemporaryDirectory() as scratch:
        run = partial(output, project, root, Path(scratch))
        sql = run("schema", *source, "--format", "sql")
        document = json.loads(run("schema", *source, "--format", "json"))
        lines = run("operations", "--format", "jsonl").split("\n")
        models = None
        if project.models:
            models = json.loads(run("schema", "models", "--format", "json", more=[models_setting(project)]))
    return Answer(document, sql, [json.loads(line) for line in lines if line.strip()], models)


def output(
    project: Project,
    root: Path,
    scratch: Path,
    *command: str,
    more: Sequence[str] = (),
    codes: Container[int] = (0,),
    timeout: int = TIMEOUT,
) -> str:
    """What a command prints; `more` are further pairs for `--config`. Raises `EcosystemError` for another exit code.

    Commands with the same `scratch` share a cache.
    """
    options = [part for pair in (*settings(project), *more) for part in ("--config", pair)]
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "migralint", *command, "--project", str(root), *options],
            cwd=scratch,
            env={**os.environ, "XDG_CACHE_HOME": str(scratch)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EcosystemError(f"{project.name}: migralint {command[0]} took over {timeout} seconds") from error
    if done.returncode not in codes:
        last = (done.stderr.decode().strip().splitlines() or ["no message"])[-1]
        raise EcosystemError(f"{project.name}: migralint {command[0]}: exit code {done.returncode}: {last}")
    return done.stdout.decode()  # not as text: a carriage return in a literal is one


def settings(project: Project) -> list[str]:
    """The pairs for `--config`. Histories were recorded with one transaction a revision."""
    values: dict[str, Any] = {
        "script-location": project.script_location,
        "transaction-per-migration": True,
        "dialect": project.dialect,
    }
    if project.version_locations:
        values["version-locations"] = list(project.version_locations)
    if project.recursive_version_locations:
        values["recursive-version-locations"] = True
    if project.version_table != "alembic_version":
        values["version-table"] = project.version_table
    if project.naming_convention:
        values["naming-convention"] = project.naming_convention
    return [f"{key} = {toml(value)}" for key, value in values.items()]


def models_setting(project: Project) -> str:
    """The pair for `--config` that names the modules with the project's models."""
    return f"models = {toml(list(project.models))}"


def toml(value: Any) -> str:
    """A value as `--config` takes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)
