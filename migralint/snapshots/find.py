"""Which files of a project are snapshots."""

from __future__ import annotations

from migralint.configuration import Configuration
from migralint.snapshots.read import read
from migralint.snapshots.snapshot import Snapshot
from migralint.tree import Tree, TreeError, walk

FILE = "supabase_schema.sql"
"""The name under which a schema copied from Supabase is kept."""


def find(tree: Tree, configuration: Configuration) -> tuple[Snapshot, ...]:
    """The configured snapshots, else every `supabase_schema.sql` of the project, each read.

    A file that cannot be read is a snapshot about which nothing is known, with the reason in `unread`.
    """
    paths = configuration.snapshots
    if paths is None:
        paths = tuple(path for path in walk(tree, "", FILE, _skip) if path.rpartition("/")[2] == FILE)
    return tuple(read(tree, path, configuration) for path in paths)


def _skip(_error: TreeError) -> None:
    """A folder that cannot be listed holds no snapshot that could be read."""
