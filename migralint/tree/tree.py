"""A tree: the files of one project in one state, wherever they are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal, NamedTuple

from migralint.tree.text import decode

PYTHON_BYTES = 4 * 1024 * 1024
"""The largest Python, configuration or template file that is read."""

SQL_BYTES = 64 * 1024 * 1024
"""The largest SQL file that is read."""

Kind = Literal["file", "folder", "link", "other"]


class Entry(NamedTuple):
    """One name in a folder. A symbolic link is a `link`, whatever it leads to; pipes, sockets and devices are
    `other`."""

    name: str
    kind: Kind


class Tree(ABC):
    """What a source of files has to answer. Paths are those of `migralint.tree.paths`; they may be unnormalised.

    Every method raises OutsideError for a path that leaves the project (by `..` or by a symbolic link) and
    UnreadableError where the operating system refuses.
    """

    @abstractmethod
    def read(self, path: str, limit: int = PYTHON_BYTES) -> bytes:
        """The content of a file of at most `limit` bytes.

        Raises MissingError, NotAFileError and TooLargeError.
        """

    @abstractmethod
    def list(self, folder: str) -> tuple[Entry, ...]:
        """The names in a folder, sorted. Raises MissingError and NotAFolderError."""

    @abstractmethod
    def kind(self, path: str) -> Kind | None:
        """What the path is, links followed (so never `link`); None where nothing is."""

    @abstractmethod
    def stamp(self, path: str) -> str | None:
        """A cheap mark of the file's content or the folder's names: while it is the same, they are the same.

        None where there is no mark that safe, or nothing has this path. Never raises.
        """

    def exists(self, path: str) -> bool:
        """Whether anything has this path, links followed."""
        return self.kind(path) is not None

    def is_dir(self, path: str) -> bool:
        """Whether the path is a folder, links followed."""
        return self.kind(path) == "folder"

    def text(self, path: str, limit: int = PYTHON_BYTES) -> str:
        """The file's text as `decode` gives it. Raises what `read` raises, and NotTextError."""
        return decode(self.read(path, limit), path)
