"""The entry point: turns what goes wrong into a sentence and an exit code.

click, which takes longer to import than a stored answer to print, is only imported for a command line that is new.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

USAGE, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
"""Exit codes: usage, configuration or internal error; SIGINT and SIGPIPE as a shell reports them (128 + number)."""


def run(arguments: Sequence[str]) -> int:
    """Runs a command line; returns its exit code and never raises."""
    try:
        code = _run(list(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return BROKEN_PIPE
    except Exception as error:
        return _failed(error, arguments)
    return code


def main() -> NoReturn:
    """Runs the process's command line and ends the process at once: nothing is left to tidy up."""
    # A short run makes no cycles worth collecting, and tearing the interpreter down takes a fifth of it.
    gc.disable()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = BROKEN_PIPE
    os._exit(code)


def _run(arguments: list[str]) -> int:
    from migralint.cli.remembered import recall

    options = recall(arguments)
    if options is not None:
        from migralint.cli.answers import answer
        from migralint.cli.showing import show

        return show(answer(options), options)
    from migralint.cli.commands import commands

    code = commands.main(arguments, prog_name="migralint", standalone_mode=False, obj=arguments)
    return code if isinstance(code, int) else 0


def _failed(error: Exception, arguments: Sequence[str]) -> int:
    import click

    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        error.show()
        return USAGE
    verbose = any(argument in ("-v", "--verbose") for argument in arguments)
    if verbose:
        import traceback

        traceback.print_exception(error)
    message, mistake = explained(error)
    click.echo(f"migralint: error: {message}", err=True)
    if mistake and not verbose:
        click.echo(
            "This is a mistake in migralint; please report it with the output of the same command and -v.", err=True
        )
    return USAGE


def explained(error: Exception) -> tuple[str, bool]:
    """What to say about an error, and whether it is a mistake in migralint.

    Errors of our own types, and those of the operating system, say themselves what is wrong and what to do.
    """
    if type(error).__module__.startswith("migralint.") or isinstance(error, OSError):
        return str(error), False
    return f"{type(error).__name__}: {error}", True


def _discard_output() -> None:
    """Whoever read the output is gone; what is still buffered must not raise again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
