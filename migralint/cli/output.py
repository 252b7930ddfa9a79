"""Where the answer goes, and in which colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from migralint.cli.values import Common
from migralint.tree import WorkTree


def colour(common: Common, output_file: str | None = None) -> bool:
    """Whether the answer is coloured: on a terminal, unless NO_COLOR (no-color.org) or --color say otherwise."""
    if common.color != "auto":
        return common.color == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return output_file is None and not plain and sys.stdout.isatty()


def emit(text: str, output_file: str | None = None, *, machine: bool = False) -> None:
    """Writes the answer to standard output or to a file. What a machine reads is always UTF-8."""
    if output_file is not None:
        try:
            with open(output_file, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
        except OSError as error:
            import click

            raise click.ClickException(f"--output-file: {output_file} cannot be written: {error.strerror}") from None
        return
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:  # not where something else stands in for standard output
        reconfigure(encoding="utf-8" if machine else None, errors="backslashreplace")
    sys.stdout.write(text)
    sys.stdout.flush()


def tell(common: Common, text: str) -> None:
    """A remark on standard error, unless --quiet."""
    if not common.quiet:
        sys.stderr.write(f"migralint: {text}\n")


def prefix(root: str, *, repository: bool = False) -> str:
    """What leads to the project's files: from the current folder, or from the root of the repository."""
    start = os.path.realpath(".")
    if repository:
        start = root
        while not os.path.exists(os.path.join(start, ".git")):
            above = os.path.dirname(start)
            if above == start:
                start = root
                break
            start = above
    try:
        relative = os.path.relpath(root, start).replace(os.sep, "/")
    except ValueError:  # another drive
        relative = root.replace(os.sep, "/")
    return "" if relative == "." else f"{relative}/"


def located(tree: WorkTree, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Paths of the command line as paths of the project. Raises click.UsageError for those that are not in it."""
    places = {path: tree.locate(path) for path in paths}
    for path, place in places.items():
        wrong = "no such file or folder." if not os.path.exists(path) else ""
        if os.path.isabs(place):
            wrong = wrong or f"lies outside the project {tree.root}; choose it with --project."
        if wrong:
            import click

            raise click.UsageError(f"{path}: {wrong}")
    return tuple(places.values())
