"""The language server: findings while migrations are written. Needs the extra `lsp`."""

from __future__ import annotations

import contextlib
import os
import sys

from migralint.cli.values import Common


def serve(common: Common) -> None:
    """Serves one client over standard input and output until it says goodbye."""
    from migralint.server.features import make

    # The server closes its streams in the end; and what anything else prints must not get into the conversation.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    questions = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    with contextlib.redirect_stdout(sys.stderr):
        make(common).start_io(questions, answers)
