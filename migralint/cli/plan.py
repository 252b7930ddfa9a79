"""`migralint plan`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from migralint.cli.histories import only
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option
from migralint.cli.output import colour, emit, prefix, tell
from migralint.cli.unread import tell_of_project
from migralint.cli.values import Common

if TYPE_CHECKING:
    from migralint.configuration import Configuration, Found
    from migralint.plan import Deployment
    from migralint.project import Project, Replayed


@click.command("plan")
@click.argument("range", metavar="[BASE..HEAD]", required=False)
@format_option("text", "json", "markdown")
@common
def command(common: Common, range: str | None, format: str) -> int:
    """Print what a deployment does to a PostgreSQL in use, step by step.

    Each step with its SQL, its locks and who waits, what to save before, the query that verifies it and the migration
    that corrects it. BASE is where the database is, HEAD where it goes (default: heads); each is a target of
    `alembic upgrade`. Without BASE, the plan begins after the revision of the one environment that the configuration
    knows, else after `start-after`, else after what the default branch of the repository has. Exit code 1 if a step
    would fail.
    """
    from migralint.project import NO_ORDER
    from migralint.report import plan as report
    from migralint.report.style import Style

    found = find(common)
    project = open_project(common, found, directions=("upgrade",))
    configuration = only(project).configuration
    dialect = configuration.dialect
    if dialect != "postgresql":
        raise click.UsageError(f"plan is about PostgreSQL, and the dialect of this project is {dialect}.")
    base, _, head = (range or "").partition("..")
    if range is not None and (not base or range.count("..") != 1):
        raise click.UsageError(f"plan takes BASE..HEAD, such as `base..heads` or `ab12..`, not {range!r}.")
    start = (base,) if base else _start(common, found, project, configuration)
    deployment, deployed = _deployment(project, start, head or "heads")
    tell_of_project(common, project, deployed.steps_all())
    if any(note.kind in NO_ORDER for note in deployed.graph.problems):
        raise click.ClickException("Alembic does not load this history, so nothing of it can be deployed.")
    entries = report.entries(deployment, deployed.name, lambda place: project.resolve(place).line)
    if format == "json":
        emit(json.dumps(report.contract(deployment, entries), indent=2, ensure_ascii=False) + "\n", machine=True)
    else:
        lines = (
            report.markdown(deployment, entries)
            if format == "markdown"
            else report.text(deployment, entries, prefix(project.root), Style(colour(common)))
        )
        emit("".join(f"{one}\n" for one in lines), machine=format == "markdown")
    return int(any(step.fails for step in deployment.steps))


def _start(common: Common, found: Found, project: Project, configuration: Configuration) -> tuple[str, ...]:
    """Where the database is when nobody says it; a usage error where nothing tells."""
    known = {name: one.revision for name, one in configuration.environments.items() if one.revision is not None}
    if len(known) == 1:
        [(name, revision)] = known.items()
        tell(common, f"the plan begins after {revision}, where the environment {name} is")
        return (revision,)
    if configuration.start_after:
        return configuration.start_after
    from migralint.cli.against import merged
    from migralint.tree import GitError

    try:
        branch, heads = merged(found, project)
    except GitError as problem:
        raise click.UsageError(
            "Nothing says where the database is: give BASE..HEAD, such as `ab12..heads`, or set start-after. The "
            f"repository does not tell either: {problem}."
        ) from None
    at = ", ".join(heads) or "an empty database"
    tell(common, f"the plan begins after {at}, which is what {branch} has where this branch left it")
    return heads or ("base",)


def _deployment(project: Project, start: tuple[str, ...], head: str) -> tuple[Deployment, Replayed]:
    """The plan, and the history as it runs then. Raises TargetError."""
    from migralint.plan import deployment
    from migralint.verdict.coverage import listed

    history, there = project.deployed(start, head)
    graph = history.graph
    pending = [one for one in history.upgrades if one not in there]
    above = {parent for one in there for parent in graph.parents[one]}
    found = deployment(
        there - above,
        [(history.revisions[one], history.steps(one)) for one in pending],
        graph.parents,
        server=history.configuration.postgresql_version,
        apart=bool(history.surroundings.transaction_per_migration),
        listed=lambda step: listed(step, effects=True),
    )
    return found, history
