"""Temporary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from migralint.configuration import Configuration
from migralint.tree import Tree


@dataclass(frozen=True)
class Location:
    """Temporary."""

    name: str
    script_location: str
    version_locations: tuple[str, ...]
    recursive: bool = False
    prepend_sys_path: tuple[str, ...] = ()
    env_path: str | None = None
    ini_path: str | None = None
    section: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


def discover(tree: Tree, configuration: Configuration) -> tuple[Location, ...]:
    """Temporary."""
    loc = configuration.script_location or "alembic"
    env = f"{loc}/env.py"
    return (Location(loc, loc, configuration.version_locations or (f"{loc}/versions",), bool(configuration.recursive_version_locations), env_path=env if tree.exists(env) else None),)
