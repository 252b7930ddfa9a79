"""The language server: findings while migrations are written. Needs the extra `lsp`."""

from __future__ import annotations

from migralint.cli.values import Common


def serve(common: Common) -> None:
    """Serves one client over standard input and output until it says goodbye."""
    from migralint.server.features import make

    make(common).start_io()
