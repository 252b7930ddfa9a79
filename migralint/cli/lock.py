"""`migralint lock`."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from migralint.cli.opening import find, open_project
from migralint.cli.options import common
from migralint.cli.output import emit, prefix, tell
from migralint.cli.unread import tell_unread
from migralint.cli.values import Common
from migralint.tree import TreeError, WorkTree

if TYPE_CHECKING:
    from migralint.project import Lock, Project


@click.command("lock")
@click.option("--check", is_flag=True, help="Say what became of merged revisions; exit 1 if not all is as it was.")
@common
def command(common: Common, check: bool) -> int:
    """Write or check `migralint.lock`: one line for each revision, to be kept under version control.

    A line has hashes of the revision's file and of what it imports from the project and reads, and the signature of
    the schema after it. `--check` replays the history and tells, without git, which revision was edited, removed or
    re-parented, and which are not in the lock yet. Comments and blank lines do not count as edits; a change of what a
    revision reads does if it does something else then.
    """
    found = find(common)
    project = open_project(common, found, directions=("upgrade",))
    now = project.locked()
    for remark in project.remarks:
        tell(common, remark)
    tell_unread(common, (), project.unread, lambda place: project.resolve(place).line, prefix(project.root))
    path = os.path.join(os.path.dirname(found.files[0]) if found.files else "", _file())
    return _check(common, project, path, now) if check else _write(common, project, path, now)


def _file() -> str:
    from migralint.project import lock

    return lock.FILE


def _check(common: Common, project: Project, path: str, now: Lock) -> int:
    before = _read(project, path)
    if before is None:
        tell(common, f"{path}: no such file; `migralint lock` writes it")
        return 1
    from migralint.project import lock

    failed = False
    lines: list[str] = []
    for name in (*(one for one in before if one not in now and common.name is None), *now):
        if name not in now:
            lines.append(f"history {name} is in {path} only; `migralint lock` removes it")
            failed = True
            continue
        beside = f"{name}: " if len(now) > 1 else ""
        for change in lock.compare(before.get(name, {}), now[name]):
            lines.append(f"{beside}{change.revision} {change.message}")
            failed = failed or change.kind != lock.READS
    from migralint.report.style import visible

    total = sum(map(len, now.values()))
    lines.append(f"{path} does not fit" if failed else f"{path}: {total} revisions are as they were")
    emit("".join(f"{visible(line)}\n" for line in lines))
    return 1 if failed else 0


def _write(common: Common, project: Project, path: str, now: Lock) -> int:
    from migralint.cli.writing import write
    from migralint.project import lock

    try:
        before: Lock = _read(project, path) or {}
    except lock.LockError as problem:
        if common.name is not None:
            raise click.ClickException(f"{problem} for all histories: --name keeps the others as they are") from None
        tell(common, f"{path} is written anew; nothing is known of what it said: {problem}")
        before = {}
    kept = {name: revisions for name, revisions in before.items() if common.name is not None and name not in now}
    write(os.path.join(project.root, path), lock.write({**kept, **now}))
    tell(common, f"{path}: {_counted(before, now) or 'nothing changed'}")
    return 0


def _counted(before: Lock, now: Lock) -> str:
    """What a new lock accepts: `2 new, 1 edited (ab12)`."""
    from migralint.project import lock

    changes = [change for name, revisions in now.items() for change in lock.compare(before.get(name, {}), revisions)]
    counts: Mapping[str, int] = Counter(change.kind for change in changes)
    parts = []
    for kind, number in counts.items():
        ids = [change.revision for change in changes if change.kind == kind]
        what = "with other files to read" if kind == lock.READS else kind
        parts.append(f"{number} {what}" + (f" ({', '.join(ids)})" if kind != lock.NEW else ""))
    return ", ".join(parts)


def _read(project: Project, path: str) -> Lock | None:
    """The lock, None where there is none. Raises LockError, and click.ClickException where it cannot be read."""
    from migralint.project import lock

    tree = WorkTree(project.root)
    if not tree.exists(path):
        return None
    try:
        return lock.parse(tree.text(path), path)
    except TreeError as problem:
        raise click.ClickException(str(problem)) from None
