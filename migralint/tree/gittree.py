"""Files as a commit or the index of git has them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from migralint.tree.errors import (
    GitError,
    MissingError,
    NotAFileError,
    NotAFolderError,
    OutsideError,
    TooLargeError,
)
from migralint.tree.git import LINK, SUBMODULE, Blob, Repository
from migralint.tree.paths import name, normalise, parent
from migralint.tree.tree import PYTHON_BYTES, Entry, Kind, Tree
from migralint.tree.worktree import WorkTree

_LINKS = 40
"""How many symbolic links lead to a path at most, as in Linux."""

_LINK_BYTES = 64 * 1024


class _Found(NamedTuple):
    """What a path leads to: a blob, or a folder without one; `elsewhere` is what git does not keep here."""

    path: str = ""
    blob: Blob | None = None
    elsewhere: bool = False


class GitTree(Tree):
    """The project of a work tree with the files that git has of it: `blobs`, by path from the top of the repository.

    The project's folder is there even if it has no files. The tree is confined as the work tree is. What git does not
    keep is read from there: files outside of the repository that were granted, and submodules, so that they never
    differ from it.
    """

    def __init__(self, repository: Repository, blobs: Mapping[str, Blob], work: WorkTree) -> None:
        self.root = work.root
        self._repository = repository
        self._work = work
        self._blobs = blobs
        self._folders: dict[str, dict[str, Kind]] = {"": {}}
        project = self._inside(self.root)
        if project:
            self._add(project, "folder")
            self._folders.setdefault(project, {})
        for path, blob in blobs.items():
            self._add(path, "link" if blob.mode == LINK else "folder" if blob.mode == SUBMODULE else "file")

    def _add(self, path: str, kind: Kind) -> None:
        while path:
            above = self._folders.setdefault(parent(path), {})
            known = bool(above)
            above[name(path)] = kind
            if known:
                return
            path, kind = parent(path), "folder"

    @classmethod
    def of_commit(cls, repository: Repository, commit: str, work: WorkTree) -> GitTree:
        """The files that a commit has. Raises GitError."""
        return cls(repository, repository.committed(commit), work)

    @classmethod
    def of_index(cls, repository: Repository, work: WorkTree) -> GitTree:
        """The files as they are staged. Raises GitError."""
        return cls(repository, repository.staged(), work)

    def grant(self, place: str) -> None:
        """As `WorkTree.grant`."""
        self._work.grant(place)

    def locate(self, file: str) -> str:
        """As `WorkTree.locate`."""
        return self._work.locate(file)

    def here(self, path: str) -> str | None:
        """The tree's path of a path from the top; None where it lies outside of the project."""
        full = f"{self._repository.top}/{path}"
        return full[len(self.root) + 1 :] if full.startswith(f"{self.root}/") else None

    def read(self, path: str, limit: int = PYTHON_BYTES) -> bytes:
        """As `Tree.read`. Raises GitError for what a partial clone lacks."""
        found = self._find(path)
        if found is None:
            raise MissingError(path)
        if found.elsewhere:
            return self._work.read(path, limit)
        if found.blob is None:
            raise NotAFileError(path, "is a folder", "name a file")
        data = self._repository.read(found.blob.id, limit)
        if data is None:
            raise TooLargeError(path, f"is larger than {limit:,} bytes", "split it, or leave it out")
        return data

    def list(self, folder: str) -> tuple[Entry, ...]:
        """As `Tree.list`."""
        found = self._find(folder)
        if found is None:
            raise MissingError(folder)
        if found.elsewhere:
            return self._work.list(folder)
        if found.blob is not None:
            raise NotAFolderError(folder, "is a file", "name a folder")
        return tuple(sorted(Entry(*entry) for entry in self._folders[found.path].items()))

    def kind(self, path: str) -> Kind | None:
        """As `Tree.kind`."""
        found = self._find(path)
        if found is None:
            return None
        if found.elsewhere:
            return self._work.kind(path)
        return "folder" if found.blob is None else "file"

    def stamp(self, path: str) -> str | None:
        """The id of a file's content."""
        try:
            found = self._find(path)
        except (OutsideError, GitError):
            return None
        if found is None or (found.blob is None and not found.elsewhere):
            return None
        return self._work.stamp(path) if found.blob is None else f"git:{found.blob.id}"

    def _find(self, path: str) -> _Found | None:
        """What the path leads to, links followed; None where nothing is. Raises OutsideError."""
        plain = normalise(path)
        full = plain if plain.startswith("/") else f"{self.root}/{plain}".rstrip("/")
        inside = self._inside(full)
        if inside is None:
            return _Found(elsewhere=True)
        found = self._followed(path, inside)
        if found is not None and not self._work.allows(f"{self._repository.top}/{found.path}".rstrip("/")):
            raise self._work.outside(path)
        return found

    def _inside(self, full: str) -> str | None:
        """An absolute path as one from the top, None where it does not lie below that."""
        top = self._repository.top
        return full[len(top) + 1 :] if full == top or full.startswith(f"{top}/") else None

    def _followed(self, path: str, inside: str) -> _Found | None:
        rest = _split(inside)
        done: list[str] = []
        links = 0
        while rest:
            here = "/".join([*done, rest.pop(0)])
            blob = self._blobs.get(here)
            if blob is None and here not in self._folders:
                return None
            if blob is not None and blob.mode == SUBMODULE:
                return _Found(here, elsewhere=True)
            if blob is not None and blob.mode == LINK:
                links += 1
                target = None if links > _LINKS else self._repository.read(blob.id, _LINK_BYTES)
                if target is None:
                    return None
                rest = [*_split(self._led(path, parent(here), target)), *rest]
                done = []
            elif blob is not None:
                return None if rest else _Found(here, blob)
            else:
                done = here.split("/")
        return _Found("/".join(done))

    def _led(self, path: str, folder: str, target: bytes) -> str:
        """Where a link in a folder leads to, from the top. Raises OutsideError."""
        full = posixpath.normpath(
            posixpath.join(self._repository.top, folder, target.decode("utf-8", "surrogateescape"))
        )
        inside = self._inside(full)
        if inside is None:
            raise self._work.outside(path)
        return inside


def _split(path: str) -> list[str]:
    return path.split("/") if path else []
