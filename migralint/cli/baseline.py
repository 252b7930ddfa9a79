"""`migralint baseline`."""

from __future__ import annotations

import os

import click

from migralint.cli.opening import find, open_project
from migralint.cli.options import common
from migralint.cli.output import emit, tell
from migralint.cli.values import Common
from migralint.tree import WorkTree

DEFAULT = "migralint-baseline.json"


@click.command("baseline")
@click.option("--baseline", metavar="FILE", help=f"The file to write (default: `baseline`, else {DEFAULT}).")
@common
def command(common: Common, baseline: str | None) -> None:
    """Accept the findings there are now: `check` then tells only new ones.

    Writes their fingerprints to a file that belongs under version control. Findings that are suppressed by a comment
    are not in it.
    """
    from migralint.verdict.baseline import write
    from migralint.verdict.check import Request, check

    found = find(common)
    project = open_project(common, found)
    verdict = check(project, Request(baseline=""))
    configured = project.configuration.baseline
    path = WorkTree(found.root).locate(baseline) if baseline else configured or DEFAULT
    emit(write(verdict.active), os.path.join(found.root, path))
    tell(common, f"{path}: {len(verdict.active)} accepted")
    if path != configured:
        tell(common, f'say `baseline = "{path}"` in the configuration, or give --baseline {path} to check')
