"""`migralint check`."""

from __future__ import annotations

import click

from migralint.cli.answers import answer
from migralint.cli.options import checking, common
from migralint.cli.remembered import remember
from migralint.cli.showing import show
from migralint.cli.values import Check, Checking, Common, Fixing


@click.command("check")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@common
@checking
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing; exit 1 if anything.")
@click.option("--fix", is_flag=True, help="Correct what can safely be corrected, then tell the other findings.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also what has to be looked at first.")
def command(
    common: Common, checking: Checking, paths: tuple[str, ...], diff: bool, fix: bool, unsafe_fixes: bool
) -> int:
    """Lint the migrations: every family of rules over the whole project.

    With PATHs (files or folders) everything is still replayed, and findings that lie in them are reported.
    """
    if diff or fix:
        if checking.staged:
            raise click.UsageError("--fix and --diff go by the files as they are, not as they are staged.")
        from migralint.cli.fixing import correct

        return correct(Check(common, checking, paths, fixing=Fixing(fix and not diff, unsafe_fixes)))
    if unsafe_fixes:
        raise click.UsageError("--unsafe-fixes goes with --fix or --diff.")
    said = Check(common, checking, paths)
    made = answer(said)
    remember(click.get_current_context().obj or (), said)
    return show(made, said)
