"""From the options of the command line to a project."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from migralint.cli.values import Common
from migralint.configuration.discover import Found, discover

if TYPE_CHECKING:
    from migralint.project import Project
    from migralint.tree.gittree import GitTree


def find(common: Common) -> Found:
    """The project's folder and configuration files. Raises ConfigurationError."""
    return discover(".", common.project, common.config)


def open_project(
    common: Common,
    found: Found,
    buffers: Mapping[str, str] | None = None,
    directions: Sequence[str] = ("upgrade", "downgrade"),
    files: GitTree | None = None,
) -> Project:
    """The project, or what git has of it, ready to be replayed in these directions.

    Raises ProjectError, ConfigurationError and TreeError."""
    from migralint.project import Project

    overrides = [os.path.abspath(given) if os.path.isfile(given) else given for given in common.config]
    return Project.open(
        found.root,
        configuration_overrides=overrides,
        name=common.name,
        dialect=common.dialect,
        postgresql_version=common.postgresql_version,
        cache=not common.no_cache,
        buffers=buffers,
        directions=directions,
        files=files,
    )
