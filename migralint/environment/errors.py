"""What is wrong with where a project says its histories are."""

from __future__ import annotations


class EnvironmentProblem(Exception):
    """A configured history is not there: `message` says why and what to do, `path` and `line` (from 1) where."""

    def __init__(self, message: str, path: str | None = None, line: int | None = None) -> None:
        super().__init__(message, path, line)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self) -> str:
        if self.path is None:
            return self.message
        return f"{self.path}: {self.message}" if self.line is None else f"{self.path}:{self.line}: {self.message}"


class NoHistory(EnvironmentProblem):
    """No history was found."""
