"""`migralint reconcile`."""

from __future__ import annotations

import click

from migralint.cli.authored import opened, put
from migralint.cli.options import common, sides
from migralint.cli.output import tell
from migralint.cli.unread import tell_of_sql
from migralint.cli.values import Common, Sides


@click.command("reconcile")
@click.option("-m", "message", metavar="TEXT", help="What the revision is about (default: reconcile with the truth).")
@common
@sides
def command(common: Common, sides: Sides, message: str | None) -> int:
    """Write the forward-only migration that closes the drift, and print the path of its file.

    After it the history, every environment and every SQL snapshot have what the truth has: with --truth head what the
    history makes, else what that environment or the snapshot has. It runs on all of them: what one has already is done
    only where it is missing. Renames keep their rows, and what takes as long as tables are large is done without the
    locks that everybody waits for. What loses something stands there as a comment, for somebody to decide.
    """
    from migralint.project import ProjectError

    project = opened(common, "reconcile", sides)
    if not project.snapshots and not any(one.compared for one in project.environments):
        raise click.UsageError(
            "There is nothing to reconcile with: name environments or snapshots in the configuration."
        )
    found = project.reconciliation(message)
    tell_of_sql(common, project, found.unread)
    if not found.revisions and found.unread:
        raise ProjectError("not all of the sides could be read, and what was read has no drift: correct the files")
    if not found.revisions:
        tell(common, f"every side has what {found.truth} has: there is nothing to write")
    for note in found.refused:
        tell(common, f"{note.message}; as long as it does, this migration is not reached there")
    for side, differences in found.remaining.items():
        for one in differences:
            there, wanted = (said or "not there" for _, said in one.sides)
            what = str(one.object) if one.kind == one.object.kind else f"{one.kind.replace('_', ' ')} of {one.object}"
            tell(common, f"left to decide: {what}: {there} in {side}, {wanted} in {found.truth}")
    put(common, project, found.revisions)
    return 0
