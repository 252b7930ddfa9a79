"""Finding one of a project's histories, and a revision in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migralint.project import Project
    from migralint.verdict.subject import Replayed, Subject


def only(project: Subject) -> Replayed:
    """The project's history; a usage error with the names where there are several."""
    _choose([(history.configuration.name, history.name) for history in project.histories])
    return project.histories[0]


def only_location(project: Project) -> None:
    """A usage error with the names where the project has several histories; none of them is replayed."""
    _choose([(configuration.name, location.name) for location, configuration in project.locations])


def _choose(names: list[tuple[str | None, str]]) -> None:
    """A usage error for several histories, by what the configuration and what Alembic calls each."""
    if len(names) > 1:
        configured = [str(given) for given, _ in names]
        known = configured if len(set(configured)) == len(names) else [own for _, own in names]
        raise click.UsageError(f"The project has several histories; choose one with --name: {', '.join(known)}.")


def revision(histories: Iterable[Replayed], given: str) -> tuple[Replayed, str]:
    """The history and revision of an id, which may be shortened as in Alembic; a usage error for any other."""
    every = [(history, known) for history in histories for known in history.revisions]
    exact = [found for found in every if found[1] == given]
    found = exact or [found for found in every if given and found[1].startswith(given)]
    if len(found) == 1:
        return found[0]
    if found:
        some = ", ".join(known for _, known in found[:5])
        raise click.UsageError(f"{given!r} is the beginning of several revisions: {some}.")
    from difflib import get_close_matches

    near = get_close_matches(given, [known for _, known in every], 1)
    raise click.UsageError(f"No revision is called {given!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
