"""What git knows of a repository, asked so that nothing of the repository runs and nothing of it changes.

Hooks, file system monitors, external differs, text converters, filters and pagers that a repository configures are not
run, objects that a partial clone lacks are not fetched, and no lock is taken: a pull request from a stranger, or an
unpacked archive with a `.git` of its own, is safe to look at.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

from migralint.tree.blobs import Blobs
from migralint.tree.errors import GitError

_SETTINGS = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.quotePath=false", "submodule.recurse=false")
_DROPPED = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_PAGER"})
"""What a hook's environment says of another place than the one that is asked about, and what names programs."""

_BRANCHES = ("origin/main", "origin/master", "main", "master")
"""What a repository's default branch is called where `origin/HEAD` does not say it."""

LINK, SUBMODULE = "120000", "160000"
"""Modes of what is neither a file nor a folder of the repository."""


class Blob(NamedTuple):
    """What a path is in a commit or in the index: its mode, as git writes it, and the id of its content."""

    mode: str
    id: str


class Repository:
    """The repository whose work tree holds a folder. Every method raises GitError where git has no answer."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._program = shutil.which("git")
        if self._program is None:
            raise GitError("git is not installed, and only git knows what was there before; install it")
        top = self._ask("rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").removesuffix("\n")
        self.top = self._folder = os.path.realpath(top).replace(os.sep, "/")
        """The absolute folder of its work tree, without links."""
        self._blobs = Blobs(self._command("cat-file", "--batch"), _environment())

    def commit(self, name: str) -> str:
        """The id of the commit that a branch, a tag or any other name of git means."""
        found = None if name.startswith("-") else self._find("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if found is None:
            near = ", or fetch it with its history" if self._shallow else ", or fetch it"
            raise GitError(f"git knows no commit {name!r}; check the name{near}")
        return found

    @property
    def head(self) -> str | None:
        """The id of the commit that is checked out, None before the first one."""
        return self._find("rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def merge_base(self, one: str, other: str) -> str:
        """The last commit that both have in common."""
        found = self._find("merge-base", self.commit(one), self.commit(other))
        if found is not None:
            return found
        if self._shallow:
            raise GitError(
                f"this clone is shallow and does not reach back to what {one} and {other} have in common; fetch the "
                "whole history: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout"
            )
        raise GitError(f"{one} and {other} have no commit in common; name a branch that this one was made from")

    @property
    def default_branch(self) -> str | None:
        """The branch that changes are merged to, as far as the clone tells."""
        found = self._find("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        names = _BRANCHES if found is None else (found, *_BRANCHES)
        return next((one for one in names if self._find("rev-parse", "--verify", "--quiet", f"{one}^{{commit}}")), None)

    def committed(self, commit: str) -> dict[str, Blob]:
        """What a commit holds, by path from the top."""
        found: dict[str, Blob] = {}
        for line in _parts(self._ask("ls-tree", "-r", "-z", "--full-tree", commit)):
            about, _, path = line.partition("\t")
            mode, _, id = about.split(" ")
            found[path] = Blob(mode, id)
        return found

    def staged(self) -> dict[str, Blob]:
        """What the index holds, by path from the top. Raises GitError while a merge is not resolved."""
        found: dict[str, Blob] = {}
        for line in _parts(self._ask("ls-files", "--stage", "-z")):
            about, _, path = line.partition("\t")
            mode, id, stage = about.split(" ")
            if stage != "0":
                raise GitError(f"{path} has conflicts in the index; resolve them and add it")
            found[path] = Blob(mode, id)
        return found

    def renamed(self, commit: str) -> dict[str, str]:
        """The files that have another path in the index than in a commit: from the old to the new one."""
        parts = list(
            _parts(
                self._ask(
                    *("diff-index", "--cached", "-M", "--diff-filter=R", "--name-status", "-z"),
                    *("--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=all", commit),
                )
            )
        )
        return dict(zip(parts[1::3], parts[2::3], strict=True))

    def read(self, id: str, limit: int) -> bytes | None:
        """The content of an object, None where it is larger than `limit` bytes."""
        return self._blobs.read(id, limit)

    def close(self) -> None:
        """Ends the process that reads objects."""
        self._blobs.close()

    @property
    def _shallow(self) -> bool:
        return self._find("rev-parse", "--is-shallow-repository") == "true"

    def _find(self, *arguments: str) -> str | None:
        """The line that git answers, None where it answers that there is none."""
        try:
            return self._ask(*arguments).decode("utf-8", "surrogateescape").strip() or None
        except GitError as error:
            if error.told:
                raise
            return None

    def _ask(self, *arguments: str) -> bytes:
        try:
            ran = subprocess.run(self._command(*arguments), env=_environment(), capture_output=True, check=False)
        except OSError as error:
            raise GitError(f"git cannot be run: {error.strerror}; repair its installation", told="git") from None
        if ran.returncode == 0:
            return ran.stdout
        told = ran.stderr.decode("utf-8", "replace").strip()
        raise GitError(self._explained(told, arguments[0]), told=told)

    def _command(self, *arguments: str) -> list[str]:
        settings = [part for one in _SETTINGS for part in ("-c", one)]
        return [str(self._program), "--no-pager", *settings, "-C", self._folder, *arguments]

    def _explained(self, told: str, asked: str) -> str:
        if "dubious ownership" in told or "unsafe repository" in told:
            return (
                f"git does not read {self._folder}, because its repository belongs to another user; if you trust it: "
                f"git config --global --add safe.directory {self._folder}"
            )
        if "not a git repository" in told:
            return f"{self._folder} is in no git repository, so nothing tells what was there before"
        if "must be run in a work tree" in told:
            return f"{self._folder} is in a git repository without a work tree; check it out"
        first = told.splitlines()[0].removeprefix("fatal: ") if told else "no reason given"
        return f"`git {asked}` failed in {self._folder}: {first}"


def _environment() -> dict[str, str]:
    """The environment of git. A commit hook's own index counts: `git commit FILE` has one beside the usual one."""
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    if "GIT_INDEX_FILE" in kept:
        kept["GIT_INDEX_FILE"] = os.path.abspath(kept["GIT_INDEX_FILE"])
    return kept | {
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _parts(output: bytes) -> Iterator[str]:
    """What stands between NUL characters."""
    yield from output.decode("utf-8", "surrogateescape").split("\0")[:-1]
