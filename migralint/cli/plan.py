"""`migralint plan`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from migralint.cli.histories import only
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option
from migralint.cli.output import colour, emit, prefix
from migralint.cli.unread import tell_of_project
from migralint.cli.values import Common

if TYPE_CHECKING:
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
    `alembic upgrade`. Without BASE, the plan begins after `start-after`. Exit code 1 if a step would fail.
    """
    from migralint.project import NO_ORDER
    from migralint.report import plan as report
    from migralint.report.style import Style

    project = open_project(common, find(common), directions=("upgrade",))
    configuration = only(project).configuration
    dialect = configuration.dialect
    if dialect != "postgresql":
        raise click.UsageError(f"plan is about PostgreSQL, and the dialect of this project is {dialect}.")
    base, _, head = (range or "").partition("..")
    if range is not None and (not base or range.count("..") != 1):
        raise click.UsageError(f"plan takes BASE..HEAD, such as `base..heads` or `ab12..`, not {range!r}.")
    deployment, deployed = _deployment(project, (base,) if base else _start(configuration.start_after), head or "heads")
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


def _start(start_after: tuple[str, ...]) -> tuple[str, ...]:
    """Where the database is when nobody says it; a usage error where nothing tells."""
    if not start_after:
        raise click.UsageError(
            "Nothing says where the database is: give BASE..HEAD, such as `ab12..heads`, or set start-after."
        )
    return start_after


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
