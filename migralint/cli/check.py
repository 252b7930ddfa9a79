"""`migralint check`."""

from __future__ import annotations

import click

from migralint.cli.answers import Answer, answer
from migralint.cli.options import Checking, Common, checking, common
from migralint.cli.output import colour, emit, prefix
from migralint.report import View, render
from migralint.tree import TreeError


@click.command("check")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@common
@checking
def command(common: Common, checking: Checking, paths: tuple[str, ...]) -> int:
    """Lint the migrations: every family of rules over the whole project.

    With PATHs (files or folders) everything is still replayed, and findings that lie in them are reported.
    """
    return show(answer(common, checking, paths), common, checking)


def show(made: Answer, common: Common, checking: Checking, *, drift: bool = False) -> int:
    """Prints an answer; returns the exit code."""

    def source(path: str) -> str | None:
        try:
            return made.tree.text(path)
        except TreeError:
            return None

    people = checking.output_format in ("text", "concise")
    view = View(
        source,
        prefix(made.tree.root, repository=not people),
        people and colour(common, checking.output_file),
        checking.statistics,
        drift,
    )
    text = render(checking.output_format, made.verdict, view)
    emit(text, checking.output_file, machine=not people)
    fails = made.verdict.fails(checking.fail_on or made.fail_on)
    return 1 if fails and not checking.exit_zero else 0
