"""The entry point: finds the command, turns what goes wrong into a sentence and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from migralint import __version__

COMMANDS = {
    "check": "Lint the migrations.",
    "drift": "Compare models, snapshots and queries with the history.",
    "schema": "Print a schema: of the heads, a revision, or an SQL script.",
    "operations": "List the operations of the history, of revisions, or of scripts.",
    "history": "List every change of one table or column.",
    "graph": "Show revisions, heads and branches.",
    "rule": "Explain a rule, or list all.",
    "init": "Write a configuration for this project.",
    "baseline": "Accept the findings there are now.",
    "config": "Print the configuration and where each value comes from.",
    "server": "Run the language server.",
    "clean": "Remove stored answers.",
}
"""The commands and what each does; `migralint.cli.NAME` holds `command`."""

USAGE, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
"""Exit codes: usage, configuration or internal error; SIGINT and SIGPIPE as a shell reports them (128 + number)."""


class Commands(click.Group):
    """Imports a command's module when the command is called or its help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"migralint.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but tells which command was perhaps meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="migralint %(version)s")
def commands() -> None:
    """Replay an Alembic history on paper and lint what each migration does.

    migralint reads migrations without running them. Exit codes: 0; 1 findings at or over --fail-on; 2 usage,
    configuration or internal error.
    """


def run(arguments: Sequence[str]) -> int:
    """Runs a command line; returns its exit code and never raises."""
    try:
        code = commands.main(list(arguments), prog_name="migralint", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return BROKEN_PIPE
    except click.ClickException as error:
        error.show()
        return USAGE
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence, not a traceback
        return _report(error, arguments)
    return code if isinstance(code, int) else 0


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


def _report(error: Exception, arguments: Sequence[str]) -> int:
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
