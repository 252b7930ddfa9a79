"""`check --fix` and `check --diff`."""

from __future__ import annotations

import difflib
import os
import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import click

from migralint.cli.answers import Answer, judged
from migralint.cli.opening import find, open_project
from migralint.cli.output import emit, prefix, tell
from migralint.cli.showing import show
from migralint.cli.values import Check, Fixing
from migralint.cli.writing import write
from migralint.report.summary import count
from migralint.tree import Lines, TextEdit, TreeError, WorkTree, encode
from migralint.verdict.finding import Finding

if TYPE_CHECKING:
    from migralint.fix.apply import Change
    from migralint.project import Project

ROUNDS = 100
"""How often is looked again, as one fix may stand in the way of another one."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


class Corrected(NamedTuple):
    """The texts of the files that are corrected, how many findings were, and what is left to say."""

    texts: dict[str, str]
    fixed: int
    left: Answer


def correct(said: Check) -> int:
    """Corrects what can be corrected, or shows how; returns the exit code."""
    fixing = said.fixing or Fixing(False, False)
    found = find(said.common)
    tree = WorkTree(found.root, found.files)
    made = corrected(said, tree)
    if not fixing.write:
        emit("".join(difference(tree, made.texts, prefix(found.root))))
        tell(said.common, f"would fix {count(made.fixed, 'finding')}{_more(made.left, fixing)}")
        return 1 if made.texts else 0
    for path, text in made.texts.items():
        full = os.path.join(found.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        write(full, encode(text, _bytes(tree, path), path))
    files = f" in {count(len(made.texts), 'file')}" if made.texts else ""
    tell(said.common, f"fixed {count(made.fixed, 'finding')}{files}{_more(made.left, fixing)}")
    return show(made.left, said)


def corrected(said: Check, tree: WorkTree) -> Corrected:
    """The fixes of the findings, made one after the other on paper until none is left that can be made."""
    from migralint.fix.apply import apply_all

    found, unsafe = find(said.common), said.fixing is not None and said.fixing.unsafe
    compared = None
    if said.checking.diff_base is not None:
        from migralint.cli.against import against

        compared = against(said.checking, found.root)
    texts: dict[str, str] = {}
    useless: set[tuple[object, ...]] = set()
    tried: dict[tuple[object, ...], int] = {}
    fixed = 0
    for _ in range(ROUNDS):
        project = open_project(said.common, found, texts)
        answer = judged(said, found, project, tree, compared)
        counts = Counter(map(_about, answer.verdict.active))
        still = {one for one, before in tried.items() if counts[one] >= before}
        useless |= still
        fixed -= len(still)
        offered = {
            finding.fingerprint: finding
            for finding in answer.verdict.active
            if finding.fix and (unsafe or finding.fix.safety == "safe") and _about(finding) not in useless
        }
        applied = apply_all([_change(finding, project) for finding in offered.values()], project.source)
        useless |= {_about(offered[name]) for name in applied.broken}
        if not applied.made:
            if useless:
                tell(said.common, f"{count(len(useless), 'fix')} did not help, or would leave no Python")
            return Corrected(texts, fixed, answer)
        texts.update(applied.texts)
        tried = {about: counts[about] for about in (_about(offered[name]) for name in applied.made)}
        fixed += len(applied.made)
    raise click.ClickException(f"after {ROUNDS} rounds there is still something to fix; nothing was written")


def _about(finding: Finding) -> tuple[object, ...]:
    """What stays the same of a finding when lines move."""
    return finding.code, finding.revision, finding.direction, finding.operation, finding.subject


def difference(tree: WorkTree, texts: dict[str, str], leading: str) -> Iterable[str]:
    """What changes in the files, as a unified diff."""
    for path, text in sorted(texts.items()):
        before = _bytes(tree, path)
        old = "" if before is None else tree.text(path)
        name = leading + path
        for line in difflib.unified_diff(
            _LINE.findall(old), _LINE.findall(text), "/dev/null" if before is None else name, name
        ):
            yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"


def _change(finding: Finding, project: Project) -> Change:
    """The fix of a finding with offsets in place of lines and columns."""
    from migralint.fix.apply import Change

    edits: list[TextEdit] = []
    created: list[tuple[str, str]] = []
    for edit in finding.fix.edits if finding.fix else ():
        if edit.creates:
            created.append((edit.path, edit.replacement))
            continue
        lines = Lines(project.source(edit.path))
        start, end = lines.offset(edit.line, edit.column), lines.offset(edit.end_line, edit.end_column)
        edits.append(TextEdit(edit.path, start, end, edit.replacement))
    return Change(finding.fingerprint, tuple(edits), tuple(created))


def _bytes(tree: WorkTree, path: str) -> bytes | None:
    """The file as it is; None where there is none."""
    try:
        return tree.read(path)
    except TreeError:
        return None


def _more(answer: Answer, fixing: Fixing) -> str:
    """What `--unsafe-fixes` would correct beside."""
    unsafe = sum(1 for finding in answer.verdict.active if finding.fix and finding.fix.safety == "unsafe")
    return f"; {unsafe} more with --unsafe-fixes" if unsafe and not fixing.unsafe else ""
