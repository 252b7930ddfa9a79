"""Edits of a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class TextEdit(NamedTuple):
    """Put `replacement` for the characters from `start` up to `end` (offsets in the decoded text) of a file."""

    path: str
    start: int
    end: int
    replacement: str


class EditError(ValueError):
    """Edits that cannot all be made: they overlap, reach outside the text or belong to different files."""


def apply(text: str, edits: Iterable[TextEdit]) -> str:
    """The text of one file after its edits, whose offsets all count in `text`.

    Insertions at one place are made in the order given, before a replacement that starts there. Raises EditError.
    """
    pieces: list[str] = []
    done = 0
    path: str | None = None
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if path is not None and edit.path != path:
            raise EditError(f"edits of {path} and {edit.path} cannot be applied to one text")
        path = edit.path
        if not 0 <= edit.start <= edit.end <= len(text):
            raise EditError(f"{path}: {edit.start}..{edit.end} is not within 0..{len(text)}")
        if edit.start < done:
            raise EditError(f"{path}: two edits overlap at {edit.start}")
        pieces += text[done : edit.start], edit.replacement
        done = edit.end
    pieces.append(text[done:])
    return "".join(pieces)
