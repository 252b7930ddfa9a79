"""Files on disk."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterable

from migralint.tree.errors import (
    MissingError,
    NotAFileError,
    NotAFolderError,
    OutsideError,
    TooLargeError,
    TreeError,
    UnreadableError,
)
from migralint.tree.paths import normalise
from migralint.tree.tree import PYTHON_BYTES, Entry, Kind, Tree

SETTLED_NS = 2_000_000_000
"""How long ago the last change must be for a stamp. A change within the resolution of a file system's clock (2 s on
FAT) could leave the times as they were; git calls such entries racy (git's Documentation/technical/racy-git.txt)."""


class WorkTree(Tree):
    """The files below `root` and below the `granted` folders (or files) outside it, as they are on disk.

    Nothing else is read: neither by `..` nor through a symbolic link that leads elsewhere. What folders lead to is
    looked up once, so make a new WorkTree for each run.
    """

    def __init__(self, root: str, granted: Iterable[str] = ()) -> None:
        self.root = _slashes(os.path.realpath(root))
        """The project's folder, absolute and without links."""
        self._given = _slashes(os.path.abspath(root))
        self._places = [self.root]
        self._folders: dict[str, str] = {}
        for place in granted:
            self.grant(place)

    def grant(self, place: str) -> None:
        """Allow reading below a folder, or one file, outside the root. A relative one is seen from the root."""
        self._places.append(_slashes(os.path.realpath(os.path.join(self.root, place))))

    def locate(self, file: str) -> str:
        """The tree's path of a file named as in the file system, seen from the current folder.

        It is relative to the root where the file lies in it, else absolute; nothing is read.
        """
        full = _slashes(os.path.abspath(file))
        real = _slashes(os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full)))
        for root, path in ((self._given, full), (self.root, full), (self.root, real)):
            if _within(path, root):
                return path[len(root) :].lstrip("/")
        return real

    def read(self, path: str, limit: int = PYTHON_BYTES) -> bytes:
        """As `Tree.read`; a file that grows beyond the limit meanwhile is too large as well."""
        real, status = self._look(path)
        if status is None:
            raise MissingError(path)
        if stat.S_ISDIR(status.st_mode):
            raise NotAFileError(path, "is a folder", "name a file")
        if not stat.S_ISREG(status.st_mode):
            raise NotAFileError(path, "is not a regular file", "name a file")
        if status.st_size > limit:
            raise _too_large(path, limit)
        try:
            with open(real, "rb", buffering=0) as file:
                data = file.readall()
        except FileNotFoundError:
            raise MissingError(path) from None
        except OSError as error:
            raise _unreadable(path, error) from None
        if len(data) > limit:
            raise _too_large(path, limit)
        return data

    def list(self, folder: str) -> tuple[Entry, ...]:
        """As `Tree.list`."""
        real, status = self._look(folder)
        if status is None:
            raise MissingError(folder)
        if not stat.S_ISDIR(status.st_mode):
            raise NotAFolderError(folder, "is a file", "name a folder")
        try:
            with os.scandir(real) as entries:
                return tuple(sorted(Entry(entry.name, _kind(entry)) for entry in entries))
        except OSError as error:
            raise _unreadable(folder, error) from None

    def kind(self, path: str) -> Kind | None:
        """As `Tree.kind`."""
        _, status = self._look(path)
        if status is None:
            return None
        if stat.S_ISDIR(status.st_mode):
            return "folder"
        return "file" if stat.S_ISREG(status.st_mode) else "other"

    def stamp(self, path: str) -> str | None:
        """Times of the last change of content and of the inode, size and inode; None while the last change is young."""
        now = time.time_ns()
        try:
            _, status = self._look(path)
        except TreeError:
            return None
        if status is None or max(status.st_mtime_ns, status.st_ctime_ns) > now - SETTLED_NS:
            return None
        return f"{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_size}:{status.st_ino}"

    def _look(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where the path really is and its status; the status is None where nothing is."""
        plain = normalise(path)
        full = plain if os.path.isabs(plain) else f"{self.root}/{plain}" if plain else self.root
        folder, _, name = full.rpartition("/")
        try:
            real_folder = self._folders.get(folder)
            if real_folder is None:
                real_folder = self._folders[folder] = _slashes(os.path.realpath(folder or "/")).rstrip("/")
            real = f"{real_folder}/{name}"
            if not self.allows(real):
                raise self.outside(path)
            status = os.lstat(real)
            if stat.S_ISLNK(status.st_mode):
                real = _slashes(os.path.realpath(real))
                if not self.allows(real):
                    raise self.outside(path)
                status = os.stat(real)
        except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a name the system cannot express
            return full, None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return full, None
            raise _unreadable(path, error) from None
        return real, status

    def allows(self, real: str) -> bool:
        """Whether an absolute path without links may be read."""
        return any(_within(real, place) for place in self._places)

    def outside(self, path: str) -> OutsideError:
        """The error about a path that may not be read."""
        return OutsideError(
            path, f"lies outside the project {self.root}", "move it there, or add its folder to source-roots"
        )


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def _slashes(path: str) -> str:
    return path.replace(os.sep, "/")


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith("/") else f"{folder}/")


def _too_large(path: str, limit: int) -> TooLargeError:
    return TooLargeError(path, f"is larger than {limit:,} bytes", "split it, or leave it out")


def _unreadable(path: str, error: OSError) -> UnreadableError:
    return UnreadableError(path, f"cannot be read: {error.strerror}", "check its permissions")
