"""The list of projects: `projects.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class EcosystemError(Exception):
    """Something about a project that whoever runs the harness can act on."""


@dataclass(frozen=True)
class Execution:
    """How a project's migrations are run.

    `requirements` are what its revisions import, beside the project itself, which is taken as it was unpacked. `sqlalchemy`
    and `alembic` are given where the project needs older ones. `imports` are modules that the project's `env.py` imports
    and its revisions use, `environment` are variables, `arguments` what the project's program hands to `upgrade()`.
    """

    requirements: tuple[str, ...] = ()
    sqlalchemy: str = "2.1.9"
    alembic: str = "1.20.1"
    imports: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """A released package with an Alembic history.

    Folders are relative to where the package is installed. `target` is the revision that is upgraded to where it is not
    all heads. `models` are the modules
    with its models, where `env.py` is not asked for them, `left_out`
    patterns for what the functions of its `env.py` keep from autogenerate, as kind, table and name. `setup` is SQL that the database has to have seen before. `execute` is None where the record was made elsewhere and the harness does not run the migrations.
    """

    name: str
    requirement: str
    file: str
    sha256: str
    styles: tuple[str, ...]
    script_location: str
    version_locations: tuple[str, ...] = ()
    recursive_version_locations: bool = False
    version_table: str = "alembic_version"
    models: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    dialect: str = "postgresql"
    target: str | None = None
    naming_convention: dict[str, str] = field(default_factory=dict)
    setup: str = ""
    execute: Execution | None = None

    @property
    def record(self) -> Path:
        """The file with what was recorded."""
        return HERE / "recorded" / f"{self.name}.json.gz"


def projects(path: Path = HERE / "projects.toml") -> dict[str, Project]:
    """All projects by name; raises `EcosystemError` for an entry that cannot be used."""
    with path.open("rb") as file:
        entries = tomllib.load(file)["project"]
    found = [_project(entry) for entry in entries]
    names = [project.name for project in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise EcosystemError(f"{path.name}: listed twice: {', '.join(sorted(twice))}")
    return {project.name: project for project in sorted(found, key=lambda p: p.name)}


def _project(entry: dict[str, Any]) -> Project:
    values = _fitting(Project, entry)
    if "execute" in values:
        values["execute"] = Execution(**_fitting(Execution, values["execute"]))
    try:
        return Project(**values)
    except TypeError as error:
        raise EcosystemError(f"projects.toml, {entry.get('name', 'an entry without a name')}: {error}") from error


def _fitting(kind: type, entry: dict[str, Any]) -> dict[str, Any]:
    """The keys as attributes, lists as tuples."""
    values = {key.replace("-", "_"): tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
    if unknown := set(values) - {f.name for f in fields(kind)}:
        raise EcosystemError(
            f"projects.toml, {entry.get('name', kind.__name__)}: unknown: {', '.join(sorted(unknown))}"
        )
    return values
