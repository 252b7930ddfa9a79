"""`migralint plan`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from migralint.cli.histories import only
from migralint.cli.opening import find, open_project
from migralint.cli.options import common, format_option, sides
from migralint.cli.output import colour, emit, prefix, tell
from migralint.cli.unread import tell_of_project, tell_of_sql
from migralint.cli.values import Common, Sides

if TYPE_CHECKING:
    from migralint.configuration import Configuration, Found
    from migralint.plan import Deployment
    from migralint.plan.standing import Standing
    from migralint.project import Project, Replayed
    from migralint.rule import Difference, Step


@click.command("plan")
@click.argument("range", metavar="[BASE..HEAD]", required=False)
@format_option("text", "json", "markdown")
@common
@sides
def command(common: Common, sides: Sides, range: str | None, format: str) -> int:
    """Print what a deployment does to a PostgreSQL in use, step by step.

    Each step with its SQL, its locks and who waits, what to save before, the query that verifies it and the migration
    that corrects it. BASE is where the database is, HEAD where it goes (default: heads); each is a target of
    `alembic upgrade`. Without BASE, the plan begins after the revision of the one environment that the configuration
    knows, else after `start-after`, else after what the default branch of the repository has. Exit code 1 if a step
    would fail.

    With --environment, the pending revisions are rehearsed on the dump of that environment, from its own revision: what
    fails there, what a guard skips, the locks by its indexes and constraints, and how it differs from the head
    afterwards (with --truth, from that side).
    """
    from migralint.project import NO_ORDER
    from migralint.report import plan as report
    from migralint.report.style import Style

    found = find(common)
    project = open_project(common, found, directions=("upgrade",), sides=sides)
    configuration = only(project).configuration
    dialect = configuration.dialect
    if dialect != "postgresql":
        raise click.UsageError(f"plan is about PostgreSQL, and the dialect of this project is {dialect}.")
    base, _, head = (range or "").partition("..")
    if range is not None and (not (base or sides.environment) or range.count("..") != 1):
        raise click.UsageError(f"plan takes BASE..HEAD, such as `base..heads` or `ab12..`, not {range!r}.")
    remaining: Sequence[Difference] = ()
    if sides.environment is not None:
        (environment,) = project.environments
        start = (base,) if base else _there(environment)
        deployment, deployed, remaining = _rehearsed(common, project, environment, start, head or "heads")
    else:
        start = (base,) if base else _start(common, found, project, configuration)
        deployment, deployed = _deployment(project, start, head or "heads")
    tell_of_project(common, project, deployed.steps_all())
    if any(note.kind in NO_ORDER for note in deployed.graph.problems):
        raise click.ClickException("Alembic does not load this history, so nothing of it can be deployed.")
    entries = report.entries(deployment, deployed.name, lambda place: project.resolve(place).line)
    if format == "json":
        emit(
            json.dumps(report.contract(deployment, entries, remaining), indent=2, ensure_ascii=False) + "\n",
            machine=True,
        )
    else:
        lines = (
            report.markdown(deployment, entries, remaining)
            if format == "markdown"
            else report.text(deployment, entries, prefix(project.root), Style(colour(common)), remaining)
        )
        emit("".join(f"{one}\n" for one in lines), machine=format == "markdown")
    return int(any(step.fails for step in deployment.steps))


def _there(environment: Standing) -> tuple[str, ...]:
    """The revisions of an environment; a usage error where the history does not know them."""
    if environment.revisions is None or environment.unknown:
        problem = (
            f"is at {', '.join(environment.unknown)}, which the history does not have"
            if environment.unknown
            else "is at a revision that nothing tells"
        )
        raise click.UsageError(f"{environment.name} {problem}: give BASE..HEAD, or set its `revision`.")
    return environment.revisions or ("base",)


def _start(common: Common, found: Found, project: Project, configuration: Configuration) -> tuple[str, ...]:
    """Where the database is when nobody says it; a usage error where nothing tells."""
    known = [one for one in project.environments if one.known]
    if len(known) == 1:
        tell(common, f"the plan begins after {known[0].revision}, where the environment {known[0].name} is")
        return _there(known[0])
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
    history, there = project.deployed(start, head)
    return _planned(history, there), history


def _rehearsed(
    common: Common, project: Project, environment: Standing, start: tuple[str, ...], head: str
) -> tuple[Deployment, Replayed, Sequence[Difference]]:
    """The plan for an environment, the history as it runs there, and what remains. Raises TargetError."""
    from migralint.plan import by_revision
    from migralint.project import ProjectError

    if not environment.compared:
        tell(common, f"{environment.name} has no dump: the plan is for a database that the history makes")
        return *_deployment(project, start, head), ()
    snapshot = environment.dumped.snapshot
    if snapshot is not None and snapshot.unread and not snapshot.steps:
        raise ProjectError(f"{environment.name}: {snapshot.unread[0].message}: nothing can be rehearsed on it")
    if snapshot is not None:
        tell_of_sql(common, project, snapshot.unread)
    found = project.rehearsed(environment, start, head)
    fresh = project.histories[0]
    resolved = [one for given in start for one in fresh.graph.targets.resolve(given)]
    there = frozenset(fresh.graph.order_of(resolved))
    return _planned(found.history, there, by_revision(found.history, fresh)), found.history, found.remaining


def _planned(
    history: Replayed, there: frozenset[str], skipped: Mapping[str, Sequence[tuple[Step, str]]] | None = None
) -> Deployment:
    """The plan for the revisions of a history that are not there."""
    from migralint.plan import deployment
    from migralint.verdict.coverage import listed

    graph = history.graph
    pending = [one for one in history.upgrades if one not in there]
    above = {parent for one in there for parent in graph.parents[one]}
    return deployment(
        there - above,
        [(history.revisions[one], history.steps(one)) for one in pending],
        graph.parents,
        server=history.configuration.postgresql_version,
        apart=bool(history.surroundings.transaction_per_migration),
        listed=lambda step: listed(step, effects=True),
        skipped=skipped,
    )
