"""SQL scripts of the command line, replayed on their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from migralint.tree import Tree, TreeError

if TYPE_CHECKING:
    from migralint.project import Paper


def replay(tree: Tree, path: str, dialect: str, postgresql_version: int) -> Paper:
    """What a script does to an empty database; a usage error where it cannot be read."""
    from migralint.project import replay_script

    try:
        return replay_script(tree, path, dialect, postgresql_version)
    except TreeError as error:
        raise click.UsageError(str(error)) from None
