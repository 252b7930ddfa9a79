"""From a location as Alembic's configuration writes it to a folder of the tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migralint.environment.folders import is_folder, under
from migralint.environment.ini import HERE
from migralint.tree import Tree, TreeError
from migralint.tree.paths import join, parent


def resolved(tree: Tree, given: str, folder: str, roots: Sequence[str]) -> str | None:
    """The folder that `given` means in a configuration file in `folder`; None where there is none.

    A relative path is seen from the current folder, which nobody but Alembic's caller knows: the file's own folder is
    tried first, then those above it. `package:folder` is looked for in `roots`, in those folders and in their `src/`.
    """
    for base, path in _candidates(given, folder, roots):
        try:
            found = join(base, path)
        except TreeError:
            continue
        if is_folder(tree, found):
            return found
    return None


def shown(given: str) -> str:
    """A location as its file writes it."""
    return given.replace(HERE, "%(here)s")


def upward(folder: str) -> Iterator[str]:
    """A folder and those above it, up to the project."""
    while folder not in ("", "/"):
        yield folder
        folder = parent(folder)
    yield ""


def _candidates(given: str, folder: str, roots: Sequence[str]) -> Iterator[tuple[str, str]]:
    if HERE in given:
        yield "", given.replace(HERE, folder or ".")
    elif ":" in given and not given.startswith("/"):
        package, *inner = given.split(":")
        path = "/".join([package.replace(".", "/"), *inner])
        above = [root for base in upward(folder) for root in (base, under(base, "src"))]
        yield from ((root, path) for root in (*roots, *above))
    else:
        yield from ((base, given) for base in upward(folder))
