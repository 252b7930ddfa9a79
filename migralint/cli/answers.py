"""The whole answer of `check`, kept until a file, the arguments or an installed package changes.

A run that finds its answer stored imports neither the parsers nor the rules.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import migralint
from migralint.cache import Cache, default_folder
from migralint.cli.opening import find, open_project
from migralint.cli.values import Check
from migralint.tree import Recorder, WorkTree
from migralint.verdict.finding import Verdict

if TYPE_CHECKING:
    from migralint.cli.against import Against
    from migralint.configuration.discover import Found
    from migralint.project import Project
    from migralint.tree.gittree import GitTree


class Answer(NamedTuple):
    """A verdict with what is needed to print it; `fail_on` is the configuration's, `remarks` go to standard error."""

    verdict: Verdict
    fail_on: str
    tree: WorkTree | GitTree
    remarks: tuple[str, ...] = ()


def answer(said: Check) -> Answer:
    """The answer to a command line, stored or made now."""
    from migralint.cli.output import located, tell

    common, checking = said.common, said.checking
    found = find(common)
    work = WorkTree(found.root, found.files)
    wanted = located(work, said.paths)
    baseline = work.locate(checking.baseline) if checking.baseline else None
    compared: Against | None = None
    staged: GitTree | None = None
    if checking.diff_base is not None or checking.staged:
        from migralint.cli.against import against

        compared = against(checking, found.root)
        staged = compared.tree(found) if compared.staged else None
    tree = staged or work
    # What a team's own rules read is not known, so their answers are not kept.
    enabled = not (common.no_cache or checking.project_rules)
    cache = Cache(default_folder(found.root), enabled, material=[migralint.__version__, found.root])
    asked: list[object] = [
        common.name,
        common.config,
        common.dialect,
        common.postgresql_version,
        checking.select,
        checking.ignore,
    ]
    asked += [checking.extend_select, checking.min_confidence, baseline, wanted, said.families, said.sides]
    if compared is not None:
        asked += [compared.name, compared.staged, *compared.key]
    key = json.dumps(asked)
    _grant(tree, cache.get("granted", key))
    stored = _stored(cache, key, tree)
    if stored is not None:
        return stored
    project = open_project(common, found, files=staged, sides=said.sides)
    made = judged(said, found, project, tree, compared)
    outside = [folder for folder in project.configuration.source_roots or () if os.path.isabs(folder)]
    _grant(tree, outside)
    if isinstance(project.tree, Recorder):
        cache.store_answer(key, project.tree.record, _to_data(made))
        if outside:
            cache.put("granted", key, outside)
            cache.flush()
    if cache.warning:
        tell(common, cache.warning)
    return made


def judged(said: Check, found: Found, project: Project, tree: WorkTree | GitTree, compared: Against | None) -> Answer:
    """The answer about a project that was found and opened; `tree` holds its files for whoever shows it.

    Raises GitError where what it is `compared` with cannot be read.
    """
    from migralint.cli.output import located
    from migralint.project import NO_ORDER
    from migralint.verdict.check import Request, check

    checking = said.checking
    work = WorkTree(found.root, found.files)
    request = Request(
        located(work, said.paths),
        checking.select,
        checking.ignore,
        checking.extend_select,
        checking.min_confidence,
        work.locate(checking.baseline) if checking.baseline else None,
        checking.project_rules,
        said.families,
        NO_ORDER,  # without an order of the revisions no comparison holds
    )
    before, told = None, tuple[str, ...]()
    if compared is not None:
        from migralint.cli.against import earlier

        before, told = earlier(project, compared, found, request, said.common)
    verdict = check(project, request, earlier=before)._replace(signature=_signature(project))
    return Answer(verdict, project.configuration.fail_on, tree, (*_remarks(project, said), *told))


def _stored(cache: Cache, key: str, tree: WorkTree | GitTree) -> Answer | None:
    match cache.answer(key, tree):
        case {
            "verdict": dict() as verdict,
            "fail_on": str(fail_on),
            "remarks": list(told),
            "installed": dict() as installed,
        }:
            valid_until = verdict.get("valid_until")
            current = valid_until is None or _today() <= valid_until
            if current and all(_stamp(folder) == stamp for folder, stamp in installed.items()):
                try:
                    return Answer(Verdict.from_data(verdict), fail_on, tree, tuple(told))
                except (KeyError, TypeError):  # stored by a version under development
                    return None
    return None


def _signature(project: Project) -> str | None:
    """The signature of the schema at the heads; of several histories there is none."""
    from migralint.cli.unread import complete
    from migralint.schema.canonical import signature

    if len(project.histories) != 1:
        return None
    history = project.histories[0]
    return signature(history.schema, complete(history.steps_all(), project.history_notes))


def _remarks(project: Project, said: Check) -> tuple[str, ...]:
    """What the run should tell beside the findings."""
    configurations = [history.configuration for history in project.histories]
    remarks = list(project.remarks)
    if said.sides.environment is not None:
        return tuple(remarks)
    unread = [one for one in project.models_of_histories if isinstance(one, Exception)]
    remarks += [f"the models are not compared: {one}" for one in unread if said.families or one.expected]
    if said.families:
        modelled = len(unread) < len(project.models_of_histories)
        asked = project.asked
        if not project.snapshots and not project.environments and not modelled and not (asked and asked[0]):
            told = "there is no supabase_schema.sql, and the keys snapshots and environments name none"
            remarks.append(f"nothing to compare with: {told}, and there are no queries")
        return tuple(remarks)
    dialects = sorted({one.dialect for one in configurations} - {"postgresql"})
    if dialects:
        remarks.append(f"no locks are known of {', '.join(dialects)}: the online rules (MG2) are for PostgreSQL only")
    return tuple(remarks)


def _grant(tree: WorkTree | GitTree, folders: object) -> None:
    """Lets the tree read in the source roots that lie outside the project."""
    for folder in folders if isinstance(folders, list) else ():
        tree.grant(folder)


def _today() -> str:
    return datetime.date.today().isoformat()


def _to_data(made: Answer) -> dict[str, object]:
    from migralint.verdict.rules import packages

    ours = os.path.dirname(migralint.__file__)
    installed = {folder: _stamp(folder) for folder in (ours, *packages(), *_site_folders())}
    return {"verdict": made.verdict.to_data(), "fail_on": made.fail_on, "remarks": made.remarks, "installed": installed}


def _site_folders() -> list[str]:
    """Where packages are installed: their names change when one is added, removed or replaced."""
    return [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]


def _stamp(folder: str) -> str:
    """A mark of the code in a folder; of a folder of packages, of their names."""
    site = folder.endswith(("site-packages", "dist-packages"))
    lines = sorted(_names(folder) if site else _files(folder))
    return hashlib.sha256("\0".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _names(folder: str) -> Iterator[str]:
    try:
        yield from (name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info", ".pth")))
    except OSError:
        return


def _files(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        yield from _files(entry.path)
                elif entry.name.endswith(".py"):
                    status = entry.stat()
                    yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"
    except OSError:
        return
