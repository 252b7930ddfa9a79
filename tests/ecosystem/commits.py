"""Walks the history of a repository and lists the commits in which models changed and no migration came along.

    python -m tests.ecosystem.commits REPOSITORY [--project FOLDER] [--config FILE|PAIR] [--last N]
                                      [--touching PATHSPEC ...] > commits.csv

REPOSITORY is a clone, with or without a work tree; it is not written to. Every commit of its first-parent line is
compared with the one before (with --touching, with the last one that touches such files), as `check --staged` would have done before it was made. A line is one edit of a table or
type. `left` is what the head of the history lacks of it, so what MG350 tells: an edit without it brought the models to
what the history had. Commits whose models cannot be read are counted on standard error.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from migralint.change import Change
from migralint.configuration import ConfigurationError
from migralint.history.reader import HistoryError
from migralint.project import Base, Project, ProjectError
from migralint.rule import Difference
from migralint.tree import Record, TreeError, WorkTree
from migralint.tree.git import Repository
from migralint.tree.gittree import GitTree

COLUMNS = ("commit", "date", "path", "object", "edit", "left", "subject")


class Commit(NamedTuple):
    """A commit of the first-parent line."""

    id: str
    date: str
    subject: str


class Found(NamedTuple):
    """An edit of the models that came without a migration."""

    commit: Commit
    path: str
    object: str
    edit: str
    left: str


class Walk:
    """Looks at one commit after another; `counts` says what became of them."""

    def __init__(self, clone: Path, folder: str, config: tuple[str, ...]) -> None:
        self.counts: Counter[str] = Counter()
        self._root = clone / folder
        self._root.mkdir(parents=True, exist_ok=True)
        self._repository = Repository(str(clone))
        self._config = config
        self._last: Project | None = None
        self._record = Record()
        self._files: GitTree | None = None

    def look(self, commit: Commit) -> Iterator[Found]:
        """The edits of a commit that came without a migration; the next one is compared with this."""
        self.counts["commits"] += 1
        files = GitTree.of_commit(self._repository, commit.id, WorkTree(str(self._root)))
        files_before, self._files = self._files, files
        if self._last is not None and self._record.still_true(files):
            self.counts["that leave the files of the models as they were"] += 1
            return
        before, self._last = self._last, None
        try:
            project = Project.open(
                str(self._root), files=files, configuration_overrides=self._config, directions=("upgrade",)
            )
            models = project.models
        except (ProjectError, ConfigurationError, TreeError, HistoryError) as problem:
            self.counts["that cannot be read"] += 1
            print(f"{commit.id[:10]} {problem}", file=sys.stderr)
            return
        self._last, self._record = project, Record()
        self._record.add(project.record)
        if before is None:
            return
        if before.models.schema.tables == models.schema.tables and before.models.schema.types == models.schema.types:
            self.counts["with models that mean the same"] += 1
            return
        self.counts["with other models"] += 1
        assert files_before is not None
        before = before.at(files_before)  # commits after the one whose models were read may have added revisions
        if set(project.graphs[0].revisions) - set(before.graphs[0].revisions):
            self.counts["with other models and a migration"] += 1
            return
        project.base = Base(commit.id, before)
        yield from _edits(commit, project.since[0])


def _edits(commit: Commit, change: Change) -> Iterator[Found]:
    for edit in change.edits:
        if edit.of_models:
            edited, left = ("; ".join(map(_told, each)) for each in (edit.differences, edit.left))
            yield Found(commit, edit.place.path, str(edit.object), edited, left)


def _told(one: Difference) -> str:
    (_, was), (_, now) = one.sides
    return f"{one.kind} of {one.object}: {was or 'none'} -> {now or 'none'}"


def commits(clone: Path, last: int | None, touching: list[str]) -> list[Commit]:
    """The first-parent line from its beginning, or its last commits; only those that touch some files."""
    limit = ["-n", str(last)] if last is not None else []
    command = ["git", "-C", str(clone), "log", "--first-parent", "--format=%H%x00%as%x00%s", *limit, "--", *touching]
    out = subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout
    return [Commit(*line.split("\0")) for line in reversed(out.splitlines())]


def main() -> None:
    """Writes the list as CSV."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--project", default="", metavar="FOLDER", help="the project's folder in it")
    parser.add_argument("--config", action="append", default=[], metavar="FILE|PAIR", help="as for migralint")
    parser.add_argument("--last", type=int, metavar="N", help="look at the last commits only")
    parser.add_argument("--touching", action="append", default=[], metavar="PATHSPEC", help="as for git log")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / given.repository.resolve().name
        shared = ["git", "clone", "-q", "--shared", "--no-checkout", str(given.repository.resolve()), str(clone)]
        subprocess.run(shared, check=True)
        walk = Walk(clone, given.project, tuple(given.config))
        writer = csv.writer(sys.stdout)
        writer.writerow(COLUMNS)
        for commit in commits(clone, given.last, given.touching):
            for one in walk.look(commit):
                writer.writerow([commit.id[:10], commit.date, one.path, one.object, one.edit, one.left, commit.subject])
                sys.stdout.flush()
    for what, number in walk.counts.items():
        print(f"{number:6} {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
