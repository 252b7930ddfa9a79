"""`migralint check`."""

from __future__ import annotations

import click

from migralint.cli.answers import answer
from migralint.cli.options import checking, common
from migralint.cli.remembered import remember
from migralint.cli.showing import show
from migralint.cli.values import Check, Checking, Common


@click.command("check")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@common
@checking
def command(common: Common, checking: Checking, paths: tuple[str, ...]) -> int:
    """Lint the migrations: every family of rules over the whole project.

    With PATHs (files or folders) everything is still replayed, and findings that lie in them are reported.
    """
    said = Check(common, checking, paths)
    made = answer(said)
    remember(click.get_current_context().obj or (), said)
    return show(made, said)
