"""A SQL file that claims to be the schema: whether it is current, and what it has beyond the history."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

from migralint.cli.output import colour, emit
from migralint.cli.sources import Source
from migralint.cli.values import Common
from migralint.report.changes import contract
from migralint.schema.canonical import certain, signature
from migralint.tree import SQL_BYTES, TreeError, WorkTree

if TYPE_CHECKING:
    from migralint.project import Compared, Project
    from migralint.rule import Schema

_STYLES = {"blocking": "error", "integrity": "warning", "cosmetic": "info"}


class _Judged(NamedTuple):
    """What a comparison found; `stale` and `remarks` are about the header."""

    current: bool
    compared: Compared
    remarks: tuple[str, ...] = ()


def check(common: Common, project: Project, source: Source, file: str, format: str) -> int:
    """Prints whether a file is current; returns the exit code."""
    from migralint.project import Compared

    text = _read(project, file)
    if _lines(text) == _lines(source.script()):
        judged = _Judged(True, Compared((), ()))
    else:
        judged = _judge(project, source, text, file)
    if format == "json":
        emit(json.dumps(_json(judged, source, file), indent=2, ensure_ascii=False) + "\n", machine=True)
    else:
        emit("".join(f"{line}\n" for line in _text(judged, file, colour(common))))
    return 0 if judged.current else 1


def lost(project: Project, source: Source, file: str) -> Sequence[str]:
    """What a file that is there has, and one with the schema of the source would not."""
    if not os.path.isfile(file):
        return ()
    try:
        text = _read(project, file)
    except click.UsageError as problem:
        return (f"what it is cannot be told: {problem.message}",)
    if not text.strip() or _lines(text) == _lines(source.script()):
        return ()
    snapshot = project.read_snapshot(text, file)
    written = project.read_snapshot(source.script(), file)
    history = project.histories[0] if source.history is not None else None
    found = project.compared(source.schema, snapshot, written, history)
    return (*found.extras, *(note.message for note in snapshot.unread))


def _read(project: Project, file: str) -> str:
    tree = WorkTree(project.root)
    tree.grant(os.path.abspath(file))
    try:
        return tree.text(tree.locate(file), SQL_BYTES)
    except TreeError as problem:
        raise click.UsageError(str(problem)) from None


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")


def _judge(project: Project, source: Source, text: str, file: str) -> _Judged:
    history = source.history
    assert history is not None
    snapshot = project.read_snapshot(text, file)
    written = project.read_snapshot(source.script(), file)
    compared = project.compared(source.schema, snapshot, written, history)
    remarks = [note.message for note in snapshot.unread]
    unread = snapshot.schema.opaque and not source.schema.opaque  # what the file lacks is not told then
    if unread:
        remarks.append("not all of it was read, so whether it lacks something is not known")
    same = not unread and not compared.differences
    header = snapshot.header
    if header is None:
        return _Judged(same, compared, tuple(remarks))
    revisions = set(source.revisions or ())
    stale = set(header.revisions) != revisions
    if stale:
        at, now = (", ".join(sorted(some)) or "base" for some in (header.revisions, revisions))
        missing = [one for one in header.revisions if one not in history.revisions]
        unknown = f"; the history has no revision {', '.join(missing)}" if missing else ""
        remarks.insert(0, f"the header says revision {at}, the history is at {now}{unknown}")
    remarks += _signed(certain(header.signature), source, snapshot.schema, written.schema, stale)
    return _Judged(not stale and same, compared, tuple(remarks))


def _signed(said: str, source: Source, content: Schema, written: Schema, stale: bool) -> Iterator[str]:
    """What is wrong with the signature in the header, `said`."""
    own = certain(source.signature)
    # What a script cannot hold completely (such as a function without a body) reads back as another schema.
    faithful = certain(signature(written)) == own
    found = certain(signature(content))
    if found != said and (faithful or (said == own and found != certain(signature(written)))):
        yield "the content does not fit the signature in the header: it was changed by hand after it was written"
    if said != own and not stale:
        yield "the header has another signature than the schema at that revision: what a revision does has changed"


def _json(judged: _Judged, source: Source, file: str) -> dict[str, object]:
    return {
        "format": 1,
        "path": file,
        "current": judged.current,
        "heads": sorted(source.revisions or ()),
        "signature": source.signature,
        "differences": [contract(one) for one in judged.compared.differences],
        "only_in_snapshot": list(judged.compared.extras),
        "remarks": list(judged.remarks),
    }


def _text(judged: _Judged, file: str, coloured: bool) -> Iterator[str]:
    from migralint.report.style import Style, visible

    style = Style(coloured)
    for remark in judged.remarks:
        yield visible(f"{file}: {remark}")
    for one in judged.compared.differences:
        yield f"{style(_STYLES[one.drift_class], one.drift_class)}: {visible(one.message)}"
    if judged.compared.extras:
        yield visible(f"only {file} has, and no revision makes:")
        yield from (visible(f"  {line}") for line in judged.compared.extras)
    yield visible(f"{file} is current" if judged.current else f"{file} is not current: write it anew")
