"""Whether a fix does what it says: looked at from outside, with as little of what made it as can be.

A fix is put into a project on paper. The file has to be Python, outside of the statement nothing may have changed, the
history has to lead to the schema that it led to before, the finding has to be gone, and no other one may have come.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from migralint.project import Project
from migralint.schema.canonical import canonical
from migralint.verdict.check import Request, check
from migralint.verdict.finding import Edit, Finding, FoundObject
from migralint.verdict.judge import Judge
from migralint.verdict.rules import load

RULES = load()
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


class Judged(NamedTuple):
    """How often something is found in a project, by what it is about, and the schemas that its histories lead to."""

    counts: Counter[tuple[object, ...]]
    schemas: list[Mapping[Any, Any]]


def about(finding: Finding) -> tuple[object, ...]:
    """What stays the same of a finding when lines move."""
    return (finding.code, finding.severity, finding.revision, finding.direction, finding.operation, finding.subject)


def findings(project: Project) -> list[Finding]:
    """What migralint says of a project."""
    return check(project, Request()).active


class Opening(NamedTuple):
    """How a project is opened: with which settings, whether what was read before may be used, what is replayed."""

    settings: Sequence[str] = ()
    cache: bool = False
    directions: Sequence[str] = ("upgrade", "downgrade")


def opened(root: str, buffers: Mapping[str, str] | None = None, how: Opening = Opening()) -> Project:  # noqa: B008
    """A project with some files in the place of its own."""
    return Project.open(
        root,
        configuration_overrides=how.settings,
        buffers=buffers,
        cache=how.cache,
        directions=how.directions,
    )


def judge(project: Project) -> Judged:
    """What is found, without the lines, which take as long to look up as all else."""
    counts: Counter[tuple[object, ...]] = Counter()
    for one in Judge(project, {code: rule for code, rule in RULES.items() if not rule.preview}).run():
        severity = one.diagnostic.severity or one.rule.severity
        subject = (
            FoundObject(one.object.kind, one.object.table and str(one.object.table), one.object.name)
            if one.object
            else None
        )
        counts[one.rule.code, severity, one.revision, one.direction, one.operation, subject] += 1
    return Judged(counts, [canonical(history.schema) for history in project.histories])


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after edits that are given as lines and columns."""
    starts = [0]
    for line in LINE.findall(text):
        starts.append(starts[-1] + len(line))
    pieces, done = [], 0
    order = sorted(
        range(len(edits)), key=lambda n: (edits[n].line, edits[n].column, edits[n].end_line, edits[n].end_column, n)
    )
    for edit in (edits[n] for n in order):
        start = starts[edit.line - 1] + edit.column - 1
        pieces += [text[done:start], edit.replacement]
        done = starts[edit.end_line - 1] + edit.end_column - 1
    return "".join([*pieces, text[done:]])


def texts_after(finding: Finding, project: Project) -> dict[str, str]:
    """The files that the fix changes or makes."""
    assert finding.fix is not None
    by_path: dict[str, list[Edit]] = {}
    for edit in finding.fix.edits:
        by_path.setdefault(edit.path, []).append(edit)
    return {
        path: of[0].replacement if of[0].creates else edited(project.source(path), of) for path, of in by_path.items()
    }


def wrong(project: Project, before: Judged, finding: Finding, how: Opening = Opening()) -> list[str]:  # noqa: B008
    """What the fix of a finding does that it should not; nothing where it is right."""
    texts = texts_after(finding, project)
    found: list[str] = []
    assert finding.fix is not None
    new = {edit.path for edit in finding.fix.edits if edit.creates}
    for path, text in texts.items():
        try:
            ast.parse(text)
        except SyntaxError as error:
            return [f"{path} is no Python: {error}"]
        if path not in new:
            found += elsewhere(project.source(path), text, finding, path)
    after = judge(opened(project.root, texts, how))
    if after.schemas != before.schemas:
        found.append(f"the history leads elsewhere: {_differing(before.schemas, after.schemas)}")
    old, now = before.counts, after.counts
    if now[about(finding)] >= old[about(finding)]:
        found.append("the finding is still there")
    more = [one for one in now if now[one] > old[one] and one[1] in ("error", "warning")]
    found += [f"a new finding: {' '.join(map(str, one))}" for one in more]
    return found


def elsewhere(old: str, new: str, finding: Finding, path: str) -> list[str]:
    """The lines that differ and that are none of the statement's, nor next to it."""
    places = [finding.line] if finding.path == path else []
    places += [one.line for one in finding.related if one.path == path]
    if finding.line == 1:  # the file as a whole: the edits say which statement
        places += [edit.line for edit in finding.fix.edits if edit.path == path] if finding.fix else []
    allowed: set[int] = set()
    for node in ast.walk(ast.parse(old)):
        if not isinstance(node, ast.stmt) or not any(
            node.lineno <= place <= (node.end_lineno or 0) for place in places
        ):
            continue
        whole = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno in places
        if whole or not hasattr(node, "body"):
            allowed.update(range(node.lineno, (node.end_lineno or 0) + 1))
    before, after = LINE.findall(old), LINE.findall(new)
    found = []
    for kind, start, end, _, _ in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind in ("replace", "delete") and not allowed.issuperset(range(start + 1, end + 1)):
            found.append(f"{path}: lines {start + 1} to {end} are not the statement's")
        if kind == "insert" and allowed.isdisjoint((start, start + 1)):
            found.append(f"{path}: something new at line {start + 1}, where the statement is not")
    return found


def _differing(before: Sequence[Mapping[Any, Any]], after: Sequence[Mapping[Any, Any]]) -> str:
    keys = [key for a, b in zip(before, after, strict=True) for key in {*a, *b} if a.get(key) != b.get(key)]
    return ", ".join(" ".join(map(str, key)) for key in sorted(keys, key=str)[:3])
