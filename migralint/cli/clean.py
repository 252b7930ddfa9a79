"""`migralint clean`."""

from __future__ import annotations

import click

from migralint.cache import Cache, default_folder
from migralint.cli.opening import find
from migralint.cli.options import common
from migralint.cli.output import tell
from migralint.cli.values import Common


@click.command("clean")
@common
def command(common: Common) -> None:
    """Remove the stored answers of all projects."""
    cache = Cache(default_folder(find(common).root))
    tell(common, f"{cache.clean()} files removed from {cache.folder}" if cache.folder else "nothing is stored")
