"""Runs `check` for the project that holds a document."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from migralint.cli.opening import open_project
from migralint.cli.values import Common
from migralint.configuration.discover import Found, discover
from migralint.verdict.finding import Finding


class Problem(NamedTuple):
    """Why there is no answer; `ours` where migralint itself failed."""

    message: str
    ours: bool


class Checks:
    """The last answer for every project, by its folder."""

    def __init__(self, common: Common) -> None:
        self._common = common
        self._last: dict[str, list[Finding]] = {}
        self._buffers: dict[str, dict[str, str]] = {}

    def root(self, file: str, folders: Iterable[str]) -> str:
        """The folder of the project that holds a file: the configured one, else the workspace's folder."""
        from migralint.configuration import ConfigurationError

        if self._common.project is not None:
            return os.path.realpath(self._common.project)
        try:
            found = discover(os.path.dirname(file))
        except ConfigurationError:  # told when the project is checked
            found = Found(os.path.dirname(file))
        if found.files:
            return found.root
        around = [os.path.realpath(folder) for folder in folders]
        around = [folder for folder in around if os.path.realpath(file).startswith(folder + os.sep)]
        return max(around, key=len, default=found.root)

    def run(self, root: str, buffers: Mapping[str, str]) -> list[Finding] | Problem:
        """The findings of a project with these buffers in place of its files, or why there are none.

        Never raises: the server has to outlive whatever is being typed.
        """
        from migralint.cli.main import explained
        from migralint.verdict.check import check

        try:
            found = discover(root, root, self._common.config)
            project = open_project(self._common, found, buffers)
            findings = check(project).active
        except Exception as error:
            message, ours = explained(error)
            return Problem(message, ours)
        self._last[root] = findings
        self._buffers[root] = dict(buffers)
        return findings

    def current(self, root: str, buffers: Mapping[str, str]) -> bool:
        """Whether the last answer is about these buffers, so that its lines and columns are theirs."""
        return self._buffers.get(root) == dict(buffers)

    def findings(self, file: str) -> list[Finding]:
        """What was last found in a file."""
        real = os.path.realpath(file).replace(os.sep, "/")
        return [
            finding
            for root, findings in self._last.items()
            for finding in findings
            if os.path.join(root, finding.path).replace(os.sep, "/") == real
        ]
