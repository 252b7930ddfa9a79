"""Several fixes at once: those that do not touch each other, one file at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from migralint.python import gate
from migralint.python.lower import SyntaxProblem, lower
from migralint.tree import TextEdit
from migralint.tree.edits import apply


class Change(NamedTuple):
    """What one fix does: edits of files, and new files by their paths. `name` tells it from the others."""

    name: str
    edits: tuple[TextEdit, ...]
    created: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Applied:
    """The texts of the files that were changed or made, and the names of the changes: made, and not possible."""

    texts: Mapping[str, str]
    made: tuple[str, ...]
    broken: tuple[str, ...] = ()


def apply_all(changes: Iterable[Change], text: Callable[[str], str]) -> Applied:
    """Makes the changes that do not touch each other, the first ones first; `text` gives the files as they are.

    At most one of them makes a new file, since two new revisions would follow the same parent. A change after which a
    file is no longer Python is not made.
    """
    texts: dict[str, str] = {}
    taken: dict[str, list[tuple[int, int]]] = {}
    edits: dict[str, list[TextEdit]] = {}
    made: list[str] = []
    broken: list[str] = []
    added = False
    for change in changes:
        own: dict[str, list[TextEdit]] = {}
        for edit in change.edits:
            own.setdefault(edit.path, []).append(edit)
        spans = {path: _span(of) for path, of in own.items()}
        if (added and change.created) or any(_touches(spans[path], taken.get(path, ())) for path in own):
            continue
        parts = [apply(text(path), of) for path, of in own.items()] + [new for _, new in change.created]
        if not all(map(parses, parts)):
            broken.append(change.name)
            continue
        for path, of in own.items():
            edits.setdefault(path, []).extend(of)
            taken.setdefault(path, []).append(spans[path])
        texts.update(change.created)
        added = added or bool(change.created)
        made.append(change.name)
    texts.update({path: apply(text(path), of) for path, of in edits.items()})
    return Applied(texts, tuple(made), tuple(broken))


def parses(text: str) -> bool:
    """Whether the text is Python that can be read here."""
    if gate.suspicion(text) is not None:
        return False
    try:
        lower(text)
    except SyntaxProblem:
        return False
    return True


def _span(edits: Sequence[TextEdit]) -> tuple[int, int]:
    return min(one.start for one in edits), max(one.end for one in edits)


def _touches(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    """Whether a range has a character, or an end, in common with another."""
    return any(span[0] <= end and start <= span[1] for start, end in others)
