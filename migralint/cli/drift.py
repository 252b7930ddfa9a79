"""`migralint drift`."""

from __future__ import annotations

import click

from migralint.cli.answers import answer
from migralint.cli.check import show
from migralint.cli.options import Checking, Common, checking, common

FAMILIES = ("models", "snapshots", "queries")


@click.command("drift")
@common
@checking
def command(common: Common, checking: Checking) -> int:
    """Compare models, snapshots and queries with the history.

    Differences are listed by class: blocking ones break at run time, integrity ones let wrong data in, cosmetic ones
    change nothing that runs.
    """
    return show(answer(common, checking, families=FAMILIES), common, checking, drift=True)
