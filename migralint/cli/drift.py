"""`migralint drift`."""

from __future__ import annotations

import click

from migralint.cli.answers import answer
from migralint.cli.options import checking, common
from migralint.cli.remembered import remember
from migralint.cli.showing import show
from migralint.cli.values import Check, Checking, Common

FAMILIES = ("models", "snapshots", "queries")


@click.command("drift")
@common
@checking
def command(common: Common, checking: Checking) -> int:
    """Compare the SQLAlchemy models, SQL snapshots and the queries of running code with the history.


    Models are those of `target_metadata` in env.py, or of the key `models`; snapshots are `supabase_schema.sql`, or the
    files of the key `snapshots`. Differences are listed by class: blocking ones break at run time, integrity ones let
    wrong data in, cosmetic ones change nothing that runs. Views, functions, triggers and policies are not compared.
    """
    said = Check(common, checking, families=FAMILIES)
    made = answer(said)
    remember(click.get_current_context().obj or (), said)
    return show(made, said)
