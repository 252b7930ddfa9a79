"""`migralint server`."""

from __future__ import annotations

import click

from migralint.cli.options import common
from migralint.cli.values import Common


@click.command("server")
@common
def command(common: Common) -> None:
    """Run the language server on standard input and output; editors start it."""
    try:
        import pygls.lsp.server  # noqa: F401 - is it there?
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise click.ClickException('the server needs an extra; install it with: pip install "migralint[lsp]"') from None
    from migralint.server import serve

    serve(common)
