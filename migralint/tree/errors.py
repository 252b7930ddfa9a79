"""What can go wrong when a file is read: every case has a type, a path and a remedy."""

from __future__ import annotations

from typing import ClassVar


class TreeError(Exception):
    """A file or folder could not be used.

    `path` is the path in the tree, `problem` what is wrong, `remedy` what to do about it, `line` the line (from 1)
    where it was seen, if there is one. `code` names the kind of error; records keep it as the outcome of a reading.
    """

    code: ClassVar[str] = "error"

    def __init__(self, path: str, problem: str, remedy: str, line: int | None = None) -> None:
        super().__init__(path, problem, remedy, line)
        self.path = path
        self.problem = problem
        self.remedy = remedy
        self.line = line

    def __str__(self) -> str:
        place = self.path or "."
        if self.line is not None:
            place = f"{place}:{self.line}"
        return f"{place}: {self.problem}; {self.remedy}"


class MissingError(TreeError):
    """Nothing has this path."""

    code = "missing"

    def __init__(
        self,
        path: str,
        problem: str = "no such file or folder",
        remedy: str = "check the path",
        line: int | None = None,
    ) -> None:
        super().__init__(path, problem, remedy, line)


class UnreadableError(TreeError):
    """The operating system refuses to read it."""

    code = "unreadable"


class NotAFileError(TreeError):
    """A folder, a device or a pipe where a file is expected."""

    code = "not-a-file"


class NotAFolderError(TreeError):
    """A file where a folder is expected."""

    code = "not-a-folder"


class OutsideError(TreeError):
    """The path, or the target of a symbolic link, lies outside the project and what was granted to it."""

    code = "outside"


class TooLargeError(TreeError):
    """The file is larger than the reader accepts."""

    code = "too-large"


class NotTextError(TreeError):
    """The content is not text in the encoding it should have."""

    code = "not-text"


class GitError(Exception):
    """git has no answer; the message says why and what to do. `told` is what git itself wrote, if it failed."""

    def __init__(self, message: str, told: str = "") -> None:
        super().__init__(message)
        self.told = told
