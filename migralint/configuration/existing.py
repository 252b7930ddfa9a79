"""Whether the files are there that a configuration names."""

from __future__ import annotations

from collections.abc import Iterator

from migralint.configuration.configuration import Configuration
from migralint.configuration.errors import ConfigurationError
from migralint.tree import Tree

_KINDS = {
    "base-schema": ("file",),
    "source-roots": ("folder",),
    "snapshots": ("file",),
    "environments": ("file",),
    "queries": ("file", "folder"),
}
"""The keys with paths that nothing else checks, and what each may be."""


def check_files(tree: Tree, configuration: Configuration) -> None:
    """Raises ConfigurationError for the first path of the configuration that is not there, TreeError if it is hidden.

    A snapshot that was misspelt would else agree with everything.
    """
    for key, part, path in _paths(configuration):
        kind = tree.kind(path)
        if kind in _KINDS[key]:
            continue
        wanted = " or ".join(_KINDS[key])
        problem = f"no such {wanted}" if kind is None else f"not a {wanted}"
        origin = configuration.origins.get(key)
        where = (origin.path or origin.source, origin.line) if origin else (None, None)
        raise ConfigurationError(f"{key}{part}: {problem}: {path or '.'}; correct the path or remove it", *where)


def _paths(configuration: Configuration) -> Iterator[tuple[str, str, str]]:
    """Key, what follows it where it is a table, path."""
    if configuration.base_schema is not None:
        yield "base-schema", "", configuration.base_schema
    for key, paths in (
        ("source-roots", configuration.source_roots),
        ("snapshots", configuration.snapshots),
        ("queries", configuration.queries),
    ):
        for path in paths or ():
            yield key, "", path
    for name, environment in configuration.environments.items():
        if environment.dump is not None:
            yield "environments", f".{name}", environment.dump
