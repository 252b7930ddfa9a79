"""The key `models` of the configuration: its modules have to be in the project."""

from __future__ import annotations

from collections.abc import Iterable

from migralint.configuration import Configuration
from migralint.python.finder import ProjectFinder


def origin(configuration: Configuration) -> str:
    """Where the key is set, as messages begin."""
    at = configuration.origins.get("models")
    return f"{at}: " if at is not None else ""


def missing(configuration: Configuration, finder: ProjectFinder, roots: Iterable[str]) -> str | None:
    """What is wrong with the first module that is not in the project; None where all are."""
    for given in configuration.models or ():
        if finder.find(given.partition(":")[0]) is None:
            looked = ", ".join(root or "." for root in roots)
            problem = (
                f"models: no module {given!r} in the project (looked in {looked}); correct it, or set source-roots"
            )
            return origin(configuration) + problem
    return None
